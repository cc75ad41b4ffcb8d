"""An anyio task group on asyncio: one coroutine for each task."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Self

from comparators.runner import MISSING, Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import first_error, require_all, timed_async_loops

__all__ = ["Anyio"]


@dataclass(kw_only=True, eq=False)
class Anyio(Runner):
    """An anyio task group on asyncio, with a capacity limiter where there are fewer workers than tasks."""

    backend: ClassVar[str] = "asyncio"

    info = RunnerInfo(
        name="anyio",
        model="async",
        summary="anyio task group on asyncio, one coroutine per task",
        api="anyio.create_task_group",
        simplicity=1,
        asynchronous=True,
        imports=("anyio._backends._asyncio",),
    )

    def __enter__(self) -> Self:
        """Start nothing: coroutines need no workers, and every call has an event loop of its own."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop nothing."""

    def run(self, loops: int) -> Timing:
        """Do all tasks in a task group, `loops` times; the clock is read inside the running loop."""
        import anyio

        try:
            timing = anyio.run(timed_async_loops, self._loop, loops, self.work, backend=self.backend)
        except BaseExceptionGroup as group:
            raise first_error(group) from None
        require_all(timing.results)
        return timing

    def recipe(self) -> Recipe:
        """Return a task group; with a limiter only where it has something to limit."""
        limited = self.workers < len(self.tasks)
        backend = "" if self.backend == "asyncio" else f', backend="{self.backend}"'
        functions = (_LIMITED if limited else _UNLIMITED).replace("{workers}", str(self.workers))
        return Recipe(("import anyio",), functions, "", f"anyio.run(do_all, items{backend})")

    async def _loop(self) -> list[Any]:
        from anyio import create_task_group

        results: list[Any] = [MISSING] * len(self.tasks)
        one = self._limited(results) if self.workers < len(self.tasks) else self._unlimited(results)
        async with create_task_group() as group:
            for index, task in enumerate(self.tasks):
                group.start_soon(one, index, task)
        return results

    def _unlimited(self, results: list[Any]) -> Callable[[int, Any], Coroutine[Any, Any, None]]:
        work = self.work

        async def one(index: int, task: Any) -> None:
            results[index] = await work(task)

        return one

    def _limited(self, results: list[Any]) -> Callable[[int, Any], Coroutine[Any, Any, None]]:
        from anyio import CapacityLimiter

        work, limiter = self.work, CapacityLimiter(self.workers)

        async def one(index: int, task: Any) -> None:
            async with limiter:
                results[index] = await work(task)

        return one


_UNLIMITED = """\
async def do_all(items):
    results = [None] * len(items)

    async def do_one(index, item):
        results[index] = await {work}(item)

    try:
        async with anyio.create_task_group() as group:
            for index, item in enumerate(items):
                group.start_soon(do_one, index, item)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return results
"""

_LIMITED = """\
async def do_all(items):
    results = [None] * len(items)
    limiter = anyio.CapacityLimiter({workers})

    async def do_one(index, item):
        async with limiter:
            results[index] = await {work}(item)

    try:
        async with anyio.create_task_group() as group:
            for index, item in enumerate(items):
                group.start_soon(do_one, index, item)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return results
"""
