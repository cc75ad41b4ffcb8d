"""The A/A control of a run: a cell against its own copy, which must come out as no difference."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from comparators.journal.records import Run, Sample
from comparators.stats.intervals import logs, mean_and_error, ratio_interval, t_quantile
from comparators.stats.thresholds import Thresholds
from comparators.verdict.analysis import Noise

__all__ = ["copy_differs", "noise_of"]

Pair = tuple[float, float]
"""Seconds of a cell and of its copy in one block."""


def noise_of(run: Run) -> Noise | None:
    """Return what a run's control came to; None without a pair."""
    pairs = _pairs(run)
    if not pairs:
        return None
    cell = run.controls[0].cell
    times = logs(pairs)
    ratio = ratio_interval(times[:, 1], times[:, 0])
    thresholds = run.header.plan.settings.thresholds
    enough = len(pairs) >= thresholds.noise_pairs and ratio.low is not None and ratio.high is not None
    floor = max(ratio.high or 1.0, 1 / (ratio.low or 1.0)) - 1 if enough else 0.0
    comparison = f"{cell.workload.label}/{cell.phase}/{cell.python}"
    return Noise(comparison, cell.runner.label, ratio, floor, len(pairs))


def copy_differs(run: Run) -> bool:
    """Say whether the copy came out different beyond doubt, which no copy is."""
    return _differs(_pairs(run), run.header.plan.settings.thresholds)


def _differs(pairs: Sequence[Pair], thresholds: Thresholds) -> bool:
    if len(pairs) < thresholds.noise_pairs:
        return False
    times = logs(pairs)
    mean, error = mean_and_error(times[:, 1] - times[:, 0])
    return bool(np.abs(mean) > t_quantile(1 - thresholds.noise_error / 2, len(pairs)) * error)


def _pairs(run: Run) -> list[Pair]:
    """Return the pairs of the cell that the control is of.

    Two control samples in one block are cell and copy; a single one is the copy of the test's sample in that block.
    """
    if not run.controls:
        return []
    cell = run.controls[0].cell
    controls: dict[int, list[Sample]] = defaultdict(list)
    for sample in run.controls:
        if sample.cell == cell:
            controls[sample.block].append(sample)
    level = run.controls[0].level
    own = {
        one.block: one.seconds
        for one in run.samples
        if one.stage == "test" and one.cell == cell and level in (None, one.level)
    }
    found = []
    for block in sorted(controls):
        several = [one.seconds for one in controls[block]]
        if len(several) > 1:
            found.append((several[0], several[1]))
        elif block in own:
            found.append((own[block], several[0]))
    return found
