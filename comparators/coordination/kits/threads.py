"""Primitives for workers that are threads of one process; the serial runner's too, which has one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from comparators.coordination.kit import Kit

if TYPE_CHECKING:
    import queue
    import socket
    import threading

__all__ = ["Cell", "ThreadKit"]


class Cell:
    """An integer that all threads see."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value


class ThreadKit(Kit):
    """`threading` and `queue`."""

    model = "threading"
    missing: ClassVar[Mapping[str, str]] = {"manager": "threads share every object already: there is nothing to manage"}

    def make_lock(self) -> "threading.Lock":
        """Return a `threading.Lock`."""
        import threading

        return threading.Lock()

    def make_rlock(self) -> Any:
        """Return a `threading.RLock`."""
        import threading

        return threading.RLock()

    def make_semaphore(self, value: int) -> "threading.Semaphore":
        """Return a `threading.Semaphore`."""
        import threading

        return threading.Semaphore(value)

    def make_bounded_semaphore(self, value: int) -> "threading.BoundedSemaphore":
        """Return a `threading.BoundedSemaphore`."""
        import threading

        return threading.BoundedSemaphore(value)

    def make_event(self) -> "threading.Event":
        """Return a `threading.Event`."""
        import threading

        return threading.Event()

    def make_condition(self) -> "threading.Condition":
        """Return a `threading.Condition` with a lock of its own."""
        import threading

        return threading.Condition()

    def make_barrier(self, parties: int) -> "threading.Barrier":
        """Return a `threading.Barrier`."""
        import threading

        return threading.Barrier(parties)

    def make_queue(self, maxsize: int = 0) -> "queue.Queue[Any]":
        """Return a `queue.Queue`."""
        import queue

        return queue.Queue(maxsize)

    def make_lifo_queue(self, maxsize: int = 0) -> "queue.LifoQueue[Any]":
        """Return a `queue.LifoQueue`."""
        import queue

        return queue.LifoQueue(maxsize)

    def make_priority_queue(self, maxsize: int = 0) -> "queue.PriorityQueue[Any]":
        """Return a `queue.PriorityQueue`."""
        import queue

        return queue.PriorityQueue(maxsize)

    def make_pipe(self) -> Any:
        """Return the two ends of a `multiprocessing.Pipe`, which threads may use as well as processes."""
        from multiprocessing import Pipe

        ends = Pipe()
        for end in ends:
            self.at_end(end.close)
        return ends

    def make_stream(self) -> "tuple[socket.socket, socket.socket]":
        """Return a `socket.socketpair`."""
        import socket

        ends = socket.socketpair()
        for end in ends:
            self.at_end(end.close)
        return ends

    def make_counter(self, value: int = 0) -> Cell:
        """Return an object with an integer attribute `value`."""
        return Cell(value)

    def make_array(self, typecode: str, size: int) -> Any:
        """Return an `array.array` of zeros."""
        from array import array

        return array(typecode, bytes(array(typecode).itemsize * size))

    def make_timer(self) -> "Callable[..., threading.Timer]":
        """Return `threading.Timer`: a class of things that call a function after some seconds."""
        import threading

        return threading.Timer
