"""What a workload takes from the host, lists that are shortened, and recipes, with workers on paper only."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comparators import recipes
from comparators.campaign.outcome import Occasion
from comparators.campaign.sampler import Sampler
from comparators.errors import OutputError
from comparators.journal.journal import Journal, opened
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Failure,
    Record,
    Sample,
)
from comparators.parameters import ParameterValue
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.worker.job import JobResult
from comparators.workload import Phase
from tests.campaign.paper_workers import VALUE, PaperWorkers, sampler_of
from tests.journal.records import CELL, COLD, COMPARISON, LOOP, PLAN


def take(sampler: Sampler, block: int) -> Sample | Failure:
    return sampler.sample(Occasion(CELL, "test", "model", block))


# calibration


def test_a_calibration_is_done_once_and_used_from_then_on(journal: Journal, workers: PaperWorkers) -> None:
    workers.answer = JobResult(facts={"count": 12})
    sampler = sampler_of(journal, workers)
    sampler.calibrate(COMPARISON, LOOP)
    sampler.calibrate(COLD, COLD.cell(LOOP.runner, 1))
    assert [asked["kind"] for asked in workers.jobs] == ["calibrate"]
    assert journal.records[-1] == Calibration("noop", "3.11", (("count", 12),))
    workers.answer = VALUE
    take(sampler, 0)
    take(sampler_of(journal, workers), 1)
    assert [asked["workload_parameters"] for asked in workers.jobs[1:]] == [{"count": 12}] * 2


def test_a_calibration_that_changes_nothing_is_recorded_as_such(journal: Journal, workers: PaperWorkers) -> None:
    workers.answer = JobResult(facts={"count": 10})
    sampler_of(journal, workers).calibrate(COMPARISON, LOOP)
    assert journal.records[-1] == Calibration("noop", "3.11", ())


@pytest.mark.parametrize(
    "answer",
    [
        None,
        JobResult(cause="error", message="no"),
        JobResult(),
        JobResult(facts={"other": 1}),
        JobResult(facts={"count": math.nan}),
    ],
)
def test_a_calibration_that_fails_leaves_it_to_the_profile(
    journal: Journal, workers: PaperWorkers, answer: JobResult | None
) -> None:
    workers.answer = answer
    sampler_of(journal, workers).calibrate(COMPARISON, LOOP)
    assert len(journal.records) == 1


# the first items of a long list

OWN_WORKLOAD = WorkloadSpec("mine", "comparators.workloads.noop:Noop", (("first", 0), ("items", "ITEMS")))
OWN = replace(COMPARISON, workload=OWN_WORKLOAD)
OWN_CELL = OWN.cell(CELL.runner, 2)
OWN_PLAN = replace(PLAN, comparisons=(OWN,))


@pytest.fixture
def own_journal(tmp_path: Path) -> Iterator[Journal]:
    """Return the journal of a run of a person's own function, whose calibration has changed something."""
    with opened(tmp_path / "own", OWN_PLAN, {}) as journal:
        journal.append(Calibration(OWN_WORKLOAD.label, "3.11", (("items", "OTHERS"),)))
        yield journal


def test_a_shortened_list_is_recorded_like_a_calibration_and_measured_from_then_on(
    own_journal: Journal, workers: PaperWorkers
) -> None:
    sampler = sampler_of(own_journal, workers, plan=OWN_PLAN)
    sampler.sample(Occasion(OWN_CELL, "pilot"))
    sampler.take_first(OWN, 64)
    sampler.sample(Occasion(OWN_CELL, "test", "model", 0))
    sampler.evidence(OWN_CELL)
    recorded = own_journal.run().calibrations[-1]
    assert (recorded.workload, recorded.python) == (OWN_WORKLOAD.label, "3.11")
    assert dict(recorded.parameters) == {"first": 64, "items": "OTHERS"}
    assert [asked["workload_parameters"] for asked in workers.jobs] == [
        {"first": 0, "items": "OTHERS"},
        {"first": 64, "items": "OTHERS"},
        {"first": 64, "items": "OTHERS"},
    ]


def test_a_shortened_list_is_recorded_once_also_by_the_next_run(own_journal: Journal, workers: PaperWorkers) -> None:
    first = sampler_of(own_journal, workers, plan=OWN_PLAN)
    first.take_first(OWN, 64)
    records = len(own_journal.records)
    for sampler in (first, sampler_of(own_journal, workers, plan=OWN_PLAN)):
        sampler.calibrate(OWN, OWN_CELL)
        sampler.take_first(OWN, 64)
    assert len(own_journal.records) == records
    assert workers.asked == []
    sampler.sample(Occasion(OWN_CELL, "pilot"))
    assert workers.jobs[-1]["workload_parameters"] == {"first": 64, "items": "OTHERS"}


def test_a_list_without_any_calibration_is_shortened_as_well(tmp_path: Path, workers: PaperWorkers) -> None:
    with opened(tmp_path, OWN_PLAN, {}) as journal:
        sampler_of(journal, workers, plan=OWN_PLAN).take_first(OWN, 8)
        assert journal.records[-1] == Calibration(OWN_WORKLOAD.label, "3.11", (("first", 8),))


@pytest.mark.parametrize("ours", [True, False])
def test_a_recipe_is_for_the_whole_list(
    own_journal: Journal, workers: PaperWorkers, monkeypatch: pytest.MonkeyPatch, ours: bool
) -> None:
    asked: list[dict[str, ParameterValue]] = []

    def recipe_file(workload: WorkloadSpec, *_: object) -> str:
        asked.append(dict(workload.parameters))
        return "code"

    monkeypatch.setattr(recipes, "recipe_file", recipe_file)
    if not ours:
        monkeypatch.setattr("comparators.campaign.sampler.OURS", "elsewhere.")
    sampler = sampler_of(own_journal, workers, plan=OWN_PLAN)
    sampler.take_first(OWN, 64)
    sampler.recipe(OWN_CELL)
    asked += [job["workload_parameters"] for job in workers.jobs]
    assert asked == [{"first": 0, "items": "OTHERS"}]


# recipes


def test_a_recipe_is_recorded_once_with_the_calibrated_parameters(
    journal: Journal, workers: PaperWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(Calibration("noop", "3.11", (("count", 3),)))
    asked: list[tuple[WorkloadSpec, RunnerSpec, int, Phase]] = []

    def recipe_file(workload: WorkloadSpec, runner: RunnerSpec, workers: int, phase: Phase) -> str:
        asked.append((workload, runner, workers, phase))
        return "code"

    monkeypatch.setattr(recipes, "recipe_file", recipe_file)
    for _ in range(2):
        sampler_of(journal, workers).recipe(CELL)
    assert asked == [(replace(CELL.workload, parameters=(("count", 3),)), CELL.runner, 2, "warm")]
    assert journal.run().recipes == (CellRecipe(CELL, "code"),)
    assert workers.asked == []


@pytest.mark.parametrize(
    ("answer", "recorded"),
    [
        (JobResult(facts={"source": "code"}), ["code"]),
        (JobResult(facts={"source": 1}), []),
        (JobResult(facts={}), []),
        (JobResult(cause="error", message="no"), []),
        (None, []),
    ],
)
def test_for_a_recipe_what_is_not_ours_is_asked_in_a_worker(
    journal: Journal,
    workers: PaperWorkers,
    answer: JobResult | None,
    recorded: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers.answer = answer
    monkeypatch.setattr(recipes, "recipe_file", lambda *_: pytest.fail("third-party code was asked in this process"))
    monkeypatch.setattr("comparators.campaign.sampler.OURS", "elsewhere.")
    sampler_of(journal, workers).recipe(CELL)
    assert [(one["kind"], one["workload"]) for one in workers.jobs] == [("recipe", CELL.workload.target)]
    assert [one.source for one in journal.run().recipes] == recorded


def test_a_recipe_that_cannot_be_written_is_left_out(journal: Journal, workers: PaperWorkers) -> None:
    nowhere = replace(CELL, workload=replace(CELL.workload, target="comparators.nowhere:Nothing"))
    sampler_of(journal, workers).recipe(nowhere)
    assert journal.run().recipes == ()


def test_a_recipe_that_cannot_be_stored_is_an_error(
    journal: Journal, workers: PaperWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(record: Record) -> None:
        raise OutputError("no room")

    monkeypatch.setattr(journal, "append", fail)
    with pytest.raises(OutputError):
        sampler_of(journal, workers).recipe(CELL)
