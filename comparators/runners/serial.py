"""No concurrency: one task after the other in the process that measures. What all other runners are compared with."""

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from comparators.coordination.kits.threads import ThreadKit
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.awaited_loop import awaited
from comparators.runners._support.loops import Held, repeated
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
        workers_maximum=1,
        kit=ThreadKit,
    )

    def __enter__(self) -> Self:
        """Start nothing; a coroutine function needs an event loop."""
        self._event_loop: asyncio.Runner | None = None
        if is_coroutine_function(self.work):
            from asyncio import Runner as EventLoop

            self._event_loop = EventLoop()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop nothing; close the event loop."""
        if self._event_loop is not None:
            self._event_loop.close()

    def repeat(self, loops: int) -> Timing:
        """Do all tasks in a loop, `loops` times."""
        if self._event_loop is not None:
            return self._event_loop.run(awaited(self.work, self.tasks, loops))
        work, tasks = self.work, self.tasks

        def loop() -> Held:
            pending = iter(tasks)
            parts = [work(task) for task in islice(pending, 1)]
            first = perf_counter()
            parts += [work(task) for task in pending]
            return parts, first

        return repeated(loop, loops)

    def recipe(self) -> Recipe:
        """Return a list comprehension, of a coroutine function one that awaits."""
        if is_coroutine_function(self.work):
            return Recipe(("import asyncio",), _AWAITED)
        return Recipe((), _RECIPE)


_RECIPE = """\
def run(tasks):
    return [{work}(task) for task in tasks]
"""

_AWAITED = """\
async def main(tasks):
    return [await {work}(task) for task in tasks]


def run(tasks):
    return asyncio.run(main(tasks))
"""
