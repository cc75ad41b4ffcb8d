"""Producers hand items to consumers through a queue with a bound: every item once, in the order of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any, ClassVar

from comparators.coordination.kit import Kit
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations
from comparators.workloads._support.checks import check_count
from comparators.workloads.coordination._support.ordering_checks import (
    Stay,
    check_each_once,
    check_first_in_first_out,
    check_last_in_first_out,
    check_smallest_first,
    most_waiting,
)
from comparators.workloads.coordination._support.percentiles import median_and_p99
from comparators.workloads.coordination._support.producer_consumer_tasks import (
    Demand,
    Market,
    Received,
    Supplied,
    Supply,
    Taken,
    exchange,
    exchange_async,
    order_of,
)
from comparators.workloads.coordination._support.queues import HANDS_OVER, NEEDS, made

__all__ = ["ProducerConsumer"]

KERNEL_ROOM = 8_192
"""Bytes that pipes and sockets of every system take before anybody reads them; macOS has the smallest."""

FRAME_BYTES = 256
"""What an item may need there beside what it carries."""


@dataclass(frozen=True)
class ProducerConsumer(CoordinatedWorkload[Supply | Demand, Supplied | Received]):
    """Let producers hand numbered items to consumers through a queue that holds at most `bound` of them.

    What it teaches: what it costs to hand an item over, and that a bound keeps fast producers from running away: they
    wait when the queue is full, which is called back-pressure. Threads and coroutines hand over a reference; between
    processes every item is pickled and copied, and a manager's queue (`managed`) adds a request to its server for
    each step. A large bound gives a high throughput, and a long wait for each item; `pause_s` makes consumers slow.

    - `fifo`, `lifo`, `priority`: the queues of each model. Coroutines have anyio's memory object streams.
    - `pipe`: a pipe of objects, with a lock at each end and a semaphore for the bound.
    - `stream`: the same with a pair of sockets, which know only bytes.
    - `managed`: a queue in a server process of `multiprocessing.Manager`.

    Each loop first fills the queue while no consumer takes: one more item must be refused. Then consumers empty it,
    and then all work at once; the observations are of this last stage. Every item must come out once and unchanged;
    the items of one producer in their order (of a LIFO queue: none while a later one is surely there; of a priority
    queue: none while a smaller one is); and never may more items than the bound surely be inside. "Surely" goes by
    readings of the clock, which all workers of a host share, before and after each step.
    """

    name = "producer-consumer"
    summary = "items handed from producers to consumers through a queue with a bound: cost and latency"
    presets: ClassVar = {
        "tiny": {"bound": 3, "items": 4},
        "quick": {"items": 250},
        "default": {},
        "full": {"producers": 4, "consumers": 4, "items": 10_000},
    }
    work = staticmethod(exchange)
    work_async = staticmethod(exchange_async)

    queue: str = parameter("fifo", "what items go through", choices=tuple(HANDS_OVER))
    producers: int = parameter(2, "how many producers", minimum=1, maximum=1_000)
    consumers: int = parameter(2, "how many consumers", minimum=1, maximum=1_000)
    bound: int = parameter(16, "how many items the queue holds", minimum=1, maximum=30_000)
    items: int = parameter(1_000, "how many items each producer has", minimum=1, maximum=10**6)
    size: int = parameter(64, "bytes that an item carries", minimum=0, maximum=2**24)
    pause_s: float = parameter(0.0, "seconds that a consumer pauses after each item", minimum=0, maximum=60)

    @property
    def primitives(self) -> tuple[str, ...]:
        """What the queue needs, and an array to meet at."""
        return (*NEEDS[self.queue], "array")

    @property
    def min_concurrency(self) -> int:
        """Producers wait for consumers, and consumers for producers."""
        return self.producers + self.consumers

    @property
    def filling(self) -> int:
        """How many items fill the queue before any is taken: as many as it holds, unless the system has no room."""
        if self.queue in {"pipe", "stream"} and self.bound * (self.size + FRAME_BYTES) > KERNEL_ROOM:
            return 0
        return self.bound

    @property
    def flowing(self) -> int:
        """How many items there are while all work at once."""
        return self.producers * self.items

    def make_shared(self, kit: Kit) -> Market:
        """Make the queue and the place to meet."""
        return Market(made(kit, self.queue, self.bound), kit.make("array", "q", self.min_concurrency))

    def reset(self, shared: Market) -> None:
        """No party has come to any meeting."""
        for place in range(self.min_concurrency):
            shared.arrived[place] = 0

    def tasks(self) -> Sequence[Supply | Demand]:
        """Return the producers' tasks, then the consumers'."""
        stages = self.filling, self.flowing
        supplies = [
            Supply(number, self.queue, self.size, *(range(number, count, self.producers) for count in stages))
            for number in range(self.producers)
        ]
        demands = []
        for number in range(self.consumers):
            filling, flowing = (len(range(number, count, self.consumers)) for count in stages)
            place = self.producers + number
            demands.append(Demand(place, self.queue, self.size, filling, flowing, self.pause_s))
        return [*supplies, *demands]

    def verify(self, result: object) -> Observations:
        """Check the items, their order and the bound, in both stages; report what handing over costs."""
        results = check_count(result, self.min_concurrency, "results")
        for number, (task, found) in enumerate(zip(self.tasks(), results, strict=True)):
            if not _answers(task, found):
                raise WrongResult(f"result {number}", expected=f"what became of {task}", found=found)
        supplied, received = results[: self.producers], results[self.producers :]
        if self.filling:
            self._check_full(supplied, received)
        return self._observed(self._checked("that flowed", self.flowing, _of(supplied, 1), _of(received, 1)))

    def _check_full(self, supplied: Sequence[Supplied], received: Sequence[Received]) -> None:
        if not supplied[0].refused:
            raise WrongResult(f"one item more than the bound, {self.bound}", expected="refused", found="taken")
        filled = self._checked("that filled the queue", self.filling, _of(supplied, 0), _of(received, 0))
        if most_waiting(filled) != self.bound:
            raise WrongResult("items in the full queue", expected=self.bound, found=most_waiting(filled))

    def _checked(self, stage: str, count: int, puts: Sequence[Sequence[float]], takings: Sequence[Taken]) -> list[Stay]:
        """Return the items of one stage, each once, with the readings of the clock; in order, and none is bad."""
        spoiled = sum(taken.spoiled for taken in takings)
        if spoiled:
            raise WrongResult(f"items {stage}", expected="what was put in", found=f"{spoiled} with other contents")
        check_each_once(stage, chain.from_iterable(taken.keys for taken in takings), count)
        stays = self._stays(count, puts, takings)
        match self.queue:
            case "lifo":
                check_last_in_first_out(stage, stays)
            case "priority":
                check_smallest_first(stage, stays)
            case _:
                for number, taken in enumerate(takings):
                    check_first_in_first_out(stage, number, taken.keys, self.producers)
        if (most := most_waiting(stays)) > self.bound:
            raise WrongResult(f"items {stage}, in the queue at once", expected=f"at most {self.bound}", found=most)
        return stays

    def _stays(self, count: int, puts: Sequence[Sequence[float]], takings: Sequence[Taken]) -> list[Stay]:
        put: dict[int, tuple[float, float]] = {}
        got: dict[int, tuple[float, float]] = {}
        for number, times in enumerate(puts):
            put.update(zip(order_of(self.queue, range(number, count, self.producers)), pairwise(times), strict=True))
        for taken in takings:
            got.update(zip(taken.keys, pairwise(taken.times), strict=True))
        return [Stay(key, *put[key], *got[key]) for key in range(count)]

    def _observed(self, stays: Sequence[Stay]) -> Observations:
        seconds = max(stay.got_by for stay in stays) - min(stay.put_after for stay in stays)
        middle, late = median_and_p99([stay.got_by - stay.put_after for stay in stays])
        cost = Observation("cost per item", seconds / len(stays) * 1e6, "µs")
        if not self.pause_s:  # with pauses it is not the cost of the queue
            cost = replace(cost, primitive=HANDS_OVER[self.queue], operation="hand-off")
        return (
            Observation("throughput", len(stays) / seconds, "items/s"),
            cost,
            Observation("median latency", middle * 1e6, "µs"),
            Observation("99th percentile of latency", late * 1e6, "µs"),
            Observation("items surely waiting at once", most_waiting(stays), "items"),
        )


def _answers(task: Supply | Demand, result: object) -> bool:
    """Say whether a result is of its task and says as much as it should; not whether that is right."""
    if isinstance(task, Supply):
        return (
            isinstance(result, Supplied)
            and result.number == task.number
            and len(result.filling) == len(task.filling) + 1
            and len(result.flowing) == len(task.flowing) + 1
        )
    return (
        isinstance(result, Received)
        and result.place == task.place
        and len(result.filling.keys) == len(result.filling.times) - 1 == task.filling
        and len(result.flowing.keys) == len(result.flowing.times) - 1 == task.flowing
    )


def _of(results: Sequence[Any], stage: int) -> list[Any]:
    return [(result.filling, result.flowing)[stage] for result in results]
