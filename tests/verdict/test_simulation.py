"""The error rates that the race promises, on simulated noise with a fixed seed."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from comparators.stats.intervals import Array
from comparators.verdict import sequential
from comparators.verdict.sequential import Decision
from tests.verdict.noise import drifting, lognormal, outcomes, spiky, square, stepping

REPETITIONS = 2_000
PROMISED = 0.025
NOISES = [lognormal, spiky, drifting, stepping, square]

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


@pytest.mark.parametrize("noise", [drifting, stepping])
def test_one_runner_after_the_other_fails_under_drift(noise: Callable[..., Array]) -> None:
    """Without interleaving the same rule on the same noise is wrong far too often: the simulation bites."""
    decisions = outcomes(noise(np.random.default_rng(3), 400, 2, interleaved=False), (1.0, 1.0))
    assert share(decisions, "win") > 2 * allowed(PROMISED, 400)


def test_repeated_looks_at_a_fixed_level_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 95 % intervals at every look the error rate is broken, and the test above would see it."""
    noise = lognormal(np.random.default_rng(1), REPETITIONS, 2)
    monkeypatch.setattr(sequential, "ERROR", sequential.ERROR * 7)
    assert share(outcomes(noise, (1.0, 1.0)), "win") > allowed(PROMISED, REPETITIONS)


@pytest.mark.parametrize("noise", NOISES)
def test_the_slower_runner_never_wins(noise: Noise) -> None:
    decisions = outcomes(noise(np.random.default_rng(4), 1_000, 2), (1.1, 1.0))
    assert not [one for one in decisions if one.outcome == "win" and one.remaining == ("r0",)]


EXPECTED = [  # the difference that 90 % power needs at the last of seven looks, for two candidates and for eleven
    (0.02, 5, 2, 0.118),
    (0.02, 10, 2, 0.051),
    (0.05, 10, 2, 0.132),
    (0.02, 20, 2, 0.030),
    (0.02, 40, 2, 0.020),
    (0.05, 40, 2, 0.051),
    (0.02, 10, 11, 0.069),
    (0.05, 40, 11, 0.061),
]


@pytest.mark.parametrize(("cv", "blocks", "candidates", "difference"), EXPECTED)
def test_power_is_as_computed(cv: float, blocks: int, candidates: int, difference: float) -> None:
    noise = lognormal(np.random.default_rng(5), 400, 2, cv)[:, :blocks]
    found = share(outcomes(noise, (1.0, 1 + difference), margin=0.0, candidates=candidates), "win")
    assert 0.87 <= found <= 0.94


def test_a_check_with_too_few_steps_loses_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one p-value to choose from, what the test above asks for at ten blocks is not reached."""
    monkeypatch.setattr(sequential, "_FEWEST_STEPS", 1)
    noise = lognormal(np.random.default_rng(5), 400, 2, 0.02)[:, :10]
    assert share(outcomes(noise, (1.0, 1.051), margin=0.0), "win") < 0.85


@pytest.mark.parametrize(("difference", "power"), [(0.05, 0.90), (0.10, 0.99)])
def test_differences_are_found_at_a_noise_of_two_percent(difference: float, power: float) -> None:
    decisions = outcomes(lognormal(np.random.default_rng(10), 500, 2, 0.02), (1.0, 1 + difference))
    assert sum(one.outcome == "win" and one.remaining == ("r0",) for one in decisions) >= power * 500


def test_at_such_a_noise_equal_runners_hardly_ever_get_a_winner() -> None:
    decisions = outcomes(lognormal(np.random.default_rng(11), 1_000, 2, 0.02), (1.0, 1.0))
    assert share(decisions, "win") <= 0.02


def test_one_runner_after_the_other_lets_the_slower_one_win() -> None:
    """The test for wrong signs bites: it is the blocks that keep the slower runner from winning under drift."""
    decisions = outcomes(drifting(np.random.default_rng(4), 400, 2, interleaved=False), (1.1, 1.0))
    assert [one for one in decisions if one.outcome == "win" and one.remaining == ("r0",)]


def test_equal_runners_tie_when_noise_allows() -> None:
    decisions = outcomes(lognormal(np.random.default_rng(6), 300, 3, 0.01), (1.0, 1.0, 1.0))
    assert share(decisions, "tie") >= 0.9


def test_a_difference_above_the_margin_rarely_ties() -> None:
    decisions = outcomes(lognormal(np.random.default_rng(7), 600, 2, 0.03), (1.0, 1.055))
    assert share(decisions, "tie") <= allowed(PROMISED, 600)


def test_clear_winners_stop_at_the_first_look() -> None:
    noise = lognormal(np.random.default_rng(8), 300, 2, 0.05)[:, :5]
    assert share(outcomes(noise, (1.0, 1.5), (5,)), "win") >= 0.99


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("runners", [3, 11])
def test_many_equal_runners_rarely_get_a_winner(noise: Noise, runners: int) -> None:
    decisions = outcomes(noise(np.random.default_rng(9), 500, runners), (1.0,) * runners)
    assert share(decisions, "win") <= allowed(PROMISED, 500)
