"""How a runner grows with its workers: what was measured, the two laws fitted to it, and what there is to be had."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from comparators.journal.records import Sample
from comparators.plan.names import BASELINE
from comparators.report.figures.axes import axis_below, axis_beside
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.facts import Facts, Topic
from comparators.report.figures.letters import wrap
from comparators.report.figures.picture import Picture
from comparators.report.figures.scale import Scale, fit
from comparators.report.figures.scaling_text import finding, fit_words, subtitle, summary
from comparators.report.figures.style import INK, MARGIN, MARKERS, MODEL_COLOURS, SMALL, WIDTH
from comparators.stats.interval import Interval
from comparators.stats.intervals import logs, ratio_interval
from comparators.stats.scaling_laws import Efficiency, Fit, efficiencies, fits_of
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import between, plural, ratio

__all__ = ["draw_scaling"]

MOST_PANELS = 12
"""Further runners are counted, not drawn."""

_GAP = 22.0
_PANEL = (WIDTH - 2 * MARGIN - _GAP) / 2
_AXIS, _HEIGHT, _LINE = 34.0, 132.0, 12.0
_IDEAL, _CAPACITY = (5.0, 3.0), (1.0, 2.0)
_AMDAHL, _DOUBTFUL = (9.0, 2.0, 2.0, 2.0), (1.0, 4.0)
_STEPS = 60
_BEYOND = 2.0
"""The axis goes on to a predicted peak that is at most this many times the most workers measured."""


@dataclass(frozen=True, slots=True)
class _Grown:
    """One runner: what each count gained, with the interval of its rounds, and the laws.

    `single_s` are the seconds that gains are relative to; `weak` shows gains as a share of the ideal.
    """

    verdict: Verdict
    standing: Standing
    gains: tuple[Efficiency, ...]
    spans: dict[int, Interval]
    fits: tuple[Fit, ...]
    single_s: float
    weak: bool

    def shown(self, speedup: float, workers: float) -> float:
        """Return a speedup as it is drawn."""
        return speedup / workers if self.weak else speedup

    def said(self, fit: Fit, workers: float) -> float:
        """Return what a law says, as it is drawn."""
        return self.shown(self.single_s / fit.seconds(workers), workers)


@dataclass(frozen=True, slots=True)
class _Area:
    x: Scale
    y: Scale
    top: float

    @property
    def bottom(self) -> float:
        return self.top + _HEIGHT


def draw_scaling(facts: Facts, topic: Topic, verdicts: Sequence[Verdict], note: str) -> Picture | None:
    """Draw a panel for each runner with several worker counts; None where the run does not look at scaling."""
    grown = [one for verdict in verdicts for one in _grown(facts, verdict)] if facts.scaling else []
    if not grown:
        return None
    canvas = Canvas()
    title = finding(topic.workload, [pair for one in grown for pair in _sure(one)], weak=grown[0].weak)
    left = len(grown) - MOST_PANELS
    note = f"{plural(left, 'more runner')} not drawn. {note}" if left > 0 else note
    bottom = _legend(canvas, canvas.heading(title, f"{subtitle(weak=grown[0].weak)} {note}".strip()) + 8, facts)
    shown = grown[:MOST_PANELS]
    for place in range(0, len(shown), 2):
        ends = [_panel(canvas, bottom + 8, at, one, facts) for at, one in enumerate(shown[place : place + 2])]
        bottom = max(ends)
    alt = f"Growth with the workers on {topic.workload}. {title}. "
    alt += " ".join(summary(one.standing, one.gains, one.fits) for one in shown)
    return canvas.finish(bottom, name=f"scaling-{topic.slug}", title=title, alt=alt, workload=topic.workload)


def _grown(facts: Facts, verdict: Verdict) -> Iterator[_Grown]:
    serial = next((one for one in verdict.standings if one.runner.name == BASELINE), None)
    capacities = dict(facts.capacities)
    for standing in verdict.standings:
        gains = efficiencies(standing, serial, capacities) if len(standing.by_workers) > 1 else ()
        if gains:
            single_s = gains[0].speedup * standing.by_workers[0][1]
            spans = dict(_spans(facts, standing, serial))
            fits = fits_of(standing.by_workers)
            yield _Grown(verdict, standing, gains, spans, fits, single_s, weak=facts.scaling == "weak")


def _sure(one: _Grown) -> Iterator[tuple[Standing, Efficiency]]:
    """Yield what more workers gained a runner, where the interval lies above 1."""
    for gain in one.gains:
        span = one.spans.get(gain.workers)
        if gain.workers > 1 and span is not None and span.low is not None and span.low > 1:
            yield one.standing, gain


def _spans(facts: Facts, standing: Standing, serial: Standing | None) -> Iterator[tuple[int, Interval]]:
    """Yield the intervals of the speedups, from the rounds in which both sides were measured."""
    single = _rounds(facts, serial, 1) or _rounds(facts, standing, 1)
    for workers, _ in standing.by_workers:
        own = _rounds(facts, standing, workers)
        common = sorted(single.keys() & own.keys())
        if len(common) > 1:
            yield workers, ratio_interval(logs([single[n] for n in common]), logs([own[n] for n in common]))


def _rounds(facts: Facts, standing: Standing | None, workers: int) -> dict[int, float]:
    """Return the seconds of a count in the pilot by round: the faster of value and warm-up, as the pilot counts."""
    if standing is None or standing.cell is None:
        return {}
    found = facts.of(replace(standing.cell, workers=workers)).pilot
    return {sample.block: _fastest(sample) for sample in found}


def _fastest(sample: Sample) -> float:
    return min(sample.seconds, sample.warmup_s or sample.seconds)


def _panel(canvas: Canvas, top: float, column: int, one: _Grown, facts: Facts) -> float:
    left = MARGIN + column * (_PANEL + _GAP)
    where = facts.where(one.verdict)
    name = f"{one.standing.runner.label} ({where})" if where else one.standing.runner.label
    canvas.text(left, top + SMALL, name, bold=True, room=_PANEL)
    area = _area(one, facts, left, top + 20)
    _axes(canvas, area, left, one)
    _guides(canvas, area, one, facts)
    for law in reversed(one.fits):  # where both laws say the same, the gaps of the first show the second
        _curve(canvas, area, one, law)
    _points(canvas, area, one, facts)
    y = area.bottom + 29 + SMALL
    for law in one.fits:
        for line in wrap(fit_words(law), _PANEL, SMALL, lines=2):
            canvas.text(left, y, line, size=SMALL, faint=not law.reliable)
            y += _LINE
    if not one.fits:
        canvas.text(left, y, "too few worker counts for a law", size=SMALL, faint=True)
        y += _LINE
    return y


def _area(one: _Grown, facts: Facts, left: float, top: float) -> _Area:
    most = float(max(gain.workers for gain in one.gains))
    peaks = [law.peak.ratio for law in one.fits if law.reliable and law.peak is not None]
    furthest = max([most, *(peak for peak in peaks if peak <= _BEYOND * most)])
    x = fit((1.0, furthest), left + _AXIS, left + _PANEL, log=True)
    seen = [one.shown(gain.speedup, gain.workers) for gain in one.gains]
    reached = [one.shown(speedup, workers) for workers, speedup in facts.capacities if workers <= most]
    bottom = top + _HEIGHT
    if one.weak:
        return _Area(x, Scale(0.0, 1.08 * max(1.0, *seen), bottom, top, log=False), top)
    return _Area(x, fit((1.0, *seen, *reached, min(most, 2 * max(1.0, *seen, *reached))), bottom, top, log=True), top)


def _axes(canvas: Canvas, area: _Area, left: float, one: _Grown) -> None:
    counts = [float(gain.workers) for gain in one.gains]
    across = area.x.ticks(lambda count: f"{count:,.0f}", gap=18, values=counts)
    up = area.y.ticks(lambda value: f"{100 * value:,.0f} %" if one.weak else f"{value:,.6g}", gap=15)
    start, end = area.x.start, area.x.end
    axis_below(canvas, start, end, area.bottom, across, "workers")
    axis_beside(canvas, start, end, up, room=start - left)


def _guides(canvas: Canvas, area: _Area, one: _Grown, facts: Facts) -> None:
    end = area.x.high if one.weak else min(area.x.high, area.y.high)
    ideal = [area.y.at(one.shown(count, count)) for count in (1.0, end)]
    canvas.line((area.x.at(1), area.x.at(end)), ideal, width=1.0, dashes=_IDEAL, hover="ideal: n times with n")
    known = [(workers, speedup) for workers, speedup in facts.capacities if workers <= area.x.high]
    if known:
        words = "; ".join(f"{ratio(speedup)} times with {plural(workers, 'worker')}" for workers, speedup in known)
        ys = [area.y.at(one.shown(speedup, workers)) for workers, speedup in known]
        xs = [area.x.at(workers) for workers, _ in known]
        canvas.line(xs, ys, width=1.8, dashes=_CAPACITY, hover=f"parallel capacity of this host for computing: {words}")


def _curve(canvas: Canvas, area: _Area, one: _Grown, law: Fit) -> None:
    """Draw a law as far as the axes go: with gaps for Amdahl, as faint dots where it is not reliable."""
    step = (area.x.high) ** (1 / _STEPS)
    counts = [step**number for number in range(_STEPS + 1)]
    colour = INK if law.law == "amdahl" else MODEL_COLOURS[one.standing.runner.model]
    dashes = _DOUBTFUL if law.doubt else _AMDAHL if law.law == "amdahl" else ()
    said = [(count, one.said(law, count)) for count in counts]
    drawn = [(area.x.at(count), area.y.at(gain)) for count, gain in said if area.y.low <= gain <= area.y.high]
    xs, ys = [x for x, _ in drawn], [y for _, y in drawn]
    canvas.line(
        xs, ys, colour=colour, width=1.6, dashes=dashes, alpha=0.55 if law.doubt else None, hover=fit_words(law)
    )
    if law.reliable and law.peak is not None and law.peak.ratio <= area.x.high:
        _peak(canvas, area, one, law, law.peak)


def _peak(canvas: Canvas, area: _Area, one: _Grown, law: Fit, peak: Interval) -> None:
    x, y = area.x.at(peak.ratio), area.y.at(one.said(law, peak.ratio)) - 9
    ends = [area.x.at(end) for end in (peak.low, peak.high) if end is not None]
    canvas.line(ends, [y] * len(ends), width=1.2)
    canvas.marks((x,), (y,), marker="v", size=7, hover=fit_words(law))


def _points(canvas: Canvas, area: _Area, one: _Grown, facts: Facts) -> None:
    colour = MODEL_COLOURS[one.standing.runner.model]
    marker = MARKERS[facts.markers[one.standing.runner.label] % len(MARKERS)]
    for gain in one.gains:
        x, span = area.x.at(gain.workers), one.spans.get(gain.workers)
        hover = f"{plural(gain.workers, 'worker')}: {ratio(gain.speedup)} times{between(span) if span else ''}"
        if span is not None and span.low is not None and span.high is not None:
            ends = [area.y.at(one.shown(end, gain.workers)) for end in (span.low, span.high)]
            canvas.line((x, x), ends, colour=colour, width=1.2)
            within = [y for y in ends if area.top < y < area.bottom]
            canvas.marks([x] * len(within), within, marker="_", colour=colour, size=6)
        y = area.y.at(one.shown(gain.speedup, gain.workers))
        canvas.marks((x,), (y,), marker=marker, colour=colour, size=5.5, hover=hover)


def _legend(canvas: Canvas, top: float, facts: Facts) -> float:
    """Explain the lines, three to a row."""
    lines = [("measured", (), 0.0), ("Universal Scalability Law", (), 1.6), ("Amdahl's law", _AMDAHL, 1.6)]
    lines += [("a law that is not reliable", _DOUBTFUL, 1.6), ("ideal", _IDEAL, 1.0), ("predicted peak", (), 0.0)]
    lines += [("host's parallel capacity, computing", _CAPACITY, 1.8)] if facts.capacities else []
    for number, (words, dashes, width) in enumerate(lines):
        x, y = MARGIN + number % 3 * 178.0, top + number // 3 * 13.0 + 4
        if width:
            canvas.line((x, x + 24), (y, y), width=width, dashes=dashes, alpha=0.55 if dashes == _DOUBTFUL else None)
        else:
            canvas.marks((x + 12,), (y,), marker="v" if "peak" in words else "o", size=6)
        canvas.text(x + 30, y + SMALL * 0.36, words, size=SMALL)
    return top + -(-len(lines) // 3) * 13.0
