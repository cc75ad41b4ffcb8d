"""Coroutines: one thread, one task of the event loop per task of the workload."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Self

from comparators.coordination.kit import Kit
from comparators.coordination.kits.coroutines import AsyncKit
from comparators.runner import MISSING, Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.persistent_loop import first_error, timed

__all__ = ["Anyio", "AnyioTrio", "Asyncio"]


@dataclass(kw_only=True, eq=False)
class Asyncio(Runner):
    """`asyncio.TaskGroup`, with a semaphore where there are fewer workers than tasks."""

    info = RunnerInfo(
        name="asyncio",
        model="async",
        summary="asyncio.TaskGroup, one coroutine per task",
        asynchronous=True,
        imports=("asyncio",),
        kit=AsyncKit,
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

    def repeat(self, loops: int) -> Timing:
        """Do all tasks in a task group, `loops` times; the clock is read inside the running loop."""
        try:
            return self._runner.run(timed(self._loop, loops, self.work))
        except BaseExceptionGroup as group:
            raise first_error(group) from None

    def recipe(self) -> Recipe:
        """Return a task group; with a semaphore only where it has something to limit."""
        limited = self.workers < len(self.tasks)
        body = _ASYNCIO_LIMITED if limited else _ASYNCIO
        return Recipe(("import asyncio",), body.replace("{workers}", str(self.workers)))

    async def _loop(self) -> list[Any]:
        import asyncio

        work = self._limited() if self.workers < len(self.tasks) else self.work
        async with asyncio.TaskGroup() as group:
            pending = [group.create_task(work(task)) for task in self.tasks]
        return [task.result() for task in pending]

    def _limited(self) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        import asyncio

        work, semaphore = self.work, asyncio.Semaphore(self.workers)

        async def limited(task: Any) -> Any:
            async with semaphore:
                return await work(task)

        return limited


@dataclass(kw_only=True, eq=False)
class Anyio(Runner):
    """An anyio task group on asyncio, with a capacity limiter where there are fewer workers than tasks."""

    backend: ClassVar[str] = "asyncio"

    info = RunnerInfo(
        name="anyio",
        model="async",
        summary="anyio task group on asyncio, one coroutine per task",
        asynchronous=True,
        imports=("anyio._backends._asyncio",),
        kit=AsyncKit,
    )

    def new_kit(self) -> Kit:
        """Return a kit of the event loop's own kind."""
        return AsyncKit(self.backend)

    def __enter__(self) -> Self:
        """Start nothing: coroutines need no workers, and every call has an event loop of its own."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop nothing."""

    def repeat(self, loops: int) -> Timing:
        """Do all tasks in a task group, `loops` times; the clock is read inside the running loop."""
        import anyio

        try:
            return anyio.run(timed, self._loop, loops, self.work, backend=self.backend)
        except BaseExceptionGroup as group:
            raise first_error(group) from None

    def recipe(self) -> Recipe:
        """Return a task group; with a limiter only where it has something to limit."""
        limited = self.workers < len(self.tasks)
        backend = "" if self.backend == "asyncio" else f', backend="{self.backend}"'
        body = (_ANYIO_LIMITED if limited else _ANYIO).replace("{backend}", backend)
        return Recipe(("import anyio",), body.replace("{workers}", str(self.workers)))

    async def _loop(self) -> list[Any]:
        from anyio import create_task_group

        parts: list[Any] = [MISSING] * len(self.tasks)
        one = self._limited(parts) if self.workers < len(self.tasks) else self._unlimited(parts)
        async with create_task_group() as group:
            for index, task in enumerate(self.tasks):
                group.start_soon(one, index, task)
        return parts

    def _unlimited(self, parts: list[Any]) -> Callable[[int, Any], Coroutine[Any, Any, None]]:
        work = self.work

        async def one(index: int, task: Any) -> None:
            parts[index] = await work(task)

        return one

    def _limited(self, parts: list[Any]) -> Callable[[int, Any], Coroutine[Any, Any, None]]:
        from anyio import CapacityLimiter

        work, limiter = self.work, CapacityLimiter(self.workers)

        async def one(index: int, task: Any) -> None:
            async with limiter:
                parts[index] = await work(task)

        return one


@dataclass(kw_only=True, eq=False)
class AnyioTrio(Anyio):
    """The same on trio."""

    info = RunnerInfo(
        name="anyio-trio",
        model="async",
        summary="anyio task group on trio, one coroutine per task",
        asynchronous=True,
        modules=("trio",),
        imports=("anyio._backends._trio",),
        extra="trio",
        kit=AsyncKit,
    )
    backend = "trio"


_ASYNCIO = """\
async def main(tasks):
    async with asyncio.TaskGroup() as group:
        pending = [group.create_task({work}(task)) for task in tasks]
    return [task.result() for task in pending]


def run(tasks):
    return asyncio.run(main(tasks))
"""

_ASYNCIO_LIMITED = """\
async def main(tasks):
    semaphore = asyncio.Semaphore({workers})

    async def limited(task):
        async with semaphore:
            return await {work}(task)

    async with asyncio.TaskGroup() as group:
        pending = [group.create_task(limited(task)) for task in tasks]
    return [task.result() for task in pending]


def run(tasks):
    return asyncio.run(main(tasks))
"""

_ANYIO = """\
async def main(tasks):
    parts = [None] * len(tasks)

    async def one(index, task):
        parts[index] = await {work}(task)

    async with anyio.create_task_group() as group:
        for index, task in enumerate(tasks):
            group.start_soon(one, index, task)
    return parts


def run(tasks):
    return anyio.run(main, tasks{backend})
"""

_ANYIO_LIMITED = """\
async def main(tasks):
    parts = [None] * len(tasks)
    limiter = anyio.CapacityLimiter({workers})

    async def one(index, task):
        async with limiter:
            parts[index] = await {work}(task)

    async with anyio.create_task_group() as group:
        for index, task in enumerate(tasks):
            group.start_soon(one, index, task)
    return parts


def run(tasks):
    return anyio.run(main, tasks{backend})
"""
