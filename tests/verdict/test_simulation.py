"""The error rates that the race promises, on simulated noise with a fixed seed."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from comparators.verdict import race
from comparators.verdict.race import Decision
from tests.verdict.noise import Array, drifting, lognormal, outcomes, spiky, stepping

REPETITIONS = 2_000
PROMISED = 0.05
NOISES = [lognormal, spiky, drifting, stepping]

Noise = Callable[[np.random.Generator, int, int], Array]


def share(decisions: Sequence[Decision], outcome: str) -> float:
    return sum(one.outcome == outcome for one in decisions) / len(decisions)


def allowed(rate: float, repetitions: int) -> float:
    """The rate and three standard errors."""
    return rate + 3 * float(np.sqrt(rate * (1 - rate) / repetitions))


@pytest.mark.parametrize("noise", NOISES)
def test_equal_runners_rarely_get_a_winner(noise: Noise) -> None:
    decisions = outcomes(noise(np.random.default_rng(1), REPETITIONS, 2), (1.0, 1.0))
    assert share(decisions, "win") <= allowed(PROMISED, REPETITIONS)


@pytest.mark.parametrize("noise", [lognormal, drifting])
def test_five_equal_runners_rarely_get_a_winner_and_keep_the_best(noise: Noise) -> None:
    decisions = outcomes(noise(np.random.default_rng(2), 500, 5), (1.0,) * 5)
    assert share(decisions, "win") <= allowed(PROMISED, 500)


def test_one_runner_after_the_other_fails_under_drift() -> None:
    """Without interleaving the same rule on the same noise is wrong far too often: the simulation bites."""
    for noise in (drifting, stepping):
        decisions = outcomes(noise(np.random.default_rng(3), 400, 2, interleaved=False), (1.0, 1.0))
        assert share(decisions, "win") > 2 * allowed(PROMISED, 400)


def test_repeated_looks_at_a_fixed_level_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 95 % intervals at every look the error rate is broken, and the test above would see it."""
    noise = lognormal(np.random.default_rng(1), REPETITIONS, 2)
    monkeypatch.setattr(race, "ERROR", 0.05 * 7)
    assert share(outcomes(noise, (1.0, 1.0)), "win") > allowed(PROMISED, REPETITIONS)


@pytest.mark.parametrize("noise", NOISES)
def test_the_slower_runner_never_wins(noise: Noise) -> None:
    decisions = outcomes(noise(np.random.default_rng(4), 1_000, 2), (1.1, 1.0))
    assert not [one for one in decisions if one.outcome == "win" and one.survivors == ("r0",)]


@pytest.mark.parametrize(
    ("cv", "blocks", "difference", "power"),
    [(0.02, 10, 0.043, 0.75), (0.05, 10, 0.11, 0.75), (0.02, 40, 0.019, 0.85), (0.05, 40, 0.047, 0.85)],
)
def test_power_is_as_computed(cv: float, blocks: int, difference: float, power: float) -> None:
    """The intervals alone find 90 % of these; flipping the signs of ten differences is too coarse to keep all."""
    noise = lognormal(np.random.default_rng(5), 400, 2, cv)[:, :blocks]
    assert power <= share(outcomes(noise, (1.0, 1 + difference), margin=0.0), "win") <= 0.96


def test_equal_runners_tie_when_noise_allows() -> None:
    decisions = outcomes(lognormal(np.random.default_rng(6), 300, 3, 0.01), (1.0, 1.0, 1.0))
    assert share(decisions, "tie") >= 0.9


def test_a_difference_above_the_margin_rarely_ties() -> None:
    decisions = outcomes(lognormal(np.random.default_rng(7), 600, 2, 0.03), (1.0, 1.055))
    assert share(decisions, "tie") <= allowed(PROMISED, 600)


def test_clear_winners_stop_at_the_first_look() -> None:
    noise = lognormal(np.random.default_rng(8), 300, 2, 0.05)[:, :5]
    assert share(outcomes(noise, (1.0, 1.5), (5,)), "win") >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("runners", [3, 5, 11])
def test_many_equal_runners_rarely_get_a_winner(noise: Noise, runners: int) -> None:
    decisions = outcomes(noise(np.random.default_rng(9), REPETITIONS, runners), (1.0,) * runners)
    assert share(decisions, "win") <= allowed(PROMISED, REPETITIONS)
