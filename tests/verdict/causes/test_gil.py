"""The GIL is named for work of every task length, and for nothing else."""

import pytest

from comparators.verdict.causes.gil import gil
from tests.verdict.builder import profile_of
from tests.verdict.causes.works import Timed, cause_of_work


def pure_python(task_s: float, tasks: int = 8) -> dict[str, Timed]:
    whole = task_s * tasks
    return {
        "serial": Timed(whole, cpu_s=whole),
        "futures-threads/2": Timed(whole * 1.01, cpu_s=whole * 1.03),
        "futures-processes/2": Timed(whole * 0.52, cpu_s=whole * 1.02),
    }


@pytest.mark.parametrize("task_s", [0.0015, 0.02, 0.5])
def test_threads_that_take_turns(task_s: float) -> None:
    cause = cause_of_work(pure_python(task_s), profile=profile_of(task_s=task_s, tasks=8, threads_gain=1.02), tasks=8)
    assert cause.kind == "gil"
    assert cause.text == "threads take turns on the GIL; 2 processes really compute at once"
    assert cause.numbers == "2 threads got 1.02 CPU seconds per second, 2 processes 1.96 CPU seconds per second"
    assert gil.__name__ == "gil"


def test_no_model_gains() -> None:
    cells = {"serial": Timed(0.2, cpu_s=0.2), "futures-threads/2": Timed(0.21, cpu_s=0.21)}
    cause = cause_of_work(cells, profile=profile_of(task_s=0.02, tasks=10), tasks=10)
    assert (cause.kind, cause.text) == ("gil", "threads take turns on the GIL")


def test_processes_that_lose_by_handing_over_short_tasks() -> None:
    cells = {
        "serial": Timed(0.1, cpu_s=0.1),
        "futures-threads/2": Timed(0.11, cpu_s=0.11),
        "futures-processes/2": Timed(0.14, cpu_s=0.2),
    }
    cause = cause_of_work(cells, profile=profile_of(task_s=0.001, tasks=100), tasks=100)
    assert cause.kind == "gil"
    assert cause.text.endswith("handing a task to a process takes longer than it saves")


@pytest.mark.parametrize(
    ("threads", "profile", "gil_on", "cpus"),
    [
        (Timed(0.16, cpu_s=0.31), profile_of(tasks=8), True, 2),  # two CPUs were in use, gain or not
        (Timed(0.16, cpu_s=0.05), profile_of(tasks=8), True, 2),  # no CPU was: they wait for something else
        (Timed(0.16, cpu_s=0.16), profile_of(tasks=8), False, 2),  # there is no GIL
        (Timed(0.16, cpu_s=0.16), profile_of(tasks=8), True, 1),  # no second CPU to use
        (Timed(0.16, cpu_s=0.16), profile_of(tasks=8, threads_gain=1.9), True, 2),  # the profile saw them gain
        (Timed(0.16, cpu_s=0.16), profile_of(tasks=8, cpu_share=0.4), True, 2),  # two tasks want 0.8 CPUs only
    ],
)
def test_not_the_gil(threads: Timed, profile: object, gil_on: bool, cpus: int) -> None:
    cells = {"serial": Timed(0.16), "futures-threads/2": threads}
    assert cause_of_work(cells, profile=profile, gil=gil_on, cpus=cpus, tasks=8).kind != "gil"


def test_threads_that_win_by_waiting_are_not_explained_by_the_gil() -> None:
    cells = {"serial": Timed(0.8, cpu_s=0.4), "futures-threads/40": Timed(0.42, cpu_s=0.4)}
    cause = cause_of_work(cells, profile=profile_of(cpu_share=0.5))
    assert cause.kind == "waiting-overlaps"
    assert (
        cause.text
        == "each task waits 50 % of its time; threads wait together and compute in turns on the GIL: at most 2.0 times"
    )
    assert cause.bound == 2
