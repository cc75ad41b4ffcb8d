"""Speedup against workers, with the ideal line, the parallel capacity of this host, and intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.plan.names import BASELINE
from comparators.report.figures.axes import axis_below, axis_beside
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.facts import Facts, Topic
from comparators.report.figures.picture import Picture
from comparators.report.figures.scale import Scale, fit
from comparators.report.figures.style import MARKERS, MODEL_COLOURS, SMALL, WIDTH
from comparators.report.figures.text_format import cell_ratio, describe, finding
from comparators.stats.interval import Interval
from comparators.stats.intervals import CONFIDENCE
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import plural, ratio, ratio_of

__all__ = ["draw_speedup"]

_SUBTITLE = "Filled: the race, with its interval. Hollow: the pilot, about. Every count does the same total work."
_MOST_SERIES = 16
_LEFT, _RIGHT, _LEGEND, _LINE = 48.0, 346.0, 362.0, 13.5
_LABEL, _BEST = _LEGEND + 24, WIDTH - 14.0
_IDEAL, _CAPACITY = (5.0, 3.0), (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class _Series:
    """One runner's speedup by workers; `raced` is the count with samples of the race, if any."""

    standing: Standing
    points: tuple[tuple[int, Interval], ...]
    raced: int | None
    wins: bool
    hover: str


@dataclass(frozen=True, slots=True)
class _Area:
    x: Scale
    y: Scale
    top: float
    bottom: float


def draw_speedup(facts: Facts, topic: Topic, verdicts: Sequence[Verdict], note: str) -> Picture | None:
    """Draw the speedup of one workload, a panel per phase and Python; None without a time of serial."""
    shown = {verdict.comparison: (verdict, series) for verdict in verdicts if (series := _series(facts, verdict))}
    if not shown:
        return None
    canvas = Canvas()
    panels = list(shown.values())
    findings = [finding(verdict, where=facts.where(verdict)) for verdict, _ in panels]
    bottom = canvas.heading(findings[0], f"{_SUBTITLE} {note}".strip())
    headings = [facts.where(panels[0][0]) if len(panels) > 1 else "", *findings[1:]]
    for (_, series), heading in zip(panels, headings, strict=True):
        bottom = _panel(canvas, bottom + 10, heading, series, facts)
    alt = f"Speedup over serial against workers on {topic.workload}. "
    alt += " ".join(f"{words}. {_bests(series)}" for words, (_, series) in zip(findings, panels, strict=True))
    return canvas.finish(bottom, name=f"speedup-{topic.slug}", title=findings[0], alt=alt, workload=topic.workload)


def _series(facts: Facts, verdict: Verdict) -> list[_Series]:
    serial = next((one for one in verdict.standings if one.runner.name == BASELINE), None)
    if serial is None:
        return []
    found = []
    for standing in verdict.standings:
        points = _points(standing, serial)
        if standing is not serial and points:
            raced = standing.cell.workers if standing.cell is not None and facts.of(standing.cell).race else None
            wins = standing.runner.label in verdict.winners
            found.append(_Series(standing, points, raced, wins, describe(standing, verdict)))
    return found


def _points(standing: Standing, serial: Standing) -> tuple[tuple[int, Interval], ...]:
    """Return how many times faster than serial each worker count is: race over race, else pilot over pilot.

    The two were measured at different times, so that the time of one over that of the other would say nothing.
    """
    points: dict[int, Interval] = {}
    for _, once in serial.by_workers:
        points = {workers: Interval(once / seconds, None, None, CONFIDENCE) for workers, seconds in standing.by_workers}
    if standing.cell is not None and standing.to_serial is not None:
        points[standing.cell.workers] = standing.to_serial  # as the verdict has it
    return tuple(sorted(points.items()))


def _panel(canvas: Canvas, top: float, heading: str, series: Sequence[_Series], facts: Facts) -> float:
    top = canvas.lines(top, heading, bold=True) + 18
    drawn = series[:_MOST_SERIES]
    height = max(190.0, (len(drawn) + 3) * _LINE)
    area = _area(drawn, facts.capacities, top, top + height)
    _axes(canvas, area)
    _guides(canvas, area, facts.capacities)
    for one in reversed(drawn):  # the best is drawn last, so on top
        _draw_series(canvas, area, one, _marker(facts, one))
    _legend(canvas, top, series, facts)
    return area.bottom + 34


def _area(series: Sequence[_Series], capacities: Sequence[tuple[int, float]], top: float, bottom: float) -> _Area:
    counts = [float(workers) for one in series for workers, _ in one.points]
    ratios = [gain.ratio for one in series for _, gain in one.points]
    most = max(counts)
    capacity = [speedup for workers, speedup in capacities if workers <= most]
    reached = max(1.0, *ratios, *capacity)
    x = fit((1.0, most), _LEFT, _RIGHT, log=True)
    y = fit((1.0, *ratios, *capacity, min(most, 2 * reached)), bottom, top, log=True)
    return _Area(x, y, top, bottom)


def _axes(canvas: Canvas, area: _Area) -> None:
    across = area.x.ticks(lambda count: f"{count:,.0f}", gap=30, values=_counts(area.x))
    up = area.y.ticks(lambda ratio: f"{ratio:,.6g}", gap=15)
    axis_below(canvas, _LEFT, _RIGHT, area.bottom, across, "workers, logarithmic")
    axis_beside(canvas, _LEFT, _RIGHT, up)
    canvas.text(14, area.top - 7, "times faster than serial, logarithmic", size=SMALL, faint=True)


def _counts(scale: Scale) -> list[float] | None:
    """Return powers of two as ticks while there are few; None for the usual ones."""
    return [2.0**power for power in range(8) if 2**power <= scale.high] if scale.high < 200 else None


def _guides(canvas: Canvas, area: _Area, capacities: Sequence[tuple[int, float]]) -> None:
    end = min(area.x.high, area.y.high)
    at_x, at_y = area.x.at, area.y.at
    canvas.line((_LEFT, _RIGHT), (at_y(1), at_y(1)), width=1.2, colour=MODEL_COLOURS["loop"], hover="serial")
    canvas.line((at_x(1), at_x(end)), (at_y(1), at_y(end)), width=1.0, dashes=_IDEAL, hover="ideal: n times with n")
    shown = [(workers, speedup) for workers, speedup in capacities if workers <= area.x.high]
    if shown:
        words = "; ".join(f"{ratio(speedup)} times with {plural(workers, 'worker')}" for workers, speedup in shown)
        xs, ys = [at_x(workers) for workers, _ in shown], [at_y(speedup) for _, speedup in shown]
        canvas.line(xs, ys, width=1.8, dashes=_CAPACITY, hover=f"parallel capacity of this host for computing: {words}")
        if len(shown) == 1:
            canvas.marks(xs, ys, marker="_", size=12)


def _draw_series(canvas: Canvas, area: _Area, one: _Series, marker: str) -> None:
    colour = MODEL_COLOURS[one.standing.runner.model]
    xs = [area.x.at(workers) for workers, _ in one.points]
    ys = [area.y.at(gain.ratio) for _, gain in one.points]
    canvas.line(xs, ys, colour=colour, width=2.6 if one.wins else 1.2, alpha=None if one.wins else 0.8, hover=one.hover)
    places = [(x, y, workers == one.raced) for (workers, _), x, y in zip(one.points, xs, ys, strict=True)]
    for raced in (False, True):
        some = [(x, y) for x, y, in_race in places if in_race is raced]
        if some:
            at = ([x for x, _ in some], [y for _, y in some])
            canvas.marks(*at, marker=marker, colour=colour, size=6.5 if raced else 5, hollow=not raced, hover=one.hover)
    if one.raced is not None:
        _interval(canvas, area, one, area.x.at(one.raced))


def _interval(canvas: Canvas, area: _Area, one: _Series, x: float) -> None:
    ratio = one.standing.to_serial
    if ratio is None or ratio.low is None or ratio.high is None:
        return
    ends = (area.y.at(ratio.low), area.y.at(ratio.high))
    colour = MODEL_COLOURS[one.standing.runner.model]
    canvas.line((x, x), ends, colour=colour, width=1.4)
    canvas.marks((x, x), ends, marker="_", colour=colour, size=7)


def _legend(canvas: Canvas, top: float, series: Sequence[_Series], facts: Facts) -> None:
    y = top + 4
    canvas.text(_BEST, top - 7, "best", size=SMALL, align="right", faint=True)
    for one in series[:_MOST_SERIES]:
        colour = MODEL_COLOURS[one.standing.runner.model]
        canvas.line((_LEGEND, _LEGEND + 18), (y, y), colour=colour, width=2.6 if one.wins else 1.2)
        canvas.marks((_LEGEND + 9,), (y,), marker=_marker(facts, one), colour=colour, size=6)
        label, room = one.standing.runner.label, _BEST - 40 - _LABEL
        canvas.text(_LABEL, y + SMALL * 0.36, label, size=SMALL, bold=one.wins, room=room, hover=one.hover)
        best = cell_ratio(_best(one)[1])
        canvas.text(_BEST, y + SMALL * 0.36, best, size=SMALL, align="right", bold=one.wins)
        y += _LINE
    if len(series) > _MOST_SERIES:
        canvas.text(_LABEL, y + SMALL * 0.36, f"and {len(series) - _MOST_SERIES} more", size=SMALL, faint=True)
    _legend_of_guides(canvas, y + 4, facts)


def _legend_of_guides(canvas: Canvas, y: float, facts: Facts) -> None:
    canvas.line((_LEGEND, _LEGEND + 18), (y, y), colour=MODEL_COLOURS["loop"], width=1.2)
    canvas.text(_LABEL, y + SMALL * 0.36, "serial", size=SMALL)
    canvas.line((_LEGEND, _LEGEND + 18), (y + _LINE, y + _LINE), dashes=_IDEAL)
    canvas.text(_LABEL, y + _LINE + SMALL * 0.36, "ideal: n times with n", size=SMALL)
    if facts.capacities:
        canvas.line((_LEGEND, _LEGEND + 18), (y + 2 * _LINE, y + 2 * _LINE), dashes=_CAPACITY, width=1.8)
        canvas.text(_LABEL, y + 2 * _LINE + SMALL * 0.36, "host's parallel capacity, computing", size=SMALL)


def _marker(facts: Facts, one: _Series) -> str:
    return MARKERS[facts.markers[one.standing.runner.label] % len(MARKERS)]


def _best(one: _Series) -> tuple[int, Interval]:
    """Return the point of the race, or the highest of the pilot where the runner did not race."""
    raced = [point for point in one.points if point[0] == one.raced]
    return raced[0] if raced else max(one.points, key=lambda point: point[1].ratio)


def _bests(series: Sequence[_Series]) -> str:
    parts = []
    for one in series[:6]:
        workers, gain = _best(one)
        parts.append(f"{one.standing.runner.label} {ratio_of(gain)} times with {plural(workers, 'worker')}")
    more = f", and {len(series) - 6} more" if len(series) > 6 else ""
    return f"Best of each: {'; '.join(parts)}{more}."
