"""Primitives for workers that are coroutines of one event loop: anyio's, on every loop that it runs on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from comparators.coordination.kit import Kit
from comparators.coordination.kits.threads import Cell

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    import anyio

__all__ = ["AsyncKit"]


_ANYIO = ("import anyio",)
_PIPE = """\
def pipe():
    here, there = (anyio.create_memory_object_stream(float("inf")) for _ in range(2))
    return StapledObjectStream(here[0], there[1]), StapledObjectStream(there[0], here[1])
"""


_STREAM = """\
def stream():
    ends = socketpair()
    for end in ends:
        end.setblocking(False)
    return ends
"""


class AsyncKit(Kit):
    """`anyio`: what waits is awaited; a queue is a memory object stream.

    Args:
        backend: the kind of event loop that the primitives are for, "asyncio" or "trio".
    """

    model = "anyio"
    missing: ClassVar[Mapping[str, str]] = {
        "rlock": "anyio has no re-entrant lock: a task that holds a lock knows it",
        "barrier": "anyio has no barrier",
        "lifo-queue": "anyio has no LIFO queue",
        "priority-queue": "anyio has no priority queue",
        "manager": "coroutines share every object already: there is nothing to manage",
    }

    def __init__(self, backend: str = "asyncio") -> None:
        super().__init__()
        self._backend = backend

    def make(self, primitive: str, *arguments: Any) -> Any:
        """Make a primitive inside an event loop: one made outside is a slower stand-in, which asks for the loop."""
        import anyio

        async def inside() -> Any:
            return super(AsyncKit, self).make(primitive, *arguments)

        return anyio.run(inside, backend=self._backend)

    def make_lock(self) -> "anyio.Lock":
        """Return an `anyio.Lock`."""
        import anyio

        return anyio.Lock()

    def make_semaphore(self, value: int) -> "anyio.Semaphore":
        """Return an `anyio.Semaphore`."""
        import anyio

        return anyio.Semaphore(value)

    def make_bounded_semaphore(self, value: int) -> "anyio.Semaphore":
        """Return an `anyio.Semaphore` whose `max_value` is its first value."""
        import anyio

        return anyio.Semaphore(value, max_value=value)

    def make_event(self) -> "anyio.Event":
        """Return an `anyio.Event`: it cannot be cleared, and who has waited for it has bound it to that event loop."""
        import anyio

        return anyio.Event()

    def make_condition(self) -> "anyio.Condition":
        """Return an `anyio.Condition` with a lock of its own."""
        import anyio

        return anyio.Condition()

    def make_queue(self, maxsize: int = 0) -> Any:
        """Return the sending and the receiving end of an anyio memory object stream; 0 for no bound."""
        import math

        return self._stream(maxsize or math.inf)

    def make_pipe(self) -> Any:
        """Return two ends that can each `send` and `receive`: two memory object streams without a bound, crossed."""
        import math

        from anyio.streams.stapled import StapledObjectStream

        here, there = self._stream(math.inf), self._stream(math.inf)
        return StapledObjectStream(here[0], there[1]), StapledObjectStream(there[0], here[1])

    def make_stream(self) -> "tuple[socket.socket, socket.socket]":
        """Return a `socket.socketpair` that never blocks: `anyio.wait_readable` and `wait_writable` wait for an end.

        That is what the sockets of both kinds of event loop do; an anyio socket stream belongs to one loop's life.
        """
        import socket

        ends = socket.socketpair()
        for end in ends:
            end.setblocking(False)  # noqa: FBT003  the standard library's own signature
            self.at_end(end.close)
        return ends

    def make_counter(self, value: int = 0) -> Cell:
        """Return an object with an integer attribute `value`."""
        return Cell(value)

    def make_array(self, typecode: str, size: int) -> Any:
        """Return an `array.array` of zeros."""
        from array import array

        return array(typecode, bytes(array(typecode).itemsize * size))

    def make_timer(self) -> "Callable[[float], Awaitable[None]]":
        """Return `anyio.sleep_until`: an event loop's timers are coroutines that wait, in a scope to cancel them."""
        import anyio

        return anyio.sleep_until

    def _stream(self, bound: float) -> tuple[Any, Any]:
        import anyio

        ends: tuple[Any, Any] = anyio.create_memory_object_stream[Any](bound)
        for end in ends:
            self.at_end(end.close)
        return ends
