"""Keys, labels and the identity of a plan."""

from dataclasses import FrozenInstanceError, replace

import pytest

from comparators.plan.model import (
    Candidate,
    Cell,
    Comparison,
    NotApplicable,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)
from comparators.stats.thresholds import Thresholds
from tests.plan.plans import interpreter

WORKLOAD = WorkloadSpec("integrate", "a:B", (("steps", 1000), ("chunks", 4)), (("steps", 1000),))
POOL = RunnerSpec("mp-pool", "c:D", "processes", (("method", "imap"), ("chunksize", 3)))
SERIAL = RunnerSpec("serial", "e:F", "loop")
SETTINGS = Settings(
    preset="quick",
    seed=1,
    seed_given=False,
    thresholds=Thresholds.for_preset("quick"),
    maximum_time_s=60.0,
    timeout_s=30.0,
    cpus=(0, 1),
)
COMPARISON = Comparison(WORKLOAD, "warm", "3.11", 4, (Candidate(POOL, counts=(), fewest=1, limit=4),))
PLAN = Plan(SETTINGS, (interpreter("3.11"), interpreter("3.13t")), (COMPARISON,))


def test_labels_read_as_on_the_command_line() -> None:
    assert WORKLOAD.label == "integrate[steps=1000]"
    assert POOL.label == "mp-pool[method=imap,chunksize=3]"
    assert SERIAL.label == "serial"


def test_keys() -> None:
    assert COMPARISON.key == "integrate[steps=1000]/warm/3.11"
    cell = COMPARISON.cell(POOL, 2)
    assert cell == Cell(WORKLOAD, POOL, 2, "warm", "3.11")
    assert cell.key == "integrate[steps=1000]/mp-pool[method=imap,chunksize=3]/2/warm/3.11"


def test_the_interpreter_of_a_label() -> None:
    assert PLAN.interpreter("3.13t") == PLAN.interpreters[1]


def test_the_margin_is_that_of_the_thresholds() -> None:
    assert with_settings(thresholds=replace(SETTINGS.thresholds, margin=0.2)).settings.margin == 0.2


def test_weak_scaling_does_the_tasks_once_per_worker() -> None:
    assert [with_settings(scaling=scaling).settings.copies(4) for scaling in ("", "strong", "weak")] == [1, 1, 4]


def test_plans_are_frozen_and_can_be_keys() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAN.settings.seed = 2  # type: ignore[misc]  # that is the point
    assert len({PLAN, replace(PLAN)}) == 1


def with_settings(**changes: object) -> Plan:
    return replace(PLAN, settings=replace(SETTINGS, **changes))  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(replace(PLAN), id="a copy"),
        pytest.param(with_settings(seed=2), id="a seed by chance"),
        pytest.param(with_settings(maximum_time_s=None), id="no time limit"),
        pytest.param(with_settings(maximum_time_s=1.0), id="another time limit"),
    ],
)
def test_what_does_not_tell_two_plans_apart(same: Plan) -> None:
    assert same.fingerprint == PLAN.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        with_settings(seed_given=True),
        with_settings(preset="full"),
        with_settings(thresholds=replace(SETTINGS.thresholds, margin=0.1)),
        with_settings(thresholds=replace(SETTINGS.thresholds, looks=(3,))),
        with_settings(cost_samples=9),
        with_settings(fresh=True),
        with_settings(timeout_s=1.0),
        with_settings(cpus=(0,)),
        replace(PLAN, interpreters=PLAN.interpreters[:1]),
        replace(PLAN, code=(("/own/work.py", "0123456789abcdef"),)),
        replace(PLAN, comparisons=()),
        replace(PLAN, comparisons=(replace(COMPARISON, tasks=5),)),
        replace(PLAN, comparisons=(replace(COMPARISON, levels=("model",)),)),
        replace(PLAN, comparisons=(replace(COMPARISON, workload=replace(WORKLOAD, parameters=(("steps", 1),))),)),
        replace(
            PLAN, comparisons=(replace(COMPARISON, candidates=(Candidate(POOL, counts=(4,), fewest=1, limit=4),)),)
        ),
        replace(PLAN, comparisons=(replace(COMPARISON, not_applicable=(NotApplicable(SERIAL, "because"),)),)),
    ],
)
def test_everything_else_does(other: Plan) -> None:
    assert other.fingerprint != PLAN.fingerprint


def test_a_seed_that_was_given_tells_two_plans_apart() -> None:
    plans = [with_settings(seed_given=True, seed=seed) for seed in (1, 2, 2)]
    assert plans[0].fingerprint != plans[1].fingerprint == plans[2].fingerprint
