"""Kinds of work and models: how many times faster than the plain loop, the best of each row marked."""

from collections.abc import Sequence
from typing import Any

from comparators.report.columns import suite_columns
from comparators.report.escaping import DASH
from comparators.report.figures.drawing import Drawing
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, INK, MODEL_COLOURS, SMALL, TEXT
from comparators.report.lessons import brief, place_of, run_lesson
from comparators.report.values import MODEL_NAMES, Value, result_of, short_gain
from comparators.verdict.analysis import Analysis, Verdict
from comparators.workload import MODELS, Model

__all__ = ["draw_suite"]

_ROW = 32.0
"""Height of a row in points."""

_MOST_ROWS = 30
"""Comparisons in one picture."""

_LEFT = 212.0
"""Room for the kinds of work in points."""

_SUBTITLE = "Times faster than the plain loop. Filled: the model to use; outlined: as good, or not told apart."


def draw_suite(analysis: Analysis, name: str) -> Picture | None:
    """Draw a row per comparison and a column per model; None where no model took part."""
    shown = analysis.verdicts[:_MOST_ROWS]
    models = [model for model in MODELS if f"models.{model}" in {column.key for column in suite_columns(shown)}]
    if not models:
        return None
    left_out = len(analysis.verdicts) - len(shown)
    subtitle = _SUBTITLE + (f" {left_out} more are in the report." if left_out else "")
    drawing = Drawing(run_lesson(analysis), subtitle, height=_ROW * len(shown), left=_LEFT, bottom=34)
    axes = drawing.axes
    axes.set_xlim(-0.5, len(models) - 0.5)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xticks(range(len(models)), [MODEL_NAMES[model] for model in models])
    axes.set_yticks([])
    axes.tick_params(length=0, labelcolor=INK, labelsize=SMALL)
    axes.spines[:].set_visible(False)
    for row, verdict in enumerate(shown):
        if row:
            axes.axhline(row - 0.5, color=FAINT, linewidth=0.4, alpha=0.5)
        _heading(drawing, row, verdict, analysis)
        for column, model in enumerate(models):
            _cell(drawing, row, column, model, _value(verdict, model))
    return drawing.finish(name=name, alt=_alt(drawing.title, shown, models))


def _value(verdict: Verdict, model: Model) -> Value:
    result = result_of(verdict, model)
    return Value(DASH) if result is None else short_gain(result, verdict)


def _heading(drawing: Drawing, row: int, verdict: Verdict, analysis: Analysis) -> None:
    kind, place = brief(verdict.kind, 38), brief(place_of(verdict, analysis), 42)
    annotate: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    left = 12 - _LEFT
    same = kind == place
    drawing.axes.annotate(kind, (0, row), xytext=(left, 0 if same else 6), fontsize=SMALL, **annotate)
    if not same:
        drawing.axes.annotate(place, (0, row), xytext=(left, -7), fontsize=SMALL, color=FAINT, **annotate)


def _cell(drawing: Drawing, row: int, column: int, model: Model, value: Value) -> None:
    from matplotlib.patches import FancyBboxPatch

    best = value.mark == "best"
    if best or value.mark in {"equal", "open"}:
        box = FancyBboxPatch(
            (column - 0.4, row - 0.3),
            0.8,
            0.6,
            boxstyle="round,pad=0,rounding_size=0.1",
            mutation_aspect=1.5,
            facecolor=MODEL_COLOURS[model] if best else "none",
            edgecolor=MODEL_COLOURS[model],
            linewidth=1.3,
        )
        drawing.axes.add_patch(box)
    colour = "#ffffff" if best else FAINT if value.key is None else INK
    weight = "bold" if best else "normal"
    drawing.axes.text(column, row, value.text, ha="center", va="center", fontsize=TEXT, color=colour, fontweight=weight)


def _alt(title: str, verdicts: Sequence[Verdict], models: Sequence[Model]) -> str:
    rows = []
    for verdict in verdicts:
        values = {model: _value(verdict, model).text for model in models}
        cells = [f"{MODEL_NAMES[model]} {text}" for model, text in values.items() if text != DASH]
        rows.append(f"{brief(verdict.kind)}: {', '.join(cells)}")
    return f"Table of kinds of work and models. {title}. {'; '.join(rows)}."
