"""Primitives for workers that are processes, from the `multiprocessing` context of the cell's start method."""

import queue
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from comparators.coordination.kit import Kit

if TYPE_CHECKING:
    import socket
    import threading

__all__ = ["ProcessKit"]

LEFT_OVER_S = 0.5
"""Seconds to wait for items still on their way into a queue that no worker has taken from."""


class ProcessKit(Kit):
    """`multiprocessing`; its primitives travel to a worker when it starts, not with a task."""

    model = "multiprocessing"
    missing: ClassVar[Mapping[str, str]] = {
        "lifo-queue": "multiprocessing has no LIFO queue",
        "priority-queue": "multiprocessing has no priority queue",
    }

    def __init__(self, start: str) -> None:
        from multiprocessing import get_context

        super().__init__()
        self._start = start
        self._context = get_context(start)

    def make_lock(self) -> Any:
        """Return a `multiprocessing.Lock`."""
        return self._context.Lock()

    def make_rlock(self) -> Any:
        """Return a `multiprocessing.RLock`."""
        return self._context.RLock()

    def make_semaphore(self, value: int) -> Any:
        """Return a `multiprocessing.Semaphore`."""
        return self._context.Semaphore(value)

    def make_bounded_semaphore(self, value: int) -> Any:
        """Return a `multiprocessing.BoundedSemaphore`."""
        return self._context.BoundedSemaphore(value)

    def make_event(self) -> Any:
        """Return a `multiprocessing.Event`."""
        return self._context.Event()

    def make_condition(self) -> Any:
        """Return a `multiprocessing.Condition` with a lock of its own."""
        return self._context.Condition()

    def make_barrier(self, parties: int) -> Any:
        """Return a `multiprocessing.Barrier`."""
        return self._context.Barrier(parties)

    def make_queue(self, maxsize: int = 0) -> Any:
        """Return a `multiprocessing.Queue`."""
        made = self._context.Queue(maxsize)
        self.at_end(partial(_finish, made))
        return made

    def make_pipe(self) -> Any:
        """Return the two ends of a `multiprocessing.Pipe`."""
        ends = self._context.Pipe()
        for end in ends:
            self.at_end(end.close)
        return ends

    def make_stream(self) -> "tuple[socket.socket, socket.socket]":
        """Return a `socket.socketpair`; `multiprocessing` hands sockets to a worker when it starts."""
        import socket

        ends = socket.socketpair()
        for end in ends:
            self.at_end(end.close)
        return ends

    def make_counter(self, value: int = 0) -> Any:
        """Return a 64-bit integer in shared memory with the attribute `value`."""
        return self._context.RawValue("q", value)

    def make_array(self, typecode: str, size: int) -> Any:
        """Return numbers in shared memory, all zero."""
        return self._context.RawArray(typecode, size)

    def make_manager(self) -> Any:
        """Return a started `multiprocessing.Manager`, a process of its own."""
        manager = self._context.Manager()
        self.at_end(manager.shutdown)
        return manager

    def make_timer(self) -> "Callable[..., threading.Timer]":
        """Return `threading.Timer`; a worker process has threads of its own."""
        import threading

        return threading.Timer


def _finish(made: Any) -> None:
    """Close a queue and join its thread, which ends when all that this process has put in is sent: throw it away."""
    try:
        while made.qsize():
            made.get(timeout=LEFT_OVER_S)
    except (queue.Empty, NotImplementedError):  # a worker died with what it put in; macOS cannot count
        made.cancel_join_thread()
    made.close()
    made.join_thread()
