"""From how many tasks on workers pay."""

import pytest

from comparators.verdict.break_even import tasks_to_pay


@pytest.mark.parametrize(
    ("start_s", "loop_s", "seconds", "tasks", "expected"),
    [
        (0.09, 0.16, 0.083, 8, 10),  # 20 ms alone, 10.4 ms each with two: 9 tasks save 86 ms, 10 save 96
        (0.1, 0.2, 0.1, 10, 11),  # ten tasks save exactly what the start takes: not yet faster
        (0.004, 0.89, 0.05, 40, 2),  # two tasks that wait save one wait
        (0.05, 0.89, 0.05, 40, 4),  # 50 ms of start are more than two waits of 22 ms
        (0.1, 0.2, 0.2, 10, None),
        (0.1, 0.2, 0.3, 10, None),
    ],
)
def test_break_even(start_s: float, loop_s: float, seconds: float, tasks: int, expected: int | None) -> None:
    assert tasks_to_pay(start_s, loop_s, seconds, tasks) == expected


def test_at_that_number_workers_are_faster_and_one_below_they_are_not() -> None:
    start_s, loop_s, seconds, tasks = 0.03, 1.0, 0.3, 50
    alone, shared = loop_s / tasks, seconds / tasks
    found = tasks_to_pay(start_s, loop_s, seconds, tasks)
    assert found is not None
    assert found * alone > start_s + max(found * shared, alone)
    assert (found - 1) * alone <= start_s + max((found - 1) * shared, alone)
