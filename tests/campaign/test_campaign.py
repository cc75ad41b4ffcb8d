"""Whole runs: real ones of tiny work, interrupted ones, and the order of their steps."""

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Self

import psutil
import pytest
from comparators.verdict.sequential import judge

from comparators.campaign import campaign as module
from comparators.campaign.campaign import measure
from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.comparison import ComparisonRun
from comparators.campaign.progress import Progress
from comparators.campaign.sampler import Sampler
from comparators.errors import UsageError
from comparators.journal.journal import load, opened
from comparators.journal.records import Failure, Finished, ParallelCapacity, Run
from comparators.plan.build import make_plan
from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.estimate import comparison_samples
from comparators.plan.model import Comparison, Plan, RunnerSpec
from comparators.request.request import Request
from comparators.supervision.exchange import Reply
from comparators.worker.job import Answer
from comparators.workload import Phase
from tests.campaign.small_work import target
from tests.journal.records import CELL, COLD, COMPARISON, PLAN, SETTINGS, THREADS, sample


def tiny_plan(
    *workloads: str,
    runners: tuple[str, ...] = ("serial", "threading", "asyncio"),
    workers: int = 2,
    phases: tuple[Phase, ...] = ("warm",),
    looks: tuple[int, ...] = (3,),
    maximum_time_s: float | None = None,
) -> Plan:
    """Return a plan of tiny work on one CPU."""
    request = Request(workloads, runners, (workers,), preset="quick", phases=phases, seed=1)
    plan = make_plan(request)
    settings = replace(
        plan.settings,
        looks=looks,
        cold_looks=(),
        minimum_time_s=1e-4,
        drop_above=1e6,
        certain_above=1e6,
        maximum_time_s=maximum_time_s,
        cpus=plan.settings.cpus[:1],
    )
    return replace(plan, settings=settings)


@pytest.fixture
def _no_capacities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes seconds and has its own tests."""
    monkeypatch.setattr(Sampler, "capacity", lambda self, workers: None)


def measured(run: Run) -> Counter[tuple[object, ...]]:
    """Count what was measured."""
    return Counter(
        [
            *((sample.stage, sample.cell, sample.block) for sample in run.samples),
            *((failure.stage, failure.cell, failure.block) for failure in run.failures),
            *(("preflight", one.cell) for one in run.preflights),
            *(("evidence", one.cell) for one in run.evidence),
            *(("calibration", one.workload, one.python) for one in run.calibrations),
        ]
    )


@dataclass
class Whole:
    """A run that was measured from start to end."""

    plan: Plan
    directory: Path
    run: Run
    told: list[Progress]


def running() -> set[psutil.Process]:
    """Return what this process has started, or adopted, and has not ended, other tests' helpers included."""
    return set(psutil.Process().children())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    told: list[Progress] = []
    plan = tiny_plan(target("Good"), "noop")
    directory = tmp_path_factory.mktemp("run")
    before = running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "capacity_counts", lambda plan: (1,))  # one is enough here
        run = measure(plan, directory, judge, told.append)
    assert running() <= before
    return Whole(plan, directory, run, told)


def test_every_cell_is_measured(whole: Whole) -> None:
    run = whole.run
    assert run.failures == ()
    cells = {
        comparison.cell(one.runner, n)
        for comparison in whole.plan.comparisons
        for one in comparison.candidates
        for n in one.counts
    }
    assert len(cells) == 2 * 3
    assert {sample.cell for sample in run.samples if sample.stage == "pilot"} == cells
    raced = {sample.cell for sample in run.samples if sample.stage == "race"}
    assert {(cell.workload.name, cell.runner.name) for cell in raced} == {
        (workload, runner) for workload in ("good", "noop") for runner in ("serial", "threading", "asyncio")
    }
    assert set(measured(run).values()) == {1}
    assert {(one.cell.workload.name, one.cell.runner.name) for one in run.preflights} == {
        (cell.workload.name, cell.runner.name) for cell in cells
    }
    assert {one.cell.runner.name for one in run.evidence} == {"serial", "threading", "asyncio"}
    assert [(one.workload, dict(one.parameters)) for one in run.calibrations] == [
        ("good", {"speed": 12.5}),
        ("noop", {}),
    ]


def test_blocks_hold_every_runner_once_in_order_of_measuring(whole: Whole) -> None:
    for comparison in whole.plan.comparisons:
        raced = [one for one in (*whole.run.samples, *whole.run.controls) if one.stage != "pilot"]
        race = [one for one in raced if one.cell.workload == comparison.workload]
        race.sort(key=lambda one: (one.block, one.position))
        sizes = (
            [4, 4, 4, 2, 2] if comparison == whole.plan.comparisons[0] else [3, 3, 3]
        )  # with a copy, and pairs of its own
        places = [(block, position) for block, size in enumerate(sizes) for position in range(size)]
        assert [(one.block, one.position) for one in race] == places
        for before, after in pairwise(race):
            assert after.previous == before.cell.key


def test_the_calibrated_workload_is_what_samples_measure(whole: Whole) -> None:
    speeds = {seen.value for one in whole.run.samples for seen in one.observations if seen.name == "speed"}
    assert speeds == {12.5}


def test_host_and_capacities_are_recorded(whole: Whole) -> None:
    assert whole.run.header.host["cpus"]
    assert [one.workers for one in whole.run.capacities] == [1]
    assert all(one.speedup > 0 for one in whole.run.capacities)


def test_every_sample_has_the_metadata_that_is_promised(whole: Whole) -> None:
    promised = {
        "python_version",
        "hostname",
        "load_avg_1min",
        "python_hash_seed",
        "comparators_gil",
        "comparators_blas_threads",
        "comparators_switches_voluntary",
    }
    assert all(promised <= set(one.metadata) for one in whole.run.samples)
    seeds = [one.metadata["python_hash_seed"] for one in whole.run.samples]
    assert len(set(seeds)) == len(seeds)


def test_the_journal_holds_what_was_returned(whole: Whole) -> None:
    assert load(whole.directory) == whole.run
    assert whole.run.finished is not None
    assert whole.run.finished.reason == "complete"
    assert whole.run.warnings == ()


def test_who_watches_sees_the_steps_in_order(whole: Whole) -> None:
    activities = [told.activity for told in whole.told]
    first = list(dict.fromkeys(activities))
    assert first == ["host", "preflight", "pilot", "race", "evidence", "done"]
    assert [told.comparisons_done for told in whole.told] == sorted(told.comparisons_done for told in whole.told)
    assert {told.comparisons for told in whole.told} == {2}
    last = whole.told[-1]
    assert (last.comparisons_done, last.remaining_s) == (2, 0.0)
    assert all(told.remaining_s >= 0 for told in whole.told)
    elapsed = [told.elapsed_s for told in whole.told]
    assert elapsed == sorted(elapsed)


def test_a_complete_run_is_not_measured_again(whole: Whole) -> None:
    before = (whole.directory / "journal.jsonl").read_bytes()
    again = measure(whole.plan, whole.directory, judge, lambda told: pytest.fail("it measured"))
    assert again == whole.run
    assert (whole.directory / "journal.jsonl").read_bytes() == before


def test_another_plan_is_refused(whole: Whole) -> None:
    with pytest.raises(UsageError, match="holds a run of another plan"):
        measure(tiny_plan("noop"), whole.directory, judge)


class Interrupter:
    """Interrupts at the given occurrence of an activity, as Ctrl-C does."""

    def __init__(self, activity: str, occurrence: int) -> None:
        self.activity = activity
        self.left = occurrence

    def __call__(self, told: Progress) -> None:
        self.left -= told.activity == self.activity
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.usefixtures("_no_capacities")
def test_a_run_that_is_interrupted_again_and_again_ends_with_everything_measured_once(tmp_path: Path) -> None:
    plan = tiny_plan(target("Good"), runners=("serial", "threading"), phases=("warm", "cold"))
    counts = []
    before = running()
    for activity, occurrence in (("host", 1), ("preflight", 1), ("pilot", 2), ("race", 4), ("evidence", 1)):
        run = measure(plan, tmp_path, judge, Interrupter(activity, occurrence))
        assert run.finished is not None
        assert run.finished.reason == "interrupted"
        assert load(tmp_path) == run
        assert running() <= before
        counts.append(sum(measured(run).values()))
    assert counts == sorted(counts)
    assert counts[0] == 0
    run = measure(plan, tmp_path, judge)
    assert run.finished is not None
    assert run.finished.reason == "complete"
    assert run.warnings == ()
    assert set(measured(run).values()) == {1}
    stages = Counter((one.stage, one.cell.phase) for one in run.samples)
    assert stages == {("pilot", "warm"): 2, ("race", "warm"): 6 + 2, ("pilot", "cold"): 2}
    assert [one.block for one in run.controls] == [0, 1, 2, 3, 4]  # two blocks more than the race, for the copy
    assert len(run.preflights) == len(run.evidence) == 2
    assert load(tmp_path) == run


class Lane:
    """Stands in for a supervisor: its second worker runs until it is closed."""

    second = threading.Event()
    closed = threading.Event()
    runs: ClassVar[list[bool]] = []

    def __init__(self, memory_bytes: int | None = None, *, isolate: bool = False) -> None:
        self.memory_bytes = memory_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.closed.set()

    def run(self, *arguments: object) -> tuple[Reply, bytes]:
        self.runs.append(self.closed.is_set())
        if len(self.runs) == 2:
            self.second.set()
            assert self.closed.wait(30)
        return Reply(0, False, False, False, 0, 0.1, 0.1, ""), json.dumps(asdict(Answer())).encode()


def test_after_an_interrupt_no_further_preflight_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(told: Progress) -> None:
        assert Lane.second.wait(30)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "Supervised", Lane)
    plan = tiny_plan("noop", "sleep")
    with opened(tmp_path, plan, {}) as journal:
        clock = Clock(0.0, None)
        sampler = Sampler(plan, journal, clock, Lane().run)
        with pytest.raises(KeyboardInterrupt):
            module._Campaign(plan, sampler, clock, judge, interrupt).preflight()
        assert len(journal.run().preflights) == 1
    assert Lane.runs == [False, False]


def test_no_preflight_begins_when_the_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lane, "runs", [])
    monkeypatch.setattr(Lane, "closed", threading.Event())
    monkeypatch.setattr(module, "Supervised", Lane)
    plan = tiny_plan("noop", "sleep")
    with opened(tmp_path, plan, {}) as journal:
        clock = Clock(10.0, 10.0)
        sampler = Sampler(plan, journal, clock, Lane().run)
        with pytest.raises(OutOfTime):
            module._Campaign(plan, sampler, clock, judge, lambda told: None).preflight()
    assert Lane.runs == []


@pytest.mark.usefixtures("_no_capacities")
def test_a_run_whose_time_is_up_goes_on_when_it_is_given_more(tmp_path: Path) -> None:
    plan = tiny_plan("noop", runners=("serial",), workers=1, maximum_time_s=1e-6)
    run = measure(plan, tmp_path, judge)
    assert run.finished is not None
    assert run.finished.reason == "out-of-time"
    assert run.samples == ()
    more = replace(plan, settings=replace(plan.settings, maximum_time_s=None))
    run = measure(more, tmp_path, judge)
    assert run.finished is not None
    assert run.finished.reason == "complete"
    assert run.samples


@pytest.mark.usefixtures("_no_capacities")
def test_the_matrix_goes_on_past_cells_that_fail(tmp_path: Path) -> None:
    plan = tiny_plan(target("Failing"), target("Good"), runners=("serial", "asyncio"))
    told: list[Progress] = []
    run = measure(plan, tmp_path, judge, told.append)
    assert {(one.stage, one.cause, one.message) for one in run.failures} == {
        ("preflight", "error", "LookupError: task 2 is missing")
    }
    assert {one.cell.workload.name for one in run.samples} == {"good"}
    assert run.finished is not None
    assert run.finished.reason == "complete"
    messages = [one.message for one in told if one.message]
    assert messages == [f"{one.cell.key}: {one.message}" for one in run.failures]


@dataclass
class Recorded:
    """Stands in for a comparison that is measured; remembers what it was given and finds a count."""

    made: ClassVar[list[dict[str, Any]]] = []

    def __init__(self, **given: Any) -> None:
        self.made.append(given)

    def measure(self) -> dict[RunnerSpec, int]:
        return {THREADS: 6}


def campaign(
    monkeypatch: pytest.MonkeyPatch, *comparisons: Comparison, maximum_time_s: float | None
) -> list[dict[str, Any]]:
    """Go through comparisons without measuring; return what each was given."""
    Recorded.made.clear()
    monkeypatch.setattr(module, "ComparisonRun", Recorded)
    plan = replace(PLAN, comparisons=comparisons)
    clock = Clock(0.0, maximum_time_s, lambda: 0.0)
    sampler: Any = None
    module._Campaign(plan, sampler, clock, judge, lambda told: None).comparisons()
    return Recorded.made


def test_a_cold_comparison_begins_with_the_counts_of_its_warm_one(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(COLD, python="3.14")
    warm, cold, third_party = campaign(monkeypatch, COMPARISON, COLD, other, maximum_time_s=None)
    assert (warm["hints"], cold["hints"], third_party["hints"]) == ({}, {THREADS: 6}, {})
    assert (warm["closer"], cold["closer"], third_party["closer"]) == (True, False, True)


def test_comparisons_share_the_time_by_the_samples_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = [comparison_samples(comparison, SETTINGS) for comparison in (COMPARISON, COLD)]
    warm, cold = campaign(monkeypatch, COMPARISON, COLD, maximum_time_s=100.0)
    assert warm["deadline_s"] == pytest.approx(100.0 * needs[0] / sum(needs))
    assert cold["deadline_s"] == pytest.approx(100.0)  # no time was used, so all of it is left


class Controlled(Recorded):
    """The same, and its copy came out with the pairs that are left."""

    pairs: ClassVar[list[list[tuple[float, float]]]] = []

    def measure(self) -> dict[RunnerSpec, int]:
        given = self.made[-1]
        if given["copy"].wanted:
            given["copy"].pairs.extend(self.pairs.pop(0))
        return {}


def test_the_first_race_with_a_copy_controls_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    Recorded.made.clear()
    monkeypatch.setattr(module, "ComparisonRun", Controlled)
    monkeypatch.setattr(Controlled, "pairs", [[], [(1.0, 1.08)] * 5])
    plan = replace(
        PLAN, comparisons=(COMPARISON, COLD, replace(COMPARISON, python="3.14"), replace(COLD, python="3.14"))
    )
    sampler: Any = None
    clock = Clock(0.0, None, lambda: 0.0)
    module._Campaign(
        plan, sampler, clock, judge, lambda told: None, lambda margin, pairs: margin + pairs[0][1] - 1.05
    ).comparisons()
    assert [given["copy"].wanted for given in Recorded.made] == [True, True, False, False]
    assert [given["margin"] for given in Recorded.made] == pytest.approx([0.05, 0.05, 0.08, 0.08])


def test_a_comparison_without_runners_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert campaign(monkeypatch, replace(COMPARISON, candidates=()), maximum_time_s=1.0) == []


def test_what_a_comparison_is_given_is_what_it_takes() -> None:
    assert {"hints", "closer", "deadline_s", "margin", "copy"} <= set(ComparisonRun.__dataclass_fields__)


def test_the_host_is_asked_for_every_count_of_the_plan() -> None:
    asked: list[int] = []

    class Asked:
        def capacity(self, workers: int) -> ParallelCapacity | None:
            asked.append(workers)
            return None

    sampler: Any = Asked()
    module._Campaign(PLAN, sampler, Clock(0.0, None), judge, lambda told: None).host()
    assert tuple(asked) == capacity_counts(PLAN)


def test_seconds_of_earlier_runs_count_also_when_they_were_killed(tmp_path: Path) -> None:
    with opened(tmp_path, PLAN, {}) as journal:
        journal.append(sample(elapsed_s=2.0))
        journal.append(Failure(CELL, "race", "timeout", "", "", 1, 3.0))
        assert module._used_s(journal) == 5.0
        journal.append(Finished("interrupted", 9.0))
        assert module._used_s(journal) == 9.0
        journal.append(sample(elapsed_s=2.0, block=2))
        assert module._used_s(journal) == 11.0


def test_a_survey_needs_no_try_before() -> None:
    survey = replace(PLAN, comparisons=tuple(replace(comparison, survey=True) for comparison in PLAN.comparisons))
    assert list(module._preflight_cells(survey)) == []
    assert list(module._preflight_cells(PLAN))


def test_the_time_to_go_falls_with_the_blocks_and_the_runners_of_a_race() -> None:
    seen: list[Progress] = []
    sampler: Any = None
    told = module._Campaign(PLAN, sampler, Clock(0.0, None, lambda: 0.0), judge, seen.append)._tell
    for remaining, block in ((("a", "b", "c"), 1), (("a", "b", "c"), 3), (("a", "b"), 3)):
        told("race", COMPARISON, CELL, remaining, block)
    left = [progress.remaining_s for progress in seen]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 3
