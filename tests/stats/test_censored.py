"""What stopped samples prove, and that they prove no more."""

from collections.abc import Sequence

import numpy as np
import pytest

from comparators.stats.censored import BoundedPair
from comparators.stats.moderated import Noise
from comparators.stats.pairs import Flags

NOISE = 0.05


def pair(differences: Sequence[float], *, above: Sequence[int] = (), below: Sequence[int] = ()) -> BoundedPair:
    places = np.arange(len(differences))
    return BoundedPair(np.array(differences), np.isin(places, above), np.isin(places, below))


def low(one: BoundedPair, *, error: float = 0.0006, noise: float = 0.0, partner: float = NOISE) -> float:
    return one.lower_end(error, Noise(noise, 0, prior_sd=0.1, prior_freedom=0.0), partner)


def flags(*values: bool) -> Flags:
    return np.array(values)


def test_a_large_first_time_beside_later_bounds_is_no_spread() -> None:
    """As times, 19, 3 and 3 have a standard error that hides everything."""
    stopped = pair(np.log([19, 3, 3]).tolist(), above=(1, 2))
    assert low(stopped) == pytest.approx(np.log(3))
    assert stopped.estimate() == pytest.approx(np.log(3))


@pytest.mark.parametrize("partner", [0.0, 0.02, 0.1, 0.2])
def test_three_times_as_slow_in_every_block_is_shown_by_three_blocks(partner: float) -> None:
    assert low(pair(np.log([2.8, 3.0, 2.9]).tolist(), above=(0, 1, 2)), partner=partner) >= np.log(2.8) - 1e-12


def test_a_small_bound_in_every_block_is_not_shown_where_the_partner_is_noisy() -> None:
    """Bounds of 1.01 have no spread of their own, since all else is clipped to them; that is no proof."""
    assert low(pair([0.05, 0.08, 0.01], above=(2,)), partner=0.1) < 0


def test_noise_of_the_other_candidates_counts_as_well() -> None:
    several = pair([0.3, -0.05, 0.31, 0.3, 0.33, 0.3], above=(0, 2))
    assert low(several, partner=0.0, noise=1.0) < low(several, partner=0.0)


def test_a_bound_never_pulls_the_mean_down() -> None:
    """Where the second was stopped its time is at least that, so the first's ratio is at most the estimate."""
    assert pair([0.1, 0.1, -1.1], below=(2,)).estimate() <= np.mean([0.1, 0.1, -1.1]) + 1e-12


def test_slower_than_one_that_was_stopped_is_a_matter_of_blocks() -> None:
    """One block of ten against: 11 of 1,024 patterns are as extreme; of sixteen, 17 of 65,536."""
    ten, sixteen = pair([-9.0, *[0.4] * 9], below=(0,)), pair([-9.0, *[0.4] * 15], below=(0,))
    assert low(ten) <= 0
    assert low(sixteen) == pytest.approx(0.4)


def test_blocks_in_which_both_were_stopped_say_nothing() -> None:
    one = BoundedPair.of(np.zeros(4), np.ones(4), flags(True, True, True, False), flags(True, True, True, False))
    assert one.differences.tolist() == [-1.0]
    assert low(one) == -np.inf


def test_nothing_known_has_no_estimate_worth_the_name() -> None:
    one = BoundedPair.of(np.zeros(2), np.ones(2), flags(True, True), flags(True, True))
    assert one.estimate() == 0.0
    assert low(one) == -np.inf


def test_both_stopped_in_different_blocks_are_told_by_the_median() -> None:
    assert pair([-1.1, 0.2, 0.3, 0.4, 1.1], above=(4,), below=(0,)).estimate() == pytest.approx(0.3)


@pytest.mark.parametrize("spread", [0.05, 0.2, 0.5])
def test_equal_candidates_with_spikes_are_rarely_called_slower(spread: float) -> None:
    """3,000 pairs of three blocks, one sample in twenty three times as long, the first stopped at 3 x the best."""
    rng = np.random.default_rng(1)
    times = rng.normal(0, spread, (3_000, 3, 2)) + np.log(3) * (rng.random((3_000, 3, 2)) < 0.05)
    wrong = 0
    for block in times:
        cap = np.minimum.accumulate(block.min(axis=1)) + np.log(3)
        stopped = np.array([False, *(block[1:, 0] > cap[:2])])
        capped = np.where(stopped, [0, *cap[:2]], block[:, 0])
        one = BoundedPair.of(capped, block[:, 1], stopped, np.zeros(3, dtype=np.bool_))
        wrong += low(one, error=0.0018, partner=float(block[:, 1].std(ddof=1))) > 0
    assert wrong / 3_000 <= 0.0018 + 3 * np.sqrt(0.0018 / 3_000)
