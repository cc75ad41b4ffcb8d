"""Samples that were stopped at their cap: what a bound proves, and what it does not.

A bound says "at least this slow". Mixed in as a time it does two kinds of harm: it pulls the mean of a slow candidate
down, and next to the one uncapped time of the first block it makes a spread that is not there: rivals 19 times slower
once came out as "could not be told apart". Here a bound counts only in the direction in which it is true.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from comparators.stats.intervals import Array, mean_and_error, t_quantile
from comparators.stats.moderated import Noise

__all__ = ["AtLeast", "BoundedPair"]

Flags = npt.NDArray[np.bool_]

FEWEST_BLOCKS = 2
"""Blocks with something known about a pair below which nothing is shown."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A value that was stopped at its cap: a bound in seconds, never a time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class BoundedPair:
    """Differences of log seconds between two candidates, one per block, at least one of them bounded.

    Attributes:
        differences: of the first to the second, shape (blocks,); a bound entered as its value.
        above: blocks in which the true difference is at least this large: the first was stopped.
        below: blocks in which it is at most this large: the second was stopped.
    """

    differences: Array
    above: Flags
    below: Flags

    @classmethod
    def of(cls, first: Array, second: Array, first_bounded: Flags, second_bounded: Flags) -> "BoundedPair":
        """Return the pair of two columns; a block in which both were stopped says nothing and is left out."""
        known = ~(first_bounded & second_bounded)
        return cls((first - second)[known], first_bounded[known], second_bounded[known])

    @property
    def swapped(self) -> "BoundedPair":
        """The same pair seen from the second candidate."""
        return BoundedPair(-self.differences, self.below, self.above)

    def estimate(self) -> float:
        """Return the mean difference, from below where the first was stopped and from above where the second was.

        Where both were stopped, in different blocks, the mean is unknown in both directions and the median is returned.
        """
        if not len(self.differences):
            return 0.0
        if self.below.any() and self.above.any():
            return float(np.median(self.differences))
        return -self.swapped.estimate() if self.below.any() else float(self._clipped().mean())

    def lower_end(self, error: float, noise: Noise, partner_noise: float) -> float:
        """Return what the difference is above, wrong with at most this probability; minus infinity if unknown.

        Args:
            error: one-sided probability.
            noise: of a difference of this comparison, from candidates that were never stopped.
            partner_noise: spread of the second candidate's own log seconds over the blocks.
        """
        if len(self.differences) < FEWEST_BLOCKS:
            return -np.inf
        return self._of_median(error) if self.below.any() else self._of_mean(error, noise, partner_noise)

    def _clipped(self) -> Array:
        """Return the differences with what lies above the least bound set to that bound.

        Each is at most as large as the true one, so a mean above zero proves a true mean above zero. Without this,
        the first block's 19 beside later bounds of 3 would count as spread.
        """
        bounds = self.differences[self.above]
        return np.minimum(self.differences, bounds.min()) if len(bounds) else self.differences

    def _of_mean(self, error: float, noise: Noise, partner_noise: float) -> float:
        """Return the lower end for the mean where only the first candidate was stopped.

        Clipping takes spread away, in the extreme all of it, so the error is not below what the other candidates and
        the partner show. The partner's own spread over blocks contains the host's drift and is if anything too large.
        """
        clipped = self._clipped()
        blocks = len(clipped)
        mean, own = mean_and_error(clipped)
        partner = np.sqrt(2.0) * partner_noise
        error_of_mean = max(float(own), max(noise.pooled, partner) / np.sqrt(blocks))
        alone = t_quantile(1 - error, blocks) * error_of_mean
        if noise.prior_freedom:
            alone = min(alone, noise.moderated_width(1 - error, blocks, max(float(own), partner / np.sqrt(blocks))))
        low = float(mean - alone)
        least = float(clipped.min())
        in_every_block = least > 0 and _by_chance(least, np.sqrt(2.0) * partner_noise) ** blocks <= error
        return max(low, least) if in_every_block else low

    def _of_median(self, error: float) -> float:
        """Return the lower end for the median; a block in which the second was stopped counts as minus infinity.

        The mean is of no use where differences have no lower limit. Order statistics need none: the r-th smallest is
        above the median only if fewer than r of the blocks are below it, which is a matter of fair coins.
        """
        rank = _rank(len(self.differences), error)
        known = np.sort(np.where(self.below, -np.inf, self.differences))
        return float(known[rank - 1]) if rank else -np.inf


def _by_chance(distance: float, spread: float) -> float:
    """Return the most probable an error of at least this distance can be, for any distribution with this spread.

    This is Cantelli's inequality. With three blocks a t-test has two degrees of freedom and a threshold of 17 standard
    errors; that one candidate took three times as long in every block is proved all the same.
    """
    return spread**2 / (spread**2 + distance**2)


@lru_cache(maxsize=256)
def _rank(blocks: int, error: float) -> int:
    """Return the largest r for which fewer than r heads in this many tosses are at most this probable; 0 for none."""
    below = bdtr(np.arange(blocks), blocks, 0.5)
    return int((below <= error).sum())
