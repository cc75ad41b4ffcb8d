"""The supervisor's view of the command: its requests, its end and, in the same wait, changes of children.

Standard library only.
"""

import contextlib
import os
import select
import signal
from collections.abc import Sequence

__all__ = ["CommandChannel", "CommandGone", "watch_end_of"]


class CommandGone(Exception):
    """Standard input, the command or the watchdog ended."""


class CommandChannel:
    """Reads requests from standard input and writes replies to standard output.

    Args:
        above: descriptors that become readable when the command, or the watchdog, ends.
    """

    def __init__(self, above: Sequence[int]) -> None:
        self._children, wakeup = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK) if hasattr(os, "pipe2") else _pipe()
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._above = frozenset(above)
        self._poll = select.poll()
        for descriptor in (0, self._children, *above):
            self._poll.register(descriptor, select.POLLIN)

    def read(self) -> str:
        """Wait for a request and return its line.

        Raises:
            CommandGone: there will be no more.
        """
        line = b""
        while not line.endswith(b"\n"):
            if self.wait(None):
                part = os.read(0, 1 << 20)
                if not part:
                    raise CommandGone
                line += part
        return line.decode()

    def write(self, line: str) -> None:
        """Write a reply."""
        rest = memoryview(line.encode() + b"\n")
        while rest:
            rest = rest[os.write(1, rest) :]

    def wait(self, seconds: float | None, *also: int) -> bool:
        """Wait until the command speaks, a child changes or the time has passed; say whether the command spoke.

        Args:
            seconds: to wait at most; None for no limit.
            also: descriptors that end the wait, too, when they become readable.

        Raises:
            CommandGone: it ended without closing its end, which another process has inherited; or the watchdog did.
        """
        for descriptor in also:
            self._poll.register(descriptor, select.POLLIN)
        ready = dict(self._poll.poll(None if seconds is None else max(0.0, seconds) * 1000))
        for descriptor in also:
            self._poll.unregister(descriptor)
        if self._children in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._children, 65536)
        if 0 not in ready and self._above & ready.keys():
            raise CommandGone
        return 0 in ready


def watch_end_of(pid: int) -> int | None:
    """Return a descriptor that becomes readable when the parent process ends; None where the system has none.

    Raises:
        CommandGone: the process has ended.
    """
    if not pid or not hasattr(os, "pidfd_open"):
        return None
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        raise CommandGone from None
    except OSError:
        return None
    if os.getppid() != pid:  # it may be another process of that number by now
        raise CommandGone
    return handle


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends
