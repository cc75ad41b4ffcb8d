"""The A/A control of a run: a cell against its own copy, which must come out as no difference."""

from collections import defaultdict

from comparators.journal.records import Run
from comparators.stats.noise import NoiseFloor, noise_floor
from comparators.verdict.analysis import Noise

__all__ = ["copy_differs", "noise_of"]


def noise_of(run: Run) -> Noise | None:
    """Return what a run's control came to; None without a pair."""
    found = _floor(run)
    if found is None:
        return None
    cell = run.controls[0].cell
    comparison = f"{cell.workload.label}/{cell.phase}/{cell.python}"
    return Noise(comparison, cell.runner.label, found.ratio, found.floor, found.pairs)


def copy_differs(run: Run) -> bool:
    """Say whether the copy came out different beyond doubt, which no copy is."""
    found = _floor(run)
    return found is not None and found.differs


def _floor(run: Run) -> NoiseFloor | None:
    """Return the noise floor over the pairs of the cell that the control is of.

    A block of a control has two samples, in random order: position 0 is the cell, 1 its copy.
    """
    cell = run.controls[0].cell if run.controls else None
    pairs: dict[int, dict[int, float]] = defaultdict(dict)
    for sample in run.controls:
        if sample.cell == cell:
            pairs[sample.block][sample.position] = sample.seconds
    whole = [(pair[0], pair[1]) for _, pair in sorted(pairs.items()) if pair.keys() >= {0, 1}]
    return noise_floor(whole, run.header.plan.settings.thresholds)
