"""The two laws of scaling, fitted to curves that are known."""

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.stats.scaling_laws import FEWEST_COUNTS, Fit, efficiencies, fits_of

COUNTS = (1, 2, 4, 8, 16, 32)


def law(contention: float, coherence: float) -> Callable[[int], float]:
    return lambda n: 3.0 * (1 + contention * (n - 1) + coherence * n * (n - 1)) / n


def fitted(curve: Callable[[int], float], noise: float = 0.0, seed: int = 1) -> dict[str, Fit]:
    rng = random.Random(seed)
    return {fit.law: fit for fit in fits_of([(n, curve(n) * math.exp(rng.gauss(0, noise))) for n in COUNTS])}


def test_amdahl_finds_the_serial_share() -> None:
    fit = fitted(lambda n: 2.0 * (0.1 + 0.9 / n))["amdahl"]
    assert fit.contention.ratio == pytest.approx(0.1, abs=1e-4)
    assert (fit.coherence, fit.peak, fit.reliable) == (None, None, True)


def test_a_law_says_its_seconds_for_any_count() -> None:
    fits = fitted(law(0.05, 0.01))
    assert [fits["usl"].seconds(n) for n in (1, 5, 64)] == pytest.approx(
        [law(0.05, 0.01)(n) for n in (1, 5, 64)], rel=0.01
    )
    amdahl = fits["amdahl"]
    assert amdahl.seconds(1) == pytest.approx(amdahl.single_s)
    assert amdahl.seconds(1e9) == pytest.approx(amdahl.single_s * amdahl.contention.ratio, rel=1e-3)


def test_the_universal_law_finds_its_numbers_and_the_peak() -> None:
    fit = fitted(law(0.03, 0.004), noise=0.02)["usl"]
    assert fit.coherence is not None
    assert fit.peak is not None
    assert fit.contention.ratio == pytest.approx(0.03, abs=0.02)
    assert fit.coherence.ratio == pytest.approx(0.004, rel=0.4)
    true = math.sqrt(0.97 / 0.004)
    assert fit.peak.low is not None
    assert fit.peak.high is not None
    assert fit.peak.low <= true <= fit.peak.high
    assert fit.reliable


def test_the_intervals_hold_the_truth_nearly_as_often_as_they_say() -> None:
    fits = [fitted(law(0.05, 0.005), noise=0.03, seed=seed)["usl"] for seed in range(150)]
    held = [
        fit.contention.low <= 0.05 <= fit.contention.high
        for fit in fits
        if fit.contention.low is not None and fit.contention.high is not None
    ]
    assert len(held) == 150
    assert sum(held) >= 0.88 * 150


def test_without_a_peak_none_is_predicted() -> None:
    peaks = [fitted(law(0.08, 0.0), noise=0.02, seed=seed)["usl"].peak for seed in range(60)]
    assert sum(peak is None for peak in peaks) >= 0.9 * 60


def test_a_curve_of_another_kind_is_not_relied_on() -> None:
    for fit in fitted(lambda n: 3.0 / n if n <= 4 else 6.0).values():
        assert not fit.reliable
        assert "misses the measured times" in fit.doubt


def test_noise_beyond_measure_is_not_relied_on() -> None:
    assert not fitted(law(0.05, 0.005), noise=0.5)["usl"].reliable


def test_too_few_counts_are_not_fitted() -> None:
    assert fits_of([(n, 1 / n) for n in COUNTS[: FEWEST_COUNTS - 1]]) == ()


@given(st.lists(st.tuples(st.integers(1, 64), st.floats(1e-9, 1e6)), max_size=8, unique_by=lambda point: point[0]))
def test_any_times_give_numbers_within_their_range(times: list[tuple[int, float]]) -> None:
    for fit in fits_of(times):
        assert 0 <= fit.contention.ratio <= 1
        assert fit.coherence is None or fit.coherence.ratio >= 0
        assert fit.peak is None or fit.peak.ratio >= 1


def test_efficiency_is_told_against_the_ideal_and_against_the_host() -> None:
    times = [(1, 1.1), (2, 0.6), (4, 0.4)]
    found = {one.workers: one for one in efficiencies(times, 1.0, {2: 1.8, 4: 2.5})}
    assert found[4].speedup == pytest.approx(2.5)
    assert found[4].ideal == pytest.approx(0.625)
    assert found[4].capacity == pytest.approx(1.0)
    assert found[1].capacity is None
    beyond = efficiencies(times, 1.0, {1: 1.0, 2: 2.1})
    assert [one.capacity for one in beyond][1:] == [pytest.approx(1 / 0.6 / 2.1), pytest.approx(2.5 / 2.1)]
    single = efficiencies(times, 1.0, {1: 1.0})
    assert [one.capacity for one in single][1:] == [None, None]


def test_work_that_waits_is_not_held_against_the_cpus() -> None:
    waiting = efficiencies([(1, 1.1), (2, 0.6), (4, 0.4)], 1.0, {2: 1.8, 4: 1.9})
    assert [one.capacity for one in waiting] == [None, pytest.approx(1 / 0.6 / 1.8), None]


def test_without_the_loop_one_worker_is_what_gains_are_over() -> None:
    alone = efficiencies([(1, 1.1), (2, 0.6)], None, {})
    assert alone[1].speedup == pytest.approx(1.1 / 0.6)
    assert efficiencies([(2, 0.6)], None, {}) == ()
