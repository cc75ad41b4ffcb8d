"""All samples of one comparison: a strip per cell, blocks from top to bottom within it."""

import math
from collections.abc import Sequence

from comparators.report.figures.drawing import Drawing
from comparators.report.figures.picture import Picture
from comparators.report.figures.scales import SECONDS, fit
from comparators.report.figures.style import FAINT, GRID, INK, MARGIN, MARKERS, MODEL_COLOURS, SMALL
from comparators.report.lessons import brief, place_of, positive, samples_lesson
from comparators.report.values import MODEL_NAMES
from comparators.verdict.analysis import Analysis, SampleSeries, Verdict
from comparators.verdict.text_format import plural, seconds

__all__ = ["draw_samples"]

_MOST_ROWS = 16
"""Strips of one picture, the fastest ones."""

_ROW = 30.0
"""Height of a strip in points."""

_BAND = 0.62
"""Share of a strip's height that its blocks use."""

_LETTER = 5.6
"""Width of a letter of a label in points, at most on average."""

_SUBTITLE = "Each mark is one sample, the first block on top; the line is their mean. Left is faster."


def draw_samples(analysis: Analysis, verdict: Verdict, name: str) -> Picture | None:
    """Draw every sample; None where there are none."""
    cells = [found for one in verdict.samples if (found := _usable(one)).seconds or found.capped]
    ranked = sorted(cells, key=_mean)
    shown = ranked[:_MOST_ROWS]
    measured = [one for one in shown if one.seconds]
    if not measured:
        return None
    title = f"{place_of(verdict, analysis)}: {samples_lesson(measured)}"
    left_out = f" {len(ranked) - len(shown)} slower cells are not drawn." if len(ranked) > len(shown) else ""
    capped = " A triangle: stopped there." if any(one.capped for one in shown) else ""
    levels = len({one.level for one in shown})
    labels = [_label(one) + (f" ({one.level})" if levels > 1 and one.level != "model" else "") for one in shown]
    height = _ROW * len(shown)
    left = MARGIN + 10 + _LETTER * max(map(len, labels))
    drawing = Drawing(title, _SUBTITLE + capped + left_out, height=height, left=left, right=72, bottom=30)
    axes = drawing.axes
    fit(axes, "x", [value for one in shown for _, value in (*one.seconds, *one.capped)], SECONDS, room=0.04)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_yticks(range(len(shown)), labels)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.tick_params(axis="x", length=0)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.grid(axis="x", linewidth=0.6, alpha=0.8)
    axes.set_axisbelow(True)
    for row, one in enumerate(shown):
        _strip(drawing, row, one)
    return drawing.finish(name=name, alt=_alt(title, measured), comparison=verdict.comparison)


def _usable(series: SampleSeries) -> SampleSeries:
    """Leave out values that no axis has a place for; only a damaged journal has them."""
    kept = tuple((block, value) for block, value in series.seconds if positive(value))
    capped = tuple((block, value) for block, value in series.capped if positive(value))
    return SampleSeries(series.level, series.runner, series.model, series.workers, kept, capped)


def _mean(series: SampleSeries) -> float:
    """Return the geometric mean of the samples, as the tables have it; infinite without any."""
    values = [value for _, value in series.seconds]
    return math.exp(math.fsum(map(math.log, values)) / len(values)) if values else math.inf


def _label(series: SampleSeries) -> str:
    if series.model == "loop":
        return MODEL_NAMES["loop"]
    name = brief(series.runner, 18) if series.level == "api" else series.model
    return f"{name}, {series.workers:,}"


def _strip(drawing: Drawing, row: int, series: SampleSeries) -> None:
    axes = drawing.axes
    blocks = 1 + max(block for block, _ in (*series.seconds, *series.capped))
    colour = MODEL_COLOURS[series.model]

    def height(block: int) -> float:
        return row + _BAND * ((block + 0.5) / blocks - 0.5)

    axes.plot(
        [value for _, value in series.seconds],
        [height(block) for block, _ in series.seconds],
        linestyle="none",
        marker=MARKERS[series.model],
        markersize=4,
        color=colour,
        alpha=0.8,
        markeredgewidth=0,
    )
    for block, limit in series.capped:
        axes.plot((limit,), (height(block),), marker=">", markersize=6, color=colour, markerfacecolor="none")
    words = "stopped"
    if series.seconds:
        mean = _mean(series)
        axes.plot((mean, mean), (row - 0.42, row + 0.42), color=INK, linewidth=1.4)
        words = seconds(mean)
    axes.annotate(
        words,
        (1, row),
        xytext=(10, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        color=INK if series.seconds else FAINT,
    )


def _alt(title: str, measured: Sequence[SampleSeries]) -> str:
    parts = [f"{_label(one)} {seconds(_mean(one))} from {plural(len(one.seconds), 'sample')}" for one in measured]
    return f"Strip plot of every sample. {title}. Means: {'; '.join(parts)}."
