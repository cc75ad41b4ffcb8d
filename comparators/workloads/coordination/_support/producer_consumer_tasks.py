"""What a producer and a consumer do: first fill the queue before any is taken, then empty it, then both at once."""

from array import array
from collections.abc import Iterable, Sequence
from time import perf_counter, sleep
from typing import Any, NamedTuple

from comparators.coordination.kit import shared
from comparators.workloads.coordination._support.queues import AsyncLane, Item, Lane, lane_of, lane_of_async, payload_of
from comparators.workloads.coordination._support.rendezvous import meet, meet_async

__all__ = ["Demand", "Market", "Received", "Supplied", "Supply", "Taken", "exchange", "exchange_async", "order_of"]

FULL, TRIED, EMPTY = 1, 2, 3
"""The meetings: the queue is full; it was tried whether it takes one more; it is empty again."""


class Market(NamedTuple):
    """What all share: the queue, see `queues` beside this module, and which meetings each task has come to."""

    queue: Any
    arrived: Any


class Supply(NamedTuple):
    """A producer's task: its number, the kind of queue, the bytes of an item, and its items of both stages."""

    number: int
    queue: str
    size: int
    filling: range
    flowing: range

    def items(self, stage: range) -> list[Item]:
        """Return the items of a stage in the order in which it puts them in."""
        payload = payload_of(self.size)
        return [(key, payload) for key in order_of(self.queue, stage)]


def order_of(queue: str, keys: range) -> Sequence[int]:
    """Return the keys of a producer's items in the order in which it puts them in: not by size where size decides."""
    return [*keys[1::2][::-1], *keys[::2]] if queue == "priority" else keys


class Demand(NamedTuple):
    """A consumer's task: its place among all, kind of queue, bytes of an item, how many it takes, pause after each."""

    place: int
    queue: str
    size: int
    filling: int
    flowing: int
    pause_s: float


class Supplied(NamedTuple):
    """What a producer says: for each stage the time before each item, and after the last one.

    Attributes:
        refused: whether the full queue refused one more item; None if this producer did not try.
    """

    number: int
    filling: Sequence[float]
    flowing: Sequence[float]
    refused: bool | None


class Taken(NamedTuple):
    """What a consumer took in one stage: the items' numbers, the time before the first and after each, bad payloads."""

    keys: Sequence[int]
    times: Sequence[float]
    spoiled: int


class Received(NamedTuple):
    """What a consumer says: what it took in each stage."""

    place: int
    filling: Taken
    flowing: Taken


def exchange(task: Supply | Demand) -> Supplied | Received:
    """Produce or consume, in threads, processes or interpreters."""
    market: Market = shared()
    lane = lane_of(task.queue, market.queue, task.size)
    if isinstance(task, Supply):
        return _supply(task, lane, market.arrived)
    return _consume(task, lane, market.arrived)


def _supply(task: Supply, lane: Lane, arrived: Any) -> Supplied:
    items, refused = task.items(task.flowing), None
    filling = _put(lane, task.items(task.filling))
    meet(arrived, task.number, FULL)
    if task.number == 0 and task.filling:
        refused = lane.full()
    meet(arrived, task.number, TRIED)
    meet(arrived, task.number, EMPTY)
    return Supplied(task.number, filling, _put(lane, items), refused)


def _put(lane: Lane, items: Iterable[Item]) -> Sequence[float]:
    put, times = lane.put, []
    for item in items:
        times.append(perf_counter())
        put(item)
    times.append(perf_counter())
    return array("d", times)


def _consume(task: Demand, lane: Lane, arrived: Any) -> Received:
    meet(arrived, task.place, FULL)
    meet(arrived, task.place, TRIED)
    filling = _take(lane, task.filling, payload_of(task.size), 0)
    meet(arrived, task.place, EMPTY)
    return Received(task.place, filling, _take(lane, task.flowing, payload_of(task.size), task.pause_s))


def _take(lane: Lane, count: int, expected: bytes, pause_s: float) -> Taken:
    get, keys, spoiled = lane.get, [], 0
    times = [perf_counter()]
    for _ in range(count):
        key, payload = get()
        times.append(perf_counter())
        keys.append(key)
        spoiled += payload != expected
        if pause_s:
            sleep(pause_s)
    return Taken(array("q", keys), array("d", times), spoiled)


async def exchange_async(task: Supply | Demand) -> Supplied | Received:
    """Produce or consume, in coroutines."""
    market: Market = shared()
    lane = lane_of_async(task.queue, market.queue, task.size)
    if isinstance(task, Supply):
        return await _supply_async(task, lane, market.arrived)
    return await _consume_async(task, lane, market.arrived)


async def _supply_async(task: Supply, lane: AsyncLane, arrived: Any) -> Supplied:
    items, refused = task.items(task.flowing), None
    filling = await _put_async(lane, task.items(task.filling))
    await meet_async(arrived, task.number, FULL)
    if task.number == 0 and task.filling:
        refused = lane.full()
    await meet_async(arrived, task.number, TRIED)
    await meet_async(arrived, task.number, EMPTY)
    return Supplied(task.number, filling, await _put_async(lane, items), refused)


async def _put_async(lane: AsyncLane, items: Iterable[Item]) -> Sequence[float]:
    put, times = lane.put, []
    for item in items:
        times.append(perf_counter())
        await put(item)
    times.append(perf_counter())
    return array("d", times)


async def _consume_async(task: Demand, lane: AsyncLane, arrived: Any) -> Received:
    await meet_async(arrived, task.place, FULL)
    await meet_async(arrived, task.place, TRIED)
    filling = await _take_async(lane, task.filling, payload_of(task.size), 0)
    await meet_async(arrived, task.place, EMPTY)
    return Received(task.place, filling, await _take_async(lane, task.flowing, payload_of(task.size), task.pause_s))


async def _take_async(lane: AsyncLane, count: int, expected: bytes, pause_s: float) -> Taken:
    from anyio import sleep as pause

    get, keys, spoiled = lane.get, [], 0
    times = [perf_counter()]
    for _ in range(count):
        key, payload = await get()
        times.append(perf_counter())
        keys.append(key)
        spoiled += payload != expected
        if pause_s:
            await pause(pause_s)
    return Taken(array("q", keys), array("d", times), spoiled)
