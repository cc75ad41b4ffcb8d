"""A panel with one row per runner: name, workers, a strip along a time axis, and a number at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.report.figures.axes import axis_below
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.scale import Scale, fit
from comparators.report.figures.style import MODEL_COLOURS, SMALL, TEXT, WIDTH
from comparators.runner import Model
from comparators.verdict.text_format import plural, seconds

__all__ = ["MOST_ROWS", "ROW", "Panel", "Row", "draw_footnote", "draw_panel"]

MOST_ROWS = 24
"""Further runners are counted, not drawn."""

ROW = 17.0
_NAME_END, _WORKERS_END, _START, _END, _VALUE_END = 144.0, 188.0, 204.0, 484.0, WIDTH - 14.0


@dataclass(frozen=True, slots=True)
class Row:
    """The words of a row; `note` stands in the strip when there is nothing to draw."""

    label: str
    model: Model
    workers: str
    value: str
    hover: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Where a drawn panel is: the scale along it, the middle of each row, and its lower end."""

    scale: Scale
    middles: tuple[float, ...]
    bottom: float


def draw_panel(
    canvas: Canvas,
    top: float,
    rows: Sequence[Row],
    values: Sequence[float],
    *,
    heading: str = "",
    value_heading: str,
) -> Panel:
    """Draw everything of a panel but its marks.

    Args:
        sheet: to draw on.
        top: upper end in points.
        rows: at most `MOST_ROWS`.
        values: seconds that the axis must show; at least one.
        heading: what this panel is, where a picture has several.
        value_heading: what the number at the end of a row is.
    """
    y = canvas.lines(top, heading, bold=True) + 5
    for x, words in ((_NAME_END, "runner"), (_WORKERS_END, "workers"), (_VALUE_END, value_heading)):
        canvas.text(x, y + SMALL, words, size=SMALL, align="right", faint=True)
    y += 15
    bottom = y + ROW * len(rows)
    scale = fit(values, _START, _END)
    _axis(canvas, scale, y, bottom)
    middles = tuple(y + ROW * (place + 0.5) for place in range(len(rows)))
    canvas.rules(
        [(14, y + ROW * place, _VALUE_END, y + ROW * place) for place in range(len(rows))], width=0.5, alpha=0.13
    )
    for row, middle in zip(rows, middles, strict=True):
        _words(canvas, row, middle)
    return Panel(scale, middles, bottom + 34)


def draw_footnote(canvas: Canvas, bottom: float, hidden: int, more: str = "") -> float:
    """Say below a panel what it does not show; return the new lower end."""
    count = f"{plural(hidden, 'more runner')} not drawn." if hidden else ""
    return canvas.lines(bottom + 2, f"{count} {more}", size=SMALL, faint=True)


def _words(canvas: Canvas, row: Row, middle: float) -> None:
    baseline = middle + TEXT * 0.36
    canvas.marks((18.5,), (middle,), marker="s", colour=MODEL_COLOURS[row.model], size=6)
    canvas.text(_NAME_END, baseline, row.label, align="right", room=_NAME_END - 26, hover=row.hover)
    canvas.text(_WORKERS_END, baseline, row.workers, align="right")
    canvas.text(_VALUE_END, baseline, row.value, align="right")
    if row.note:
        room = _END - _START - 8
        canvas.text(_START + 4, baseline, row.note, size=SMALL, faint=True, room=room, hover=row.hover)


def _axis(canvas: Canvas, scale: Scale, top: float, bottom: float) -> None:
    ticks = scale.ticks(_tick, gap=46)
    canvas.rules([(x, top, x, bottom) for x, _ in ticks], width=0.6, alpha=0.2)
    axis_below(canvas, _START, _END, bottom, ticks, f"time for all tasks once{', logarithmic' if scale.log else ''}")


def _tick(value: float) -> str:
    """Write a round number of seconds with its unit and without the zeros that say nothing."""
    digits, unit = seconds(value).split()
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits} {unit}"
