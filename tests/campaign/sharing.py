"""A workload whose tasks share something, and a kit that makes it; both say what is done with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from comparators.coordination.kit import PRIMITIVES, Kit, shared
from comparators.errors import WrongResult
from comparators.runner import RunnerInfo
from comparators.workload import Nature, Observations, Workload
from tests.campaign.fakes import Clock, Recorder, events

__all__ = ["Counting", "Sharer"]


class Recording(Kit):
    """Makes lists of one number as counters."""

    model = "recording"
    missing: ClassVar[Mapping[str, str]] = dict.fromkeys(PRIMITIVES, "for tests")

    def make_counter(self) -> list[int]:
        events.append("make")
        self.at_end(lambda: events.append("end"))
        return [99]


@dataclass(kw_only=True, eq=False)
class Sharer(Recorder):
    """A recorder whose workers, if they were others, would be given what is shared when they start."""

    info = RunnerInfo(name="sharer", model="threads", summary="for tests", kit=Recording)

    def __enter__(self) -> "Sharer":
        events.append(f"given {self.shared}")
        super().__enter__()
        return self


def count(task: int) -> int:
    shared()[0] += 1
    return task


@dataclass(frozen=True)
class Counting(Workload[int, int]):
    """Three tasks that count themselves."""

    name = "counting"
    summary = "for tests"
    nature: ClassVar[Nature] = "coordination"
    presets: ClassVar = {"quick": {}, "default": {}, "full": {}}
    work = staticmethod(count)

    @property
    def primitives(self) -> tuple[str, ...]:
        return ("counter",)

    def make_shared(self, kit: Kit) -> Any:
        return kit.make("counter")

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
