from dataclasses import replace

import pytest

from comparators.report.lessons import (
    brief,
    memory_lesson,
    models_lesson,
    place_of,
    run_lesson,
    samples_lesson,
    workers_lesson,
)
from comparators.verdict.analysis import SampleSeries
from tests.report import analyses
from tests.report.analyses import cold_function, level, model, suite, two_pythons, waiting


@pytest.mark.parametrize(
    ("case", "lesson"),
    [
        ("waiting", "threads or async are 17 times faster than a loop"),
        ("gil_bound", "processes are 1.9 times faster than a loop"),
        ("tiny_tasks", "a plain loop is fastest"),
        ("undecided", "processes or threads, not told apart yet"),
        ("not_applicable", "only the plain loop could be measured"),
        ("nothing_measured", "nothing could be measured"),
    ],
)
def test_the_lesson_of_models(case: str, lesson: str) -> None:
    assert models_lesson(getattr(analyses, case)().verdicts[0]) == lesson


def test_work_of_fixed_duration_has_its_observation_as_lesson() -> None:
    verdict = replace(waiting().verdicts[0], timed=False, observations=("a deadlock under threads",))
    assert models_lesson(verdict) == "a deadlock under threads"


def test_the_lesson_of_worker_counts() -> None:
    verdict = waiting().verdicts[0]
    assert workers_lesson(verdict) == "40 threads are enough"
    assert workers_lesson(replace(verdict, workers=level("workers", "1"))) == "more than one worker does not help"
    assert workers_lesson(replace(verdict, workers=None)) == "what each worker count gives"
    both = level("workers", "2", status="undecided", equals=("2", "4"))
    assert workers_lesson(replace(verdict, workers=both)) == "2 or 4 threads, not told apart yet"


def test_the_lesson_of_memory_names_what_speed_costs() -> None:
    fast = model("processes", "best", workers=4, seconds=0.1, loop_s=0.4)
    slow = model("loop", "slower", workers=1, seconds=0.4, loop_s=0.4)
    assert memory_lesson((fast, slow)) == "processes are fastest, with 95.4 MiB: 4 times the memory of the plain loop"
    lean = replace(fast, memory_bytes=1000)
    assert memory_lesson((lean, slow)) == "processes are fastest, and nothing needs less memory (1,000 bytes)"


def test_the_lesson_of_samples_says_whether_they_lie_apart() -> None:
    fast = SampleSeries("model", "futures-threads", "threads", 40, ((0, 1.0), (1, 1.2)))
    near = SampleSeries("model", "serial", "loop", 1, ((0, 1.1), (1, 1.3)))
    apart = replace(near, seconds=((0, 1.3),))
    assert samples_lesson((fast, near)) == "the samples of threads and the plain loop overlap"
    assert samples_lesson((fast, apart)) == "every sample of threads is faster than any of the plain loop"
    fewer = replace(apart, model="threads", workers=2)
    assert samples_lesson((fast, fewer)) == "every sample of threads with 40 is faster than any of threads with 2"


def test_the_lesson_of_a_run() -> None:
    assert run_lesson(suite()) == (
        "No model suits all 9 kinds of work: processes for 3, threads for 3, the plain loop for 2 and async for 1"
    )
    assert run_lesson(two_pythons()).startswith("count_primes: 3.14t, 2 threads: 1.8 times as fast")
    assert run_lesson(cold_function()) == "count_primes: processes (warm), processes (cold)"


def test_a_place_names_what_differs() -> None:
    run = two_pythons()
    assert [place_of(one, run) for one in run.verdicts] == [
        "count_primes (Python 3.14)",
        "count_primes (Python 3.14t)",
    ]


def test_a_long_name_loses_its_middle() -> None:
    assert brief("a" * 30 + "\n" + "b" * 30) == "a" * 28 + "…" + "b" * 11
