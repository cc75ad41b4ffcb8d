"""Waiting overlaps, computing in parallel, and gains that neither explains."""

import pytest

from tests.verdict.builder import profile_of
from tests.verdict.causes.works import Timed, cause_of_work, verdict_of_work

WAITING = profile_of(task_s=0.022, cpu_share=0.06)


def test_waiting_overlaps() -> None:
    cells = {"serial": Timed(0.89), "futures-threads/40": Timed(0.05, busy_s=0.9, task_cpu_s=0.03)}
    cause = cause_of_work(cells, profile=WAITING)
    assert cause.kind == "waiting-overlaps"
    assert cause.text == "each task waits 94 % of its time; threads wait together"
    assert cause.numbers == "18 in progress at once on average"
    assert cause.bound is None


def test_coroutines_wait_together() -> None:
    cells = {"serial": Timed(0.89), "asyncio/40": Timed(0.05)}
    assert cause_of_work(cells, profile=WAITING).text == "each task waits 94 % of its time; the tasks wait together"


def test_computing_tasks_do_not_wait_together() -> None:
    cells = {"serial": Timed(0.8), "futures-threads/2": Timed(0.42)}
    assert cause_of_work(cells, profile=profile_of(cpu_share=1.0)).kind != "waiting-overlaps"


def test_a_gain_without_overlap_is_flagged_and_not_explained() -> None:
    cells = {"serial": Timed(0.89), "futures-threads/40": Timed(0.4, busy_s=0.39, task_cpu_s=0.03)}
    verdict = verdict_of_work(cells, profile=WAITING)
    assert verdict.cause is None
    assert (
        "its tasks were never in progress together: memory or caches made it faster, not concurrency" in verdict.flags
    )


@pytest.mark.parametrize(("gil", "because"), [(True, "the work releases the GIL"), (False, "this Python has no GIL")])
def test_threads_really_compute_at_once(gil: bool, because: str) -> None:
    cells = {"serial": Timed(0.8, cpu_s=0.8), "futures-threads/2": Timed(0.42, cpu_s=0.81)}
    cause = cause_of_work(cells, gil=gil)
    assert cause.kind == "computing-in-parallel"
    assert cause.text == f"2 threads really compute at once: {because}"
    assert cause.numbers == "1.93 CPU seconds per second"


def test_a_gain_with_the_cpu_time_of_one_is_no_computing_at_once() -> None:
    cells = {"serial": Timed(0.8, cpu_s=0.8), "futures-processes/2": Timed(0.5, cpu_s=0.5)}
    assert cause_of_work(cells).kind == "unknown"
