"""How a runner's speed grows with its workers, in words: gains by count, and what two laws say of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from comparators.stats.interval import Interval
from comparators.stats.scaling_laws import Efficiency, Fit, efficiencies, fits_of
from comparators.verdict.analysis import CountResult
from comparators.verdict.text_format import count, named, percent, ratio, rough

__all__ = ["scaling_lines"]

SMALLEST = 1e-6
"""Coherence that would not show with a thousand workers."""

POSSIBLE = 1.05
"""Share of what the host reaches above which the look at the host was disturbed: it is not told."""

_NAMES = {"amdahl": "Amdahl", "usl": "Universal Scalability Law"}


def scaling_lines(
    counts: Sequence[CountResult], loop_s: float | None, capacities: Mapping[int, float]
) -> tuple[str, ...]:
    """Return a line on the gains of each runner with several worker counts, and one for each law that was fitted."""
    times: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for one in counts:
        if one.seconds is not None:
            times[one.runner].append((one.workers, one.seconds))
    return tuple(
        line for runner, tried in times.items() if len(tried) > 1 for line in _lines(runner, tried, loop_s, capacities)
    )


def _lines(
    runner: str, times: Sequence[tuple[int, float]], loop_s: float | None, capacities: Mapping[int, float]
) -> Iterator[str]:
    gains = efficiencies(times, loop_s, capacities)
    if gains:
        parts = [f"{one.workers}: {ratio(one.speedup)} times, {_shares_of(one)}" for one in gains]
        yield f"Scaling of {named(runner)}, by workers: {'; '.join(parts)}."
    for fit in fits_of(times):
        yield f"{_NAMES[fit.law]} for {named(runner)}: {_fit_words(fit)}."


def _shares_of(gain: Efficiency) -> str:
    possible = gain.capacity is not None and gain.capacity <= POSSIBLE
    reached = f" and {percent(round(gain.capacity or 0.0, 2))} of what this host reaches" if possible else ""
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
