"""Primitives for workers that are coroutines of one event loop: anyio's, on every loop that it runs on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from comparators.kit import Kit
from comparators.runners.thread_kit import Cell

if TYPE_CHECKING:
    import anyio

__all__ = ["AsyncKit"]


class AsyncKit(Kit):
    """`anyio`: what waits is awaited; a queue is a memory object stream."""

    model = "anyio"
    missing: ClassVar[Mapping[str, str]] = {
        "rlock": "anyio has no re-entrant lock: a task that holds a lock knows it",
        "bounded-semaphore": "anyio bounds a semaphore by its `max_value`, it has no type of its own for it",
        "barrier": "anyio has no barrier",
        "lifo-queue": "anyio has no LIFO queue",
        "priority-queue": "anyio has no priority queue",
        "manager": "coroutines share every object already: there is nothing to manage",
    }

    def make_lock(self) -> "anyio.Lock":
        """Return an `anyio.Lock`."""
        import anyio

        return anyio.Lock()

    def make_semaphore(self, value: int) -> "anyio.Semaphore":
        """Return an `anyio.Semaphore`."""
        import anyio

        return anyio.Semaphore(value)

    def make_event(self) -> "anyio.Event":
        """Return an `anyio.Event`."""
        import anyio

        return anyio.Event()

    def make_condition(self) -> "anyio.Condition":
        """Return an `anyio.Condition` with a lock of its own."""
        import anyio

        return anyio.Condition()

    def make_queue(self, maxsize: int = 0) -> Any:
        """Return the sending and the receiving end of an anyio memory object stream; 0 for no bound."""
        import math

        import anyio

        ends: tuple[Any, Any] = anyio.create_memory_object_stream[Any](maxsize or math.inf)
        return ends

    def make_pipe(self) -> Any:
        """Return two ends that can each send and receive: two memory object streams without a buffer, crossed."""
        import anyio
        from anyio.streams.stapled import StapledObjectStream

        here, there = (anyio.create_memory_object_stream[Any](0) for _ in range(2))
        return StapledObjectStream(here[0], there[1]), StapledObjectStream(there[0], here[1])

    def make_counter(self, value: int = 0) -> Cell:
        """Return an object with an integer attribute `value`."""
        return Cell(value)

    def make_array(self, typecode: str, size: int) -> Any:
        """Return an `array.array` of zeros."""
        from array import array

        return array(typecode, bytes(array(typecode).itemsize * size))

    def make_timer(self) -> Any:
        """Return `anyio.sleep_until`: an event loop's timers are its waiting coroutines."""
        import anyio

        return anyio.sleep_until
