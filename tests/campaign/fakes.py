"""A workload and runners that record what is done with them; nothing runs and no clock ticks by itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.workload import Nature, Observation, Observations, Workload

__all__ = ["Clock", "Coroutines", "Numbers", "Recorder", "events"]

events: list[str] = []
"""What has happened; tests clear it first."""


class Clock:
    """Stands in for the module `time`; starting takes 10 s, a loop 1 s, stopping 100 s."""

    seconds = 0.0

    @classmethod
    def perf_counter(cls) -> float:
        return cls.seconds


def same(task: int) -> int:
    return task


async def same_async(task: int) -> int:
    return task


@dataclass(frozen=True)
class Numbers(Workload[int, int]):
    """Three tasks whose results must come back as they are."""

    name = "numbers"
    summary = "for tests"
    nature: ClassVar[Nature] = "cpu"
    presets: ClassVar = {"quick": {}, "default": {}, "full": {}}
    work = staticmethod(same)

    observed: float = parameter(1.5)

    @contextmanager
    def setup(self) -> Iterator[Self]:
        events.append("open")
        yield self.with_parameters(observed=self.observed + 1)
        events.append("close")

    def tasks(self) -> Sequence[int]:
        return range(3)

    def combine(self, results: Sequence[int]) -> object:
        return sum(results)

    def verify(self, result: object) -> Observations:
        events.append("verify")
        if result != 3:
            raise WrongResult("sum", expected=3, found=result)
        return (Observation("seen", self.observed, "things"),)


@dataclass(kw_only=True, eq=False)
class Recorder(Runner):
    """Says what is done with it; `lie` adds to each result."""

    info = RunnerInfo(name="recorder", model="threads", summary="for tests", imports=("colorsys",))
    missing: ClassVar[int] = 0
    first_s: ClassVar[float | None] = 0.125

    lie: int = parameter(0)

    def __enter__(self) -> Self:
        Clock.seconds += 10
        events.append(f"start {self.workers}")
        return self

    def __exit__(self, *exc_info: object) -> None:
        Clock.seconds += 100
        events.append("stop")

    def run(self, loops: int) -> Timing:
        Clock.seconds += loops
        events.append(f"run {loops}")
        results: list[Any] = [self.work(task) for task in self.tasks]
        if self.lie:
            results = [result + self.lie for result in results]
        return Timing(loops * 0.5, results[self.missing :], self.first_s)

    def recipe(self) -> Recipe:
        return Recipe((), "", "", "")


@dataclass(kw_only=True, eq=False)
class Coroutines(Recorder):
    """The same for coroutines."""

    info = RunnerInfo(name="coroutines", model="async", summary="for tests", asynchronous=True)
