"""The rule of the race: after each look, who is still in it, and does the verdict stand?

    a = 0.025 / (looks * (candidates - 1))
    drop i   the (1 - a) interval of log(T_i / T_j) lies above 0 for some j that is still in the race
    win      one candidate is left
    tie      every pair has its (1 - 2a) interval inside the margin, log(1 + margin)

Summed over looks and rivals, the best is dropped with a probability of at most 1.25 %, and a sole winner that is
not faster is named with at most 2.5 %, for any number of candidates and whenever the race stops.
Sources: Kalibera & Jones (ISMM'13) for paired ratios over fresh processes, Abedi & Brecht (ICPE'17) for interleaving,
López-Ibáñez et al. (irace, 2016) for racing, Schuirmann (1987) for equivalence by two one-sided tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from comparators.stats.intervals import Array, logs, mean_and_error, sign_flip, t_quantile

__all__ = ["ERROR", "FEWEST_BLOCKS", "Decision", "Rule", "judge"]

ERROR = 0.025
"""Probability of a false sole winner, over all looks and rivals. At twice as much, two equal runners with a noise of
5 % get a winner in 3.7 of 100 simulated races; with this in 2.1."""

FEWEST_BLOCKS = 3
"""With two differences there is one degree of freedom: the interval says next to nothing."""

_PERMUTATION_FROM = 8
"""Blocks from which an interval's decision is checked by flipping signs, where that has enough p-values to choose from.
They are the multiples of 2 ** (1 - blocks)."""

_FEWEST_STEPS = 5
"""Such multiples within the level below which the check is too coarse: with one, two candidates, seven looks and ten
blocks, it finds 76 % of the differences of which the interval alone finds 91 %."""

_PATTERNS = 2**15
"""The random sign patterns cannot show a p-value below one in this."""

_HORIZON = 1_000
"""Blocks beyond which "how many more" is no useful answer."""

_POWER_QUANTILE = 0.84
"""Normal quantile of 80 %: how sure the estimate of needed blocks wants to be."""

Rule = Literal["win", "tie", "unresolved"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a look at the race found.

    Attributes:
        outcome: None to go on.
        remaining candidates: labels still in the race: the winner, those that tie, or those not yet told apart.
        blocks_needed: about how many blocks settle it in all; None when settled or when it cannot be told.
    """

    outcome: Rule | None
    remaining: tuple[str, ...]
    blocks_needed: int | None


def judge(
    blocks: Sequence[Mapping[str, float]],
    remaining: Sequence[str],
    candidates: int,
    margin: float,
    looks: Sequence[int],
    *,
    last: bool = False,
) -> Decision:
    """Look at the race; the caller does so at the planned block counts only.

    Args:
        blocks: seconds of one loop by label, one mapping per block. A sample stopped at the cap enters as the cap,
            which can only make a slow runner look better.
        alive: labels still in the race; each is in every block.
        candidates: how many there were at the start of the race.
        margin: differences below it count as none.
        looks: all planned block counts.
        last: no more blocks will come: an outcome is wanted now.

    Returns:
        the decision; its outcome is None only when `last` is False.
    """
    undecided: Rule | None = "unresolved" if last or len(blocks) >= looks[-1] else None
    if len(remaining) == 1:
        return Decision("win", tuple(remaining), None)
    if not remaining or len(blocks) < FEWEST_BLOCKS:
        return Decision(undecided, tuple(remaining), None)
    error = ERROR / (len(looks) * (candidates - 1))
    times = logs([[block[label] for label in remaining] for block in blocks])
    differences = times[:, :, None] - times[:, None, :]
    kept: npt.NDArray[np.bool_] = np.logical_not(_proved_slower(differences, error).any(axis=1))
    remaining = tuple(label for label, keeps in zip(remaining, kept, strict=True) if keeps)
    if len(remaining) == 1:
        return Decision("win", remaining, None)
    if _all_equivalent(differences[:, kept][:, :, kept], error, margin):
        return Decision("tie", remaining, None)
    return Decision(undecided, remaining, _blocks_needed(times[:, kept], error, margin))


def _proved_slower(differences: Array, error: float) -> npt.NDArray[np.bool_]:
    """Tell for each pair whether the first is slower for sure; shape (blocks, n, n) to (n, n)."""
    blocks = len(differences)
    mean, spread = mean_and_error(differences)
    slower = mean - t_quantile(1 - error / 2, blocks) * spread > 0
    smallest = max(2.0 ** (1 - blocks), 1 / _PATTERNS)
    if blocks >= _PERMUTATION_FROM and _FEWEST_STEPS * smallest <= error and slower.any():
        slower[slower] = sign_flip(differences[:, slower]) <= error
    return slower


def _all_equivalent(differences: Array, error: float, margin: float) -> bool:
    """Tell whether every pair differs by less than the margin for sure; both directions of each pair are there."""
    mean, spread = mean_and_error(differences)
    highest = mean + t_quantile(1 - error, len(differences)) * spread
    return bool((highest < np.log1p(margin)).all())


def _blocks_needed(times: Array, error: float, margin: float) -> int | None:
    """Estimate how many blocks tell every rival from the best, or show that they tie, with 80 % power."""
    best = times.mean(axis=0).argmin()
    differences = np.delete(times, best, axis=1) - times[:, [best]]
    mean, spread = differences.mean(axis=0), differences.std(axis=0, ddof=1)
    counts, decide, equal = _quantiles(error)
    settled = (decide[:, None] * spread < mean) | (mean + equal[:, None] * spread < np.log1p(margin))
    enough = counts[settled.all(axis=1) & (counts > len(times))]
    return int(enough[0]) if len(enough) else None


@lru_cache(maxsize=64)
def _quantiles(error: float) -> tuple[npt.NDArray[np.int64], Array, Array]:
    """Return block counts and, per unit of spread, the differences that each count can decide and can rule out."""
    counts = np.unique(np.geomspace(FEWEST_BLOCKS, _HORIZON, 150).round().astype(np.int64))
    decide = (t_quantile(1 - error / 2, counts) + _POWER_QUANTILE) / np.sqrt(counts)
    equal = (t_quantile(1 - error, counts) + _POWER_QUANTILE) / np.sqrt(counts)
    return counts, decide, equal
