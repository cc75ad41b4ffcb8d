"""What anyio's worker threads, processes and interpreters have in common: each call is awaited by a coroutine."""

import threading
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from comparators.runner import MISSING, Recipe
from comparators.runners._support.persistent_loop import PersistentLoopRunner

__all__ = ["AnyioCalls"]

LIBRARY_THREADS = ("AnyIO worker thread", "asyncio-waitpid")
"""How the names begin of threads that anyio works in, and that asyncio waits for processes in."""

GRACE_S = 2.0
"""How long a library's thread may take to end after an error."""


class AnyioCalls(PersistentLoopRunner):
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
        """End the event loop and its workers, and join the threads, which anyio tells to end but does not await.

        After an error only for a while: nothing would end a process whose start was cut off.
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
        functions = _RECIPE.replace("{module}", module).replace("{workers}", str(self.workers))
        return Recipe(("import anyio", f"from anyio import {module}"), functions, "", "anyio.run(do_all, items)")

    def _end_orphans(self) -> None:
        """End workers that anyio forgets when an error comes in the middle of starting them."""

    @abstractmethod
    def _call(self) -> Callable[..., Awaitable[Any]]:
        """Return anyio's function that runs another one in a worker."""

    def _prepared(self) -> object:
        return self.work

    async def _loop(self) -> list[Any]:
        from anyio import CancelScope, CapacityLimiter, create_task_group

        results: list[Any] = [MISSING] * len(self.tasks)
        pending = iter(enumerate(self.tasks))
        limiter = CapacityLimiter(self.workers)
        work, call = self._sent, self._call()

        async def serve() -> None:
            with CancelScope(shield=True):  # anyio leaves a process behind whose start is cancelled
                try:
                    for index, task in pending:
                        results[index] = await call(work, task, limiter=limiter)
                except BaseException:
                    tuple(pending)  # the others end with the task that they are at
                    raise

        async with create_task_group() as group:
            for _ in range(min(self.workers, len(self.tasks))):
                group.start_soon(serve)
        return results


_RECIPE = """\
async def do_all(items):
    results = [None] * len(items)
    pending = iter(enumerate(items))
    limiter = anyio.CapacityLimiter({workers})

    async def serve():
        for index, item in pending:
            results[index] = await {module}.run_sync({work}, item, limiter=limiter)

    try:
        async with anyio.create_task_group() as group:
            for _ in range({workers}):
                group.start_soon(serve)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return results
"""
