"""Producers and consumers that take turns by lot: every way in which a queue may be used, without any waiting."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from random import Random

from comparators.workloads.coordination._support.producer_consumer_tasks import (
    Received,
    Supplied,
    Supply,
    Taken,
    order_of,
)
from comparators.workloads.coordination.producer_consumer import ProducerConsumer

__all__ = ["DISCIPLINES", "Store", "traded"]

DISCIPLINES: dict[str, Callable[[list[int]], int]] = {
    "fifo": lambda keys: keys.pop(0),
    "lifo": lambda keys: keys.pop(),
    "priority": lambda keys: keys.pop(keys.index(min(keys))),
}
DISCIPLINES |= dict.fromkeys(("pipe", "stream", "managed"), DISCIPLINES["fifo"])


class Store:
    """A queue with a bound, a discipline and a clock that advances whenever somebody looks at it."""

    def __init__(self, bound: int, discipline: Callable[[list[int]], int]) -> None:
        self.bound, self.pop, self.keys = bound, discipline, list[int]()
        self.clock = count(1)

    def produce(self, keys: Sequence[int], times: list[float]) -> Iterator[None]:
        for key in keys:
            times.append(next(self.clock))
            yield
            while len(self.keys) >= self.bound:
                yield
            self.keys.append(key)
            yield
        times.append(next(self.clock))

    def consume(self, quota: int, keys: list[int], times: list[float]) -> Iterator[None]:
        times.append(next(self.clock))
        for _ in range(quota):
            yield
            while not self.keys:
                yield
            keys.append(self.pop(self.keys))
            yield
            times.append(next(self.clock))


def _run(workers: list[Iterator[None]], lot: Random | None) -> None:
    """Let one worker after the other do a step: by lot, or always the first that is not at its end, in turn."""
    turn = 0
    while workers:
        place = lot.randrange(len(workers)) if lot else turn % len(workers)
        turn += 1
        if next(workers[place], workers) is workers:
            del workers[place]


def traded(
    workload: ProducerConsumer, lot: Random | None = None, store: Store | None = None
) -> list[Supplied | Received]:
    """Return the results of all tasks as they would be with a store; the default does what the queue should do."""
    store = store or Store(workload.bound, DISCIPLINES[workload.queue])
    tasks = workload.tasks()
    readings: dict[tuple[int, str], tuple[list[int], list[float]]] = {
        (place, stage): ([], []) for place in range(len(tasks)) for stage in ("filling", "flowing")
    }

    def worker(place: int, stage: str) -> Iterator[None]:
        task, (keys, times) = tasks[place], readings[place, stage]
        if isinstance(task, Supply):
            return store.produce(order_of(task.queue, getattr(task, stage)), times)
        return store.consume(getattr(task, stage), keys, times)

    producers, consumers = range(workload.producers), range(workload.producers, len(tasks))
    _run([worker(place, "filling") for place in producers], lot)
    refused = len(store.keys) >= store.bound if workload.filling else None
    _run([worker(place, "filling") for place in consumers], lot)
    _run([worker(place, "flowing") for place in range(len(tasks))], lot)
    supplied = [
        Supplied(place, readings[place, "filling"][1], readings[place, "flowing"][1], None if place else refused)
        for place in producers
    ]
    received = [
        Received(place, Taken(*readings[place, "filling"], 0), Taken(*readings[place, "flowing"], 0))
        for place in consumers
    ]
    return [*supplied, *received]
