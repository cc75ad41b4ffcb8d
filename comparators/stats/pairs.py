"""Intervals of all pairs of candidates at once, from a table of blocks and candidates.

    y[b, i]              natural logarithm of the seconds of candidate i in block b
    d[b, i, j]           y[b, i] - y[b, j]; exp of its mean over blocks is the ratio of seconds
    pooled variance      residuals of y after taking out block and candidate means, (n - 1)(k - 1) degrees of freedom

Pooling is what makes few blocks enough: with four candidates and eight looks the |t| that is needed falls from 611 to
12.7 after two blocks, and from 31 to 5.9 after three.
Where few candidates were never stopped, pooling has little to pool: the variance is moderated, see
`comparators.stats.moderated`.
Sources: Kalibera & Jones (ISMM'13) for paired ratios over independent processes; Abedi & Brecht (ICPE'17) for
interleaving in random blocks.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from comparators.stats.censored import BoundedPair
from comparators.stats.intervals import Array, mean_and_error, sign_flip
from comparators.stats.moderated import Noise
from comparators.stats.thresholds import LevelRule

__all__ = ["PairTable", "pair_table"]

Flags = npt.NDArray[np.bool_]

LEAST_ERROR = 1e-9
"""Smallest standard error of a mean log ratio: rounding of the clock alone must not decide anything."""

_FEWEST_STEPS = 5
"""Possible p-values within the level below which sign flips are too coarse a check: with one, two candidates, seven
looks and ten blocks, they find 76 % of the differences of which the interval alone finds 91 %."""

_PATTERNS = 2**15
"""Random sign patterns cannot show a p-value below one in this."""


@dataclass(frozen=True, slots=True)
class PairTable:
    """What is known of log(T_i / T_j) in entry [i, j]; each array has the shape (candidates, candidates).

    Attributes:
        mean: the estimate; from one side only where a sample was stopped at its cap.
        low, high: the interval at level 1 - a, infinite where an end is unknown.
        equal_high: upper end that must be within the margin for "equal": one-sided at a, on the model level at a / 2.
        slower: whether i is shown slower than j: the interval is above zero, and the sign flips agree.
        spread: standard deviation of one block's difference that the errors rest on, for estimates of blocks needed.
        freedom: degrees of freedom that each further block adds.
    """

    mean: Array
    low: Array
    high: Array
    equal_high: Array
    slower: Flags
    spread: Array
    freedom: int


def pair_table(times: Array, bounded: Flags, error: float, rule: LevelRule, departed: Array | None = None) -> PairTable:
    """Return the intervals of all pairs.

    Args:
        times: log seconds, shape (blocks, candidates), at least two blocks; a bound as its value.
        bounded: which of them are bounds, the same shape.
        error: two-sided error of each interval.
        rule: of the level.
        departed: log seconds of candidates that left before, NaN from then on, shape (blocks, any); for the pooled
            variance only.
    """
    blocks = len(times)
    differences = times[:, :, None] - times[:, None, :]
    mean, own = mean_and_error(differences)
    timed = times[:, ~bounded.any(axis=0)]
    pooled, freedom = _pooled(timed) if departed is None else _pooled_with_departed(timed, departed)
    noise = Noise(pooled, freedom, rule.prior_sd, rule.prior_freedom)
    errors = np.maximum(np.maximum(pooled / np.sqrt(blocks), rule.own_share * own), LEAST_ERROR)
    np.fill_diagonal(errors, 0.0)
    wide = noise.width(1 - error / 2, blocks, errors, rule.own_share * own)
    narrow = wide if rule.level == "model" else noise.width(1 - error, blocks, errors, rule.own_share * own)
    low, high, equal_high = mean - wide, mean + wide, mean + narrow
    slower: Flags = low > 0
    _veto(slower, differences, error, rule.sign_flip_from)
    table = PairTable(mean, low, high, equal_high, slower, errors * np.sqrt(blocks), max(timed.shape[1] - 1, 1))
    if bounded.any():
        _fill_bounded(table, times, bounded, error, noise)
    return table


def _pooled(times: Array) -> tuple[float, int]:
    """Return the pooled spread of a difference and its degrees of freedom, from candidates with times only.

    Zero and the paired degrees of freedom where fewer than two candidates are there: then only a pair's own is known.
    """
    blocks, candidates = times.shape
    if candidates < 2:
        return 0.0, blocks - 1
    residuals = times - times.mean(axis=1, keepdims=True)
    residuals -= residuals.mean(axis=0)
    freedom = (blocks - 1) * (candidates - 1)
    return float(np.sqrt(2 * (residuals**2).sum() / freedom)), freedom


def _pooled_with_departed(times: Array, departed: Array) -> tuple[float, int]:
    """Return the same where some candidates left, with NaN from then on.

    They still say how noisy the blocks were that they were in; without them, the others would have to be told apart
    anew with two degrees of freedom. Least squares of y[b, i] = block b + candidate i, block means taken out first.
    """
    times = np.hstack([times, departed])
    times = times[np.isfinite(times).any(axis=1)]
    if times.shape[1] < 2:
        return _pooled(times)
    there = np.isfinite(times)
    counts = there.sum(axis=1)
    filled = np.where(there, times, 0.0)
    centred = np.where(there, filled - (filled.sum(axis=1) / counts)[:, None], 0.0)
    design = np.diag(there.sum(axis=0)) - (there / counts[:, None]).T @ there
    sums = centred.sum(axis=0)
    rest = (centred**2).sum() - sums @ np.linalg.pinv(design, hermitian=True) @ sums
    freedom = int(there.sum()) - len(times) - (times.shape[1] - 1)
    return float(np.sqrt(2 * max(rest, 0.0) / freedom)), freedom


def _veto(slower: Flags, differences: Array, error: float, sign_flip_from: int) -> None:
    """Take back "slower" where flipping signs disagrees: the t-test is too sure of few, very skewed differences.

    Under "no difference" the two samples of a block could be exchanged, which flips the sign of their difference.
    """
    blocks = len(differences)
    smallest = max(2.0 ** (1 - blocks), 1 / _PATTERNS)
    if blocks >= sign_flip_from and _FEWEST_STEPS * smallest <= error and slower.any():
        slower[slower] = sign_flip(differences[:, slower]) <= error


def _fill_bounded(table: PairTable, times: Array, bounded: Flags, error: float, noise: Noise) -> None:
    """Replace the entries of pairs in which a sample was stopped at its cap."""
    own = times.std(axis=0, ddof=1)
    some: Flags = np.asarray(bounded.any(axis=0))
    for i, j in permutations(range(len(some)), 2):
        if not (some[i] or some[j]):
            continue
        pair = BoundedPair.of(times[:, i], times[:, j], bounded[:, i], bounded[:, j])
        low = pair.lower_end(error / 2, noise, own[j])
        high = -pair.swapped.lower_end(error / 2, noise, own[i])
        if low > high:  # means and medians contradict each other: nothing is known
            low, high = -np.inf, np.inf
        table.low[i, j], table.high[i, j], table.equal_high[i, j] = low, high, high
        table.mean[i, j] = np.clip(pair.estimate(), low, high)
        table.slower[i, j] = low > 0
        table.spread[i, j] = np.inf
