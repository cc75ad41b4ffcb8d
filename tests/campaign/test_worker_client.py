"""The command's side of a worker: warm interpreters, fresh processes, and what is done again."""

import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.outcome import Occasion
from comparators.campaign.sampler import Sampler
from comparators.campaign.worker_client import BLAS_VARIABLES, RETAKES, Warmth
from comparators.journal.journal import Journal, opened
from comparators.journal.records import Failure, Sample
from comparators.plan.model import Plan
from comparators.supervision.exchange import Reply
from tests.campaign.paper_workers import REPLY, PaperWorkers, sampler_of
from tests.journal.records import CELL, COLD, COMPARISON, LOOP, PLAN, SERIAL, SETTINGS, THREADS

DISTURBED = replace(REPLY, disturbances=["the machine slept for 9.0 s"])
UNSUPERVISED = Reply.never_ran("the supervisor process was killed", unsupervised=True)
LOST = Reply(code=None, lost="the warm interpreter has ended")
UNSAFE = Reply(code=None, fork_unsafe="threads are alive after the imports (watcher)")


@pytest.fixture
def workers() -> PaperWorkers:
    return PaperWorkers()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with opened(tmp_path, PLAN, {}) as journal:
        yield journal


def take(sampler: Sampler, block: int = 0, **given: float) -> Sample | Failure:
    return sampler.sample(Occasion(CELL, "test", "model", block), **given)  # type: ignore[arg-type]  # options


# warm interpreters


def test_a_worker_is_forked_from_an_interpreter_that_knows_the_comparisons_modules(
    journal: Journal, workers: PaperWorkers
) -> None:
    record = take(sampler_of(journal, workers))
    (asked,) = workers.asked
    assert asked.generation is not None
    assert list(asked.generation.arguments[:4]) == ["/opt/python", "-P", "-m", "comparators.worker.warm"]
    assert asked.preload["workloads"] == ["comparators.workloads.noop:Noop"]
    assert asked.preload["runners"] == [SERIAL.target, THREADS.target]
    assert isinstance(record, Sample)
    assert record.generation == 1


def test_one_generation_serves_its_blocks_and_the_next_has_another_hash_seed(
    journal: Journal, workers: PaperWorkers
) -> None:
    sampler = sampler_of(journal, workers)
    for block in range(6):
        take(sampler, block)
        sampler.client.warmth.count_block(2)
    assert workers.generations == ["3.11/1", "3.11/1", "3.11/2", "3.11/2", "3.11/3", "3.11/3"]
    seeds = [one.environment["PYTHONHASHSEED"] for one in workers.asked]
    assert seeds[0] == seeds[1] != seeds[2] == seeds[3] != seeds[4] == seeds[5]
    assert len(set(seeds)) == 3


def test_another_comparison_has_a_generation_of_its_own_and_the_same_one_has_not(
    journal: Journal, workers: PaperWorkers
) -> None:
    sampler = sampler_of(journal, workers)
    take(sampler, 0)
    sampler.enter(COMPARISON)
    take(sampler, 1)
    sampler.enter(replace(COMPARISON, python="3.14"))
    take(sampler, 2)
    assert workers.generations == ["3.11/1", "3.11/1", "3.11/2"]


@pytest.mark.parametrize(
    ("fresh", "cold", "because"),
    [
        (False, False, ""),
        (True, False, "the preset asks for it"),
        (False, True, "a cold start is what is measured"),
    ],
)
def test_fresh_processes_are_for_cold_starts_and_presets_that_ask_for_them(
    fresh: bool, cold: bool, because: str
) -> None:
    warmth = Warmth()
    warmth.enter(COLD if cold else COMPARISON, fresh=fresh)
    assert warmth.fresh_because == because


def test_a_fresh_process_gets_the_same_job(journal: Journal, workers: PaperWorkers) -> None:
    plan = replace(PLAN, settings=replace(SETTINGS, fresh=True))
    record = take(sampler_of(journal, workers, plan=plan), block=0)
    take(sampler_of(journal, workers), block=1)
    fresh, forked = workers.asked
    assert list(fresh.command[:4]) == ["/opt/python", "-P", "-m", "comparators.worker.main"]
    assert fresh.generation is None
    assert {**fresh.job, "count_resources": False} == forked.job
    assert isinstance(record, Sample)
    assert record.generation == -1


def test_where_forking_is_unsafe_a_fresh_process_does_the_job_and_those_that_follow(
    journal: Journal, workers: PaperWorkers
) -> None:
    workers.replies = [UNSAFE]
    sampler = sampler_of(journal, workers)
    records = [take(sampler, block) for block in range(3)]
    assert workers.generations == ["3.11/1", None, None, None]
    assert sampler.client.warmth.fresh_because == UNSAFE.fork_unsafe
    assert [record.generation for record in records if isinstance(record, Sample)] == [-1, -1, -1]
    sampler.enter(replace(COMPARISON, python="3.14"))  # other imports may be safe
    assert sampler.client.warmth.fresh_because == ""


def test_a_job_that_was_lost_with_its_interpreter_is_done_again_by_the_next(
    journal: Journal, workers: PaperWorkers
) -> None:
    workers.replies = [LOST]
    record = take(sampler_of(journal, workers))
    assert workers.generations == ["3.11/1", "3.11/2"]
    assert isinstance(record, Sample)
    assert record.generation == 2


def test_a_job_that_ends_its_interpreter_each_time_has_failed(journal: Journal, workers: PaperWorkers) -> None:
    workers.reply = LOST
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Failure)
    assert len(workers.asked) == 1 + RETAKES


# retakes


@pytest.mark.parametrize("first", [DISTURBED, UNSUPERVISED])
def test_a_value_that_was_disturbed_is_discarded_and_taken_again(
    journal: Journal, workers: PaperWorkers, first: Reply
) -> None:
    workers.replies = [first, first]
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Sample)
    assert "comparators_disturbance" not in record.metadata
    assert len(workers.asked) == 3
    assert [one for one in journal.records if isinstance(one, Sample | Failure)] == [record]


def test_what_is_always_disturbed_is_kept_and_marked(journal: Journal, workers: PaperWorkers) -> None:
    workers.reply = DISTURBED
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Sample)
    assert record.metadata["comparators_disturbance"] == "the machine slept for 9.0 s"
    assert len(workers.asked) == 1 + RETAKES


def test_a_worker_that_kills_its_supervisor_each_time_has_failed(journal: Journal, workers: PaperWorkers) -> None:
    workers.reply = UNSUPERVISED
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Failure)
    assert (record.cause, record.message) == ("crashed", "the supervisor process was killed")


def test_a_failure_in_a_disturbed_sample_stands(journal: Journal, workers: PaperWorkers) -> None:
    workers.reply = replace(DISTURBED, code=None, timed_out=True)
    record = take(sampler_of(journal, workers))
    assert isinstance(record, Failure)
    assert "the machine slept" in record.message
    assert len(workers.asked) == 1


# time


def test_the_deadline_is_the_settings_or_an_earlier_one(journal: Journal, workers: PaperWorkers) -> None:
    sampler = sampler_of(journal, workers)
    take(sampler, 0)
    take(sampler, 1, deadline_s=4.0)
    take(sampler, 2, deadline_s=4000.0)
    assert [one.deadline_s for one in workers.asked] == [SETTINGS.timeout_s, 4.0, SETTINGS.timeout_s]


def test_a_cap_is_for_the_whole_value_and_recorded_per_loop(journal: Journal, workers: PaperWorkers) -> None:
    workers.reply = replace(REPLY, code=None, capped=True)
    record = take(sampler_of(journal, workers), cap_s=0.5, loops=7)
    assert workers.asked[0].cap_s == 3.5
    assert isinstance(record, Failure)
    assert (record.cause, record.limit_s) == ("capped", 0.5)
    weak = replace(PLAN, settings=replace(SETTINGS, scaling="weak"))
    take(sampler_of(journal, workers, plan=weak), 1, cap_s=0.5, loops=7)
    assert workers.asked[1].cap_s == 3.5 * CELL.workers


def test_the_clock_learns_and_ends_the_run(journal: Journal, workers: PaperWorkers) -> None:
    clock = Clock(0.0, 10.0, lambda: 0.0)
    take(sampler_of(journal, workers, clock=clock))
    assert clock.sample_s == REPLY.elapsed_s
    late = sampler_of(journal, workers, clock=Clock(9.9, 10.0, lambda: 0.0))
    with pytest.raises(OutOfTime):
        take(late, 1)
    with pytest.raises(OutOfTime):
        late.evidence(CELL)
    assert len(workers.asked) == 1
    assert isinstance(take(late), Sample)  # what is known needs no time


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(take, id="sample"),
        pytest.param(lambda sampler: sampler.profile(COMPARISON, LOOP), id="profile"),
        pytest.param(lambda sampler: sampler.evidence(CELL), id="evidence"),
        pytest.param(lambda sampler: sampler.calibrate(COMPARISON, LOOP), id="calibrate"),
        pytest.param(lambda sampler: sampler.client.parallel_capacity(2), id="capacity"),
    ],
)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_worker_runs_until_the_runs_time_is_up_and_no_longer(
    journal: Journal, workers: PaperWorkers, ask: Callable[[Sampler], object], fresh: bool
) -> None:
    workers.reply = replace(REPLY, code=None, timed_out=True)
    before = list(journal.records)
    plan = replace(PLAN, settings=replace(SETTINGS, fresh=fresh))
    with pytest.raises(OutOfTime):
        ask(sampler_of(journal, workers, plan=plan, clock=Clock(7.0, 10.0, lambda: 0.0)))
    assert [one.deadline_s for one in workers.asked] == [3.0]
    assert list(journal.records) == before  # it was stopped for the run's sake: that is no failure of the cell


# environment


@pytest.mark.parametrize("fresh", [False, True])
def test_the_environment_is_our_own_with_blas_kept_to_one_thread(
    journal: Journal, workers: PaperWorkers, monkeypatch: pytest.MonkeyPatch, fresh: bool
) -> None:
    monkeypatch.setenv("OF_THE_COMMAND", "kept")
    monkeypatch.setenv(BLAS_VARIABLES[0], "8")
    take(sampler_of(journal, workers, plan=replace(PLAN, settings=replace(SETTINGS, fresh=fresh))))
    (asked,) = workers.asked
    assert asked.environment["OF_THE_COMMAND"] == "kept"
    assert {asked.environment[name] for name in BLAS_VARIABLES} == {"1"}
    assert asked.environment["PYTHONSAFEPATH"] == "1"
    assert asked.environment["PATH"] == os.environ["PATH"]


def seeds_of_fresh_processes(folder: Path, plan: Plan) -> list[str]:
    """Return the hash seeds of three samples, each in a process of its own."""
    workers = PaperWorkers()
    fresh = replace(plan, settings=replace(plan.settings, fresh=True))
    with opened(folder, fresh, {}) as journal:
        sampler = sampler_of(journal, workers, plan=fresh)
        for block in range(3):
            take(sampler, block)
    return [one.environment["PYTHONHASHSEED"] for one in workers.asked]


def test_hash_seeds_come_from_the_plans_seed_and_differ(tmp_path: Path) -> None:
    other = replace(PLAN, settings=replace(SETTINGS, seed=2))
    found = seeds_of_fresh_processes(tmp_path / "one", PLAN)
    assert len(set(found)) == 3
    assert all(0 <= int(seed) < 2**32 for seed in found)
    assert seeds_of_fresh_processes(tmp_path / "again", PLAN) == found
    assert seeds_of_fresh_processes(tmp_path / "other", other) != found


def test_workers_find_the_programs_own_folders_but_not_the_interpreters(
    journal: Journal, workers: PaperWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard = [*site.getsitepackages(), sysconfig.get_path("stdlib")]
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), str(tmp_path / "missing"), *standard])
    take(sampler_of(journal, workers))
    assert workers.jobs[-1]["path"] == workers.asked[-1].preload["path"] == [str(tmp_path)]
