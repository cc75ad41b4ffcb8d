"""How one of two players reaches the other one, for each kind of channel: two functions, made where they are used."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from comparators.coordination.kit import Kit
from comparators.coordination.kits import socket_framing

__all__ = ["NEEDS", "PATIENCE_S", "AsyncChannel", "Channel", "channel_of", "channel_of_async", "made", "rewind"]

NEEDS = {
    "pipe": ("pipe",),
    "queue": ("queue",),
    "event": ("event",),
    "condition": ("condition", "counter"),
    "stream": ("stream",),
}
"""The primitives of a channel, the one that carries the message first."""

PATIENCE_S = 60
"""How long a player waits, where a limit costs next to nothing: long, for a slow host is no lost player."""

MESSAGE_BYTES = 8


class Channel(NamedTuple):
    """What a player does: send a number to the other one, and receive one, None where no number can be sent."""

    send: Callable[[int], object]
    receive: Callable[[], int | None]


class AsyncChannel(NamedTuple):
    """The same for coroutines."""

    send: Callable[[int], Awaitable[object]]
    receive: Callable[[], Awaitable[int | None]]


def made(kit: Kit, kind: str) -> Any:
    """Make a channel; the first of two things is player 0's."""
    match kind:
        case "queue" | "event":  # where each player looks for what came
            return [kit.make(kind), kit.make(kind)]
        case "condition":
            return kit.make("condition"), kit.make("counter")
        case _:
            return kit.make(kind)


def rewind(kind: str, shared: Any) -> None:
    """Bring a channel back to its beginning: no event is set, no player has had a turn."""
    if kind == "condition":
        shared[1].value = 0
    if kind == "event":
        for player, event in enumerate(shared):
            if hasattr(event, "clear"):
                event.clear()
            else:  # an event loop's, which happens once
                shared[player] = type(event)()


def channel_of(kind: str, shared: Any, player: int) -> Channel:
    """Return how a thread, process or interpreter plays."""
    match kind:
        case "queue":
            return Channel(shared[1 - player].put, shared[player].get)
        case "event":
            return _with_events(shared[1 - player], shared[player])
        case "condition":
            return _with_turns(shared, player)
        case "stream":
            return _with_bytes(shared[player])
        case _:
            return Channel(shared[player].send, shared[player].recv)


def _with_events(theirs: Any, mine: Any) -> Channel:
    def receive() -> None:
        if not mine.wait(PATIENCE_S):
            raise TimeoutError("the other player has not set its event")
        mine.clear()

    return Channel(lambda _: theirs.set(), receive)


def _with_turns(shared: Any, player: int) -> Channel:
    """Play with a count of turns: it is player 0's turn when it is even."""
    condition, turns = shared

    def send(number: int) -> None:
        with condition:
            turns.value = number + 1
            condition.notify()

    def receive() -> int:
        with condition:
            while turns.value % 2 != player:
                if not condition.wait(PATIENCE_S):
                    raise TimeoutError("the other player has not taken its turn")
            return int(turns.value) - 1

    return Channel(send, receive)


def _with_bytes(end: Any) -> Channel:
    return Channel(
        lambda number: end.sendall(number.to_bytes(MESSAGE_BYTES)),
        lambda: int.from_bytes(socket_framing.receive(end, MESSAGE_BYTES)),
    )


def channel_of_async(kind: str, shared: Any, player: int) -> AsyncChannel:
    """Return how a coroutine plays."""
    match kind:
        case "queue":
            return AsyncChannel(shared[1 - player][0].send, shared[player][1].receive)
        case "event":
            return _with_events_async(shared, player)
        case "condition":
            return _with_turns_async(shared, player)
        case "stream":
            return _with_bytes_async(shared[player])
        case _:
            return AsyncChannel(shared[player].send, shared[player].receive)


def _with_events_async(events: list[Any], player: int) -> AsyncChannel:
    from anyio import fail_after

    kind = type(events[player])

    async def send(_: int) -> None:
        events[1 - player].set()

    async def receive() -> None:
        with fail_after(PATIENCE_S):
            await events[player].wait()
        events[player] = kind()  # an event loop's events happen once

    return AsyncChannel(send, receive)


def _with_turns_async(shared: Any, player: int) -> AsyncChannel:
    from anyio import fail_after

    condition, turns = shared

    async def send(number: int) -> None:
        async with condition:
            turns.value = number + 1
            condition.notify()

    async def receive() -> int:
        with fail_after(PATIENCE_S):
            async with condition:
                while turns.value % 2 != player:
                    await condition.wait()
                return int(turns.value) - 1

    return AsyncChannel(send, receive)


def _with_bytes_async(end: Any) -> AsyncChannel:
    async def send(number: int) -> None:
        await socket_framing.send_async(end, number.to_bytes(MESSAGE_BYTES))

    async def receive() -> int:
        return int.from_bytes(await socket_framing.receive_async(end, MESSAGE_BYTES))

    return AsyncChannel(send, receive)
