"""Every item comes out once, in the order of its queue, and no queue holds more than it may."""

import queue
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.coordination.kits.threads import ThreadKit
from comparators.errors import InvalidParameter, WrongResult
from comparators.parameters import parameters_of
from comparators.runners._support.start_method import START_METHODS
from comparators.worker.timing import timed
from comparators.workload import Observations
from comparators.workloads.coordination.producer_consumer import ProducerConsumer
from tests.runners.variants import DEFAULTS, Variant
from tests.workloads.market import DISCIPLINES, Store, traded

QUEUES = next(declared.choices for declared in parameters_of(ProducerConsumer) if declared.name == "queue")
OBSERVED = [
    ("throughput", "items/s"),
    ("cost per item", "µs"),
    ("median latency", "µs"),
    ("99th percentile of latency", "µs"),
    ("items surely waiting at once", "items"),
]
ONE_EACH = ProducerConsumer(producers=1, consumers=1, bound=4, items=12)


def alike(queue: str, other: str) -> bool:
    """Say whether two kinds have one order: what is put in by size comes out of a priority queue as of a FIFO."""
    first_in_first_out = {queue, other} - {"pipe", "stream", "managed"} <= {"fifo", "priority"}
    return queue == other or (first_in_first_out and queue != "priority")


def values(seen: Observations) -> dict[str, float]:
    return {one.name: one.value for one in seen}


def run_twice(workload: ProducerConsumer, variant: Variant, phase: str = "warm", **parameters: Any) -> None:
    with timed(workload, variant.cls, parameters, workload.min_concurrency, phase) as time_func:  # type: ignore[arg-type]  # a phase
        for _ in range(2):
            time_func(1)
            assert [(seen.name, seen.unit) for seen in time_func.observations] == OBSERVED


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("variant", DEFAULTS)
def test_every_queue_of_every_model_hands_over(variant: Variant, queue: str) -> None:
    workload = ProducerConsumer.from_preset("tiny", queue=queue)
    if variant.info.workers_maximum == 1:
        pytest.skip("producers and consumers need each other")
    if reason := workload.not_applicable(variant.info):
        pytest.skip(reason)
    run_twice(workload, variant)


@pytest.mark.parametrize("name", ["threading", "futures-processes", "asyncio"])
def test_workers_that_start_with_the_clock_hand_over_too(name: str) -> None:
    run_twice(ProducerConsumer.from_preset("tiny"), Variant(name, {}), "cold")


@pytest.mark.parametrize("start", START_METHODS[1:])
@pytest.mark.parametrize("queue", ["fifo", "pipe", "stream", "managed"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_queues_reach_processes_whatever_way_they_are_started(queue: str, start: str) -> None:
    run_twice(ProducerConsumer.from_preset("tiny", queue=queue), Variant("multiprocessing", {}), start=start)


@pytest.mark.parametrize("queue", ["pipe", "stream"])
def test_items_larger_than_what_the_system_has_room_for(queue: str) -> None:
    workload = ProducerConsumer.from_preset("tiny", queue=queue, size=1_000_000)
    assert workload.filling == 0
    for name in ("threading", "asyncio", "anyio-trio"):
        run_twice(workload, Variant(name, {}))


def test_slow_consumers_let_the_queue_fill_up() -> None:
    workload = ProducerConsumer(producers=1, consumers=1, bound=3, items=20, pause_s=0.0005)
    with timed(workload, Variant("threading", {}).cls, {}, 2, "warm") as time_func:
        time_func(1)
    assert values(time_func.observations)["median latency"] > 500


@given(
    st.sampled_from(QUEUES),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 9),
    st.integers(1, 15),
    st.randoms(use_true_random=False),
)
def test_whoever_is_faster_a_right_queue_passes(
    queue: str, producers: int, consumers: int, bound: int, items: int, lot: Random
) -> None:
    workload = ProducerConsumer(queue=queue, producers=producers, consumers=consumers, bound=bound, items=items)
    seen = values(workload.verify(traded(workload, lot)))
    assert 0 <= seen["items surely waiting at once"] <= bound
    assert seen["median latency"] <= seen["99th percentile of latency"]
    assert seen["throughput"] * seen["cost per item"] == pytest.approx(1e6)


@pytest.mark.parametrize(
    ("queue", "found"),
    [(queue, found) for queue in QUEUES for found in ("fifo", "lifo", "priority") if not alike(queue, found)],
)
def test_the_order_of_another_queue_is_wrong(queue: str, found: str) -> None:
    workload = ONE_EACH.with_parameters(queue=queue)
    with pytest.raises(WrongResult, match=r"order of .*items .*that filled the queue: expected .* out|first: item"):
        workload.verify(traded(workload, store=Store(workload.bound, DISCIPLINES[found])))


@pytest.mark.parametrize("queue", ["lifo", "priority"])
def test_the_order_is_checked_while_all_work_too(queue: str) -> None:
    workload = ONE_EACH.with_parameters(queue=queue, items=200)  # so many that the queue gets long now and then
    right: list[Any] = traded(workload, Random(3))
    wrong: list[Any] = traded(workload, Random(3), Store(workload.bound, DISCIPLINES["fifo"]))
    mixed = [result._replace(flowing=other.flowing) for result, other in zip(right, wrong, strict=True)]
    with pytest.raises(WrongResult, match="order of items that flowed"):
        workload.verify(mixed)


def test_one_item_more_than_the_bound_is_wrong() -> None:
    results: list[Any] = traded(ONE_EACH, store=Store(ONE_EACH.bound + 1, DISCIPLINES["fifo"]))
    with pytest.raises(WrongResult, match="one item more than the bound, 4: expected refused, found taken"):
        ONE_EACH.verify(results)
    results[0] = results[0]._replace(refused=True)
    ONE_EACH.verify(results)


def test_a_bound_that_is_not_reached_is_wrong() -> None:
    results: list[Any] = traded(ONE_EACH)
    filling = results[1].filling
    results[1] = results[1]._replace(filling=filling._replace(times=[0.5, *filling.times[1:]]))
    with pytest.raises(WrongResult, match="items in the full queue: expected 4, found 3"):
        ONE_EACH.verify(results)


class Doubling(queue.Queue[Any]):
    """Gives its first item twice."""

    given = False

    def _get(self) -> Any:
        if self.given:
            return super()._get()
        self.given = True
        return self.queue[0]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda bound: queue.Queue(), "one item more than the bound, 3: expected refused, found taken"),
        (queue.LifoQueue, "order of producer 0's items at consumer . that filled the queue: expected first in"),
        (Doubling, "items that filled the queue: expected each of 3 once, found 1 lost: .; 1 doubled: ."),
    ],
)
def test_a_broken_queue_is_caught_at_work(
    made: Callable[[int], Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ThreadKit, "make_queue", lambda kit, bound: made(bound))
    workload = ProducerConsumer.from_preset("tiny", producers=1, consumers=1)
    with pytest.raises(WrongResult, match=said):
        run_twice(workload, Variant("threading", {}))


def test_more_items_than_the_bound_while_all_work_are_wrong() -> None:
    results: list[Any] = traded(ONE_EACH, store=Store(ONE_EACH.bound + 4, DISCIPLINES["fifo"]))
    results[0] = results[0]._replace(refused=True, flowing=[1000.0 + number for number in range(13)])
    results[1] = results[1]._replace(
        flowing=results[1].flowing._replace(times=[1000.0, *(1006.5 + number for number in range(12))])
    )
    with pytest.raises(WrongResult, match="items that flowed, in the queue at once: expected at most 4, found 5"):
        ONE_EACH.verify(results)


def test_a_lost_and_a_doubled_item_are_wrong() -> None:
    results: list[Any] = traded(ONE_EACH)
    flowing = results[1].flowing
    results[1] = results[1]._replace(flowing=flowing._replace(keys=[2, *flowing.keys[1:]]))
    with pytest.raises(WrongResult, match="items that flowed: expected each of 12 once, found 1 lost: 0; 1 doubled: 2"):
        ONE_EACH.verify(results)


def test_changed_contents_are_wrong() -> None:
    results: list[Any] = traded(ONE_EACH)
    results[1] = results[1]._replace(filling=results[1].filling._replace(spoiled=2))
    with pytest.raises(WrongResult, match="that filled the queue: expected what was put in, found 2 with other"):
        ONE_EACH.verify(results)


@pytest.mark.parametrize(
    ("place", "change"),
    [(0, {"number": 1}), (0, {"filling": [1.0]}), (0, {"flowing": [1.0]}), (1, {"place": 0}), (1, {"filling": None})],
)
def test_parts_that_do_not_answer_their_task_are_wrong(place: int, change: dict[str, Any]) -> None:
    results: list[Any] = traded(ONE_EACH)
    if change.get("filling", 0) is None:
        change = {"filling": results[1].flowing}
    results[place] = results[place]._replace(**change)
    with pytest.raises(WrongResult, match=f"result {place}: expected what became of "):
        ONE_EACH.verify(results)


def test_the_cost_is_that_of_the_primitive() -> None:
    costed = {}
    for kind in QUEUES:
        workload = ONE_EACH.with_parameters(queue=kind)
        (costed[kind],) = [seen for seen in workload.verify(traded(workload)) if seen.operation]
    assert {seen.operation for seen in costed.values()} == {"hand-off"}
    assert {queue: seen.primitive for queue, seen in costed.items()} == {
        "fifo": "queue",
        "lifo": "lifo-queue",
        "priority": "priority-queue",
        "pipe": "pipe",
        "stream": "stream",
        "managed": "manager",
    }


def test_observations_are_of_the_stage_in_which_all_work() -> None:
    workload = ProducerConsumer(producers=1, consumers=1, bound=2, items=2)
    results: list[Any] = traded(workload)
    results[0] = results[0]._replace(flowing=[100.0, 101.0, 102.0])
    results[1] = results[1]._replace(flowing=results[1].flowing._replace(times=[100.5, 103.0, 104.0]))
    assert values(workload.verify(results)) == {
        "throughput": 0.5,
        "cost per item": 2e6,
        "median latency": 3e6,
        "99th percentile of latency": 3e6,
        "items surely waiting at once": 1,
    }


def test_with_pauses_the_cost_is_no_cost() -> None:
    workload = ONE_EACH.with_parameters(pause_s=0.5)
    assert not any(seen.primitive or seen.operation for seen in workload.verify(traded(workload)))


def test_producers_and_consumers_are_needed_at_once() -> None:
    workload = ProducerConsumer(producers=3, consumers=2)
    assert (workload.min_concurrency, len(workload.tasks())) == (5, 5)


@pytest.mark.parametrize("wrong", [{"queue": "bag"}, {"bound": 0}, {"producers": 0}, {"size": -1}, {"pause_s": -1.0}])
def test_what_cannot_be_names_its_range(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match=f"for '{next(iter(wrong))}' of 'producer-consumer': must be "):
        ProducerConsumer(**wrong)
