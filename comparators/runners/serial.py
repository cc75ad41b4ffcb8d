"""No concurrency: one task after the other in the process that measures. What all other runners are compared with."""

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from types import TracebackType
from typing import Self

from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import LoopResults, timed_loops

__all__ = ["Serial"]


@dataclass(kw_only=True, eq=False)
class Serial(Runner):
    """A plain loop."""

    info = RunnerInfo(
        name="serial",
        model="loop",
        summary="a plain loop, one task after the other",
        api="for item in items",
        simplicity=0,
        initializer=True,
        workers_maximum=1,
    )

    def __enter__(self) -> Self:
        """Start nothing; this thread is the worker."""
        if self.initializer is not None:
            function, arguments = self.initializer
            function(*arguments)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop nothing."""

    def run(self, loops: int) -> Timing:
        """Do all tasks in a loop, `loops` times."""
        work, tasks = self.work, self.tasks

        def loop() -> LoopResults:
            pending = iter(tasks)
            results = [work(task) for task in islice(pending, 1)]
            first = perf_counter()
            results += [work(task) for task in pending]
            return results, first

        return timed_loops(loop, loops)

    def recipe(self) -> Recipe:
        """Return a list comprehension."""
        return Recipe((), "", "", "[{work}(item) for item in items]")
