"""A workload whose tasks share something, and a runner that is given it; both say what is done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.runner import RunnerInfo
from comparators.workload import Observations
from tests.campaign.fakes import Clock, Recorder, events

__all__ = ["Counting", "Sharer"]


@dataclass(kw_only=True, eq=False)
class Sharer(Recorder):
    """A recorder whose workers are given what is shared when they start."""

    info = RunnerInfo(name="sharer", model="processes", summary="for tests", initializer=True)

    def __enter__(self) -> "Sharer":
        events.append(f"given {self.initializer[1][0] if self.initializer else None}")
        super().__enter__()
        return self


def count(task: int) -> int:
    shared()[0] += 1
    return task


@dataclass(frozen=True)
class Counting(CoordinatedWorkload[int, int]):
    """Three tasks that count themselves."""

    name = "counting"
    summary = "for tests"
    presets: ClassVar = {"quick": {}, "default": {}, "full": {}}
    work = staticmethod(count)

    @property
    def primitives(self) -> tuple[str, ...]:
        return ("counter",)

    def make_shared(self, kit: Kit) -> Any:
        events.append("make")
        kit.at_end(lambda: events.append("end"))
        return [99]

    def reset(self, shared: Any) -> None:
        events.append("reset")
        shared[0] = 0

    def tasks(self) -> Sequence[int]:
        return range(3)

    def finalize(self, results: Sequence[int], shared: Any) -> object:
        Clock.seconds += 1000
        events.append("finalize")
        return list(results), list(shared)

    def verify(self, result: object) -> Observations:
        events.append("verify")
        if result != ([0, 1, 2], [3]):
            raise WrongResult("results and count", expected=([0, 1, 2], [3]), found=result)
        return ()
