"""`asyncio.TaskGroup`: one thread, one task of the event loop for each task of the workload."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from comparators.runner import MISSING, Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import first_error, require_all, timed_async_loops

__all__ = ["Asyncio"]


@dataclass(kw_only=True, eq=False)
class Asyncio(Runner):
    """`asyncio.TaskGroup`, with a semaphore where there are fewer workers than tasks."""

    info = RunnerInfo(
        name="asyncio",
        model="async",
        summary="asyncio.TaskGroup, one coroutine per task",
        api="asyncio.TaskGroup",
        simplicity=0,
        asynchronous=True,
        imports=("asyncio",),
    )

    def __enter__(self) -> Self:
        """Make the event loop."""
        import asyncio

        self._runner = asyncio.Runner()
        self._runner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the event loop."""
        self._runner.close()

    def run(self, loops: int) -> Timing:
        """Do all tasks in a task group, `loops` times; the clock is read inside the running loop."""
        try:
            timing = self._runner.run(timed_async_loops(self._loop, loops, self.work))
        except BaseExceptionGroup as group:
            raise first_error(group) from None
        require_all(timing.results)
        return timing

    def recipe(self) -> Recipe:
        """Return a task group; with a semaphore only where it has something to limit."""
        limited = self.workers < len(self.tasks)
        functions = (_LIMITED if limited else _UNLIMITED).replace("{workers}", str(self.workers))
        return Recipe(("import asyncio",), functions, "", "asyncio.run(do_all(items))")

    async def _loop(self) -> list[Any]:
        import asyncio

        work = self._limited() if self.workers < len(self.tasks) else self.work
        async with asyncio.TaskGroup() as group:
            pending = [group.create_task(work(task)) for task in self.tasks]
        try:
            return [task.result() for task in pending]
        except asyncio.CancelledError:  # a task that cancels itself fails neither the group nor the others
            return [MISSING if task.cancelled() else task.result() for task in pending]

    def _limited(self) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        import asyncio

        work, semaphore = self.work, asyncio.Semaphore(self.workers)

        async def limited(task: Any) -> Any:
            async with semaphore:
                return await work(task)

        return limited


_UNLIMITED = """\
async def do_all(items):
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task({work}(item)) for item in items]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
"""

_LIMITED = """\
async def do_all(items):
    semaphore = asyncio.Semaphore({workers})

    async def limited(item):
        async with semaphore:
            return await {work}(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(limited(item)) for item in items]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
"""
