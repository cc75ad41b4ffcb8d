"""The models of one comparison: bars of how many times faster than the plain loop each is."""

from collections.abc import Sequence

from comparators.report.escaping import one_line
from comparators.report.figures.drawing import Drawing, brief, positive
from comparators.report.figures.lessons import models_lesson, place_of
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, GRID, INK, MODEL_COLOURS, SMALL, TEXT
from comparators.verdict.analysis import Analysis, ModelResult, Verdict
from comparators.verdict.text_format import at_least, rough, seconds

__all__ = ["draw_models"]

_ROW = 27.0
"""Height of a row in points."""

_VALUES, _APIS = 16.0, 106.0
"""Where the columns of values and of APIs begin, in points right of the axes."""

_LONGEST_VALUE = 14
"""Letters of a value with its interval; a longer one is written without."""

_SUBTITLE = "Times faster than the plain loop, with the interval of the ratio; longer is faster."
_WITHOUT_LOOP = "Speed beside the fastest; longer is faster. The plain loop was not measured."


def draw_models(analysis: Analysis, verdict: Verdict, name: str) -> Picture | None:
    """Draw a bar per model, best first; None where there is no model."""
    if not verdict.models:
        return None
    lengths = _lengths(verdict.models)
    with_loop = any(one.gain for one in verdict.models)
    title = f"{place_of(verdict, analysis)}: {models_lesson(verdict)}"
    subtitle = (_SUBTITLE if with_loop else _WITHOUT_LOOP) if any(lengths) else ""
    drawing = Drawing(title, subtitle, height=_ROW * len(verdict.models), left=92, right=250, bottom=30)
    axes = drawing.axes
    longest = max((_high(one, length) for one, length in zip(verdict.models, lengths, strict=True)), default=0) or 1
    axes.set_xlim(0, longest * 1.02)
    axes.set_ylim(len(verdict.models) - 0.5, -0.5)
    axes.set_yticks(range(len(verdict.models)), [MODEL_NAMES[one.model] for one in verdict.models])
    axes.tick_params(axis="y", length=0, labelsize=TEXT, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    if not any(lengths):
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
    elif with_loop:
        axes.axvline(1, color=FAINT, linewidth=0.9, linestyle=(0, (3, 3)), zorder=3)
    for row, (result, length) in enumerate(zip(verdict.models, lengths, strict=True)):
        _row(drawing, row, result, length)
    return drawing.finish(name=name, alt=_alt(title, verdict), comparison=verdict.comparison)


def _lengths(results: Sequence[ModelResult]) -> list[float]:
    """Return the length of each bar: the gain, or without a loop the speed beside the fastest; 0 for no bar."""
    if any(one.gain for one in results):
        return [positive(one.gain.ratio) or 0.0 if one.gain else 0.0 for one in results]
    fastest = min((time for one in results if (time := positive(one.seconds))), default=0.0)
    return [fastest / time if (time := positive(one.seconds)) else 0.0 for one in results]


def _high(result: ModelResult, length: float) -> float:
    high = positive(result.gain.high) if result.gain else None
    return max(length, min(high, 2 * length) if high else 0)


def _row(drawing: Drawing, row: int, result: ModelResult, length: float) -> None:
    axes = drawing.axes
    colour = MODEL_COLOURS[result.model]
    if length:
        axes.barh(row, length, height=0.56, color=colour, alpha=0.9, linewidth=0)
        low, high = (positive(result.gain.low), positive(result.gain.high)) if result.gain else (None, None)
        if low and high:
            axes.plot((low, high), (row, row), color=INK, linewidth=1.4, solid_capstyle="butt", zorder=4)
    value, note = _words(result)
    best = result.status == "best"
    annotate = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    if value:
        axes.annotate(
            value, (1, row), xytext=(_VALUES, 0), fontsize=TEXT, fontweight="bold" if best else "normal", **annotate
        )
    place = _APIS if value else _VALUES
    note = brief(note, 27) if value else one_line(note, longest=44)
    axes.annotate(note, (1, row), xytext=(place, 0), fontsize=SMALL, color=FAINT, **annotate)


def _words(result: ModelResult) -> tuple[str, str]:
    """Return what stands beside a bar: the value and the API, or why there is no value."""
    if positive(result.seconds):
        value = f"{rough(result.gain.ratio)}×" if result.gain else seconds(result.seconds or 0)
        low, high = (result.gain.low, result.gain.high) if result.gain and result.model != "loop" else (None, None)
        if positive(low) and positive(high):
            ends = f" ({rough(low or 0)}–{rough(high or 0)})"
            value += ends if len(value + ends) <= _LONGEST_VALUE else ""
        return value, result.api
    if result.status == "bound" and result.at_least:
        return "", f"stopped: at least {at_least(result.at_least)} times as slow as the best"
    words = {"not-applicable": "", "failed": "failed: ", "hangs": "hangs: ", "wrong": "wrong: "}
    return "", f"{words.get(result.status, '')}{result.reason}" if result.reason else result.status.replace("-", " ")


def _alt(title: str, verdict: Verdict) -> str:
    parts = []
    for one in verdict.models:
        value, note = _words(one)
        time = f", {seconds(one.seconds)}" if one.seconds is not None and positive(one.seconds) else ""
        said = f"{value}{time}" if value else note
        parts.append(f"{MODEL_NAMES[one.model]} {said}")
    return f"Bar chart. {title}. {'; '.join(parts)}."
