"""No concurrency: one task after the other in the process that measures. What all other runners are compared with."""

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.awaited_loop import awaited
from comparators.runners._support.loops import LoopResults, timed_loops
from comparators.workload import is_coroutine_function

if TYPE_CHECKING:
    import asyncio

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
        """Start nothing: this thread is the worker. A coroutine function needs an event loop."""
        self._event_loop: asyncio.Runner | None = None
        if is_coroutine_function(self.work):
            from asyncio import Runner as EventLoop

            self._event_loop = EventLoop()
        if self.initializer is not None:
            function, arguments = self.initializer
            function(*arguments)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop nothing; close the event loop."""
        if self._event_loop is not None:
            self._event_loop.close()

    def run(self, loops: int) -> Timing:
        """Do all tasks in a loop, `loops` times."""
        if self._event_loop is not None:
            return self._event_loop.run(awaited(self.work, self.tasks, loops))
        work, tasks = self.work, self.tasks

        def loop() -> LoopResults:
            pending = iter(tasks)
            results = [work(task) for task in islice(pending, 1)]
            first = perf_counter()
            results += [work(task) for task in pending]
            return results, first

        return timed_loops(loop, loops)

    def recipe(self) -> Recipe:
        """Return a list comprehension, of a coroutine function one that awaits."""
        if is_coroutine_function(self.work):
            return Recipe(("import asyncio",), _AWAITED, "", "asyncio.run(do_all(items))")
        return Recipe((), "", "", "[{work}(item) for item in items]")


_AWAITED = """\
async def do_all(items):
    return [await {work}(item) for item in items]
"""
