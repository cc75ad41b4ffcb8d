"""What a scaling run found, in words: gains by worker count, and what the two laws say of them."""

from collections.abc import Iterator, Mapping, Sequence

from comparators.plan.names import BASELINE
from comparators.stats.interval import Interval
from comparators.stats.scaling_laws import Efficiency, Fit, efficiencies, efficiency, fits_of
from comparators.verdict.model import Standing
from comparators.verdict.text_format import count, named, percent, plural, ratio, rough

__all__ = ["efficiency_line", "scaling_lines"]

SMALLEST = 1e-6
"""Coherence that would not show with a thousand workers."""

_NAMES = {"amdahl": "Amdahl", "usl": "Universal Scalability Law"}


def scaling_lines(rows: Sequence[Standing], capacities: Mapping[int, float]) -> tuple[str, ...]:
    """Return a line on the gains of each runner with several worker counts, and one for each law that was fitted."""
    serial = next((row for row in rows if row.runner.name == BASELINE), None)
    return tuple(line for row in rows if len(row.by_workers) > 1 for line in _lines(row, serial, capacities))


def efficiency_line(row: Standing, capacities: Mapping[int, float]) -> tuple[str, ...]:
    """Return a line on what the workers of a runner gained over serial; none for one worker, or without that ratio."""
    if row.cell is None or row.cell.workers == 1 or row.to_serial is None:
        return ()
    gain = efficiency(row.cell.workers, row.to_serial.ratio, capacities)
    return (f"Efficiency of {named(row.runner.label)} with {plural(gain.workers, 'worker')}: {_shares_of(gain)}.",)


def _lines(row: Standing, serial: Standing | None, capacities: Mapping[int, float]) -> Iterator[str]:
    gains = efficiencies(row, serial, capacities)
    if gains:
        parts = [f"{one.workers}: {ratio(one.speedup)} times, {_shares_of(one)}" for one in gains]
        yield f"Scaling of {named(row.runner.label)}, by workers: {'; '.join(parts)}."
    for fit in fits_of(row.by_workers):
        yield f"{_NAMES[fit.law]} for {named(row.runner.label)}: {_fit_words(fit)}."


def _shares_of(gain: Efficiency) -> str:
    reached = f" and {percent(round(gain.capacity, 2))} of what this host reaches" if gain.capacity is not None else ""
    return f"{percent(round(gain.ideal, 2))} of the ideal{reached}"


def _fit_words(fit: Fit) -> str:
    said = f"{percent(round(fit.contention.ratio, 3))} of the work does not run in parallel{_shares(fit.contention)}"
    if fit.coherence is not None:
        said += f", coherence {_small(fit.coherence.ratio)}"
        said += f", fastest with about {_peak(fit.peak)} workers" if fit.peak is not None else ", no peak foreseen"
    return f"not reliable, {fit.doubt} ({said})" if fit.doubt else said


def _small(value: float) -> str:
    return rough(value) if value >= SMALLEST else "0"


def _shares(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return ""
    low, high = (percent(round(end, 3)) for end in (interval.low, interval.high))
    return f" ({percent(interval.confidence)} interval {low} to {high})"


def _peak(peak: Interval) -> str:
    low, high = (count(round(end or 0)) for end in (peak.low, peak.high))
    return f"{count(round(peak.ratio))} ({low} to {high})"
