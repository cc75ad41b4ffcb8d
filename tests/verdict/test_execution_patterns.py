"""Each way of working is recognised by its numbers, whatever the runner is called."""

from comparators.verdict.execution_patterns import way_of
from tests.verdict.builder import Shown
from tests.verdict.looks import COMPUTING, COROUTINES, MIXED, PARALLEL, TINY, TURNS, WAITING, look


def test_ways_are_told_from_numbers() -> None:
    assert way_of(COMPUTING, COMPUTING, gil=True) == "in-turn"
    assert way_of(PARALLEL, COMPUTING, gil=True) == "at-the-same-time"
    assert way_of(TURNS, COMPUTING, gil=True) == "gil"
    assert way_of(TURNS, None, gil=True) == "gil"
    assert way_of(TURNS, COMPUTING, gil=False) == "short-of-cpu"
    assert way_of(COROUTINES, WAITING, gil=True) == "waiting-at-once"


def test_coroutines_that_compute_share_one_thread() -> None:
    crowded = look("loop", "async", 16, Shown(0.52, 7.0, 0.5, 16, 1))
    assert way_of(crowded, MIXED, gil=True) == "one-thread"


def test_one_worker_is_not_blamed_for_one_task_at_a_time() -> None:
    single = look("forks", "processes", 1, Shown(1.0, 1.0, 0.98, 1, 1))
    assert way_of(single, COMPUTING, gil=True) == "in-turn"


def test_dispatch_and_transfer() -> None:
    dispatch = look("forks", "processes", 2, Shown(0.03, 0.0006, 0.0005, 2, 2, tasks=1_000, pickled_bytes=40_000))
    assert way_of(dispatch, TINY, gil=True) == "dispatch"
    transfer = look("forks", "processes", 2, Shown(0.2, 0.01, 0.01, 2, 2, pickled_bytes=80_000_000))
    assert way_of(transfer, COMPUTING, gil=True) == "transfer"
