"""An anyio event loop that lives on between calls, so that what it started lives on too."""

from abc import abstractmethod
from time import perf_counter
from types import TracebackType
from typing import Any, ClassVar, Self

from comparators.runner import Runner, Timing

__all__ = ["PortalRunner", "first_error"]


class PortalRunner(Runner):
    """A runner whose event loop runs in a thread of its own; the clock is read inside the loop.

    anyio ends its worker threads and processes with the loop's main task, so only a loop that goes on keeps them.
    """

    backend: ClassVar[str] = "asyncio"

    def __enter__(self) -> Self:
        """Start the event loop."""
        from anyio.from_thread import start_blocking_portal

        self._context = start_blocking_portal(self.backend)
        self._portal = self._context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the event loop, and with it what anyio started."""
        self._context.__exit__(None, None, None)

    def repeat(self, loops: int) -> Timing:
        """Do all tasks in a task group, `loops` times."""
        outcome: Timing | BaseException = self._portal.call(self._outcome, loops)
        if isinstance(outcome, BaseException):
            raise first_error(outcome)
        return outcome

    async def _outcome(self, loops: int) -> Timing | BaseException:
        """Return an exception instead of raising it: raised here, SystemExit would take the loop with it."""
        from anyio import get_cancelled_exc_class

        try:
            return await self._timed(loops)
        except get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
            return error

    async def _timed(self, loops: int) -> Timing:
        parts: list[Any] = []
        started = perf_counter()
        for _ in range(loops):
            parts = await self._loop()
        return Timing(perf_counter() - started, parts)

    @abstractmethod
    async def _loop(self) -> list[Any]:
        """Do all tasks once and return the parts in task order."""


def first_error(error: BaseException) -> BaseException:
    """Return the first exception in a group of a task group: the task's own."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
