"""Reasons in words, from looks at how the runners went about the tasks."""

from dataclasses import replace

import pytest

from comparators.journal.records import ParallelCapacity
from comparators.stats.interval import Interval
from comparators.verdict.causes import explain
from comparators.verdict.execution_patterns import way_of
from tests.verdict.builder import Shown
from tests.verdict.looks import COMPUTING, COROUTINES, MIXED, PARALLEL, TINY, TURNS, WAITING, look


def test_a_runner_that_runs_one_task_at_a_time_is_called_out() -> None:
    fake = look("fake", "async", 8, Shown(1.0, 1.0, 0.98, 1, 1))
    assert way_of(fake, COMPUTING, gil=True) == "one-at-a-time"
    why, facts = explain([PARALLEL, COMPUTING, fake], "forks", gil=True, capacities=())
    assert "`fake` never had two tasks in progress at once with 8 workers" in why
    assert any("did not run tasks concurrently" in fact for fact in facts)


def test_a_long_tail_is_not_dispatch() -> None:
    tail = look("forks", "processes", 2, Shown(1.0, 1.1, 1.1, 2, 2, longest_s=0.9, idle_tail_s=0.8))
    assert way_of(tail, COMPUTING, gil=True) == "in-turn"
    why, _ = explain([tail], "forks", gil=True, capacities=())
    assert "hands out of work for the last 80 % of the time" in why
    assert "one task alone taking 90 % of it" in why


def test_threads_are_not_said_to_wait_for_the_gil_on_a_host_without_cpu_to_spare() -> None:
    starved = look("forks", "processes", 2, Shown(1.0, 2.0, 1.0, 2, 2))
    why, _ = explain([starved, TURNS, COMPUTING], "forks", gil=True, capacities=())
    assert "GIL" not in why
    assert "`forks` had more hands than CPU time (1.00 CPU seconds per second)" in why


def test_threads_are_not_said_to_wait_for_the_gil_where_nothing_got_more_than_one_cpu() -> None:
    busy = [ParallelCapacity(1, 1.0), ParallelCapacity(2, 1.01), ParallelCapacity(4, 1.08)]
    why, _ = explain([TURNS, COMPUTING], "strands", gil=True, capacities=busy)
    assert "`strands` had more hands than CPU time (0.98 CPU seconds per second)" in why
    for free in (
        [ParallelCapacity(1, 1.0)],
        [ParallelCapacity(2, 1.9)],
        [ParallelCapacity(2, 1.1), ParallelCapacity(4, 1.4)],
    ):
        why, _ = explain([TURNS, COMPUTING], "strands", gil=True, capacities=free)
        assert "took turns on the GIL" in why


def test_threads_pushed_aside_by_other_load_are_not_said_to_wait_for_the_gil() -> None:
    aside = look("alone", "loop", 1, Shown(0.37, 0.37, 0.09, 1, 1, switches_voluntary=0, switches_involuntary=70))
    threads = look("strands", "threads", 2, Shown(0.34, 0.6, 0.09, 2, 2))
    assert way_of(threads, aside, gil=True) == "short-of-cpu"
    why, _ = explain([threads, aside], "strands", gil=True, capacities=())
    assert why.startswith("The tasks never wait, but other load had the CPU for 76 % of their time; ")


def test_time_without_a_cpu_is_a_fact() -> None:
    delayed = look("alone", "loop", 1, Shown(1.0, 1.0, 0.58, 1, 1, delayed_s=0.4))
    why, (fact,) = explain([delayed], "alone", gil=True, capacities=())
    assert why == "The tasks compute 97 % of their time."
    assert "other load had the CPU for 40 % of the time" in fact


def test_the_sentence_of_computing_tasks() -> None:
    why, facts = explain(
        [PARALLEL, TURNS, COMPUTING],
        "forks",
        gil=True,
        capacities=[ParallelCapacity(1, 1.0), ParallelCapacity(2, 1.93)],
    )
    assert why == (
        "The tasks compute 98 % of their time; `forks` really computed at the same time (1.92 CPU seconds per second), "
        "while the threads of `strands` took turns on the GIL (0.98 CPU seconds per second), each task 4.00 times as "
        "long as alone."
    )
    assert list(facts) == [
        (
            "`forks` with 2 workers: at most 2 tasks at once, 1.92 on average; 1.92 CPU seconds per second; "
            "4.8 % of the time outside tasks; 1.50 kB pickled; "
            "10 voluntary and 2 involuntary context switches."
        ),
        (
            "`strands` with 4 workers: at most 4 tasks at once, 3.92 on average; 0.98 CPU seconds per second; "
            "2.9 % of the time outside tasks; 10 voluntary and 2 involuntary context switches."
        ),
        (
            "`alone` with 1 worker: at most 1 task at once, 1.00 on average; 0.98 CPU seconds per second; "
            "less than 1 % of the time outside tasks; 10 voluntary and 2 involuntary context switches."
        ),
        "This host: 2 busy processes do 1.93 times the work of one.",
    ]


def test_the_sentence_of_waiting_tasks() -> None:
    why, _ = explain([COROUTINES, WAITING], "loop", gil=True, capacities=())
    assert why == "The tasks wait 98 % of their time; `loop` had 14.7 tasks in progress at once on average."


def test_the_sentence_of_mixed_tasks() -> None:
    why, _ = explain([MIXED], "alone", gil=True, capacities=())
    assert why == "The tasks compute 50 % of their time and wait the rest."


def test_the_sentence_where_serial_wins() -> None:
    small = look("alone", "loop", 1, Shown(0.04, 0.04, 0.04, 1, 1, tasks=1_000))
    dispatch = look("forks", "processes", 2, Shown(0.9, 0.06, 0.05, 2, 2, tasks=1_000))
    why, _ = explain([small, dispatch], "alone", gil=True, capacities=())
    assert why == (
        "The tasks (40.0 µs each) compute 100 % of their time; `forks` spent 97 % of its time handing out tasks and "
        "collecting results."
    )


def test_tasks_shorter_than_a_look_at_them_take_their_share_of_the_timed_whole() -> None:
    timed = replace(TINY, standing=replace(TINY.standing, seconds=77e-6))
    dispatch = look("forks", "processes", 2, Shown(0.03, 0.0006, 0.0005, 2, 2, tasks=1_000))
    why, _ = explain([timed, dispatch], "alone", gil=True, capacities=())
    assert why == (
        "The tasks take 77.0 ns each at most; `forks` spent 99 % of its time handing out tasks and collecting results."
    )
    assert explain([TINY, dispatch], "alone", gil=True, capacities=())[0].startswith(
        "The tasks take 400 ns each at most"
    )


def test_a_host_that_limits_is_named() -> None:
    why, _ = explain([PARALLEL, COMPUTING], "forks", gil=True, capacities=[ParallelCapacity(2, 1.2)])
    assert "on a host where 2 busy processes do 1.20 times the work of one" in why


def test_a_host_is_not_said_to_limit_what_went_beyond_it() -> None:
    """Something else ran beside the busy processes, or beside the one that they are compared with."""
    beyond = replace(PARALLEL, standing=replace(PARALLEL.standing, to_serial=Interval(1.83, 1.3, 2.6, 0.95)))
    why, _ = explain([beyond, COMPUTING], "forks", gil=True, capacities=[ParallelCapacity(2, 1.2)])
    assert "on a host" not in why


def test_coroutines_that_wait_in_turns_are_not_busy_with_dispatch() -> None:
    """Few tasks are in progress on average, and nobody's hand is idle: there is one thread."""
    loop = look("loop", "async", 10, Shown(1.0, 3.0, 0.2, 10, 1, total_s=1.02))
    assert loop.outside == pytest.approx(0.02, abs=0.001)
    why, _ = explain([loop, WAITING], "loop", gil=True, capacities=())
    assert "`loop` had 3.00 tasks in progress at once on average" in why


def test_a_share_that_is_next_to_nothing_is_no_zero() -> None:
    idle = look("forks", "processes", 2, Shown(1.0, 2.0, 1.9, 2, 2, total_s=1.0))
    assert "; less than 1 % of the time outside tasks" in explain([idle], "forks", gil=True, capacities=())[1][0]


def test_less_evidence_says_less() -> None:
    assert explain([], "forks", gil=True, capacities=()) == ("", ())
    assert explain([TURNS], "forks", gil=True, capacities=())[0] == ""
    nothing = look("forks", "processes", 2, Shown(0.0, 0.0, 0.0, 0, 0, tasks=0, total_s=0.0, longest_s=0.0))
    assert explain([nothing], "forks", gil=True, capacities=())[1]


@pytest.mark.parametrize("workers", [2, 4])
def test_threads_that_take_turns_on_the_gil_do_so_on_a_busy_host_too(workers: int) -> None:
    """They get half a CPU, and wait for the other half: together they ask for one, where processes ask for more."""
    busy = look("strands", "threads", workers, Shown(2.0, 3.9, 1.0, 2, 2, delayed_s=0.95))
    forks = look("forks", "processes", workers, Shown(1.0, 2.0, 1.0, 2, 2, delayed_s=0.9))
    why, _ = explain([busy, forks, COMPUTING], "strands", gil=True, capacities=(), cpus=2)
    assert "took turns on the GIL" in why


def test_threads_without_a_need_for_the_gil_blame_the_host_where_it_is_busy() -> None:
    threads = look("strands", "threads", 2, Shown(1.0, 2.0, 1.0, 2, 2, delayed_s=0.9))
    why, facts = explain([threads, COMPUTING], "strands", gil=True, capacities=(), cpus=2)
    assert "the host was busy and kept `strands` waiting for a CPU 45 % of the time" in why
    assert "other load had the CPU for 45 % of the time" in facts[0]


def test_more_hands_than_cpus_wait_because_of_each_other() -> None:
    threads = look("strands", "threads", 8, Shown(1.0, 8.0, 1.1, 8, 8, delayed_s=6.0))
    why, facts = explain([threads, COMPUTING], "strands", gil=True, capacities=(), cpus=2)
    assert "had more hands than CPU time" in why
    assert "the hands waited for a CPU for 74 % of the time" in facts[0]


def test_the_facts_count_context_switches_and_the_tail() -> None:
    shown = Shown(1.0, 2.0, 1.9, 2, 2, idle_tail_s=0.1, switches_voluntary=1234, switches_involuntary=56)
    _, facts = explain([look("forks", "processes", 2, shown)], "forks", gil=True, capacities=())
    assert "1,234 voluntary and 56 involuntary context switches" in facts[0]
    assert "some hands out of work for 10 % of the time" in facts[0]


@pytest.mark.parametrize(("workers", "many"), [(2, "2 workers"), (4, "several workers")])
def test_whoever_did_not_run_tasks_concurrently_is_called_out(workers: int, many: str) -> None:
    fake = look("fake", "threads", 2, Shown(1.0, 0.99, 0.98, 1, 1))
    why, _ = explain([PARALLEL, TURNS, fake, COMPUTING], "forks", gil=True, capacities=())
    assert "`fake` never had two tasks in progress at once with 2 workers" in why
    other = look("other", "async", workers, Shown(1.0, 0.99, 0.98, 1, 1))
    why, _ = explain([COMPUTING, fake, other], COMPUTING.standing.runner.label, gil=True, capacities=())
    assert why.count("while") == 0
    assert why.endswith(f"; `fake` and `other` never had two tasks in progress at once with {many}.")
