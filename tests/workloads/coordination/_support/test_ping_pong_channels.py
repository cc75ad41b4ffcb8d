import threading
from typing import Any

import anyio
import pytest

from comparators.coordination.kits.coroutines import AsyncKit
from comparators.coordination.kits.threads import ThreadKit
from comparators.workloads.coordination._support import ping_pong_channels
from comparators.workloads.coordination._support.ping_pong_channels import (
    NEEDS,
    channel_of,
    channel_of_async,
    made,
    rewind,
)


@pytest.mark.parametrize("kind", NEEDS)
def test_a_message_goes_to_the_other_player(kind: str) -> None:
    with ThreadKit() as kit:
        shared = made(kit, kind)
        first, second = (channel_of(kind, shared, player) for player in range(2))
        for number in range(0, 6, 2):
            first.send(number)
            assert second.receive() == (None if kind == "event" else number)
            second.send(number + 1)
            assert first.receive() == (None if kind == "event" else number + 1)


@pytest.mark.parametrize("kind", ["event", "condition"])
def test_a_player_does_not_wait_for_ever(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ping_pong_channels, "PATIENCE_S", 0.001)
    with ThreadKit() as kit, pytest.raises(TimeoutError, match="the other player has not"):
        channel_of(kind, made(kit, kind), 1).receive()

    async def alone() -> None:
        await channel_of_async(kind, shared, 1).receive()

    with AsyncKit() as loop_kit:
        shared = made(loop_kit, kind)
        with pytest.raises(TimeoutError):
            anyio.run(alone)


def test_a_channel_begins_again() -> None:
    events: list[Any] = [threading.Event(), threading.Event()]
    events[1].set()
    rewind("event", events)
    assert not events[1].is_set()

    with AsyncKit() as kit:
        shared = made(kit, "event")
        used = list(shared)
        rewind("event", shared)
    assert [type(event) for event in shared] == [type(event) for event in used]
    assert all(new is not old for new, old in zip(shared, used, strict=True))

    with ThreadKit() as threads:
        condition, turns = made(threads, "condition")
        turns.value = 7
        rewind("condition", (condition, turns))
    assert turns.value == 0
