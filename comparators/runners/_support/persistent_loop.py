"""An asyncio event loop that pauses between calls, so that what anyio keeps for it lives on."""

import sys
from abc import abstractmethod
from collections.abc import Callable, Coroutine
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from comparators.runner import Runner, Timing
from comparators.runners._support.awaited_loop import prepare

__all__ = ["ResidentRunner", "first_error", "timed"]


class ResidentRunner(Runner):
    """A runner with one event loop for all its calls; the clock is read inside the running loop.

    anyio ends its worker threads and processes with the main task of the loop. So that task never ends: it does what
    is asked, stops the loop and goes on when the loop runs again. A loop in a thread of its own (a blocking portal)
    would do as well, but costs a millisecond to start and stop.
    """

    def __enter__(self) -> Self:
        """Make the event loop; workers are started when tasks come."""
        import asyncio

        self._ending = False
        self._outcomes: list[Timing | BaseException] = []
        self._runner = asyncio.Runner()
        self._event_loop = self._runner.get_loop()
        self._main = self._event_loop.create_task(self._serve())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel the main task, and with it what anyio started, and close the loop."""
        self._ending = True
        self._runner.close()

    def repeat(self, loops: int) -> Timing:
        """Do all tasks `loops` times."""
        self._loops = loops
        try:
            self._event_loop.run_until_complete(self._main)  # each call of anyio's looks for a task that is run so
        except RuntimeError:  # that the loop stopped before the task was complete: so it shall
            if not self._outcomes:
                raise
        outcome = self._outcomes.pop()
        if isinstance(outcome, BaseException):
            raise first_error(outcome)
        return outcome

    async def _serve(self) -> None:
        from asyncio import CancelledError, sleep

        _name_the_library()
        while not self._ending:
            try:
                self._outcomes.append(await timed(self._loop, self._loops))
            except CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001  raised again by `repeat`; the main task goes on
                self._outcomes.append(error)
            if not self._ending:  # SystemExit of a task stops the loop at once; then closing it lets this task go on
                self._event_loop.stop()
                await sleep(0)  # the loop stops here

    @abstractmethod
    async def _loop(self) -> list[Any]:
        """Do all tasks once and return the parts in task order."""


def _name_the_library() -> None:
    """Say which library runs the loop, as `anyio.run` does: otherwise each call of anyio's finds that out again."""
    sniffio = sys.modules.get("sniffio")  # where it is installed, anyio has imported it
    if sniffio is not None:
        sniffio.current_async_library_cvar.set("asyncio")


async def timed(loop: Callable[[], Coroutine[Any, Any, list[Any]]], loops: int, work: object = None) -> Timing:
    """Await `loop()` `loops` times and time exactly that; all results are there together, at the end.

    Args:
        loop: does all tasks once.
        loops: how many times.
        work: what does a task; its set-up, if it has one for each event loop, comes before the clock.
    """
    await prepare(work)
    parts: list[Any] = []
    started = perf_counter()
    for _ in range(loops):
        parts = await loop()
    seconds = perf_counter() - started
    return Timing(seconds, parts, seconds / loops)


def first_error(error: BaseException) -> BaseException:
    """Return the first exception in a group of a task group: the task's own."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
