"""Workloads for plans, in a file that can be named on the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.parameters import parameter
from comparators.runner import RunnerInfo
from comparators.workload import Nature, Observations, Workload

__all__ = ["COROUTINE", "TOGETHER", "WAITING", "Coroutine", "Together", "Waiting"]

WAITING, TOGETHER, COROUTINE = f"{__file__}:Waiting", f"{__file__}:Together", f"{__file__}:Coroutine"


def same(task: int) -> int:
    return task


async def same_async(task: int) -> int:
    return task


@dataclass(frozen=True)
class Waiting(Workload[int, int]):
    """Work that waits, with a coroutine form.

    `together` tasks must be in progress at once; `threadless` is not for threads.
    """

    name = "waiting"
    summary = "for tests"
    nature: ClassVar[Nature] = "wait"
    presets: ClassVar = {"quick": {}, "default": {}, "full": {}}
    work = staticmethod(same)
    work_async = staticmethod(same_async)

    count: int = parameter(8, minimum=1)
    threadless: bool = parameter(default=False)
    together: int = parameter(1, minimum=1)

    @property
    def min_concurrency(self) -> int:
        return self.together

    def not_applicable(self, runner: RunnerInfo) -> str | None:
        return "it waits without threads" if self.threadless and runner.model == "threads" else None

    def tasks(self) -> Sequence[int]:
        return range(self.count)

    def verify(self, result: object) -> Observations:
        return ()


@dataclass(frozen=True)
class Together(Waiting):
    """The same, computing and without a coroutine form."""

    name = "together"
    nature: ClassVar[Nature] = "cpu"
    work_async = None  # type: ignore[assignment]  # mypy takes the base's own value for its declared type


@dataclass(frozen=True)
class Coroutine(Waiting):
    """The same, in its coroutine form only."""

    name = "coroutine"
    work = staticmethod(same_async)  # type: ignore[assignment]  # as an own coroutine function has it
