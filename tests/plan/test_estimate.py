"""How long a plan will take, before anything has been measured."""

from dataclasses import replace

import pytest

from comparators.plan.effort import EFFORTS
from comparators.plan.estimate import EVIDENCE_CELLS, TYPICAL_RACERS, contest_samples, expected_seconds, rest_of_race
from comparators.plan.model import Contest, Contestant, Phase, RunnerSpec
from tests.plan.test_model import CONTEST, PLAN, SETTINGS


def contest(runners: int, *, phase: Phase = "warm", search: bool = False, counts: tuple[int, ...] = (2,)) -> Contest:
    names = [RunnerSpec(f"runner-{number}", "a:B", "threads") for number in range(runners)]
    contestants = tuple(Contestant(name, counts, search=search, limit=8) for name in names)
    return replace(CONTEST, phase=phase, contestants=contestants)


def test_a_contest_needs_its_scouts_some_blocks_and_a_closer_look() -> None:
    settings = replace(SETTINGS, looks=(4, 6, 100), racers_maximum=9)
    assert contest_samples(contest(2), settings) == 2 + 2 * 5 + 2
    assert contest_samples(contest(2, search=True), settings) == 4 + 2 * 5 + 2
    assert contest_samples(contest(2, counts=(1, 2, 4)), settings) == 6 + 2 * 5 + 2


def test_few_runners_race_whatever_takes_part() -> None:
    settings = replace(SETTINGS, looks=(4, 6), racers_maximum=99)
    assert contest_samples(contest(30), settings) == 30 + TYPICAL_RACERS * 5 + EVIDENCE_CELLS
    assert contest_samples(contest(30), replace(settings, racers_maximum=3)) == 30 + 3 * 5 + EVIDENCE_CELLS


def test_a_cold_contest_may_have_no_race_and_has_no_closer_look() -> None:
    assert contest_samples(contest(4, phase="cold", search=True), SETTINGS) == 4


def test_an_empty_contest_needs_nothing() -> None:
    assert contest_samples(contest(0), SETTINGS) == 0


@pytest.mark.parametrize("limit", [None, 1e9])
def test_a_plan_takes_its_samples_times_the_presets_guess(limit: float | None) -> None:
    settings = replace(SETTINGS, maximum_time_s=limit)
    one = replace(PLAN, settings=settings, contests=(contest(2),))
    two = replace(one, contests=(contest(2), contest(2)))
    samples = contest_samples(contest(2), settings)
    assert expected_seconds(one) == pytest.approx(samples * EFFORTS["quick"].sample_s, rel=0.5)
    assert expected_seconds(two) == pytest.approx(2 * expected_seconds(one))


def test_a_plan_takes_no_longer_than_its_limit() -> None:
    plan = replace(PLAN, settings=replace(SETTINGS, maximum_time_s=2.0), contests=(contest(9),) * 9)
    assert expected_seconds(plan) == 2.0


def test_a_survey_needs_at_most_the_samples_of_its_prices_and_no_try_before() -> None:
    settings = replace(SETTINGS, price_samples=3)
    survey = replace(contest(4), survey=True)
    assert contest_samples(survey, settings) == 12
    plan = replace(PLAN, settings=replace(settings, maximum_time_s=None), contests=(survey,))
    assert expected_seconds(plan) == pytest.approx(12 * EFFORTS["quick"].sample_s)


def test_the_rest_of_a_race_is_what_its_next_look_needs() -> None:
    settings = replace(SETTINGS, looks=(5, 7, 10))
    raced = contest(3)
    closer = 3
    rests = [rest_of_race(settings, raced, runners, block) - closer for runners, block in ((3, 1), (3, 5), (2, 8))]
    assert rests == [15, 3, 6]
    assert rest_of_race(settings, raced, 0, 99) == 1 + closer
