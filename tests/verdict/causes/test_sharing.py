"""Locks, contended objects, memory bandwidth."""

from dataclasses import replace

import pytest

from tests.verdict.builder import profile_of
from tests.verdict.causes.works import Timed, cause_of_work

WAITS = profile_of(task_s=0.01, tasks=20, cpu_share=0.02)
LOOP = Timed(0.2, cpu_s=0.004, busy_s=0.2, task_cpu_s=0.004)
LOCKED = {
    "serial": LOOP,
    "futures-threads/20": Timed(0.124, cpu_s=0.006, busy_s=1.3, task_cpu_s=0.005),
    "futures-processes/8": Timed(0.031, cpu_s=0.02, busy_s=0.205, task_cpu_s=0.005),
}


def test_one_lock_for_all_threads() -> None:
    cause = cause_of_work(LOCKED, profile=WAITS, tasks=20)
    assert cause.kind == "lock"
    assert "60 % of a task's time" in cause.text
    assert cause.text.endswith("each process has a lock of its own")
    assert cause.bound == pytest.approx(1.67, rel=0.03)
    assert cause.numbers.startswith("at most 1.7 times with threads")


def test_tasks_that_are_as_slow_under_processes_wait_for_something_outside() -> None:
    outside = Timed(0.124, cpu_s=0.02, busy_s=0.9, task_cpu_s=0.005)
    assert cause_of_work({**LOCKED, "futures-processes/8": outside}, profile=WAITS, tasks=20).kind != "lock"


def test_no_lock_without_seeing_the_wait() -> None:
    unseen = {name: replace(one, busy_s=None) for name, one in LOCKED.items()}
    assert cause_of_work(unseen, profile=WAITS, tasks=20).kind != "lock"


SHARED = {
    "serial": Timed(0.4, cpu_s=0.4),
    "futures-threads/2": Timed(0.42, cpu_s=0.8),
    "futures-processes/2": Timed(0.21, cpu_s=0.41),
}


def test_threads_without_the_gil_share_an_object() -> None:
    cause = cause_of_work(SHARED, gil=False)
    assert cause.kind == "contended-objects"
    assert cause.text == "threads share an object: its reference count is the limit"
    assert cause.numbers == "a task takes 2.0 times the CPU time under threads, 1.0 under processes"


@pytest.mark.parametrize(
    "changed",
    [
        {"futures-threads/2": Timed(0.21, cpu_s=0.41)},  # objects of their own
        {"futures-processes/2": Timed(0.4, cpu_s=0.78)},  # processes, which share nothing, are as slow
    ],
)
def test_not_contended(changed: dict[str, Timed]) -> None:
    assert cause_of_work({**SHARED, **changed}, gil=False).kind != "contended-objects"


def test_contended_objects_need_a_python_without_the_gil() -> None:
    assert cause_of_work(SHARED, gil=True).kind != "contended-objects"


BANDWIDTH = {
    "serial": Timed(0.4, cpu_s=0.4),
    "futures-threads/2": Timed(0.34, cpu_s=0.66),
    "futures-processes/2": Timed(0.36, cpu_s=0.7),
}


def test_the_memory_is_the_limit() -> None:
    cause = cause_of_work(BANDWIDTH, capacity=1.9)
    assert cause.kind == "memory-bandwidth"
    assert cause.text == "the memory is the limit, not the CPUs"


@pytest.mark.parametrize(
    ("changed", "capacity"),
    [
        ({}, 1.2),  # the host does no more for anything: two threads of one core
        ({}, None),  # nothing is known of the host
        ({"futures-threads/2": Timed(0.22, cpu_s=0.42)}, 1.9),  # near what the host reaches
        ({"futures-processes/2": Timed(0.36, cpu_s=0.41)}, 1.9),  # without sharing no task takes longer
    ],
)
def test_not_the_memory(changed: dict[str, Timed], capacity: float | None) -> None:
    assert cause_of_work({**BANDWIDTH, **changed}, capacity=capacity).kind != "memory-bandwidth"
