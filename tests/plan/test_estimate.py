"""How long a plan will take, before anything has been measured."""

from dataclasses import replace

import pytest

from comparators.plan.estimate import (
    CAPACITY_S,
    COMPARISON_REPORT_S,
    EVIDENCE_CELLS,
    PREFLIGHT_S,
    REPORT_S,
    START_S,
    TYPICAL_RACERS,
    comparison_samples,
    expected_seconds,
    rest_of_race,
)
from comparators.plan.model import Candidate, Comparison, Plan, RunnerSpec, Settings
from comparators.request.presets import EFFORTS
from comparators.workload import Phase
from tests.plan.test_model import COMPARISON, PLAN, SETTINGS

ONCE_S = 3 * CAPACITY_S + REPORT_S
"""What a run takes on two CPUs whatever it measures: one, two and four busy processes, and a report."""


def plan_of(*comparisons: Comparison, settings: Settings = SETTINGS) -> Plan:
    return replace(PLAN, settings=settings, comparisons=comparisons)


def comparison(
    runners: int, *, phase: Phase = "warm", search: bool = False, counts: tuple[int, ...] = (2,)
) -> Comparison:
    names = [RunnerSpec(f"runner-{number}", "a:B", "threads") for number in range(runners)]
    candidates = tuple(Candidate(name, counts, search=search, limit=8) for name in names)
    return replace(COMPARISON, phase=phase, candidates=candidates)


def test_a_comparison_needs_its_pilots_some_blocks_and_a_closer_look() -> None:
    settings = replace(SETTINGS, looks=(4, 6, 100), racers_maximum=9)
    assert comparison_samples(comparison(2), settings) == 2 + 2 * 5 + 2
    assert comparison_samples(comparison(2, search=True), settings) == 5 + 2 * 5 + 2
    assert comparison_samples(comparison(2, counts=(1, 2, 4)), settings) == 6 + 2 * 5 + 2
    scaled = replace(settings, scaling="strong")
    assert comparison_samples(comparison(2, counts=(1, 2, 4)), scaled) == 3 * 6 + 2 * 5 + 2


def test_few_runners_race_whatever_takes_part() -> None:
    settings = replace(SETTINGS, looks=(4, 6), racers_maximum=99)
    assert comparison_samples(comparison(30), settings) == 30 + TYPICAL_RACERS * 5 + EVIDENCE_CELLS
    assert comparison_samples(comparison(30), replace(settings, racers_maximum=3)) == 30 + (3 + 1) * 5 + EVIDENCE_CELLS


def test_a_cold_comparison_may_have_no_race_and_has_no_closer_look() -> None:
    assert comparison_samples(comparison(4, phase="cold", search=True), SETTINGS) == 4


def test_an_empty_comparison_needs_nothing() -> None:
    assert comparison_samples(comparison(0), SETTINGS) == 0
    assert expected_seconds(plan_of(comparison(0), settings=replace(SETTINGS, maximum_time_s=None))) == (
        CAPACITY_S + REPORT_S
    )


@pytest.mark.parametrize("limit", [None, 1e9])
def test_a_plan_takes_all_that_is_measured(limit: float | None) -> None:
    settings = replace(SETTINGS, maximum_time_s=limit, looks=(4, 6))
    sample_s = EFFORTS[settings.preset].sample_s
    copies, tries = 5, 2 * PREFLIGHT_S / len(settings.cpus)
    once = (comparison_samples(comparison(2), settings) + copies) * sample_s + START_S + tries + COMPARISON_REPORT_S
    assert expected_seconds(plan_of(comparison(2), settings=settings)) == pytest.approx(ONCE_S + once)
    again = comparison_samples(comparison(2), settings) * sample_s + COMPARISON_REPORT_S  # tried and calibrated already
    assert expected_seconds(plan_of(comparison(2), comparison(2), settings=settings)) == pytest.approx(
        ONCE_S + once + again
    )


@pytest.mark.parametrize(("looks", "copies"), [((2, 4), 3 + 2 * 2), ((6, 8), 7), ((20, 40), 10), ((), 0)])
def test_the_control_is_in_the_first_blocks_of_the_first_race(looks: tuple[int, ...], copies: int) -> None:
    settings = replace(SETTINGS, maximum_time_s=None, looks=looks)
    sample_s = EFFORTS[settings.preset].sample_s
    rest = comparison_samples(comparison(2), settings) * sample_s + START_S + 2 * PREFLIGHT_S / 2 + COMPARISON_REPORT_S
    assert expected_seconds(plan_of(comparison(2), settings=settings)) == pytest.approx(
        ONCE_S + rest + copies * sample_s
    )


def test_a_cold_sample_has_no_warm_up() -> None:
    settings = replace(SETTINGS, maximum_time_s=None, looks=(), cold_looks=())
    warm, cold = (
        expected_seconds(plan_of(replace(comparison(9, phase=phase), survey=False), settings=settings))
        for phase in ("warm", "cold")
    )
    loop_s = (EFFORTS[settings.preset].sample_s - START_S) / 2
    closer = EVIDENCE_CELLS * (START_S + 2 * loop_s)
    assert warm - cold == pytest.approx(9 * loop_s + closer)


def test_weak_scaling_does_the_work_of_each_worker() -> None:
    strong = replace(SETTINGS, maximum_time_s=None, scaling="strong", cpus=(0, 1))
    wide = plan_of(comparison(2, counts=(8,)), settings=strong)
    weak = replace(wide, settings=replace(strong, scaling="weak"))
    loop_s = EFFORTS["quick"].sample_s - START_S
    samples = comparison_samples(wide.comparisons[0], strong) + 7
    assert expected_seconds(weak) - expected_seconds(wide) == pytest.approx(samples * 3 * loop_s, rel=0.1)


def test_a_plan_takes_no_longer_than_its_limit() -> None:
    assert expected_seconds(plan_of(*[comparison(9)] * 9, settings=replace(SETTINGS, maximum_time_s=2.0))) == 2.0


def test_a_survey_needs_at_most_the_samples_of_its_costs_and_no_try_before() -> None:
    settings = replace(SETTINGS, cost_samples=3, maximum_time_s=None)
    survey = replace(comparison(4), survey=True)
    assert comparison_samples(survey, settings) == 12
    assert expected_seconds(plan_of(survey, settings=settings)) == pytest.approx(
        ONCE_S + START_S + 12 * EFFORTS["quick"].sample_s
    )


def test_the_rest_of_a_race_is_what_its_next_look_needs() -> None:
    settings = replace(SETTINGS, looks=(5, 7, 10))
    raced = comparison(3)
    closer = 3
    rests = [rest_of_race(settings, raced, runners, block) - closer for runners, block in ((3, 1), (3, 5), (2, 8))]
    assert rests == [15, 3, 6]
    assert rest_of_race(settings, raced, 0, 99) == 1 + closer
