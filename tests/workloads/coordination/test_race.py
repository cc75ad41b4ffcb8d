"""Lost updates are counted, whatever they are; a count that no race can leave is a wrong result."""

import sys
import threading
from typing import Any

import pytest

from comparators.coordination.kit import install, shared
from comparators.coordination.kits.threads import Cell
from comparators.errors import WrongResult
from comparators.runners.asyncio import Asyncio
from comparators.runners.serial import Serial
from comparators.runners.threading import Threading
from comparators.worker.timing import timed
from comparators.workload import Observation
from comparators.workloads.coordination import race
from comparators.workloads.coordination.race import WINDOWS, Race, Tally, burst


def tally(workload: Race, final: object) -> Tally:
    return Tally([(number, workload.operations) for number in range(workload.count)], final)


@pytest.mark.parametrize("window", WINDOWS)
def test_one_worker_loses_nothing(window: str) -> None:
    with timed(Race.from_preset("tiny", window=window), Serial, {}, 1, "warm") as time_func:
        for _ in range(2):
            time_func(1)
            assert time_func.observations == (
                Observation("lost updates", 0, "updates"),
                Observation("lost share", 0.0, "%"),
            )


@pytest.mark.parametrize("window", WINDOWS)
def test_several_threads_lose_what_the_counter_lacks(window: str) -> None:
    with timed(Race.from_preset("tiny", window=window), Threading, {}, 2, "warm") as time_func:
        time_func(1)
        lost, share = time_func.observations
        assert lost.value == 100 - shared().value
        assert lost.wrong == (lost.value > 0)
        assert share.value == lost.value


class Forced(Cell):
    """A counter that lets each of two threads read before either writes."""

    __slots__ = ("both_have_read", "number")

    def __init__(self) -> None:
        self.number = 0
        self.both_have_read = threading.Barrier(2)

    @property
    def value(self) -> int:
        found = self.number
        self.both_have_read.wait(timeout=10)
        return found

    @value.setter
    def value(self, value: int) -> None:
        self.number = value


@pytest.mark.parametrize("window", WINDOWS)
def test_who_writes_what_was_read_before_another_wrote_takes_that_update_back(window: str) -> None:
    workload = Race(count=2, operations=1, window=window)
    counter = Forced()
    install(counter)
    threads = [threading.Thread(target=burst, args=(task,)) for task in workload.tasks()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    install(None)
    assert counter.number == 1
    lost, share = workload.verify(tally(workload, counter.number))
    assert (lost.value, lost.wrong, share.value) == (1, True, 50.0)


@pytest.mark.parametrize(("window", "lost"), [("none", 0), ("call", 0), ("sleep", 50)])
def test_coroutines_lose_updates_where_they_await_and_nowhere_else(window: str, lost: int) -> None:
    with timed(Race.from_preset("tiny", window=window), Asyncio, {}, 2, "warm") as time_func:
        time_func(1)
        assert time_func.observations[0].value == lost


@pytest.mark.parametrize("final", [101, 1, 0, -3, 50.0, None])
def test_a_count_that_no_race_can_leave_is_wrong(final: object) -> None:
    workload = Race.from_preset("tiny")
    with pytest.raises(WrongResult, match="final count: expected from 2 to 100") as caught:
        workload.verify(tally(workload, final))
    assert str(final) in caught.value.message


def test_the_worst_race_leaves_two() -> None:
    workload = Race.from_preset("tiny")
    assert workload.verify(tally(workload, 2))[0].value == 98


def test_a_single_task_cannot_lose_anything() -> None:
    workload = Race(count=1, operations=7)
    assert workload.verify(tally(workload, 7))[0].value == 0
    with pytest.raises(WrongResult, match="from 7 to 7"):
        workload.verify(tally(workload, 6))


def test_a_task_that_did_less_is_wrong() -> None:
    workload = Race.from_preset("tiny")
    with pytest.raises(WrongResult, match="result 1"):
        workload.verify(Tally([(0, 50), (1, 49)], 99))


def test_the_switch_interval_is_set_where_the_task_runs_and_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def look(counter: Any, operations: int) -> None:
        seen.append(sys.getswitchinterval())

    monkeypatch.setitem(race._LOOPS, "none", look)
    before = sys.getswitchinterval()
    (task,) = Race(count=1, operations=1, window="none", switch_interval_us=123).tasks()
    burst(task)
    assert seen == [pytest.approx(123e-6)]
    assert sys.getswitchinterval() == before
