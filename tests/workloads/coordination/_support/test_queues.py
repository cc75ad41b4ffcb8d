import anyio
import pytest

from comparators.coordination.kit import PRIMITIVES
from comparators.coordination.kits.coroutines import AsyncKit
from comparators.coordination.kits.processes import ProcessKit
from comparators.coordination.kits.threads import ThreadKit
from comparators.runners._support.start_method import START_METHODS
from comparators.workloads.coordination._support.producer_consumer_tasks import order_of
from comparators.workloads.coordination._support.queues import (
    HANDS_OVER,
    NEEDS,
    Item,
    lane_of,
    lane_of_async,
    made,
    payload_of,
)

OUT = {"lifo": [2, 0, 1], "priority": [0, 1, 2]}
ITEMS: list[Item] = [(key, payload_of(5)) for key in (1, 0, 2)]


@pytest.fixture(params=HANDS_OVER)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_lane_holds_as_many_as_it_may_and_gives_them_back_in_its_order(kind: str) -> None:
    with ProcessKit(START_METHODS[0]) if kind == "managed" else ThreadKit() as kit:
        lane = lane_of(kind, made(kit, kind, 3), 5)
        for item in ITEMS:
            lane.put(item)
        assert lane.full()
        taken = [lane.get() for _ in ITEMS]
        assert [key for key, _ in taken] == OUT.get(kind, [1, 0, 2])
        assert {payload for _, payload in taken} == {b"\0\1\2\3\4"}
        assert not lane.full()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("queue", ["fifo", "pipe", "stream"])
def test_a_lane_of_coroutines_does_the_same(queue: str, backend: str) -> None:
    async def main() -> None:
        lane = lane_of_async(queue, shared, 5)
        for item in ITEMS:
            await lane.put(item)
        assert lane.full()
        assert [await lane.get() for _ in ITEMS] == ITEMS
        assert not lane.full()

    with AsyncKit(backend) as kit:
        shared = made(kit, queue, 3)
        anyio.run(main, backend=backend)


def test_every_kind_says_which_primitives_it_needs(kind: str) -> None:
    assert NEEDS[kind][0] == HANDS_OVER[kind]
    assert set(NEEDS[kind]) <= set(PRIMITIVES)


@pytest.mark.parametrize("size", [0, 1, 256, 1_000])
def test_items_carry_as_much_as_was_asked_for(size: int) -> None:
    assert len(payload_of(size)) == size
    assert payload_of(size) is payload_of(size)


def test_only_a_priority_queue_is_fed_out_of_order() -> None:
    keys = range(1, 14, 2)
    assert order_of("lifo", keys) == order_of("fifo", keys) == keys
    fed = list(order_of("priority", keys))
    assert sorted(fed) == list(keys)
    assert fed not in (list(keys), list(reversed(keys)))
