"""Handing over, moving data, start-up."""

from tests.verdict.builder import capped, profile_of
from tests.verdict.causes.works import Timed, cause_of_work

TINY = profile_of(task_s=5e-6, tasks=1000)


def test_tasks_too_small_to_hand_over() -> None:
    cells = {"serial": Timed(0.005), "futures-threads/2": Timed(0.035), "futures-processes/2": Timed(0.15)}
    cause = cause_of_work(cells, profile=TINY, tasks=1000)
    assert cause.kind == "handing-over"
    assert cause.text == "tasks of 5 µs are too small to hand over one by one"
    assert cause.numbers == "threads take 30 µs more per task"


def test_rivals_that_were_stopped_tell_at_least_what_it_costs() -> None:
    stopped = Timed(0.035, values=[0.035, capped(0.015), capped(0.015), capped(0.015)])
    cause = cause_of_work({"serial": Timed(0.005), "futures-threads/2": stopped}, profile=TINY, tasks=1000)
    assert cause.kind == "handing-over"
    assert cause.numbers.startswith("threads take at least ")


def test_long_tasks_are_not_too_small() -> None:
    cells = {"serial": Timed(0.8, cpu_s=0.8), "futures-threads/2": Timed(1.6, cpu_s=0.8)}
    assert cause_of_work(cells, profile=profile_of(task_s=0.02)).kind != "handing-over"


def test_a_hand_over_much_shorter_than_the_task_is_not_the_point() -> None:
    cells = {"serial": Timed(0.08), "futures-threads/2": Timed(0.084)}
    assert cause_of_work(cells, profile=profile_of(task_s=8e-4, tasks=100), tasks=100).kind != "handing-over"


def large_data(pickled_bytes: float | None) -> dict[str, object]:
    return {"profile": profile_of(task_s=0.005, tasks=40, pickled_bytes=pickled_bytes)}


ARRAYS = {
    "serial": Timed(0.2, cpu_s=0.2),
    "futures-threads/2": Timed(0.11, cpu_s=0.21),
    "futures-processes/2": Timed(0.9, cpu_s=1.0),
}


def test_data_that_travel() -> None:
    cause = cause_of_work(ARRAYS, **large_data(8e6))
    assert cause.kind == "moving-data"
    assert cause.text == "8 MB per task travel between processes; threads use them where they are"
    assert cause.numbers == "processes take 0.9 s"


def test_bytes_are_counted_where_they_were_pickled() -> None:
    counted = Timed(0.9, busy_s=0.3, task_cpu_s=0.2, pickled_bytes=160_000_000)
    cause = cause_of_work({**ARRAYS, "futures-processes/2": counted}, **large_data(None))
    assert cause.text.startswith("4 MB per task")


def test_small_data_do_not_matter() -> None:
    assert cause_of_work(ARRAYS, **large_data(2_000)).kind == "computing-in-parallel"


def test_starting_workers_where_it_counts() -> None:
    cells = {"serial": Timed(0.04), "futures-processes/2": Timed(0.13, start_s=0.1)}
    cause = cause_of_work(cells, phase="cold")
    assert cause.kind == "start-up"
    assert cause.text == "starting 2 processes takes 0.1 s"
    assert cause.numbers == "the loop has done all tasks after 40 ms"


def test_starting_workers_is_no_reason_where_they_are_there() -> None:
    cells = {"serial": Timed(0.04), "futures-processes/2": Timed(0.13, start_s=0.1)}
    assert cause_of_work(cells, phase="warm").kind != "start-up"


def test_a_start_that_takes_longer_than_the_whole_is_impossible() -> None:
    cells = {"serial": Timed(0.04), "futures-processes/2": Timed(0.13, start_s=0.2)}
    assert cause_of_work(cells, phase="cold").kind != "start-up"
