"""Whole runs: real ones of tiny work, interrupted ones, and the order of their steps."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from comparators.campaign import campaign as module
from comparators.campaign.campaign import measure
from comparators.campaign.clock import Clock
from comparators.campaign.progress import Progress
from comparators.campaign.sampler import Sampler
from comparators.errors import UsageError
from comparators.journal.journal import load, opened
from comparators.journal.records import Failure, Finished, ParallelCapacity, Run, Sample
from comparators.plan.build import make_plan
from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.estimate import comparison_seconds
from comparators.plan.model import Comparison, Plan
from comparators.request.request import Request
from comparators.stats.sequential import SequentialTest
from comparators.stats.thresholds import Thresholds
from tests.campaign.small_work import target
from tests.journal.records import CELL, COLD, COMPARISON, PLAN, SETTINGS, failure, sample


def tiny_plan(
    *workloads: str,
    runners: tuple[str, ...] = ("serial", "futures-threads"),
    maximum_time_s: float | None = None,
) -> Plan:
    """Return a plan of tiny work on one CPU: two workers, three blocks a level, values of a tenth of a millisecond."""
    workers = (2,) if len(runners) > 1 else ()
    plan = make_plan(Request(workloads, runners, workers, preset="quick", phases=("warm",), seed=1))
    thresholds = replace(plan.settings.thresholds, looks=(3,), target_value_s=1e-4, noise_pairs=2, cap_factor=1e6)
    settings = replace(
        plan.settings, thresholds=thresholds, maximum_time_s=maximum_time_s, cpus=plan.settings.cpus[:1], cost_samples=1
    )
    return replace(plan, settings=settings)


@pytest.fixture
def _no_capacities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes seconds and has its own tests."""
    monkeypatch.setattr(Sampler, "capacity", lambda self, workers: None)


def measured(run: Run) -> Counter[tuple[object, ...]]:
    """Count what was measured."""
    taken: list[Sample | Failure] = [*run.samples, *run.controls, *run.failures]
    return Counter(
        [
            *((one.stage, one.level, one.cell, one.block, _place(one)) for one in taken),
            *(("profile", one.workload, one.python) for one in run.profiles),
            *(("evidence", one.cell) for one in run.evidence),
            *(("calibration", one.workload, one.python) for one in run.calibrations),
            *(("recipe", one.cell) for one in run.recipes),
            *(("begun", one.level, one.cells) for one in run.tests),
        ]
    )


def _place(record: Sample | Failure) -> int:
    """Return what tells a cell from its own copy in a pair of the control."""
    return record.position if isinstance(record, Sample) and record.stage == "control" else 0


def reason(run: Run) -> str:
    assert run.finished is not None
    return run.finished.reason


def running() -> set[psutil.Process]:
    """Return what this process has started, or adopted, and has not ended, other tests' helpers included."""
    return set(psutil.Process().children())


# a whole run, by real workers


@dataclass
class Whole:
    """A run that was measured from start to end."""

    plan: Plan
    directory: Path
    run: Run
    told: list[Progress]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    told: list[Progress] = []
    plan = tiny_plan(target("Good"), "noop")
    directory = tmp_path_factory.mktemp("run")
    before = running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sampler, "capacity", lambda self, workers: None)
        run = measure(plan, directory, told.append)
    assert running() <= before
    return Whole(plan, directory, run, told)


def test_a_real_run_has_a_profile_and_three_blocks_of_the_model_for_each_comparison(whole: Whole) -> None:
    run = whole.run
    assert run.failures == ()
    assert run.warnings == ()
    assert reason(run) == "complete"
    assert [(one.workload, one.tasks) for one in run.profiles] == [
        ("good", 6),
        ("noop", whole.plan.comparisons[1].tasks),
    ]
    assert {test.level for test in run.tests} == {"model"}  # one worker count, and quick has no API
    for comparison in whole.plan.comparisons:
        blocks = [one for one in run.samples if one.level == "model" and one.cell.workload == comparison.workload]
        assert Counter((one.cell.runner.name, one.block) for one in blocks) == {
            (name, block): 1 for name in ("serial", "futures-threads") for block in range(3)
        }
    assert set(measured(run).values()) == {1}


def test_a_real_run_explains_its_answers(whole: Whole) -> None:
    run = whole.run
    assert {(one.cell.workload.name, one.cell.runner.name) for one in run.evidence} == {
        (workload, runner) for workload in ("good", "noop") for runner in ("serial", "futures-threads")
    }
    assert {one.cell.workload.name for one in run.recipes} <= {"good", "noop"}
    assert len({one.cell for one in run.controls}) == 1  # one control in a run
    assert sorted((one.block, one.position) for one in run.controls) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_the_calibrated_workload_is_what_samples_measure(whole: Whole) -> None:
    assert [(one.workload, dict(one.parameters)) for one in whole.run.calibrations] == [
        ("good", {"speed": 12.5}),
        ("noop", {}),
    ]
    speeds = {seen.value for one in whole.run.samples for seen in one.observations if seen.name == "speed"}
    assert speeds == {12.5}


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
    assert any(one.start_s is not None for one in whole.run.samples)


def test_what_samples_share_is_in_the_journal_once(whole: Whole) -> None:
    lines = (whole.directory / "journal.jsonl").read_bytes().splitlines()
    environments = sum(b'"kind":"environment"' in line for line in lines)
    generations = len({one.generation for one in whole.run.samples})
    assert environments <= 2 * generations < len(whole.run.samples)


def test_the_journal_holds_what_was_returned(whole: Whole) -> None:
    assert load(whole.directory) == whole.run


def test_who_watches_sees_the_steps_in_order(whole: Whole) -> None:
    first = [told.activity for told in whole.told if told.workload == "good"]
    assert list(dict.fromkeys(first)) == ["profile", "model", "evidence", "control"]
    assert [told.activity for told in whole.told[-1:]] == ["done"]
    assert [told.comparisons_done for told in whole.told] == sorted(told.comparisons_done for told in whole.told)
    assert {told.comparisons for told in whole.told} == {2}
    assert (whole.told[-1].comparisons_done, whole.told[-1].remaining_s) == (2, 0.0)
    assert all(told.remaining_s >= 0 for told in whole.told)
    elapsed = [told.elapsed_s for told in whole.told]
    assert elapsed == sorted(elapsed)


def test_an_answer_is_told_with_all_that_was_measured_before_it_is_explained(whole: Whole) -> None:
    settled = [told for told in whole.told if told.settled is not None]
    assert [told.workload for told in settled] == ["good", "noop"]
    first = settled[0].settled
    assert first is not None
    assert len(first.samples) >= 6
    assert first.evidence == ()


def test_a_complete_run_is_not_measured_again(whole: Whole) -> None:
    before = (whole.directory / "journal.jsonl").read_bytes()
    again = measure(whole.plan, whole.directory, lambda told: pytest.fail("it measured"))
    assert again == whole.run
    assert (whole.directory / "journal.jsonl").read_bytes() == before


def test_another_plan_is_refused(whole: Whole) -> None:
    with pytest.raises(UsageError, match="holds a run of another plan"):
        measure(tiny_plan("noop"), whole.directory)


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
def test_a_real_run_that_is_interrupted_again_and_again_ends_with_everything_measured_once(tmp_path: Path) -> None:
    plan = tiny_plan(target("Good"))
    counts = []
    before = running()
    for activity, occurrence in (("profile", 1), ("model", 4), ("control", 2)):
        run = measure(plan, tmp_path, Interrupter(activity, occurrence))
        assert reason(run) == "interrupted"
        assert load(tmp_path) == run
        assert running() <= before
        counts.append(sum(measured(run).values()))
    assert counts == sorted(set(counts))
    run = measure(plan, tmp_path)
    assert reason(run) == "complete"
    assert run.warnings == ()
    assert set(measured(run).values()) == {1}
    assert Counter(one.level for one in run.samples if one.stage == "test") == {"model": 6}
    assert len(run.controls) == 4
    assert load(tmp_path) == run


@pytest.mark.usefixtures("_no_capacities")
def test_a_real_run_whose_time_is_up_goes_on_when_it_is_given_more(tmp_path: Path) -> None:
    plan = tiny_plan("noop", runners=("serial",), maximum_time_s=1e-6)
    plan = replace(plan, comparisons=tuple(replace(one, levels=()) for one in plan.comparisons))
    run = measure(plan, tmp_path)
    assert reason(run) == "out-of-time"
    assert run.samples == ()
    more = replace(plan, settings=replace(plan.settings, maximum_time_s=None))
    run = measure(more, tmp_path)
    assert reason(run) == "complete"
    assert run.profiles


@pytest.mark.usefixtures("_no_capacities")
def test_a_real_run_goes_on_past_work_that_fails(tmp_path: Path) -> None:
    plan = tiny_plan(target("Failing"), target("Good"), runners=("serial",))
    plan = replace(plan, comparisons=tuple(replace(one, levels=()) for one in plan.comparisons))
    run = measure(plan, tmp_path)
    assert [(one.stage, one.cause, one.message) for one in run.failures] == [
        ("profile", "error", "task 2: LookupError: task 2 is missing")
    ]
    assert {one.cell.workload.name for one in run.samples} == {"good"}
    assert reason(run) == "complete"


# the steps, with nothing measured


class Recorded:
    """Stands in for a comparison that is measured; remembers what it was given."""

    made: ClassVar[list[dict[str, Any]]] = []
    steps: ClassVar[list[str]] = []
    answers: ClassVar[bool] = True

    def __init__(self, **given: Any) -> None:
        self.made.append(given)
        self.key = given["comparison"].key
        self.answered = self.answers

    def measure(self) -> None:
        self.steps.append(f"measure {self.key}")

    def explain(self) -> None:
        self.steps.append(f"explain {self.key}")


class Asked:
    """Stands in for a sampler that is asked for capacities only."""

    def __init__(self) -> None:
        self.capacities: list[int] = []

    def capacity(self, workers: int) -> ParallelCapacity | None:
        self.capacities.append(workers)
        return None


class Empty:
    """Stands in for a journal that holds nothing."""

    def run(self) -> None:
        return None


def go_through(
    monkeypatch: pytest.MonkeyPatch,
    *comparisons: Comparison,
    maximum_time_s: float | None = None,
    fresh: bool = False,
    answers: bool = True,
) -> tuple[list[dict[str, Any]], list[str], Asked]:
    """Go through comparisons without measuring; return what each was given, the steps, and who was asked."""
    Recorded.made.clear()
    Recorded.steps.clear()
    monkeypatch.setattr(Recorded, "answers", answers)
    monkeypatch.setattr(module, "ComparisonRun", Recorded)
    plan = replace(PLAN, comparisons=comparisons, settings=replace(SETTINGS, fresh=fresh))
    clock = Clock(0.0, maximum_time_s, lambda: 0.0)
    asked, empty = Asked(), Empty()
    module._Campaign(plan, empty, asked, clock, lambda told: None).measure()  # type: ignore[arg-type]  # as above
    return Recorded.made, Recorded.steps, asked


def test_each_answer_is_explained_before_the_next_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    _, steps, _ = go_through(monkeypatch, COMPARISON, COLD)
    assert steps == [f"{step} {one.key}" for one in (COMPARISON, COLD) for step in ("measure", "explain")]


def test_the_first_answer_brings_the_control_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _, _ = go_through(monkeypatch, COMPARISON, COLD, replace(COLD, python="3.14"))
    assert [given["controlled"] for given in made] == [False, True, True]
    made, steps, _ = go_through(monkeypatch, COMPARISON, COLD, answers=False)
    assert [given["controlled"] for given in made] == [False, False]
    assert not [step for step in steps if step.startswith("explain")]


def test_the_host_is_asked_for_every_count_of_the_plan_when_there_is_something_to_compare_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, _, asked = go_through(monkeypatch, COMPARISON)
    assert tuple(asked.capacities) == capacity_counts(PLAN)
    _, _, asked = go_through(monkeypatch, COMPARISON, answers=False)
    assert asked.capacities == []


def test_a_comparison_without_runners_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _, _ = go_through(monkeypatch, replace(COMPARISON, candidates=()), COLD)
    assert [given["comparison"] for given in made] == [COLD]


def test_comparisons_share_the_time_by_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(COMPARISON, python="3.14", levels=())
    needs = [comparison_seconds(one, SETTINGS) for one in (COMPARISON, other)]
    made, _, _ = go_through(monkeypatch, COMPARISON, other, maximum_time_s=4.0)
    assert made[0]["deadline_s"] == pytest.approx(4.0 * needs[0] / sum(needs))
    assert made[1]["deadline_s"] == pytest.approx(4.0)  # no time was used, so all of it is left


def test_one_comparison_uses_several_times_its_estimate_at_most_unless_thoroughness_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, _, _ = go_through(monkeypatch, COMPARISON)
    assert comparison_seconds(COMPARISON, SETTINGS) < made[0]["deadline_s"] < 60.0
    made, _, _ = go_through(monkeypatch, COMPARISON, fresh=True)
    assert made[0]["deadline_s"] == math.inf


def test_seconds_of_earlier_runs_count_also_when_they_were_killed(tmp_path: Path) -> None:
    with opened(tmp_path, PLAN, {}) as journal:
        journal.append(sample(elapsed_s=2.0))
        journal.append(failure(elapsed_s=3.0))
        assert module._used_s(journal) == 5.0
        journal.append(Finished("interrupted", 9.0))
        assert module._used_s(journal) == 9.0
        journal.append(sample(elapsed_s=2.0, block=2))
        assert module._used_s(journal) == 11.0


# what watchers are told in the midst of a test


def test_what_was_measured_so_far_is_told_at_the_end_of_each_level_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "ComparisonRun", Recorded)
    monkeypatch.setattr(Recorded, "made", [])
    told: list[Progress] = []
    test = SequentialTest((f"{CELL.runner.label}/2",), Thresholds().rule("workers"))
    with opened(tmp_path, PLAN, {}) as journal:
        module._Campaign(PLAN, journal, Asked(), Clock(0.0, None), told.append)._comparison(COMPARISON)  # type: ignore[arg-type]  # as above
        (tell,) = [given["tell"] for given in Recorded.made]
        tell("profile", CELL, 0, None)
        for level in ("model", "workers", "api"):
            journal.append(sample(level=level))
            tell(level, CELL, 1, test)
            tell(level, None, 1, test)
        tell("evidence", CELL, 0, None)
    settled = {one.activity: one.settled for one in told if one.settled is not None}
    assert {level: len(run.samples) for level, run in settled.items()} == {"model": 1, "workers": 2, "api": 3}
    assert all(one.cell == "" for one in told if one.settled is not None)
    assert sum(one.settled is not None for one in told) == 3


def test_each_model_is_told_by_its_fastest_candidate_fastest_first() -> None:
    test = SequentialTest(
        ("serial/1", "threads/2", "threads/40", "mp/2"),
        Thresholds().rule("model"),
        {"serial/1": "loop", "threads/2": "threads", "threads/40": "threads", "mp/2": "processes"},
    )
    for swing in (1.0, 1.01, 0.99):
        test.add({"serial/1": 1.0 * swing, "threads/2": 0.5, "threads/40": 0.1 * swing, "mp/2": 0.4})
    test.look()
    found = module._so_far(test)
    assert [(one.model, one.workers) for one in found] == [("threads", 40), ("processes", 2), ("loop", 1)]
    gains = [one.gain.ratio for one in found if one.gain is not None]
    assert gains == [pytest.approx(10.0, rel=0.05), pytest.approx(2.5, rel=0.05), pytest.approx(1.0)]
    assert [one.left for one in found] == [False, True, True]


def test_before_the_first_block_no_gain_is_told() -> None:
    test = SequentialTest(
        ("serial/1", "threads/2"), Thresholds().rule("model"), {"serial/1": "loop", "threads/2": "threads"}
    )
    assert [(one.model, one.gain) for one in module._so_far(test)] == [("loop", None), ("threads", None)]


def test_a_level_below_the_models_has_nothing_to_tell_of_models() -> None:
    test = SequentialTest((f"{CELL.runner.label}/2",), Thresholds().rule("workers"))
    assert module._so_far(test) == ()
