"""anyio's worker threads, processes and interpreters, each behind an `await`."""

import threading
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from comparators.coordination.kits.threads import ThreadKit
from comparators.runner import MISSING, Recipe, RunnerInfo
from comparators.runners._support.interpreter_imports import added_folders, importable
from comparators.runners._support.persistent_loop import ResidentRunner

__all__ = ["AnyioInterpreters", "AnyioProcesses", "AnyioThreads"]

LIBRARY_THREADS = ("AnyIO worker thread", "asyncio-waitpid")
"""How the names begin of threads that anyio works in, and that asyncio waits for processes in."""

GRACE_S = 2.0
"""How long a library's thread may take to end after an error."""


class AnyioWorkers(ResidentRunner):
    """As many coroutines as workers: each lets a worker do a task, waits for it and takes the next one.

    One coroutine per task would start an interpreter for each of them, whatever the limiter says: anyio's
    `to_interpreter` lets go of the limiter between taking a worker and using it.
    """

    def __enter__(self) -> Self:
        """Start the event loop; workers are started when tasks come."""
        self._others = set(threading.enumerate())
        self._sent = self._prepared()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the event loop and its workers, and join the threads, which are told to end but not awaited.

        After an error not for ever: a process whose start was cut off has nobody who would end it.
        """
        super().__exit__(kind, error, trace)
        if error is not None:
            self._end_orphans()
        for thread in set(threading.enumerate()) - self._others:
            if thread.name.startswith(LIBRARY_THREADS):
                thread.join(None if error is None else GRACE_S)

    def recipe(self) -> Recipe:
        """Return coroutines that share an iterator over the tasks."""
        module = self.info.imports[-1].removeprefix("anyio.")
        body = _RECIPE.replace("{module}", module).replace("{workers}", str(self.workers))
        return Recipe(("import anyio", f"from anyio import {module}"), body)

    def _end_orphans(self) -> None:
        """End workers that anyio forgets when an error comes in the middle of starting them."""

    @abstractmethod
    def _call(self) -> Callable[..., Awaitable[Any]]:
        """Return anyio's function that runs another one in a worker."""

    def _prepared(self) -> object:
        return self.work

    async def _loop(self) -> list[Any]:
        from anyio import CancelScope, CapacityLimiter, create_task_group

        parts: list[Any] = [MISSING] * len(self.tasks)
        pending = iter(enumerate(self.tasks))
        limiter = CapacityLimiter(self.workers)
        work, call = self._sent, self._call()

        async def serve() -> None:
            with CancelScope(shield=True):  # anyio leaves a process behind whose start is cancelled
                try:
                    for index, task in pending:
                        parts[index] = await call(work, task, limiter=limiter)
                except BaseException:
                    tuple(pending)  # the others end with the task that they are at
                    raise

        async with create_task_group() as group:
            for _ in range(min(self.workers, len(self.tasks))):
                group.start_soon(serve)
        return parts


@dataclass(kw_only=True, eq=False)
class AnyioThreads(AnyioWorkers):
    """`anyio.to_thread.run_sync` with a limiter of its own in place of the default one of 40 threads."""

    info = RunnerInfo(
        name="anyio-threads",
        model="threads",
        summary="anyio.to_thread.run_sync, awaited by coroutines",
        imports=("anyio._backends._asyncio", "anyio.to_thread"),
        kit=ThreadKit,
    )

    def _call(self) -> Callable[..., Awaitable[Any]]:
        from anyio import to_thread

        return to_thread.run_sync


@dataclass(kw_only=True, eq=False)
class AnyioProcesses(AnyioWorkers):
    """`anyio.to_process.run_sync`; its processes are fresh interpreters that speak over standard output."""

    info = RunnerInfo(
        name="anyio-processes",
        model="processes",
        summary="anyio.to_process.run_sync, awaited by coroutines",
        pickles=True,
        imports=("anyio._backends._asyncio", "anyio.to_process"),
    )

    def _call(self) -> Callable[..., Awaitable[Any]]:
        from anyio import to_process

        return to_process.run_sync

    def _end_orphans(self) -> None:
        import psutil

        for child in psutil.Process().children():
            with suppress(psutil.Error):  # it may end, or be waited for, at any moment
                if "anyio.to_process" in child.cmdline():
                    child.kill()


@dataclass(kw_only=True, eq=False)
class AnyioInterpreters(AnyioWorkers):
    """`anyio.to_interpreter.run_sync`. anyio keeps its idle interpreters until the process ends."""

    info = RunnerInfo(
        name="anyio-interpreters",
        model="interpreters",
        summary="anyio.to_interpreter.run_sync, awaited by coroutines",
        pickles=True,
        python=(3, 13),
        imports=("anyio._backends._asyncio", "anyio.to_interpreter"),
    )

    def _call(self) -> Callable[..., Awaitable[Any]]:
        from anyio import to_interpreter

        return to_interpreter.run_sync

    def __post_init__(self) -> None:
        super().__post_init__()
        self._folders = added_folders()  # here: no model's cost, so it has no place in the time of a start

    def _prepared(self) -> object:
        return importable(self.work, self._folders)


_RECIPE = """\
async def main(tasks):
    parts = [None] * len(tasks)
    pending = iter(enumerate(tasks))
    limiter = anyio.CapacityLimiter({workers})

    async def serve():
        for index, task in pending:
            parts[index] = await {module}.run_sync({work}, task, limiter=limiter)

    async with anyio.create_task_group() as group:
        for _ in range({workers}):
            group.start_soon(serve)
    return parts


def run(tasks):
    return anyio.run(main, tasks)
"""
