"""Signals that end a run: the first one cleanly, with a report of what is there; the second one at once.

SIGINT is Ctrl-C. SIGTERM comes from `kill` and from job schedulers. SIGHUP comes when the terminal is closed;
then nothing is printed any more, and a program that was started with `nohup` never gets it.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from comparators.cli import output

__all__ = ["Interruption", "interruptible"]

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
SHOW_CURSOR = "\x1b[?25h"


class Interruption:
    """Which signal has come, if any.

    Attributes:
        exit_code: of a run that was ended by it, 128 and its number as shells count; 0 as long as none has come.
    """

    def __init__(self) -> None:
        self.exit_code = 0

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """Begin to end the run, or end it here.

        Raises:
            KeyboardInterrupt: at the first signal.
        """
        if self.exit_code:
            _leave(128 + number)
        self.exit_code = 128 + number
        if number == getattr(signal, "SIGHUP", None):
            output.silence()
        raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Let signals end what is done here; one that the program was told to ignore stays ignored."""
    interruption = Interruption()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, interruption.receive)
        yield interruption
    except KeyboardInterrupt:
        if interruption.exit_code:
            output.note("interrupted")
            raise SystemExit(interruption.exit_code) from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _leave(code: int) -> None:
    """End this process now, with the terminal as it was; whatever runs under its supervisors they end themselves."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), f"{SHOW_CURSOR}\n".encode())
    os._exit(code)
