"""From a cell to a record, with workers that exist on paper only."""

import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comparators.campaign import host_cache
from comparators.campaign.outcome import Occasion
from comparators.campaign.sampler import Sampler
from comparators.errors import UsageError
from comparators.journal.journal import Journal, load, opened
from comparators.journal.records import (
    Evidence,
    Failure,
    ParallelCapacity,
    Profile,
    Record,
    Sample,
    Stage,
)
from comparators.parameters import ParameterValue
from comparators.stats.thresholds import Level
from comparators.worker.job import JobResult
from tests.campaign.paper_workers import REPLY, SUITE, PaperWorkers, sampler_of
from tests.journal.records import CELL, COLD, COMPARISON, LOOP, PLAN, evidence, level_test, profile


def facts_of(record: Evidence | Profile) -> dict[str, ParameterValue]:
    """Return what a worker answers of a record: everything but which cell or workload it is about."""
    names = set(record.__dataclass_fields__) - {"cell", "workload", "python"}
    return {name: value for name in names if (value := getattr(record, name)) is not None}


EVIDENCE = facts_of(evidence())
PROFILE = facts_of(profile())


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what is cached about this host out of the tests."""
    monkeypatch.setattr(host_cache, "_path", lambda: tmp_path / "cache" / "capacity.json")


def take(sampler: Sampler, block: int = 0, stage: Stage = "test", level: Level | None = "model") -> Sample | Failure:
    return sampler.sample(Occasion(CELL, stage, level, block))


def test_a_sample_is_taken_by_a_worker_and_recorded(journal: Journal, workers: PaperWorkers) -> None:
    record = sampler_of(journal, workers).sample(Occasion(CELL, "test", "model", block=3, position=1), loops=7)
    assert isinstance(record, Sample)
    assert (record.cell, record.stage, record.level, record.block, record.position) == (CELL, "test", "model", 3, 1)
    assert record.seconds == 0.25
    assert journal.records[-1] == record
    (asked,) = workers.jobs
    assert asked == {
        "kind": "sample",
        "workload": "comparators.workloads.noop:Noop",
        "workload_parameters": {"count": 10},
        "runner": "comparators.runners.threading:Threading",
        "runner_parameters": {"style": "subclass"},
        "workers": 2,
        "phase": "warm",
        "loops": 7,
        "warmups": 1,
        "name": CELL.key,
        "preset": "",
        "cpus": [0, 1],
        "path": asked["path"],
        "count_resources": False,
        "copies": 1,
    }


def test_a_cold_sample_has_no_warm_up(journal: Journal, workers: PaperWorkers) -> None:
    sampler_of(journal, workers).sample(Occasion(COLD.cell(CELL.runner, 1), "pilot"))
    (asked,) = workers.jobs
    assert (asked["phase"], asked["warmups"]) == ("cold", 0)


def test_resources_are_counted_in_first_samples_only(journal: Journal, workers: PaperWorkers) -> None:
    sampler = sampler_of(journal, workers)
    take(sampler, -1, "pilot", None)
    for block in range(3):
        take(sampler, block)
    take(sampler, 0, "control", None)
    assert [asked["count_resources"] for asked in workers.jobs] == [True, True, False, False, False]


def test_the_cell_before_is_recorded(journal: Journal, workers: PaperWorkers) -> None:
    sampler = sampler_of(journal, workers)
    records = [sampler.sample(Occasion(cell, "pilot")) for cell in (CELL, LOOP)]
    assert [record.previous for record in records if isinstance(record, Sample)] == ["", CELL.key]


# resuming


def test_what_is_known_is_not_measured_again_also_by_the_next_run(journal: Journal, workers: PaperWorkers) -> None:
    first = sampler_of(journal, workers)
    known = [take(first, -1, "pilot", None), take(first, 0), take(first, 1), take(first, 0, "control", None)]
    workers.answer = None
    known.append(take(first, 2))
    asked = len(workers.asked)
    for sampler in (first, sampler_of(journal, workers)):
        again = [
            take(sampler, -1, "pilot", None),
            take(sampler, 0),
            take(sampler, 1),
            take(sampler, 0, "control", None),
            take(sampler, 2),
        ]
        assert again == known
    assert len(workers.asked) == asked == 5
    assert isinstance(known[-1], Failure)


def test_profiles_evidence_and_capacities_are_not_repeated_either(journal: Journal, workers: PaperWorkers) -> None:
    first = sampler_of(journal, workers)
    workers.answer = JobResult(facts=PROFILE)
    seen = first.profile(COMPARISON, LOOP)
    workers.answer = JobResult(facts=EVIDENCE)
    traced = first.evidence(CELL)
    workers.answer = b'{"speedup": 1.5}'
    capacity = first.capacity(2)
    asked = len(workers.asked)
    second = sampler_of(journal, workers)
    assert (second.profile(COMPARISON, LOOP), second.evidence(CELL), second.capacity(2)) == (seen, traced, capacity)
    assert len(workers.asked) == asked == 3
    assert (seen, traced, capacity) == (profile(), evidence(), ParallelCapacity(2, 1.5))


def test_a_profile_that_failed_is_not_repeated_either(journal: Journal, workers: PaperWorkers) -> None:
    workers.answer = JobResult(cause="error", message="task 3: KeyError: 1")
    failed = sampler_of(journal, workers).profile(COMPARISON, LOOP)
    assert isinstance(failed, Failure)
    assert (failed.stage, failed.cause, failed.message) == ("profile", "error", "task 3: KeyError: 1")
    assert sampler_of(journal, workers).profile(COMPARISON, LOOP) == failed
    assert len(workers.asked) == 1


def test_a_test_goes_on_with_what_it_began_with(journal: Journal, workers: PaperWorkers) -> None:
    begun = level_test()
    sampler = sampler_of(journal, workers)
    assert sampler.begin(COMPARISON, begun) == begun
    other = level_test(CELL, level="model")
    assert sampler_of(journal, workers).begin(COMPARISON, other) == begun  # whatever the profile would say now
    workers_level = level_test(CELL, level="workers")
    assert sampler_of(journal, workers).begin(COMPARISON, workers_level) == workers_level
    assert journal.run().tests == (begun, workers_level)


needs_boot_id = pytest.mark.skipif(not host_cache.BOOT_ID.exists(), reason="this system does not name its boots")


@needs_boot_id
def test_a_capacity_is_measured_once_per_boot_and_set_of_cpus(journal: Journal, workers: PaperWorkers) -> None:
    workers.answer = b'{"speedup": 1.9}'
    sampler_of(journal, workers).capacity(2)
    with opened(journal.path.parent / "other", PLAN, {}) as other:
        assert sampler_of(other, workers).capacity(2) == ParallelCapacity(2, 1.9)
        assert other.records[-1] == ParallelCapacity(2, 1.9)
    assert len(workers.asked) == 1


@needs_boot_id
@pytest.mark.parametrize(("first", "second"), [(1.2, 1.4), (1.4, 1.2)])
def test_a_capacity_that_other_load_may_have_lowered_is_measured_again_and_the_larger_kept(
    journal: Journal, workers: PaperWorkers, first: float, second: float
) -> None:
    workers.answer = f'{{"speedup": {first}}}'.encode()
    sampler_of(journal, workers).capacity(2)
    workers.answer = f'{{"speedup": {second}}}'.encode()
    with opened(journal.path.parent / "other", PLAN, {}) as other:
        assert sampler_of(other, workers).capacity(2) == ParallelCapacity(2, 1.4)


# code


def test_code_that_is_edited_meanwhile_stops_the_run_before_the_next_sample(
    tmp_path: Path, workers: PaperWorkers
) -> None:
    from comparators.plan.code import _digest

    work = tmp_path / "work.py"
    work.write_text("one = 1\n", encoding="utf-8")
    digest = _digest(work)
    assert digest
    plan = replace(PLAN, code=((str(work), digest),))
    with opened(tmp_path / "run", plan, {}) as journal:
        sampler = sampler_of(journal, workers, plan=plan)
        first = take(sampler, 0)
        work.write_text("two = 2\n", encoding="utf-8")
        os.utime(work, ns=(1, 1))
        with pytest.raises(UsageError, match="has been changed since the run began"):
            take(sampler, 1)
        assert len(workers.asked) == 1
        assert take(sampler, 0) == first  # what was measured before is kept


# answers that cannot be true


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not JSON",
        b"[]",
        b'{"other": 1}',
        b"\xff",
        b"[" * 200_000,
        b'{"cause": "error", "message": 3}',
        b'{"cause": "error", "details": null}',
        b'{"cause": "invented"}',
    ],
    ids=range(9),
)
def test_a_result_that_a_task_has_overwritten_is_none(journal: Journal, workers: PaperWorkers, answer: bytes) -> None:
    workers.answer = answer
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Failure)
    assert record.cause == "no-result"


@pytest.mark.parametrize(
    "answer",
    [
        JobResult(),
        JobResult(suite={"benchmarks": []}),
        JobResult(suite={"benchmarks": [{"runs": [{"values": [math.inf]}]}]}),
        JobResult(suite={"benchmarks": [{"runs": [{"values": [-1.0]}]}]}),
        JobResult(suite={"benchmarks": [{"runs": [{"values": ["long"]}]}]}),
        JobResult(suite={"benchmarks": [{"runs": 3}]}),
        JobResult(suite=SUITE, facts={"first_s": math.nan}),
        JobResult(suite=SUITE, observations=(("lost", math.inf, "updates", "", "", None),)),
        JobResult(suite=SUITE, observations=(("lost", 1.0, 7, "", "", None),)),
        JobResult(suite=SUITE, observations=(("lost",),)),
    ],
)
def test_an_answer_that_cannot_be_true_is_a_failure_and_the_journal_stays_whole(
    journal: Journal, workers: PaperWorkers, answer: JobResult
) -> None:
    workers.answer = answer
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Failure)
    assert record.cause == "wrong-result"
    assert record.message.startswith("the worker's answer cannot be true: ")
    assert load(journal.path).failures == (record,)


@pytest.mark.parametrize(
    ("ask", "facts"),
    [
        pytest.param(ask, facts, id=f"{name}-{number}")
        for name, ask, right in (
            ("evidence", lambda sampler: sampler.evidence(CELL), EVIDENCE),
            ("profile", lambda sampler: sampler.profile(COMPARISON, LOOP), PROFILE),
        )
        for number, facts in enumerate(
            (None, {}, {**right, "tasks": -1}, {**right, "longest_s": math.nan}, {**right, "x": 1}, {"tasks": "many"})
        )
    ],
)
def test_facts_that_cannot_be_true_are_a_failure(
    journal: Journal,
    workers: PaperWorkers,
    ask: Callable[[Sampler], Record],
    facts: dict[str, ParameterValue] | None,
) -> None:
    workers.answer = JobResult(facts=facts)
    record = ask(sampler_of(journal, workers))
    assert isinstance(record, Failure)
    assert record.cause == "wrong-result"
    assert load(journal.path).failures == (record,)


def test_evidence_that_fails(journal: Journal, workers: PaperWorkers) -> None:
    workers.answer = JobResult(cause="wrong-result", message="sum")
    record = sampler_of(journal, workers).evidence(CELL)
    assert isinstance(record, Failure)
    assert (record.stage, record.level, record.cause, record.block) == ("evidence", None, "wrong-result", -1)


def test_a_worker_that_was_stopped_has_failed(journal: Journal, workers: PaperWorkers) -> None:
    workers.reply = replace(REPLY, code=None, timed_out=True)
    record = take(sampler_of(journal, workers), 4)
    assert isinstance(record, Failure)
    assert (record.cause, record.stage, record.level, record.block) == ("timeout", "test", "model", 4)
    assert journal.records[-1] == record


def test_a_capacity_that_cannot_be_measured_is_left_out(journal: Journal, workers: PaperWorkers) -> None:
    workers.answer = None
    assert sampler_of(journal, workers).capacity(2) is None
    assert len(journal.records) == 1
    (asked,) = workers.asked
    assert list(asked.command[1:]) == ["-P", "-m", "comparators.worker.parallel_capacity", "2"]
