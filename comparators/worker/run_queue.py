"""How long a thread was ready to run but had no CPU, as Linux counts it for each thread.

A thread that waits for the GIL sleeps; it is not ready to run. So this tells apart what shares of the same shortage a
look from outside cannot: tasks that take turns on the GIL, and tasks that a busy host keeps from its CPUs.
"""

import os
import threading
import time
from contextlib import suppress

__all__ = ["run_queue_delay_s", "settle", "watch_thread"]

BETWEEN_S = 1e-3
"""Between two readings, at least: one takes 5 µs, and short tasks must not be changed by it."""


class _Reader:
    """Reads what the system counts for the thread that made it."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.seconds = 0.0
        self.read_at = 0.0
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:  # not Linux, or a kernel that does not count
            self._file = -1

    def __del__(self) -> None:
        """Close the file when the thread ends."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)

    def grown_s(self, now: float) -> float:
        """Return the seconds by which the thread's delay has grown since the last call."""
        if self._file < 0:
            return 0.0
        try:
            total_s = int(os.pread(self._file, 100, 0).split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0
        before, self.seconds, self.read_at = self.seconds, total_s, now
        return total_s - before


_of_thread = threading.local()


def settle() -> None:
    """Count this thread's delay from now on."""
    _reader().grown_s(time.perf_counter())


def watch_thread() -> None:
    """Count this thread's delay from now on if it was not counted before; called before its first task.

    What the thread, or another user of its number, waited for earlier belongs to no task. An interpreter's
    `threading.local` is new at each call, so there each task has its own beginning.
    """
    reader = getattr(_of_thread, "reader", None)
    if reader is None or reader.process != os.getpid():
        settle()


def run_queue_delay_s(began: float, now: float) -> float:
    """Return the seconds by which this thread's delay has grown since the last call that looked; 0 where unknown.

    A call looks when the last look is long enough ago: a thread that lives for a short task only costs nothing.

    Args:
        began: when the task began, on the clock `time.perf_counter`.
        now: when it ended.
    """
    reader = getattr(_of_thread, "reader", None)
    if now - (reader.read_at if reader is not None else began) < BETWEEN_S:
        return 0.0
    return _reader().grown_s(now)


def _reader() -> _Reader:
    """Return this thread's reader; what a fork has copied is still that of a thread of the parent."""
    reader: _Reader | None = getattr(_of_thread, "reader", None)
    if reader is None or reader.process != os.getpid():
        reader = _of_thread.reader = _Reader()
    return reader
