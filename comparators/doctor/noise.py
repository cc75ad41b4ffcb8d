"""How noisy this host is, and how much several busy processes do at once: measured."""

import statistics
from collections.abc import Sequence
from dataclasses import replace

from comparators.doctor.model import Finding
from comparators.stats.intervals import logs
from comparators.stats.noise import noise_floor
from comparators.stats.thresholds import Thresholds

__all__ = ["MARGIN", "noise_finding", "overlap_finding"]

MARGIN = 0.05
"""Differences below it count as none in a run, unless '--margin' says otherwise."""

GOOD_OVERLAP, POOR_OVERLAP = 0.85, 0.6
"""Shares of the speedup that as many CPUs would give."""


def overlap_finding(workers: int, speedup: float | None) -> Finding:
    """Judge how much more some busy processes do than one.

    Args:
        workers: how many there were.
        speedup: times the work of one; None if they could not be run.
    """
    facts = {"processes": workers, "speedup": speedup}
    if speedup is None:
        advice = "processes could not be started and timed: the checks of limits may say why"
        return Finding("overlap", "bad", f"{workers} busy processes could not be measured", advice, facts=facts)
    found = f"{workers} busy processes do {speedup:.2f} times the work of one"
    share = speedup / workers
    if share >= GOOD_OVERLAP:
        return Finding("overlap", "good", found, facts=facts)
    advice = (
        "no model can gain more here: CPUs are shared with other programs or guests, or are threads of one core"
        if share >= POOR_OVERLAP
        else "processes hardly run at the same time here: verdicts about models that compute say more about the host"
    )
    return Finding("overlap", "note" if share >= POOR_OVERLAP else "bad", found, advice, facts=facts)


def noise_finding(pairs: Sequence[tuple[float, float]]) -> Finding:
    """Judge the noise by pairs of seconds of one piece of work and of the same once more, all in fresh processes."""
    if len(pairs) < 2:
        advice = "run 'comparators run noop --runner serial --preset quick' to see why"
        return Finding("noise", "bad", "no two equal measurements could be taken", advice, facts={"pairs": len(pairs)})
    times = logs(pairs)
    spread = float(statistics.stdev((times[:, 1] - times[:, 0]).tolist()))
    thresholds = Thresholds()
    found_floor = noise_floor(pairs, replace(thresholds, noise_pairs=2))
    floor = found_floor.floor if found_floor is not None else 0.0
    facts = {"pairs": len(pairs), "spread": spread, "floor": floor, "seconds": statistics.median(map(min, pairs))}
    found = (
        f"the same work, twice, differs by {spread * 100:.2g} % from pair to pair; {len(pairs)} pairs cannot tell "
        f"{floor * 100:.2g} % from nothing"
    )
    if floor <= MARGIN:
        return Finding("noise", "good", found, facts=facts)
    advice = "differences of this size are noise: more blocks are needed ('--preset rigorous'), or a quieter host"
    if floor <= thresholds.widest_equal:
        return Finding("noise", "note", found, advice, "comparators run --preset rigorous", facts)
    advice = "nothing will be called equal here, and little will be decided: find what else runs, or take another host"
    return Finding("noise", "bad", found, advice, facts=facts)
