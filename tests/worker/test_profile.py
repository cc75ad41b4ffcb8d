"""The look at a few tasks before anything is timed: what tasks do is told apart, whatever the host is busy with."""

import asyncio
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from comparators.journal.records import WAITING_BELOW, Profile
from comparators.parameters import ParameterValue
from comparators.worker import profile as module
from comparators.worker.profile import FIRST_CALLS, WorkFailed, profile_coroutines, profile_functions

HELD_S = 0.004
"""Seconds for which a task holds a lock."""


class Clocks:
    """Stands in for the module `time`: seconds pass only where a task says so.

    Attributes:
        wall_s, thread_s, process_s: what the three clocks show.
    """

    def __init__(self) -> None:
        self.wall_s = self.thread_s = self.process_s = 100.0

    def perf_counter(self) -> float:
        return self.wall_s

    def thread_time(self) -> float:
        return self.thread_s

    def process_time(self) -> float:
        return self.process_s

    def compute(self, seconds: float, *, threads: float = 1.0) -> None:
        """Use a CPU for this long, and in other threads of the process as much as `threads` says beyond one."""
        self.wall_s += seconds
        self.thread_s += seconds
        self.process_s += seconds * threads

    def wait(self, seconds: float) -> None:
        """Let time pass without a CPU."""
        self.wall_s += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Replace the clocks, and leave out what two threads do, which has its own tests."""
    found = Clocks()
    monkeypatch.setattr(module, "time", found)
    monkeypatch.setattr(module, "_gain_of_two", lambda work, tasks, seen: 1.0)
    monkeypatch.setattr(module, "_delayed_s", lambda: 0.0)
    monkeypatch.setattr(module, "settle", lambda: None)
    return found


def as_record(facts: dict[str, ParameterValue]) -> Profile:
    """Return the record that a journal holds of these facts."""
    return Profile(workload="own", python="3.11", **facts)  # type: ignore[arg-type]  # the fields of a profile


# how long, and how much of it waits


def test_seconds_of_tasks_their_longest_and_all_of_them(clocks: Clocks) -> None:
    """The very first call is kept apart: it may import what all others find there."""
    found = as_record(profile_functions(clocks.compute, [0.05, 0.01, 0.03, 0.02]))
    assert (found.tasks, found.seen) == (4, 4)
    assert found.task_s == pytest.approx(0.02)
    assert found.longest_s == pytest.approx(0.03)
    assert found.total_s == pytest.approx(0.08)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_share_of_computing(clocks: Clocks, share: float) -> None:
    def work(seconds: float) -> None:
        clocks.compute(share * seconds)
        clocks.wait((1 - share) * seconds)

    found = as_record(profile_functions(work, [0.01] * 5))
    assert found.cpu_share == pytest.approx(share)
    assert found.waits is (share < WAITING_BELOW)


def test_time_without_a_cpu_is_not_waiting(clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    def preempted(seconds: float) -> None:
        clocks.compute(seconds)
        clocks.wait(seconds)

    monkeypatch.setattr(module, "_delayed_s", lambda: 0.05)
    assert as_record(profile_functions(preempted, [0.01] * 5)).cpu_share == pytest.approx(1.0)


def test_threads_of_a_library_are_seen(clocks: Clocks) -> None:
    found = as_record(profile_functions(lambda seconds: clocks.compute(seconds, threads=3.0), [0.01] * 5))
    assert found.cpu_share == pytest.approx(1.0)
    assert found.library_threads == pytest.approx(2.0)


def test_tasks_that_take_next_to_nothing_compute(clocks: Clocks) -> None:
    """Reading the clocks takes as long as they do: what is missing on one of them is no waiting."""
    found = as_record(profile_functions(lambda task: clocks.wait(1e-7), range(50)))
    assert not found.waits


def test_waiting_is_seen_with_real_clocks() -> None:
    found = as_record(profile_functions(time.sleep, [0.002] * 5))
    assert found.waits
    assert found.cpu_share < 0.5
    assert found.threads_gain is None  # who waits does not hold the GIL


# budgets


def test_the_look_ends_after_its_time(clocks: Clocks) -> None:
    found = as_record(profile_functions(clocks.compute, [0.03] * 1000))
    assert found.seen < 10
    assert found.total_s == pytest.approx(30.0)


def test_one_task_is_looked_at_however_long_it_takes_and_not_again(clocks: Clocks) -> None:
    calls: list[float] = []

    def work(seconds: float) -> None:
        calls.append(seconds)
        clocks.compute(seconds)

    found = as_record(profile_functions(work, [7.0, 7.0, 7.0]))
    assert found.seen == 1
    assert found.total_s == pytest.approx(21.0)
    assert len(calls) <= 2  # at most once more, to see whether a repeat is cheaper


def test_many_short_tasks_are_looked_at_in_part(clocks: Clocks) -> None:
    found = as_record(profile_functions(lambda task: clocks.compute(1e-6), range(100_000)))
    assert found.seen == FIRST_CALLS
    assert found.total_s == pytest.approx(0.1)


def test_the_look_takes_half_a_second_at_most_with_real_clocks() -> None:
    began = time.perf_counter()
    profile_functions(time.sleep, [0.01] * 1000)
    assert time.perf_counter() - began < 5.0  # a busy host may take some of them


# repeated calls


def test_a_repeat_is_cheaper_where_a_cache_answers(clocks: Clocks) -> None:
    @cache
    def work(task: int) -> int:
        clocks.compute(0.01)
        return task

    ratio = as_record(profile_functions(work, range(5))).repeat_ratio
    assert ratio is not None
    assert ratio < 0.01


def test_a_repeat_costs_the_same_where_nothing_is_kept(clocks: Clocks) -> None:
    assert as_record(profile_functions(clocks.compute, [0.01] * 5)).repeat_ratio == pytest.approx(1.0)


def test_a_task_that_can_be_done_only_once_fails_in_its_repeat_with_its_number(clocks: Clocks) -> None:
    done: set[int] = set()

    def work(task: int) -> None:
        clocks.compute(0.01)
        if task in done:
            raise FileExistsError(task)
        done.add(task)

    with pytest.raises(WorkFailed) as caught:
        profile_functions(work, range(3))
    assert caught.value.number == 0
    assert isinstance(caught.value.error, FileExistsError)


# two threads


@pytest.mark.parametrize(("turns", "least", "most"), [(True, 0.3, 1.5), (False, 1.5, 3.0)])
def test_a_second_thread_gains_nothing_where_they_take_turns(turns: bool, least: float, most: float) -> None:
    """A lock stands for the GIL, and sleeping for work: a busy host changes neither."""
    lock = threading.Lock()

    def work(task: int) -> None:
        with lock if turns else nullcontext():
            time.sleep(HELD_S)

    assert least < module._gain_of_two(work, range(20), seen=0) < most


def test_two_threads_are_tried_only_with_tasks_that_compute_and_are_not_too_long(
    clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def gain(work: Callable[[Any], Any], tasks: Any, seen: int) -> float:
        tried.append(seen)
        return 1.7

    monkeypatch.setattr(module, "_gain_of_two", gain)
    assert as_record(profile_functions(clocks.wait, [0.01] * 3)).threads_gain is None
    assert as_record(profile_functions(clocks.compute, [2.0])).threads_gain is None
    assert tried == []
    assert as_record(profile_functions(clocks.compute, [0.01] * 3)).threads_gain == 1.7
    assert tried == [3]


def test_two_threads_have_tasks_of_their_own_that_were_not_called_before() -> None:
    rates: list[list[list[int]]] = []

    def rate(shares: Sequence[Sequence[int]], work: Callable[[Any], Any]) -> float:
        rates.append([list(share) for share in shares])
        return 1.0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_rate", rate)
        module._gain_of_two(abs, range(10), seen=4)
        module._gain_of_two(abs, range(5), seen=4)
        module._gain_of_two(abs, range(1), seen=1)
    assert rates[:2] == [[[4, 5, 6, 7, 8, 9]], [[4, 6, 8], [5, 7, 9]]]
    assert rates[2:4] == [[[0, 1, 2, 3, 4]], [[0, 2, 4], [1, 3]]]  # too few that are new
    assert rates[4:] == [[[0]], [[0], [0]]]


# pickles


def test_the_size_of_tasks_and_results(clocks: Clocks) -> None:
    found = as_record(profile_functions(lambda task: b"x" * 1000, [b"y" * 500] * 3))
    assert found.pickled_bytes == len(pickle.dumps(b"x" * 1000)) + len(pickle.dumps(b"y" * 500))
    assert found.unpicklable == ""


class Stuck:
    """Can be pickled, but not read back."""

    def __reduce__(self) -> tuple[object, ...]:
        return int, ("not a number",)


class Explosive:
    """Raises something odd when it is pickled."""

    def __reduce__(self) -> tuple[object, ...]:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("tasks", "work", "why"),
    [
        pytest.param([1, lambda: 1], id, "task 1 cannot be pickled: ", id="task"),
        pytest.param([Explosive()], id, "task 0 cannot be pickled: RuntimeError: no", id="task that explodes"),
        pytest.param([1], lambda task: lambda: 1, "the result of task 0 cannot be pickled: ", id="result"),
        pytest.param(
            [1], lambda task: Stuck(), "the result of task 0 does not unpickle: ValueError", id="does not unpickle"
        ),
    ],
)
def test_what_cannot_be_sent_is_named(clocks: Clocks, tasks: list[Any], work: Callable[[Any], Any], why: str) -> None:
    found = as_record(profile_functions(work, tasks))
    assert found.unpicklable.startswith(why)
    assert found.pickled_bytes is None


# failures


@pytest.mark.parametrize("error", [KeyError("gone"), SystemExit(3), KeyboardInterrupt()])
def test_a_task_that_raises_is_named_with_its_number(clocks: Clocks, error: BaseException) -> None:
    def work(task: int) -> None:
        if task == 2:
            raise error

    with pytest.raises(WorkFailed) as caught:
        profile_functions(work, range(5))
    assert (caught.value.number, caught.value.error) == (2, error)


# coroutines


async def pause(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


async def block(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_a_coroutine_that_awaits_lets_the_event_loop_go_on() -> None:
    found = as_record(profile_coroutines(pause, [0.01] * 3))
    assert found.blocked_share is not None
    assert found.blocked_share < 0.5
    assert found.waits
    assert found.seen == 3


def test_a_coroutine_that_blocks_keeps_the_event_loop() -> None:
    found = as_record(profile_coroutines(block, [0.01] * 3))
    assert found.blocked_share is not None
    assert found.blocked_share > 0.8


def test_coroutines_are_looked_at_within_the_same_time() -> None:
    found = as_record(profile_coroutines(pause, [0.02] * 500))
    assert 1 <= found.seen < 50
    assert found.tasks == 500
    assert found.total_s >= 500 * 0.02


def test_a_coroutine_that_raises_is_named_with_its_number() -> None:
    async def work(task: int) -> None:
        await asyncio.sleep(0)
        if task == 1:
            raise LookupError(task)

    with pytest.raises(WorkFailed) as caught:
        profile_coroutines(work, range(3))
    assert caught.value.number == 1
    assert isinstance(caught.value.error, LookupError)


def test_a_coroutine_gets_what_it_awaits_and_what_is_thrown_into_it() -> None:
    async def work(task: int) -> str:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        return await asyncio.to_thread(str, task)

    facts = profile_coroutines(work, [7])
    assert facts["seen"] == 1
    assert facts["pickled_bytes"] == len(pickle.dumps(7)) + len(pickle.dumps("7"))


def test_a_coroutine_that_is_stopped_may_clean_up() -> None:
    cleaned: list[int] = []

    async def work(task: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(task)

    async def cancelled() -> None:
        steps = asyncio.ensure_future(module._awaited(work, 5, 0))
        await asyncio.sleep(0)
        steps.cancel()
        with suppress(asyncio.CancelledError, WorkFailed):
            await steps

    asyncio.run(cancelled())
    assert cleaned == [5]


def test_what_a_function_keeps_the_loop_is_all_of_its_time() -> None:
    call = module._called(lambda task: SimpleNamespace(task=task), 3, 0)
    assert call.result.task == 3
    assert call.blocked_s == call.wall_s
