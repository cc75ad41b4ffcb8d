"""Our paired intervals against those of scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from comparators.stats.intervals import logs, mean_and_error, ratio_interval, sign_flip, t_quantile

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("blocks", [2, 5, 40])
@pytest.mark.parametrize("confidence", [0.95, 0.999])
def test_interval_is_that_of_ttest_rel(blocks: int, confidence: float) -> None:
    first, second = RNG.normal(0, 0.1, (2, blocks, 3))
    expected = stats.ttest_rel(first, second).confidence_interval(confidence)
    mean, error = mean_and_error(first - second)
    width = t_quantile((1 + confidence) / 2, blocks) * error
    np.testing.assert_allclose(mean - width, expected.low, rtol=1e-9)
    np.testing.assert_allclose(mean + width, expected.high, rtol=1e-9)


def _scipy_p(differences: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    test = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=2**14, vectorized=True, axis=0
    )
    return float(test.pvalue)


@pytest.mark.parametrize("blocks", [2, 8, 10, 13])
def test_sign_flip_is_the_exact_permutation_test(blocks: int) -> None:
    differences = RNG.normal(0.03, 0.05, (blocks, 3))
    expected = [_scipy_p(column) for column in differences.T]
    np.testing.assert_allclose(sign_flip(differences), expected, rtol=1e-12)


@pytest.mark.parametrize("blocks", [15, 40, 70])
def test_sign_flip_of_many_blocks_is_close_to_the_t_test_and_repeats(blocks: int) -> None:
    differences = RNG.normal(0.0, 0.05, (blocks, 4)) + np.array([0.0, 0.01, 0.02, 0.5])
    expected = stats.ttest_1samp(differences, 0).pvalue
    found = sign_flip(differences)
    np.testing.assert_allclose(found, expected, atol=0.02)
    np.testing.assert_array_equal(found, sign_flip(differences))
    assert found[3] == 2.0**-15


def test_ratio_of_a_single_block_is_about() -> None:
    interval = ratio_interval(logs([2.0]), logs([1.0]))
    assert interval.ratio == pytest.approx(2.0)
    assert interval.low is None
    assert interval.high is None


def test_ratio_without_spread_has_a_narrow_interval() -> None:
    interval = ratio_interval(logs([2.0, 4.0, 8.0]), logs([1.0, 2.0, 4.0]))
    assert interval.low == pytest.approx(2.0, rel=1e-6)
    assert interval.high == pytest.approx(2.0, rel=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1e300), st.floats(0, 1e300)), min_size=2, max_size=40))
def test_any_times_give_ordered_numbers(pairs: list[tuple[float, float]]) -> None:
    interval = ratio_interval(logs([one for one, _ in pairs]), logs([two for _, two in pairs]))
    assert interval.low is not None
    assert interval.high is not None
    assert 0 <= interval.low <= interval.high
    assert not np.isnan(interval.ratio)


def test_nominal_intervals_cover_the_truth() -> None:
    """95 % intervals contain the true ratio in 95 % of the cases, two standard errors allowed."""
    noise = RNG.normal(0, 0.05, (2_000, 10, 2))
    covered = 0
    for first, second in noise.transpose(0, 2, 1):
        interval = ratio_interval(first, second)
        assert interval.low is not None
        assert interval.high is not None
        covered += interval.low <= 1 <= interval.high
    assert 0.94 <= covered / 2_000 <= 0.96
