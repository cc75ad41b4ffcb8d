"""Costs from observations: the mean over samples, its interval, and why there is none."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from comparators.coordination.costs import Cost, costs_of
from comparators.coordination.not_measured import NOT_SEEN
from comparators.journal.records import Failure, Run
from comparators.workload import Observation
from tests.coordination.runs import FACTORS, coordination_run, observed_run

LOCK = Observation("cost", 1.5, "µs", "", "lock", "contended")


def cost_of(run: Run, runner: str) -> Cost:
    (found,) = [one for one in costs_of(run) if one.runner.label == runner]
    return found


def test_a_cost_is_the_geometric_mean_of_its_samples_with_the_interval_of_students_t() -> None:
    cost = cost_of(coordination_run(), "threadpool")
    logs = [math.log(150e-9 * factor) for factor in FACTORS]
    assert (cost.primitive, cost.operation, cost.samples) == ("lock", "uncontended", 3)
    assert cost.seconds == pytest.approx(math.exp(sum(logs) / 3))
    expected = stats.t.interval(0.95, 2, loc=sum(logs) / 3, scale=stats.sem(logs))
    assert (cost.low, cost.high) == pytest.approx(tuple(map(math.exp, expected)))


def test_units_are_read() -> None:
    assert cost_of(observed_run("guarded", {"serial": [(LOCK,)]}), "serial").seconds == pytest.approx(1.5e-6)


def test_one_sample_has_no_interval() -> None:
    cost = cost_of(observed_run("guarded", {"serial": [(LOCK,)]}), "serial")
    assert (cost.samples, cost.low, cost.high) == (1, None, None)


def test_what_is_not_applicable_has_its_reason_without_the_workloads_name() -> None:
    absent = cost_of(coordination_run(), "asyncio")
    assert (absent.seconds, absent.samples, absent.workers) == (None, 0, None)
    assert absent.reason == "needs an rlock: anyio has none"


def test_what_did_not_happen_says_so() -> None:
    run = observed_run("guarded", {"serial": [()], "mp-pool": [(LOCK,)]})
    assert cost_of(run, "serial").reason == NOT_SEEN


def test_a_failure_is_the_reason() -> None:
    run = observed_run("guarded", {"serial": [()], "mp-pool": [(LOCK,)]})
    (cell,) = {one.cell for one in run.samples if one.cell.runner.name == "serial"}
    failure = Failure(cell, "cost", "crashed", "killed by SIGSEGV", "", -1, 0.1)
    assert cost_of(replace(run, failures=(failure,)), "serial").reason == "killed by SIGSEGV"


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_a_cost_that_cannot_be_is_none(value: float) -> None:
    assert costs_of(observed_run("guarded", {"serial": [(replace(LOCK, value=value),)]})) == ()


def test_other_observations_are_no_costs() -> None:
    assert costs_of(observed_run("race", {"serial": [(Observation("lost updates", 3, "updates"),)]})) == ()
