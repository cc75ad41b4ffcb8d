"""How long a plan will take, before anything has been measured."""

from dataclasses import replace

import pytest

from comparators.plan.estimate import CAPACITY_S, PROFILE_S, REPORT_S, comparison_seconds, expected_seconds
from comparators.plan.model import Candidate, Comparison, Plan, RunnerSpec, Settings
from comparators.runner import Model
from comparators.stats.thresholds import Thresholds
from tests.plan.test_model import COMPARISON, PLAN, SETTINGS

ONCE_S = 3 * CAPACITY_S + REPORT_S
"""What a run takes on two CPUs whatever it measures: one, two and four busy processes, and a report."""
UNLIMITED = replace(SETTINGS, maximum_time_s=None)


def plan_of(*comparisons: Comparison, settings: Settings = UNLIMITED) -> Plan:
    return replace(PLAN, settings=settings, comparisons=comparisons)


def comparison(*models: Model, **changes: object) -> Comparison:
    """Return a comparison with a runner of each of the models given."""
    candidates = tuple(
        Candidate(RunnerSpec(f"runner-{number}", "a:B", model), counts=(), fewest=1, limit=8)
        for number, model in enumerate(models)
    )
    return replace(COMPARISON, candidates=candidates, **changes)  # type: ignore[arg-type]  # any field


def test_a_plan_takes_all_that_is_measured() -> None:
    one, other = comparison("loop", "threads"), comparison("loop", "threads", "processes")
    expected = ONCE_S + comparison_seconds(one, UNLIMITED) + comparison_seconds(other, UNLIMITED)
    assert expected_seconds(plan_of(one, other)) == pytest.approx(expected)


def test_a_comparison_of_nothing_takes_nothing() -> None:
    assert expected_seconds(plan_of(comparison())) == CAPACITY_S + REPORT_S


def test_a_plan_takes_no_longer_than_its_limit() -> None:
    limited = replace(SETTINGS, maximum_time_s=2.0)
    assert expected_seconds(plan_of(*[comparison("loop", "threads")] * 9, settings=limited)) == 2.0


@pytest.mark.parametrize(
    ("less", "more"),
    [
        pytest.param(
            comparison("loop", "threads"), comparison("loop", "threads", "processes"), id="with each further model"
        ),
        pytest.param(
            comparison("loop", "threads"), comparison("loop", "threads", waits=True), id="where many workers are tried"
        ),
        pytest.param(
            comparison("loop", "threads", levels=("model",)),
            comparison("loop", "threads", levels=("model", "workers")),
            id="with the workers",
        ),
        pytest.param(
            comparison("loop", "threads", levels=("model", "workers")),
            comparison("loop", "threads", levels=("model", "workers", "api")),
            id="with the API",
        ),
        pytest.param(
            comparison("loop", "threads"),
            comparison("loop", "threads", "threads", "threads", "threads"),
            id="with each API of a model",
        ),
    ],
)
def test_a_comparison_takes_longer(less: Comparison, more: Comparison) -> None:
    assert comparison_seconds(less, SETTINGS) < comparison_seconds(more, SETTINGS)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(replace(SETTINGS, fresh=True), id="in a process of its own"),
        pytest.param(replace(SETTINGS, preset="full"), id="of larger work"),
        pytest.param(replace(SETTINGS, thresholds=replace(SETTINGS.thresholds, target_value_s=1.0)), id="when longer"),
    ],
)
def test_a_sample_takes_longer(more: Settings) -> None:
    one = comparison("loop", "threads")
    assert comparison_seconds(one, SETTINGS) < comparison_seconds(one, more)


def test_without_levels_only_the_samples_of_costs_are_taken() -> None:
    two, four = (replace(SETTINGS, cost_samples=count) for count in (2, 4))
    one = comparison("loop", "threads", levels=())
    seconds = [comparison_seconds(one, settings) - PROFILE_S for settings in (SETTINGS, two, four)]
    assert 0 == seconds[0] < seconds[1]
    assert seconds[2] == pytest.approx(2 * seconds[1])


def test_a_cold_comparison_without_looks_can_be_estimated() -> None:
    none = replace(SETTINGS, thresholds=replace(SETTINGS.thresholds, cold_looks=()))
    more = replace(SETTINGS, thresholds=Thresholds.for_preset("default"))
    one = comparison("loop", "threads", phase="cold")
    assert PROFILE_S < comparison_seconds(one, none) < comparison_seconds(one, more)


def test_quick_answers_for_three_models_within_its_promise() -> None:
    """Five seconds for the model, and a middle estimate of all that follows below the preset's own limit."""
    one = comparison("loop", "threads", "processes", "async", levels=("model", "workers"))
    assert comparison_seconds(one, SETTINGS) < 12.0
