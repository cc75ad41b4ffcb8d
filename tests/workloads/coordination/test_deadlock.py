import threading
import time
from typing import Any

import pytest

from comparators.coordination.kit import install
from comparators.coordination.kits.threads import ThreadKit
from comparators.errors import WrongResult
from comparators.workload import Observation
from comparators.workloads.coordination.deadlock import Deadlock, Fate, Party, Table, contend
from tests.workloads.running import TOGETHER, observed

WAYS_OUT = ("agreed", "try-lock", "timeout")


def fates(workload: Deadlock, **changes: Any) -> list[Fate]:
    """Return results as they should be, the last one changed."""
    opposed = workload.order == "opposed"
    right = [
        Fate(party, 0, 0, workload.deadline_s, "process 1") if opposed else Fate(party, workload.rounds)
        for party in range(workload.parties)
    ]
    return [*right[:-1], right[-1]._replace(**changes)]


@pytest.mark.parametrize("runner", TOGETHER)
def test_opposed_order_ends_as_a_deadlock_with_stacks(runner: str) -> None:
    before = threading.active_count()
    deadlocked, ended = observed(Deadlock.from_preset("tiny"), runner)
    assert (deadlocked.name, deadlocked.value) == ("deadlocked", 1)
    assert (ended.name, ended.unit) == ("ended after", "ms")
    assert ended.value >= 10 - 1e-3
    assert "party 0 holds lock 0 and waits for lock 1, in process" in deadlocked.details
    assert "party 1 holds lock 1 and waits for lock 0, in process" in deadlocked.details
    assert deadlocked.details.count("comparators.workloads.coordination.deadlock, line") == 4  # two functions for each
    assert threading.active_count() == before


def test_a_ring_of_three_is_deadlocked_too() -> None:
    deadlocked, _ = observed(Deadlock.from_preset("tiny", parties=3), "threading", workers=3)
    assert "party 2 holds lock 2 and waits for lock 0" in deadlocked.details


@pytest.mark.parametrize("runner", TOGETHER)
@pytest.mark.parametrize("order", WAYS_OUT)
def test_every_way_out_completes(order: str, runner: str) -> None:
    deadlocked, failed = observed(Deadlock.from_preset("tiny", order=order), runner)
    assert deadlocked == Observation("deadlocked", 0, "")
    assert failed.name == "failed attempts"
    assert failed.value == 0 or order != "agreed"


class Refusing:
    """A lock that is not given the first few times, and keeps count."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.held, self.asked = refusals, 0, []  # type: tuple[int, int, list[Any]]

    def acquire(self, *how: Any) -> bool:
        self.asked.append(how)
        if self.refusals:
            self.refusals -= 1
            return False
        self.held += 1
        return True

    def release(self) -> None:
        self.held -= 1


@pytest.mark.parametrize(("order", "asked"), [("try-lock", (False, -1)), ("timeout", (True, 0.002))])
def test_failed_attempts_give_the_first_lock_back_and_are_counted(
    order: str, asked: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    first, second = Refusing(0), Refusing(3)
    held: list[int] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        held.append(first.held)

    monkeypatch.setattr(time, "sleep", pause)
    workload = Deadlock(order=order, rounds=2, backoff_s=0.5)
    with ThreadKit() as kit:
        made = workload.make_shared(kit)
        made.arrived.value = 1  # the other party is there already
        install(Table([first, second], made.uses, made.meeting, made.arrived))
        try:
            fate = contend(workload.tasks()[0])
        finally:
            install(None)
    assert fate == Fate(0, 2, failed=3)
    assert second.asked == [asked] * 5
    assert (first.held, second.held) == (0, 0)
    assert held == [1, 0, 1, 0, 1, 0, 1, 1]  # in the window it holds the first lock, in a pause after failing nothing
    assert all(0 <= seconds <= 0.5 for seconds in pauses)
    assert list(made.uses) == [2, 2]


def test_who_gets_a_lock_that_others_hold_is_no_deadlock() -> None:
    workload = Deadlock()
    assert len(workload.verify((fates(workload), [0, 0]))) == 2
    with pytest.raises(WrongResult, match="end of party 1: expected deadlocked: no lock 0"):
        workload.verify((fates(workload, stack=""), [0, 0]))


def test_a_deadlock_that_ends_before_its_time_is_wrong() -> None:
    workload = Deadlock()
    with pytest.raises(WrongResult, match="wait of party 1: expected at least"):
        workload.verify((fates(workload, waited_s=0.01), [0, 0]))


@pytest.mark.parametrize("order", WAYS_OUT)
def test_missing_rounds_and_lost_uses_are_wrong(order: str) -> None:
    workload = Deadlock(order=order, rounds=5)
    attempts = Observation("failed attempts", 4, "attempts")
    assert workload.verify((fates(workload, failed=4), [10, 10]))[1] == attempts
    with pytest.raises(WrongResult, match="fate of party 1: expected 5 rounds"):
        workload.verify((fates(workload, rounds=4), [10, 10]))
    with pytest.raises(WrongResult, match=r"uses of each lock: expected \[10, 10\], found \[10, 9\]"):
        workload.verify((fates(workload), [10, 9]))


def test_only_agreed_parties_take_their_locks_in_the_same_order() -> None:
    assert [party.locks for party in Deadlock(order="agreed").tasks()] == [(0, 1), (0, 1)]
    assert [party.locks for party in Deadlock(parties=3).tasks()] == [(0, 1), (1, 2), (2, 0)]
    assert [party.locks for party in Deadlock(order="agreed", parties=3).tasks()] == [(0, 1), (1, 2), (0, 2)]


def test_limits_belong_to_the_order() -> None:
    limits = {order: Deadlock(order=order).tasks()[0].limit_s for order in ("opposed", *WAYS_OUT)}
    assert limits == {"opposed": 0.05, "agreed": None, "try-lock": 0, "timeout": 0.002}


def test_all_parties_are_needed_at_once() -> None:
    assert Deadlock(parties=5).min_concurrency == 5
    assert isinstance(Deadlock().tasks()[0], Party)
