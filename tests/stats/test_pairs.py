"""The table of pairs against textbook formulas."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from comparators.stats.pairs import pair_table
from tests.stats.simulated import Array, rule_of

ERROR = 0.01


def table_of(candidates: int, *, blocks: int = 6, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(np.arange(candidates), 0.1, (blocks, candidates))


def free(times: Array) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.zeros(times.shape, dtype=np.bool_)


def test_two_candidates_get_the_paired_t_interval() -> None:
    times = table_of(2)
    table = pair_table(times, free(times), ERROR, replace(rule_of("api"), prior_freedom=0.0))
    expected = stats.ttest_rel(times[:, 1], times[:, 0]).confidence_interval(1 - ERROR)
    assert (table.low[1, 0], table.high[1, 0]) == pytest.approx((expected.low, expected.high))


def test_the_variance_is_pooled_over_all_candidates() -> None:
    """Residuals of the block x candidate table, (n - 1)(k - 1) degrees of freedom."""
    times = table_of(4)
    residuals = times - times.mean(axis=1, keepdims=True) - times.mean(axis=0) + times.mean()
    error = np.sqrt(2 * (residuals**2).sum() / 15 / 6)
    table = pair_table(times, free(times), ERROR, rule_of("api", own_share=0.0))
    width = float(stats.t.ppf(1 - ERROR / 2, 15)) * error
    assert table.high - table.mean == pytest.approx(width * (1 - np.eye(4)))


def test_a_candidate_that_left_still_tells_about_the_noise_of_its_blocks() -> None:
    """The same as fitting block and candidate effects to all seconds by least squares."""
    times = table_of(3)
    gone = np.where(np.arange(6) < 3, times[:, 2], np.nan)[:, None]
    rows = [(b, c, times[b, c]) for b in range(6) for c in range(3) if c < 2 or b < 3]
    design = np.array([[*(np.arange(6) == b), *(np.arange(1, 3) == c)] for b, c, _ in rows], dtype=np.float64)
    rest = np.linalg.lstsq(design, np.array([value for *_, value in rows]))[1][0]
    freedom = len(rows) - 6 - 2
    table = pair_table(times[:, :2], free(times[:, :2]), ERROR, rule_of("api", own_share=0.0), gone)
    width = float(stats.t.ppf(1 - ERROR / 2, freedom)) * np.sqrt(2 * rest / freedom / 6)
    assert table.high[1, 0] - table.mean[1, 0] == pytest.approx(width)


@pytest.mark.parametrize(("level", "share"), [("model", 1.0), ("api", 0.5)])
def test_a_noisy_pair_is_not_hidden_by_quiet_ones(level: str, share: float) -> None:
    times = table_of(4, blocks=8)
    times[:, 0] += np.random.default_rng(2).normal(0, 3.0, 8)
    own = (times[:, 0] - times[:, 1]).std(ddof=1)
    table = pair_table(times, free(times), ERROR, rule_of(level))  # type: ignore[arg-type]  # one of the levels
    assert table.spread[0, 1] >= share * own
    assert (table.spread[0, 1] > table.spread[2, 3]) == (level == "model")


def test_models_are_equal_by_the_wider_interval() -> None:
    times = table_of(2)
    model, api = (pair_table(times, free(times), ERROR, rule_of(level)) for level in ("model", "api"))
    assert model.equal_high[1, 0] == model.high[1, 0]
    assert api.equal_high[1, 0] < api.high[1, 0]


def test_sign_flips_take_back_what_few_skewed_differences_seem_to_show() -> None:
    """Six of fourteen differences are none: enough for the interval, 64 of 8,192 patterns are too many."""
    first = np.array([*np.log(1.5) + np.linspace(-0.01, 0.01, 8), *[-0.001] * 6])
    times = np.column_stack([first, np.zeros(14)])
    checked = pair_table(times, free(times), ERROR / 3, rule_of("api"))
    unchecked = pair_table(times, free(times), ERROR / 3, rule_of("api", sign_flip_from=15))
    assert checked.low[0, 1] > 0
    assert not checked.slower[0, 1]
    assert unchecked.slower[0, 1]


def test_sign_flips_are_not_asked_where_their_p_values_are_too_coarse() -> None:
    times = np.column_stack([np.linspace(0.5, 0.51, 8), np.zeros(8)])
    assert pair_table(times, free(times), 0.02, rule_of("api")).slower[0, 1]


def test_times_without_any_noise_have_intervals() -> None:
    times = np.tile(np.log([1.0, 1.02, 3.0]), (3, 1))
    table = pair_table(times, free(times), ERROR, rule_of("model"))
    assert np.isfinite(table.low).all()
    assert table.slower.tolist() == [[False, False, False], [True, False, False], [True, True, False]]


@pytest.mark.parametrize("stopped", [6, 11])
def test_estimates_lie_within_their_intervals_where_few_samples_were_stopped(stopped: int) -> None:
    """The mean is above zero, in the second case for certain, and the median is not: then nothing is known."""
    times = np.column_stack([np.where(np.arange(40) < stopped, 1.0, 0.0), np.zeros(40)])
    bounded = times > 0
    table = pair_table(times, bounded, ERROR, rule_of("api"))
    assert table.low[0, 1] <= table.mean[0, 1] <= table.high[0, 1]
    assert np.isinf(table.low[0, 1]) == np.isinf(table.high[0, 1]) == (stopped == 11)
    assert not table.slower.any()
