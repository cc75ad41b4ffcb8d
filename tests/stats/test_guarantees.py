"""The error rates that the sequential test promises, on simulated noise with a fixed seed, and that the checks bite."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from comparators.stats.sequential import Look
from comparators.stats.thresholds import Level
from tests.stats.simulated import (
    Array,
    allowed,
    drifting,
    lognormal,
    rule_of,
    run_test,
    run_tests,
    spiky,
    stepping,
)

Noise = Callable[..., Array]

NOISES: Sequence[Noise] = (lognormal, spiky, drifting, stepping)
UNEQUAL = (0.02, 0.02, 0.08, 0.08, 0.02, 0.02, 0.08)
FALSE_WINNERS = 0.05
WRONG_MODELS = 0.02
CAP = 3.0
NOISY = 0.30
"""Spread of a sample's log seconds on a host three times noisier than `prior_sd`."""


def decided(looks: Sequence[Look]) -> float:
    """Return the share of tests that name a winner."""
    return sum(look.status == "decided" for look in looks) / len(looks)


def wrong(looks: Sequence[Look]) -> float:
    """Return the share of tests in which `a`, the fastest, was called slower than another."""
    return sum("a" in look.slower for look in looks) / len(looks)


def equal_ones(noise: Noise, count: int, level: Level, repetitions: int, **how: object) -> list[Look]:
    times = noise(np.random.default_rng(count), repetitions, UNEQUAL[:count], **how)
    return run_tests(times, (1.0,) * count, rule_of(level))


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize(("count", "repetitions"), [(2, 120), (4, 60), (7, 40)])
@pytest.mark.parametrize("level", ["model", "api"])
def test_equal_candidates_rarely_get_a_winner(noise: Noise, count: int, repetitions: int, level: Level) -> None:
    assert decided(equal_ones(noise, count, level, repetitions)) <= allowed(FALSE_WINNERS, repetitions)


def test_a_promised_error_of_half_as_much_holds_where_it_is_hardest() -> None:
    """Two candidates have no others to pool with; more repetitions leave less to chance."""
    times = lognormal(np.random.default_rng(1), 600, (0.05, 0.05))
    assert decided(run_tests(times, (1.0, 1.0), rule_of("api"))) <= allowed(rule_of("api").error, 600)


@pytest.mark.parametrize("noise", [drifting, stepping])
def test_one_candidate_after_the_other_fails_under_drift(noise: Noise) -> None:
    """Without interleaving the same test on the same noise is wrong far too often."""
    assert decided(equal_ones(noise, 2, "api", 80, interleaved=False)) > 2 * allowed(FALSE_WINNERS, 80)


def test_looks_that_do_not_share_the_error_fail() -> None:
    """A full 5 % at every look: the first check would see it."""
    rule = rule_of("api")
    times = lognormal(np.random.default_rng(2), 200, (0.05, 0.05))
    unshared = replace(rule, error=FALSE_WINNERS * len(rule.looks))
    assert decided(run_tests(times, (1.0, 1.0), unshared)) > allowed(FALSE_WINNERS, 200)


@pytest.mark.parametrize("noise", [lognormal, spiky])
@pytest.mark.parametrize(("count", "repetitions"), [(2, 200), (4, 60), (7, 40)])
@pytest.mark.parametrize("level", ["model", "api"])
def test_a_host_three_times_noisier_than_expected_rarely_makes_winners(
    noise: Noise, count: int, repetitions: int, level: Level
) -> None:
    """The moderated variance expects 10 % of a sample; here are 30 %, with and without spikes."""
    times = noise(np.random.default_rng(count), repetitions, (NOISY,) * count)
    assert decided(run_tests(times, (1.0,) * count, rule_of(level))) <= allowed(FALSE_WINNERS, repetitions)


@pytest.mark.parametrize("noise", [lognormal, spiky])
@pytest.mark.parametrize("truth", [(1.0, 1.35), (1.0, 1.35, 1.35, 1.6)])
def test_a_noisy_host_rarely_gets_the_wrong_model(noise: Noise, truth: tuple[float, ...]) -> None:
    times = noise(np.random.default_rng(12), 150, (NOISY,) * len(truth))
    looks = run_tests(times, truth, rule_of("model"), CAP)
    assert sum(look.status == "decided" and look.leader != "a" for look in looks) / 150 <= allowed(WRONG_MODELS, 150)


def test_an_expectation_that_counts_twice_as_much_fails_on_a_noisy_host() -> None:
    """The check above bites: with four degrees of freedom 11 % get a winner, as simulated 20,000 times."""
    times = lognormal(np.random.default_rng(13), 600, (NOISY, NOISY))
    trusting = rule_of("api", prior_freedom=2 * rule_of("api").prior_freedom)
    assert decided(run_tests(times, (1.0, 1.0), trusting)) > allowed(FALSE_WINNERS, 600)
    assert decided(run_tests(times, (1.0, 1.0), rule_of("api"))) <= allowed(FALSE_WINNERS, 600)


ORDERS = [(0.02, 0.02, 0.08, 0.08), (0.08, 0.08, 0.02, 0.02), (0.08, 0.02, 0.08, 0.02)]


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("spreads", ORDERS)
@pytest.mark.parametrize("truth", [(1.0, 1.1, 1.3, 2.0), (1.0, 1.02, 1.02, 9.0)])
def test_the_fastest_model_is_rarely_called_slower(
    noise: Noise, spreads: tuple[float, ...], truth: tuple[float, ...]
) -> None:
    looks = run_tests(noise(np.random.default_rng(3), 40, spreads), truth, rule_of("model"), CAP)
    assert wrong(looks) <= allowed(WRONG_MODELS, 40)
    assert all(look.leader is not None for look in looks)


@pytest.mark.parametrize("spreads", ORDERS)
def test_the_model_named_is_not_worse_than_what_is_worth_a_difference(spreads: tuple[float, ...]) -> None:
    truth = {"a": 1.0, "b": 1.35, "c": 1.35, "d": 1.6}
    looks = run_tests(lognormal(np.random.default_rng(4), 150, spreads), tuple(truth.values()), rule_of("model"), CAP)
    assert sum(look.leader != "a" for look in looks) / 150 <= allowed(WRONG_MODELS, 150)


@pytest.mark.parametrize("noise", NOISES)
def test_a_winner_is_never_the_slower_one(noise: Noise) -> None:
    looks = run_tests(noise(np.random.default_rng(5), 120, (0.05, 0.05)), (1.0, 1.1), rule_of("api"), CAP)
    assert not wrong(looks)


def test_one_candidate_after_the_other_lets_the_slower_one_win() -> None:
    """It is the blocks that keep the slower one from winning under drift."""
    times = drifting(np.random.default_rng(5), 150, (0.02, 0.02), interleaved=False)
    assert wrong(run_tests(times, (1.0, 1.1), rule_of("api"))) > 0


@pytest.mark.parametrize(("spread", "blocks"), [(0.0, 2), (0.02, 2), (0.05, 3), (0.1, 3)])
@pytest.mark.parametrize("level", ["model", "api"])
@pytest.mark.parametrize("rivals", [(19.0,), (19.0, 40.0, 800.0)])
def test_stopped_rivals_are_slower_after_two_blocks_or_three(
    spread: float, blocks: int, level: Level, rivals: tuple[float, ...]
) -> None:
    """Two are enough on a quiet host, three where a sample's noise is 5 to 10 %."""
    truth = (1.0, *rivals)
    looks = run_tests(lognormal(np.random.default_rng(6), 40, (spread,) * len(truth)), truth, rule_of(level), CAP)
    early = sum(look.status == "decided" and look.leader == "a" and look.blocks <= blocks for look in looks)
    assert early >= 0.9 * len(looks)
    assert all(look.rivals["b"].relation == "slower" for look in looks)


def test_a_cap_taken_for_a_time_hides_even_800_times() -> None:
    """The check above bites: the same samples, bounds entered as times, find nothing at the first look."""
    seconds = np.tile([1.0, 800.0], (20, 1))
    first = rule_of("api", looks=(2,))
    assert run_test(seconds, first, CAP).status == "decided"
    assert run_test(seconds, first, CAP, as_times=True).status == "undecided"


def test_three_blocks_find_a_difference_of_a_third_among_four() -> None:
    """Pooling is what makes them enough; 90 % power."""
    times = lognormal(np.random.default_rng(7), 200, (0.028,) * 4)
    looks = run_tests(times, (1.0, 1.33, 1.33, 1.33), rule_of("api"))
    assert sum(look.leaders == ("a",) and look.blocks <= 3 for look in looks) >= 0.9 * 200


def test_a_difference_above_the_margin_is_rarely_called_equal() -> None:
    looks = run_tests(lognormal(np.random.default_rng(8), 120, (0.03, 0.03)), (1.0, 1.055), rule_of("api"))
    assert sum(look.status == "equal" for look in looks) / 120 <= allowed(0.025, 120)


def test_equal_candidates_are_equal_where_noise_allows() -> None:
    looks = run_tests(lognormal(np.random.default_rng(9), 60, (0.01,) * 3), (1.0,) * 3, rule_of("api"))
    assert sum(look.status == "equal" for look in looks) >= 54


def test_models_worth_no_difference_stop_early() -> None:
    looks = run_tests(lognormal(np.random.default_rng(10), 150, (0.05,) * 4), (1.0, 1.05, 3.0, 3.0), rule_of("model"))
    assert np.median([look.blocks for look in looks]) <= 5


@pytest.mark.parametrize(("blocks", "difference"), [(10, 0.051), (20, 0.030)])
def test_power_is_as_computed(blocks: int, difference: float) -> None:
    """The difference that 90 % power needs at the last look, two candidates, a noise of 2 %."""
    times = lognormal(np.random.default_rng(11), 200, (0.02, 0.02))[:, :blocks]
    found = decided(run_tests(times, (1.0, 1 + difference), rule_of("api", margin=0.0)))
    assert 0.84 <= found <= 0.96
