"""One task that is most of the work."""

import pytest

from tests.verdict.builder import profile_of
from tests.verdict.causes.works import Timed, cause_of_work, verdict_of_work

ONE_LONG = profile_of(task_s=0.01, tasks=11, longest_s=0.1, cpu_share=0.1)


def test_one_task_is_half_of_all_work() -> None:
    verdict = verdict_of_work({"serial": Timed(0.2), "futures-threads/11": Timed(0.105)}, profile=ONE_LONG, tasks=11)
    assert verdict.cause is not None
    assert verdict.cause.kind == "one-long-task"
    assert verdict.cause.text == "one task is 50 % of all work: at most 2.0 times, whatever the workers"
    assert verdict.cause.bound == pytest.approx(2, rel=0.02)
    assert "start the longest task first, or split it: it allows 2.0× at most" in [one.text for one in verdict.advice]


def test_equal_tasks_are_no_long_task() -> None:
    cells = {"serial": Timed(0.08), "futures-threads/4": Timed(0.021)}
    profile = profile_of(task_s=0.02, tasks=4, longest_s=0.02, cpu_share=0.05)
    assert cause_of_work(cells, profile=profile, tasks=4).kind == "waiting-overlaps"


def test_a_gain_far_below_the_bound_has_another_cause() -> None:
    cells = {"serial": Timed(0.2), "futures-threads/11": Timed(0.15)}
    assert cause_of_work(cells, profile=ONE_LONG, tasks=11).kind != "one-long-task"
