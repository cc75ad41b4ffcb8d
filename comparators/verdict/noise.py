"""The control of a run: one cell raced against an identical copy of itself, which must come out as no difference.

What the copy seems to gain or lose is this host's own noise. No difference smaller than that counts for anything: the
margin of a run is never below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from comparators.journal.records import Run
from comparators.plan.model import Cell
from comparators.stats.intervals import Interval, logs, mean_and_error, ratio_interval, t_quantile

__all__ = ["WIDEST_TIE", "Control", "control_of", "margin_above", "noise_floor", "tie_margin"]

FEWEST = 5
"""Pairs from which an interval says something about the host: three have one of four times the spread."""
LEVEL = 0.01
"""A copy that differs at this level is a sign of trouble: a quiet host shows it in one run of a hundred."""
WIDEST_TIE = 0.25
"""Noise above which nothing is called equal: "within 60 % of each other" is no answer, "unresolved" is."""


@dataclass(frozen=True, slots=True)
class Control:
    """What came of it.

    Attributes:
        cell: what raced against its own copy.
        blocks: pairs of samples.
        ratio: of the copy's seconds to the cell's own, with its interval.
        floor: the largest difference that this interval holds, as a share: 0.06 is 6 %. Zero with too few pairs.
        differs: whether the copy came out different for sure, which no copy is.
    """

    cell: Cell
    blocks: int
    ratio: Interval
    floor: float
    differs: bool


def control_of(run: Run) -> Control | None:
    """Return what a run's control came to; None without a pair."""
    if not run.controls:
        return None
    cell = run.controls[0].cell
    copies = {sample.block: sample.seconds for sample in run.controls if sample.cell == cell}
    own = {one.block: one.seconds for one in run.samples if one.stage == "race" and one.cell == cell}
    pairs = [(own[block], copies[block]) for block in sorted(copies) if block in own]
    if not pairs:
        return None
    times = logs(pairs)
    ratio = ratio_interval(times[:, 1], times[:, 0])
    return Control(cell, len(pairs), ratio, noise_floor(pairs), _differs(pairs))


def noise_floor(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the largest difference, as a share, that the interval of a cell and its copy holds; 0 with few pairs.

    Args:
        pairs: seconds of the cell and of its copy, one pair per block.
    """
    if len(pairs) < FEWEST:
        return 0.0
    times = logs(pairs)
    interval = ratio_interval(times[:, 1], times[:, 0])
    if interval.low is None or interval.high is None:
        return 0.0
    return max(interval.high, 1 / interval.low) - 1


def tie_margin(margin: float, noise: float) -> float:
    """Return the margin within which runners tie: not below the noise; zero, for none at all, with too much."""
    return max(margin, noise) if noise <= WIDEST_TIE else 0.0


def margin_above(margin: float, pairs: Sequence[tuple[float, float]]) -> float:
    """Return the margin for ties, given the pairs of a run's control."""
    return tie_margin(margin, noise_floor(pairs))


def _differs(pairs: Sequence[tuple[float, float]]) -> bool:
    if len(pairs) < FEWEST:
        return False
    times = logs(pairs)
    mean, error = mean_and_error(times[:, 1] - times[:, 0])
    return bool(np.abs(mean) > t_quantile(1 - LEVEL / 2, len(pairs)) * error)
