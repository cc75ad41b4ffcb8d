"""How many blocks a sequential test still needs."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from comparators.stats.intervals import Array, t_quantile
from comparators.stats.thresholds import LevelRule

__all__ = ["blocks_needed"]

_HORIZON = 1_000
"""Blocks beyond which "how many more" is no useful answer."""

_POWER_QUANTILE = 0.84
"""Normal quantile of 80 %: how sure the estimate wants to be."""


def blocks_needed(
    distances: Array, spreads: Array, freedom: int, blocks: int, error: float, rule: LevelRule
) -> int | None:
    """Estimate after how many blocks in all each rival is shown slower than the leader or equal to it, with 80 % power.

    Args:
        distances: mean differences of log seconds to the leader, shape (rivals,).
        spreads: standard deviation of each difference in one block, the same shape.
        freedom: degrees of freedom that each block beyond the first adds.
        blocks: how many there are already.
        error: two-sided error of an interval.
        rule: of the level.

    Returns:
        None where more than a thousand would be needed.
    """
    one_sided = error / 2 if rule.level == "model" else error
    counts, decide, equal = _reach(error / 2, one_sided, freedom)
    settled = (decide[:, None] * spreads < distances) | (
        distances + equal[:, None] * spreads < np.log1p(rule.equal_within)
    )
    enough = counts[settled.all(axis=1) & (counts > blocks)]
    return int(enough[0]) if len(enough) else None


@lru_cache(maxsize=64)
def _reach(decide: float, equal: float, freedom: int) -> tuple[npt.NDArray[np.int64], Array, Array]:
    """Return block counts and, per unit of spread, the differences that each count can show and can rule out."""
    counts = np.unique(np.geomspace(3, _HORIZON, 150).round().astype(np.int64))
    reach = [
        (t_quantile(1 - error, freedom * (counts - 1) + 1) + _POWER_QUANTILE) / np.sqrt(counts)
        for error in (decide, equal)
    ]
    return counts, reach[0], reach[1]
