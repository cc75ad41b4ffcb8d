"""Growth with the workers in words: for titles, panels and text alternatives."""

from collections.abc import Sequence

from comparators.report.figures.text_format import brief
from comparators.stats.interval import Interval
from comparators.stats.scaling_laws import Efficiency, Fit
from comparators.verdict.model import Standing
from comparators.verdict.text_format import count, percent, plural, ratio

__all__ = ["finding", "fit_words", "subtitle", "summary"]

_NAMES = {"amdahl": "Amdahl", "usl": "USL"}


def subtitle(*, weak: bool) -> str:
    """Say what the axes and the marks are."""
    seen = "Marks: the fastest of each count, and its 95 % interval over the rounds. Curves: laws fitted to the marks."
    if weak:
        return f"Share of the ideal by workers, when each worker has as much to do. {seen}"
    return f"Times faster than serial by workers, logarithmic; the total work is the same. {seen}"


def finding(workload: str, sure: Sequence[tuple[Standing, Efficiency]], *, weak: bool) -> str:
    """Say which runner gains most, of the gains that are sure, and how much of what there is."""
    if not sure:
        return f"No runner surely gains from more workers on {brief(workload)}"
    standing, best = max(sure, key=lambda one: (one[1].speedup, -one[1].workers))
    shares = f"{percent(round(best.ideal, 2))} of the ideal"
    if best.capacity is not None:
        shares += f", {percent(round(best.capacity, 2))} of what this host reaches"
    what = "as much work at once" if weak else "as fast as serial"
    runner, where = brief(standing.runner.label), brief(workload)
    gained = f"{ratio(best.speedup)} times {what} with {plural(best.workers, 'worker')}"
    return f"{runner} grows most on {where}: {gained}, {shares}"


def fit_words(fit: Fit) -> str:
    """Say what a law found, or why not to rely on it."""
    if fit.doubt:
        return f"{_NAMES[fit.law]} not reliable: {fit.doubt}"
    said = f"{_NAMES[fit.law]}: {percent(round(fit.contention.ratio, 3))} not parallel"
    if fit.coherence is None:
        return said
    return f"{said}, peak at {_peak(fit.peak)} workers" if fit.peak is not None else f"{said}, no peak foreseen"


def _peak(peak: Interval) -> str:
    low, high = (count(round(end or 0)) for end in (peak.low, peak.high))
    return f"{count(round(peak.ratio))} ({low} to {high})"


def summary(standing: Standing, gains: Sequence[Efficiency], fits: Sequence[Fit]) -> str:
    """Tell a panel to who cannot see it."""
    parts = [f"{ratio(one.speedup)} with {count(one.workers)}" for one in gains]
    laws = "".join(f" {fit_words(one)}." for one in fits)
    return f"{standing.runner.label}: {', '.join(parts)}.{laws}"
