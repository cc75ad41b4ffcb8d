"""What a host's own noise is: a cell against its copy, and warm interpreters against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc

from comparators.stats.interval import Interval
from comparators.stats.intervals import Array, logs, mean_and_error, ratio_interval, t_quantile
from comparators.stats.thresholds import Thresholds

__all__ = ["GenerationEffect", "NoiseFloor", "equal_margin", "generation_effect", "noise_floor"]

_ROUNDING = 1e-18
"""Variance of log seconds that is rounding: without any noise nothing is proved."""


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """What an A/A control came to: one cell measured as two candidates, which must come out as no difference.

    Attributes:
        pairs: blocks in which both were measured.
        ratio: seconds of the copy divided by the cell's own.
        floor: the largest difference that the interval holds, as a share; zero with too few pairs to tell.
        differs: whether the copy came out different, which no copy is: a sign of trouble.
    """

    pairs: int
    ratio: Interval
    floor: float
    differs: bool


@dataclass(frozen=True, slots=True)
class GenerationEffect:
    """How far samples of one warm interpreter resemble each other more than those of others.

    Attributes:
        generations: how many interpreters there were.
        share: of the variance of a sample that is between generations, 0 to 1.
        p_value: of "no such share".
        proved: whether it is above zero at the level asked for: then the run returns to fresh processes.
    """

    generations: int
    share: float
    p_value: float
    proved: bool


def noise_floor(pairs: Sequence[tuple[float, float]], thresholds: Thresholds) -> NoiseFloor | None:
    """Return what a control came to; None without a pair.

    Args:
        pairs: seconds of the cell and of its copy, one pair per block. With samples of forked and of fresh processes
            of one cell instead, the ratio says whether the two agree.
        thresholds: of the run.
    """
    if not pairs:
        return None
    times = logs(pairs)
    differences = times[:, 1] - times[:, 0]
    ratio = ratio_interval(times[:, 1], times[:, 0])
    if len(pairs) < thresholds.noise_pairs or ratio.low is None or ratio.high is None:
        return NoiseFloor(len(pairs), ratio, 0.0, differs=False)
    mean, error = mean_and_error(differences)
    differs = bool(np.abs(mean) > t_quantile(1 - thresholds.noise_error / 2, len(pairs)) * error)
    return NoiseFloor(len(pairs), ratio, max(ratio.high, 1 / ratio.low) - 1, differs)


def equal_margin(margin: float, noise: NoiseFloor | None, thresholds: Thresholds) -> float:
    """Return the margin of a test: not below the noise floor; zero, so that nothing is called equal, with too much."""
    floor = noise.floor if noise else 0.0
    return max(margin, floor) if floor <= thresholds.widest_equal else 0.0


def generation_effect(
    seconds: npt.ArrayLike, generations: Sequence[int], thresholds: Thresholds
) -> GenerationEffect | None:
    """Estimate the share of variance between generations of warm interpreters; None where it cannot be told.

    With several cells the state of the host, which all cells of a block share, is taken out first: what is left is what
    would shift a ratio, one hash seed or memory layout that favours one candidate. One-way analysis of variance.

    Args:
        seconds: shape (blocks, cells).
        generations: the interpreter that measured each block, shape (blocks,).
        thresholds: of the run.
    """
    residuals, independent = _residuals(logs(seconds))
    groups = [residuals[np.asarray(generations) == one] for one in sorted(set(generations))]
    sizes = np.array([len(group) for group in groups], dtype=np.float64)
    blocks, count = float(sizes.sum()), len(groups)
    if count < 2 or blocks <= count or not independent:
        return None
    means = [group.mean(axis=0) for group in groups]
    between = sum(len(group) * float((mean**2).sum()) for group, mean in zip(groups, means, strict=True))
    within = sum(float(((group - mean) ** 2).sum()) for group, mean in zip(groups, means, strict=True))
    between_freedom, within_freedom = (count - 1) * independent, (blocks - count) * independent
    mean_between, mean_within = between / between_freedom, within / within_freedom
    if mean_between <= max(mean_within, _ROUNDING):
        return GenerationEffect(count, 0.0, 1.0, proved=False)
    per_group = (blocks - float((sizes**2).sum()) / blocks) / (count - 1)
    variance = (mean_between - mean_within) / per_group
    ratio = mean_between / mean_within if mean_within > 0 else np.inf
    p_value = float(fdtrc(between_freedom, within_freedom, ratio))
    share = variance / (variance + mean_within)
    return GenerationEffect(count, share, p_value, proved=p_value <= thresholds.generation_error)


def _residuals(times: Array) -> tuple[Array, int]:
    """Return log seconds without cell means and, for several cells, block means; and the independent columns."""
    residuals = times - times.mean(axis=0)
    if times.shape[1] < 2:
        return residuals, times.shape[1]
    return residuals - residuals.mean(axis=1, keepdims=True), times.shape[1] - 1
