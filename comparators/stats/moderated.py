"""Moderated variance: what is known of a difference's noise, with what is expected before anything is known.

    s^2 = (f0 * s0^2 + f * s_pooled^2) / (f0 + f)         t with f0 + f degrees of freedom

With two candidates the data alone have one degree of freedom after two blocks and two after three, and an interim look
needs 204 and 18 standard errors; a host whose noise is not extreme tells a rival three times slower from the best at
once. The expectation is a noisy host's, and fades as blocks come in. Of the interval from the data alone and the
moderated one the narrower counts, which is not exact: of 20,000 simulated tests of two equal candidates, with looks
from two blocks on, 1.9 % name a winner where a sample's noise is 5 to 10 %, 2.9 % at 20 % and 4.3 % at 30 %, three
times what is expected (tests/stats/test_guarantees.py holds it).
Source: Smyth (2004), linear models and empirical Bayes methods.
"""

from dataclasses import dataclass

import numpy as np

from comparators.stats.intervals import Array, t_quantile

__all__ = ["Noise"]


@dataclass(frozen=True, slots=True)
class Noise:
    """What is known of the spread of a difference of log seconds.

    Attributes:
        pooled: its standard deviation, from candidates that were never stopped; 0 where it is unknown.
        freedom: degrees of freedom of that.
        prior_sd: expected standard deviation of one sample's log seconds.
        prior_freedom: degrees of freedom that the expectation counts as; 0 for none.
    """

    pooled: float
    freedom: int
    prior_sd: float
    prior_freedom: float

    @property
    def moderated(self) -> float:
        """Standard deviation of a difference, the expectation included."""
        expected = self.prior_freedom * 2 * self.prior_sd**2
        return float(np.sqrt((expected + self.freedom * self.pooled**2) / (self.prior_freedom + self.freedom)))

    def width(self, probability: float, blocks: int, errors: Array, least: Array) -> Array:
        """Return half the width of the intervals of all pairs.

        Args:
            probability: quantile of Student's t.
            blocks: how many.
            errors: standard errors of the means from the data alone, shape (candidates, candidates).
            least: standard errors that the moderated ones are not below, the same shape.
        """
        alone = t_quantile(probability, self.freedom + 1) * errors
        width = np.minimum(alone, self.moderated_width(probability, blocks, least)) if self.prior_freedom else alone
        np.fill_diagonal(width, 0.0)
        return np.asarray(width, dtype=np.float64)

    def moderated_width(self, probability: float, blocks: int, least: Array | float) -> Array:
        """Return half the width by the moderated variance, whose standard error is not below `least`."""
        errors = np.maximum(self.moderated / np.sqrt(blocks), least)
        quantile = t_quantile(probability, self.freedom + self.prior_freedom + 1)
        return np.asarray(quantile * errors, dtype=np.float64)
