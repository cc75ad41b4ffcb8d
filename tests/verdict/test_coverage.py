"""How often the interval that is printed beside a ratio holds the true one, on simulated noise with a fixed seed."""

from collections.abc import Callable

import numpy as np
import pytest

from comparators.stats import intervals
from comparators.stats.intervals import Array, ratio_interval, t_quantile
from tests.verdict.noise import drifting, ends, lognormal, spiky, square

LOWEST = 0.93
"""Of intervals that promise 95 %."""


def covered(times: Array, truth: float) -> bool:
    """Say whether the interval of two columns of log seconds holds the true ratio."""
    interval = ratio_interval(times[:, 1], times[:, 0])
    assert interval.low is not None
    assert interval.high is not None
    return interval.low <= truth <= interval.high


def share_covered(noise: Array, blocks: int) -> float:
    return float(np.mean([covered(times[:blocks], 1.0) for times in noise]))


@pytest.mark.parametrize("noise", [lognormal, spiky, drifting, square])
@pytest.mark.parametrize("blocks", [5, 10, 40])
def test_after_a_fixed_number_of_blocks(noise: Callable[..., Array], blocks: int) -> None:
    assert share_covered(noise(np.random.default_rng(1), 2_000, 2), blocks) >= LOWEST


@pytest.mark.parametrize("difference", [0.0, 0.02, 0.05, 0.10, 0.30])
def test_when_the_race_has_stopped(difference: float) -> None:
    """Stopping when the verdict stands favours some values; the interval must hold nevertheless."""
    truth = np.log([1.0, 1.0 + difference])
    noise = lognormal(np.random.default_rng(2), 1_000, 2, 0.02)
    stopped = [blocks for _, blocks in ends(noise, (1.0, 1.0 + difference))]
    times = noise + truth
    held = np.mean([covered(one[:n], 1.0 + difference) for one, n in zip(times, stopped, strict=True)])
    assert held >= LOWEST - 2 * float(np.sqrt(LOWEST * (1 - LOWEST) / len(stopped)))


def test_a_normal_quantile_is_too_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "t_quantile", lambda probability, blocks: t_quantile(probability, 1_000))
    assert share_covered(lognormal(np.random.default_rng(1), 2_000, 2), 5) < LOWEST


def test_one_runner_after_the_other_is_not_covered_under_drift() -> None:
    assert share_covered(drifting(np.random.default_rng(1), 500, 2, interleaved=False), 40) < 0.5


def test_values_of_one_process_are_not_independent() -> None:
    """Ten processes of four values each, taken for forty blocks: what pooling does to an interval."""
    rng = np.random.default_rng(3)
    processes = np.repeat(lognormal(rng, 500, 2, 0.05)[:, :10], 4, axis=1)
    assert share_covered(processes + lognormal(rng, 500, 2, 0.01), 40) < 0.8


def test_pairs_see_through_a_load_that_comes_and_goes() -> None:
    """The paired interval is at most 0.6 times as wide as one from the two means alone."""
    noise = square(np.random.default_rng(4), 300, 2)
    paired = (noise[:, :, 1] - noise[:, :, 0]).std(axis=1, ddof=1)
    apart = np.hypot(noise[:, :, 0].std(axis=1, ddof=1), noise[:, :, 1].std(axis=1, ddof=1))
    assert float(np.median(paired / apart)) <= 0.6
