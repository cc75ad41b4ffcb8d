"""Instrumented passes are used where they agree with the timed samples; impossible ones are rejected, not clipped."""

from dataclasses import replace

import pytest

from comparators.verdict.analysis import ModelResult
from comparators.verdict.evidence import contradiction
from tests.verdict.builder import evidence_of, make_run, profile_of, times
from tests.verdict.causes.works import Timed, verdict_of_work

CELL = make_run(model={"futures-threads/4": times(1.0)}).samples[0].cell
ROW = ModelResult("threads", "best", "futures-threads", workers=4, seconds=1.0)
SOUND = evidence_of(CELL, wall_s=1.0, busy_s=3.9, task_cpu_s=1.9)


def test_a_sound_pass_is_used() -> None:
    assert contradiction(SOUND, ROW, cpus=2) == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (replace(SOUND, total_s=0.5), "its tasks took longer than the whole pass"),
        (replace(SOUND, delayed_s=5.0), "its workers lacked a CPU for more than the time they had"),
        (replace(SOUND, task_cpu_s=3.0), "its tasks used 3.0 CPUs, and there were 2"),
        (replace(SOUND, peak=9), "it had 9 tasks in progress with 4 workers"),
        (replace(SOUND, wall_s=1.8, total_s=1.9), "it took 1.9 times the timed seconds"),
        (replace(SOUND, wall_s=0.4, total_s=0.4, busy_s=1.0, task_cpu_s=0.4), "it took 0.40 times the timed seconds"),
    ],
)
def test_what_cannot_be_is_rejected(changed: object, words: str) -> None:
    assert contradiction(changed, ROW, cpus=2) == words  # type: ignore[arg-type]


def test_a_pass_that_is_not_used_is_named_and_explains_nothing() -> None:
    cells = {"serial": Timed(0.89), "futures-threads/40": Timed(0.05, busy_s=0.9, task_cpu_s=0.03, wall_s=0.2)}
    verdict = verdict_of_work(cells, profile=profile_of(cpu_share=0.06))
    assert verdict.evidence == ("The traced pass of threads is not used: it took 4.0 times the timed seconds.",)
    assert verdict.cause is not None
    assert verdict.cause.numbers == ""


def test_what_was_seen_is_told_in_a_line_for_each_model() -> None:
    cells = {
        "serial": Timed(0.89, cpu_s=0.05, busy_s=0.88, task_cpu_s=0.05),
        "futures-threads/40": Timed(0.05, cpu_s=0.06, busy_s=0.9, task_cpu_s=0.03),
    }
    assert verdict_of_work(cells, profile=profile_of(cpu_share=0.06)).evidence == (
        "40 threads: at most 40 tasks in progress at once, 18 on average, 1.20 CPU seconds per second.",
        "The loop: 0.056 CPU seconds per second.",
    )
