"""What a whole suite says: lessons, Pythons, facts."""

from comparators.journal.records import Run
from comparators.verdict.analyse import analyse
from tests.counting import calls_of
from tests.verdict.builder import Details, make_run, merge_runs, profile_of, times


def waiting(name: str = "sleep", gain: float = 18.0) -> Run:
    return make_run(
        model={"serial": times(0.9), "futures-threads/40": times(0.9 / gain)},
        profile=profile_of(cpu_share=0.03),
        workload=name,
    )


def computing(name: str = "integrate", *, python: str = "3.11", gil: bool = True, best: float = 0.42) -> Run:
    threads = times(0.82) if gil else times(best)
    return make_run(
        model={"serial": times(0.8), "futures-threads/2": threads, "futures-processes/2": times(best * 1.3)},
        details={"serial": Details(cpu_s=0.8), "futures-threads/2": Details(cpu_s=0.81)},
        profile=profile_of(task_s=0.02),
        workload=name,
        python=python,
        gil=gil,
    )


def tiny(name: str = "noop") -> Run:
    return make_run(
        model={"serial": times(0.005), "futures-threads/2": times(0.04)},
        profile=profile_of(task_s=5e-6),
        tasks=1000,
        workload=name,
    )


def test_three_sentences_are_the_lesson() -> None:
    lessons = analyse(merge_runs(waiting(), waiting("echo", 9.0), computing(), tiny())).lessons
    assert lessons == (
        "Where tasks wait, threads were 9.0 to 18 times faster than the loop (sleep, echo).",
        "Where threads take turns on the GIL, processes were 1.5 times faster than the loop (integrate).",
        "Where handing over a task takes as long as the task itself, leave the loop (noop).",
    )


def test_nothing_is_taught_without_a_verdict_for_it() -> None:
    lessons = analyse(merge_runs(waiting(), waiting("echo"))).lessons
    assert len(lessons) == 1


def test_one_workload_is_no_suite() -> None:
    assert analyse(waiting()).lessons == ()


def test_pythons_are_compared() -> None:
    run = merge_runs(computing(best=0.42), computing(python="3.14t", gil=False, best=0.3))
    (comparison,) = analyse(run).pythons
    assert comparison.text.startswith("3.14t, 2 threads: 1.8 times as fast as 3.11, 2 processes")
    assert [row[:3] for row in comparison.best] == [("3.14t", "threads", 2), ("3.11", "processes", 2)]


def test_pythons_that_are_alike_are_not_ranked() -> None:
    run = merge_runs(computing(best=0.42), computing(python="3.14", best=0.421))
    (comparison,) = analyse(run).pythons
    assert "take the same time within 5 %" in comparison.text


def test_one_python_is_not_compared() -> None:
    assert analyse(computing()).pythons == ()


def test_facts_say_how_it_was_measured() -> None:
    facts = dict(analyse(make_run(model={"serial": times(0.9)}, capacity=1.9)).facts)
    assert facts["probability of a wrong decision"] == "at most 2.5 % per question"
    assert facts["Python 3.11"].startswith("CPython 3.11.7 with the GIL")
    assert facts["parallel capacity"] == "independent busy processes: 2 do 1.90 times the work of one"
    assert facts["samples"] == "5"
    assert facts["the run took"].startswith("12 s, ended: complete")


def test_work_grows_no_faster_than_the_run() -> None:
    few = merge_runs(*(waiting(f"w{number}") for number in range(5)))
    many = merge_runs(*(waiting(f"w{number}") for number in range(20)))
    analyse(few)  # imports and caches
    assert calls_of(lambda: analyse(many)) < 4.8 * calls_of(lambda: analyse(few))
