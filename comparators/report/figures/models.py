"""The models of one comparison: bars of how many times faster than the plain loop each is."""

from typing import Any

from comparators.report.escaping import one_line
from comparators.report.figures.drawing import Drawing
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, GRID, INK, MODEL_COLOURS, SMALL, TEXT
from comparators.report.lessons import brief, models_lesson, place_of
from comparators.report.model_bars import Bar, bars_of, longest
from comparators.report.values import MODEL_NAMES
from comparators.verdict.analysis import Analysis, Verdict

__all__ = ["draw_models"]

_ROW = 27.0
"""Height of a row in points."""

_VALUES, _APIS = 16.0, 106.0
"""Where the columns of values and of APIs begin, in points right of the axes."""

_LONGEST_VALUE = 14
"""Letters of a value with its interval; a longer one is written without."""

_SUBTITLE = "Times faster than the plain loop, with the interval of the ratio; longer is faster."
_WITHOUT_LOOP = "Longer is faster. The plain loop was not measured."


def draw_models(analysis: Analysis, verdict: Verdict, name: str) -> Picture | None:
    """Draw a bar per model, best first; None where there is no model."""
    bars = bars_of(verdict)
    if not bars:
        return None
    drawn = any(one.length for one in bars)
    with_loop = any(one.length and one.model == "loop" for one in bars)
    title = f"{place_of(verdict, analysis)}: {models_lesson(verdict)}"
    subtitle = (_SUBTITLE if with_loop else _WITHOUT_LOOP) if drawn else ""
    drawing = Drawing(title, subtitle, height=_ROW * len(bars), left=92, right=250, bottom=30)
    axes = drawing.axes
    axes.set_xlim(0, longest(bars) * 1.02)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_yticks(range(len(bars)), [MODEL_NAMES[one.model] for one in bars])
    axes.tick_params(axis="y", length=0, labelsize=TEXT, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    if not with_loop:
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(drawn)
    else:
        axes.axvline(1, color=FAINT, linewidth=0.9, linestyle=(0, (3, 3)), zorder=3)
    for row, bar in enumerate(bars):
        _row(drawing, row, bar)
    return drawing.finish(name=name, alt=_alt(title, bars), comparison=verdict.comparison)


def _row(drawing: Drawing, row: int, bar: Bar) -> None:
    axes = drawing.axes
    if bar.length:
        axes.barh(row, bar.length, height=0.56, color=MODEL_COLOURS[bar.model], linewidth=0)
    if bar.high:
        axes.plot((bar.low, bar.high), (row, row), color=INK, linewidth=1.4, solid_capstyle="butt", zorder=4)
    if bar.cut:
        axes.plot((bar.high,), (row,), marker=">", markersize=4.5, color=INK, zorder=4, clip_on=False)
    annotate: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    whole = f"{bar.value} ({bar.ends})"
    value = whole if bar.ends and len(whole) <= _LONGEST_VALUE else bar.value
    weight = "bold" if bar.status == "best" else "normal"
    axes.annotate(value, (1, row), xytext=(_VALUES, 0), fontsize=TEXT, fontweight=weight, **annotate)
    place = _APIS if value else _VALUES
    note = brief(bar.api, 27) if value else one_line(bar.note, longest=44)
    axes.annotate(note, (1, row), xytext=(place, 0), fontsize=SMALL, color=FAINT, **annotate)


def _alt(title: str, bars: tuple[Bar, ...]) -> str:
    parts = [f"{MODEL_NAMES[one.model]} {one.value or one_line(one.note, longest=80)}" for one in bars]
    return f"Bar chart. {title}. {'; '.join(parts)}."
