"""One CPU, a busy host, a library's own threads, a blocked event loop."""

from dataclasses import replace

import pytest

from tests.verdict.builder import profile_of
from tests.verdict.causes.works import Timed, cause_of_work, verdict_of_work

COMPUTING = {
    "serial": Timed(0.2, cpu_s=0.2, busy_s=0.2, task_cpu_s=0.2),
    "futures-processes/2": Timed(0.2, cpu_s=0.2, busy_s=0.39, task_cpu_s=0.2),
}


def test_one_cpu() -> None:
    cause = cause_of_work(COMPUTING, cpus=1)
    assert (cause.kind, cause.text) == ("one-cpu", "there is one CPU: nothing computes at the same time here")


def test_one_cpu_does_not_hold_up_waiting() -> None:
    cells = {"serial": Timed(0.8), "futures-threads/40": Timed(0.05)}
    assert cause_of_work(cells, cpus=1, profile=profile_of(cpu_share=0.05)).kind == "waiting-overlaps"


BUSY = replace(COMPUTING["futures-processes/2"], delayed_s=0.19)


def test_other_programs_had_the_cpus() -> None:
    cause = cause_of_work({**COMPUTING, "futures-processes/2": BUSY})
    assert (cause.kind, cause.text) == ("busy-host", "other programs had the CPUs")
    assert cause.numbers == "2 processes waited for a CPU 48 % of the time"


@pytest.mark.parametrize(
    "changed",
    [
        {"serial": replace(COMPUTING["serial"], delayed_s=0.09)},  # the loop lacks a CPU as often: a baseline
        {"futures-processes/2": replace(BUSY, delayed_s=0.9)},  # more than the time there was is impossible
        {"futures-processes/2": replace(BUSY, delayed_s=0.0)},  # nothing shows it
    ],
)
def test_other_programs_are_not_blamed(changed: dict[str, Timed]) -> None:
    cells = {**COMPUTING, "futures-processes/2": BUSY, **changed}
    assert cause_of_work(cells).kind != "busy-host"


def test_more_workers_than_cpus_wait_for_each_other_not_for_other_programs() -> None:
    cells = {"serial": COMPUTING["serial"], "futures-processes/8": replace(BUSY, busy_s=1.5, delayed_s=1.0)}
    assert cause_of_work(cells).kind != "busy-host"


BLAS = {
    "serial": Timed(0.3, cpu_s=0.58),
    "futures-threads/2": Timed(0.3, cpu_s=0.58),
    "futures-processes/2": Timed(0.4),
}


def test_a_library_brings_its_own_threads() -> None:
    verdict = verdict_of_work(BLAS, profile=profile_of(library_threads=0.93))
    assert verdict.cause is not None
    assert verdict.cause.kind == "library-threads"
    assert verdict.cause.numbers == "the plain loop gets 1.93 CPU seconds per second"
    assert "blas-threads" in [one.key for one in verdict.advice]


def test_no_library_threads() -> None:
    verdict = verdict_of_work(BLAS, profile=profile_of(library_threads=0.1))
    assert verdict.cause is None or verdict.cause.kind != "library-threads"
    assert "blas-threads" not in [one.key for one in verdict.advice]


BLOCKING = {"serial": Timed(0.8), "asyncio/40": Timed(0.81), "futures-threads/40": Timed(0.05)}


def test_a_coroutine_that_blocks_the_event_loop() -> None:
    verdict = verdict_of_work(BLOCKING, profile=profile_of(cpu_share=0.02, blocked_share=0.98))
    assert verdict.cause is not None
    assert verdict.cause.kind == "blocked-loop"
    assert verdict.cause.text == "the coroutine blocks the event loop; threads wait together"
    assert verdict.cause.numbers == "for 98 % of its time"
    assert "asyncio.to_thread, or threads: 16 times faster than the coroutine as it is" in [
        one.text for one in verdict.advice
    ]


@pytest.mark.parametrize("blocked_share", [None, 0.02])
def test_a_coroutine_that_lets_others_run(blocked_share: float | None) -> None:
    profile = profile_of(cpu_share=0.02, blocked_share=blocked_share)
    assert cause_of_work(BLOCKING, profile=profile).kind != "blocked-loop"
