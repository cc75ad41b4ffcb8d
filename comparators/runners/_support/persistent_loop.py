"""An asyncio event loop that pauses between calls, so that what anyio keeps for it lives on."""

import sys
from abc import abstractmethod
from types import TracebackType
from typing import Any, Self

from comparators.runner import Runner, Timing
from comparators.runners._support.loops import first_error, require_all, timed_async_loops

__all__ = ["PersistentLoopRunner"]


class PersistentLoopRunner(Runner):
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

    def run(self, loops: int) -> Timing:
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
        require_all(outcome.results)
        return outcome

    async def _serve(self) -> None:
        from asyncio import CancelledError, sleep

        _name_the_library()
        while not self._ending:
            try:
                self._outcomes.append(await timed_async_loops(self._loop, self._loops))
            except CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001  raised again by `run`; the main task goes on
                self._outcomes.append(error)
            if not self._ending:  # SystemExit of a task stops the loop at once; then closing it lets this task go on
                self._event_loop.stop()
                await sleep(0)  # the loop stops here

    @abstractmethod
    async def _loop(self) -> list[Any]:
        """Do all tasks once and return the results in task order."""


def _name_the_library() -> None:
    """Say which library runs the loop, as `anyio.run` does: otherwise each call of anyio's finds that out again."""
    sniffio = sys.modules.get("sniffio")  # where it is installed, anyio has imported it
    if sniffio is not None:
        sniffio.current_async_library_cvar.set("asyncio")
