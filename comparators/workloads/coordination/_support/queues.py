"""How items get from producers to consumers, for each kind of queue: two functions, made where they are used.

Neither waits with a time limit: that alone makes a queue between processes up to a third slower. A worker process that
dies is noticed by its runner; the deadline of a sample ends what goes unnoticed, such as the wait for an item that a
queue has lost.
"""

import functools
import queue
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

from comparators.coordination.kit import Kit
from comparators.coordination.kits import socket_framing

__all__ = ["HANDS_OVER", "NEEDS", "AsyncLane", "Item", "Lane", "Way", "lane_of", "lane_of_async", "made", "payload_of"]

HANDS_OVER = {
    "fifo": "queue",
    "lifo": "lifo-queue",
    "priority": "priority-queue",
    "pipe": "pipe",
    "stream": "stream",
    "managed": "manager",
}
"""The primitive that items go through."""

NEEDS = {
    kind: (name, "lock", "semaphore") if kind in {"pipe", "stream"} else (name,) for kind, name in HANDS_OVER.items()
}
"""All primitives of a lane. A pipe or a stream has two users and no bound of its own: see `Way`."""

KEY_BYTES = 8

Item = tuple[int, bytes]
"""A number that no other item has, and something to carry."""


class Way(NamedTuple):
    """A pipe or a stream with what several users of it need.

    Attributes:
        entrance, exit: its ends.
        writing, reading: a lock for each: what two send or receive at once would be mixed up.
        places: a semaphore with as many places as items may be inside.
    """

    entrance: Any
    exit: Any
    writing: Any
    reading: Any
    places: Any


class Lane(NamedTuple):
    """What a worker does with a queue.

    Attributes:
        put: waits for room and puts an item in.
        get: waits for an item and takes it out.
        full: tries to put one more item in, without waiting, and says whether that was refused.
    """

    put: Callable[[Item], None]
    get: Callable[[], Item]
    full: Callable[[], bool]


class AsyncLane(NamedTuple):
    """The same for coroutines."""

    put: Callable[[Item], Awaitable[None]]
    get: Callable[[], Awaitable[Item]]
    full: Callable[[], bool]


def made(kit: Kit, kind: str, bound: int) -> Any:
    """Make a queue of a kind that holds at most `bound` items."""
    match kind:
        case "pipe" | "stream":
            entrance, exit_ = kit.make(HANDS_OVER[kind])
            return Way(entrance, exit_, kit.make("lock"), kit.make("lock"), kit.make("semaphore", bound))
        case "managed":
            return kit.make("manager").Queue(bound)
        case _:
            return kit.make(HANDS_OVER[kind], bound)


@functools.cache
def payload_of(size: int) -> bytes:
    """Return what every item of a size carries; the same object each time, so that comparing it takes no time."""
    pattern = bytes(range(256))
    return (pattern * (size // 256 + 1))[:size]


def lane_of(kind: str, shared: Any, size: int) -> Lane:
    """Return how threads, processes or interpreters use what was made."""
    match kind:
        case "pipe":
            return _along(shared, shared.entrance.send, shared.exit.recv)
        case "stream":
            send, length = shared.entrance.sendall, KEY_BYTES + size
            return _along(
                shared, lambda item: send(_framed(item)), lambda: _unframed(socket_framing.receive(shared.exit, length))
            )
        case _:
            return Lane(shared.put, shared.get, partial(_refused, shared.put_nowait, queue.Full))


def _along(way: Way, send: Callable[[Item], None], receive: Callable[[], Item]) -> Lane:
    def put(item: Item) -> None:
        way.places.acquire()
        with way.writing:
            send(item)

    def get() -> Item:
        with way.reading:
            item = receive()
        way.places.release()
        return item

    return Lane(put, get, lambda: not way.places.acquire(False))  # noqa: FBT003  its name differs between models


def lane_of_async(kind: str, shared: Any, size: int) -> AsyncLane:
    """Return how coroutines use what was made."""
    from anyio import WouldBlock

    match kind:
        case "pipe":
            return _along_async(shared, shared.entrance.send, shared.exit.receive)
        case "stream":

            async def send(item: Item) -> None:
                async with shared.writing:
                    await socket_framing.send_async(shared.entrance, _framed(item))

            async def receive() -> Item:
                async with shared.reading:
                    return _unframed(await socket_framing.receive_async(shared.exit, KEY_BYTES + size))

            return _along_async(shared, send, receive)
        case _:
            sender, receiver = shared
            return AsyncLane(sender.send, receiver.receive, partial(_refused, sender.send_nowait, WouldBlock))


def _along_async(
    way: Way, send: Callable[[Item], Awaitable[None]], receive: Callable[[], Awaitable[Item]]
) -> AsyncLane:
    from anyio import WouldBlock

    async def put(item: Item) -> None:
        await way.places.acquire()
        await send(item)

    async def get() -> Item:
        item = await receive()
        way.places.release()
        return item

    return AsyncLane(put, get, partial(_refused, lambda _: way.places.acquire_nowait(), WouldBlock))


def _refused(offer: Callable[[Item], object], refusal: type[Exception]) -> bool:
    try:
        offer((-1, b"one item too many"))
    except refusal:
        return True
    return False


def _framed(item: Item) -> bytes:
    key, payload = item
    return key.to_bytes(KEY_BYTES) + payload


def _unframed(data: bytes) -> Item:
    return int.from_bytes(data[:KEY_BYTES]), data[KEY_BYTES:]
