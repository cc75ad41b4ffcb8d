"""Time against memory: which runners give more of the one for less of the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.report.figures.axes import axis_below, axis_beside
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.facts import Facts, Topic
from comparators.report.figures.picture import Picture
from comparators.report.figures.scale import Scale, fit
from comparators.report.figures.style import MARKERS, MODEL_COLOURS, SMALL, WIDTH
from comparators.report.figures.text_format import brief, names
from comparators.runner import Model
from comparators.verdict.model import Verdict
from comparators.verdict.text_format import bytes_size, plural, seconds

__all__ = ["draw_pareto", "front"]

_SUBTITLE = "Lower left is better. On the line: no other runner is both faster and smaller."
_MOST_POINTS = 16
_LEFT, _RIGHT, _LEGEND, _LINE = 62.0, 350.0, 366.0, 13.5
_MOST = WIDTH - 14.0
_DASHES = (4.0, 2.0)
_MIB = 2.0**20  # ticks are round numbers of these


@dataclass(frozen=True, slots=True)
class Point:
    """One runner: its seconds and the most bytes that its processes used."""

    label: str
    model: Model
    workers: int
    seconds: float
    memory: int
    kind: str

    @property
    def hover(self) -> str:
        """Say it in words."""
        amount = f"{bytes_size(self.memory)} {self.kind}".strip()
        return f"{self.label}, {plural(self.workers, 'worker')}: {seconds(self.seconds)}, {amount}"


def draw_pareto(facts: Facts, topic: Topic, verdicts: Sequence[Verdict], note: str) -> Picture | None:
    """Draw time against memory of one workload, a panel per comparison; None where fewer than two runners have both."""
    panels = [(verdict, points) for verdict in verdicts if len(points := _points(verdict)) > 1]
    if not panels:
        return None
    canvas = Canvas()
    titles = [_finding(topic.workload, points, facts.where(verdict)) for verdict, points in panels]
    bottom = canvas.heading(titles[0], f"{_SUBTITLE} {note}".strip())
    headings = [facts.where(panels[0][0]) if len(panels) > 1 else "", *titles[1:]]
    for (_, points), heading in zip(panels, headings, strict=True):
        bottom = _panel(canvas, bottom + 10, heading, points, facts)
    alt = f"Time against memory on {topic.workload}. "
    alt += " ".join(f"{words}. {_sentence(points)}" for words, (_, points) in zip(titles, panels, strict=True))
    return canvas.finish(bottom, name=f"memory-{topic.slug}", title=titles[0], alt=alt, workload=topic.workload)


def front(points: Sequence[Point]) -> list[Point]:
    """Return the points of which none is beaten in both, fastest first."""
    found: list[Point] = []
    for point in sorted(points, key=lambda one: (one.seconds, one.memory)):
        if not found or point.memory < found[-1].memory:
            found.append(point)
    return found


def _points(verdict: Verdict) -> list[Point]:
    return [
        Point(one.runner.label, one.runner.model, one.cell.workers, one.seconds, one.memory_bytes, one.memory_kind)
        for one in verdict.standings
        if one.cell is not None and one.seconds and one.memory_bytes
    ]


def _finding(workload: str, points: Sequence[Point], where: str) -> str:
    best = front(points)
    place = brief(workload) + (f" ({where})" if where else "")
    if len(best) == 1:
        return f"{brief(best[0].label)} took the least time and the least memory on {place}"
    fastest, smallest = best[0], best[-1]
    return (
        f"{brief(fastest.label)} took the least time on {place}, with {bytes_size(fastest.memory)}, "
        f"{brief(smallest.label)} the least memory, {bytes_size(smallest.memory)}"
    )


def _panel(canvas: Canvas, top: float, heading: str, points: Sequence[Point], facts: Facts) -> float:
    top = canvas.lines(top, heading, bold=True) + 18
    shown = points[:_MOST_POINTS]
    bottom = top + max(170.0, (len(shown) + 2) * _LINE)
    across = fit((one.seconds for one in shown), _LEFT + 8, _RIGHT, log=None)
    up = fit((one.memory / _MIB for one in shown), bottom - 6, top, log=None)
    _axes(canvas, across, up, top, bottom)
    best = front(shown)
    _draw_front(canvas, across, up, best)
    for one in reversed(shown):
        at = ((across.at(one.seconds),), (up.at(one.memory / _MIB),))
        colour, marker = MODEL_COLOURS[one.model], _marker(facts, one)
        canvas.marks(*at, marker=marker, colour=colour, size=7, hollow=one not in best, hover=one.hover)
    _legend(canvas, top, points, facts)
    return bottom + 34


def _axes(canvas: Canvas, across: Scale, up: Scale, top: float, bottom: float) -> None:
    columns, rows = across.ticks(seconds, gap=46), up.ticks(lambda amount: bytes_size(amount * _MIB), gap=15)
    axis_below(canvas, _LEFT, _RIGHT, bottom, columns, _name("seconds", across))
    axis_beside(canvas, _LEFT, _RIGHT, rows)
    canvas.text(14, top - 7, _name("memory of all processes at most", up), size=SMALL, faint=True)


def _name(what: str, scale: Scale) -> str:
    return f"{what}, logarithmic" if scale.log else what


def _draw_front(canvas: Canvas, across: Scale, up: Scale, best: Sequence[Point]) -> None:
    xs, ys = [across.at(best[0].seconds)], [up.at(best[0].memory / _MIB)]
    for one in best[1:]:
        xs += [across.at(one.seconds)] * 2
        ys += [ys[-1], up.at(one.memory / _MIB)]
    if len(best) > 1:
        canvas.line(xs, ys, width=1.0, dashes=_DASHES, alpha=0.7, hover="no runner is both faster and smaller")


def _legend(canvas: Canvas, top: float, points: Sequence[Point], facts: Facts) -> None:
    y = top + 4
    canvas.text(_MOST, top - 7, "at most", size=SMALL, align="right", faint=True)
    for one in points[:_MOST_POINTS]:
        canvas.marks((_LEGEND + 6,), (y,), marker=_marker(facts, one), colour=MODEL_COLOURS[one.model], size=6)
        canvas.text(
            _LEGEND + 16, y + SMALL * 0.36, one.label, size=SMALL, room=_MOST - 52 - _LEGEND - 16, hover=one.hover
        )
        canvas.text(_MOST, y + SMALL * 0.36, bytes_size(one.memory), size=SMALL, align="right")
        y += _LINE
    if len(points) > _MOST_POINTS:
        canvas.text(_LEGEND + 16, y + SMALL * 0.36, f"and {len(points) - _MOST_POINTS} more", size=SMALL, faint=True)


def _marker(facts: Facts, one: Point) -> str:
    return MARKERS[facts.markers[one.label] % len(MARKERS)]


def _sentence(points: Sequence[Point]) -> str:
    parts = [one.hover for one in points[:8]]
    more = f", and {len(points) - 8} more" if len(points) > 8 else ""
    best = names([one.label for one in front(points)])
    return f"{'; '.join(parts)}{more}. Nobody is both faster and smaller than {best}."
