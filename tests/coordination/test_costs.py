"""Costs from observations: the mean over samples, its interval, and why there is none."""

import math
from dataclasses import replace

import pytest
from comparators.verdict.missing_reasons import NOT_SEEN
from scipy import stats

from comparators.coordination.costs import Cost, costs_of
from comparators.journal.records import Failure, Run
from comparators.workload import Observation
from tests.example_costs import coordination_run


@pytest.fixture(scope="module")
def run() -> Run:
    return coordination_run(pythons=("3.11", "3.13t"))


def cost_of(run: Run, operation: str, runner: str, python: str = "3.11") -> Cost:
    (found,) = [
        one for one in costs_of(run) if (one.operation, one.runner.label, one.python) == (operation, runner, python)
    ]
    return found


def test_a_cost_is_the_geometric_mean_of_its_samples_with_the_interval_of_students_t(run: Run) -> None:
    cost = cost_of(run, "uncontended", "threading")
    cells = [one for one in run.samples if one.cell.workload.name == "hash" and one.cell.python == "3.11"]
    values = [
        math.log(one.observations[0].value * 1e-9)
        for one in cells
        if one.cell.runner.label == "threading" and one.cell.workers == cost.workers
    ]
    assert cost.samples == len(values) > 3
    assert cost.seconds == pytest.approx(math.exp(sum(values) / len(values)))
    expected = stats.t.interval(0.95, len(values) - 1, loc=sum(values) / len(values), scale=stats.sem(values))
    assert (cost.low, cost.high) == pytest.approx(tuple(map(math.exp, expected)))


def test_units_are_read(run: Run) -> None:
    assert cost_of(run, "contended", "threading").seconds == pytest.approx(1.5e-6, rel=0.1)
    assert cost_of(run, "start", "threading").seconds == pytest.approx(150e-6, rel=0.1)


def test_the_cell_with_most_samples_stands_for_a_runner(run: Run) -> None:
    raced = {
        one.cell.workers
        for one in run.samples
        if one.stage == "race" and one.cell.workload.name == "hash" and one.cell.runner.label == "mp-pool"
    }
    assert cost_of(run, "uncontended", "mp-pool").workers in raced


def test_what_does_not_apply_and_what_was_not_seen_has_a_reason(run: Run) -> None:
    absent = cost_of(run, "uncontended", "futures-interpreters")
    assert (absent.seconds, absent.samples, absent.workers) == (None, 0, None)
    assert absent.reason
    assert absent.reason != NOT_SEEN
    assert cost_of(run, "contended", "serial").reason == NOT_SEEN


def test_a_failure_is_the_reason(run: Run) -> None:
    cell = next(
        one.cell for one in run.samples if one.cell.workload.name == "mixed" and one.cell.runner.name == "serial"
    )
    failure = Failure(cell, "preflight", "crashed", "killed by SIGSEGV", "", -1, 0.1)
    broken = replace(run, failures=(failure,))
    assert cost_of(broken, "contended", "serial", cell.python).reason == "killed by SIGSEGV"


def test_one_sample_has_no_interval(run: Run) -> None:
    cell = next(
        one.cell for one in run.samples if one.cell.workload.name == "hash" and one.cell.runner.name == "serial"
    )
    samples = [one for one in run.samples if one.cell == cell][:1]
    cost = cost_of(replace(run, samples=tuple(samples)), "uncontended", "serial", cell.python)
    assert (cost.samples, cost.low, cost.high) == (1, None, None)


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_what_is_no_cost_is_left_out(run: Run, value: float) -> None:
    wrong = (Observation("cost", value, "ns", primitive="lock", operation="uncontended"),)
    samples = tuple(replace(one, observations=wrong) for one in run.samples)
    assert costs_of(replace(run, samples=samples)) == ()


def test_the_pythons_of_a_workload_stand_together(run: Run) -> None:
    pythons = [(one.workload, one.python) for one in costs_of(run)]
    assert list(dict.fromkeys(pythons)) == [
        (workload, python) for workload in ("hash", "mixed", "echo") for python in ("3.11", "3.13t")
    ]


def test_a_cost_of_both_phases_is_told_once_from_the_warm_one(run: Run) -> None:
    plan = run.header.plan
    cold = tuple(replace(comparison, phase="cold") for comparison in plan.comparisons)
    both = replace(plan, comparisons=(*plan.comparisons, *cold))
    samples = (*run.samples, *(replace(one, cell=replace(one.cell, phase="cold")) for one in run.samples))
    header = replace(run.header, plan=both)
    assert costs_of(replace(run, header=header, samples=samples)) == costs_of(run)
    assert {one.phase for one in costs_of(replace(run, header=header, samples=samples[len(run.samples) :]))} == {"cold"}
