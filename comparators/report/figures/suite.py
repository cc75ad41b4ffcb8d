"""Kinds of work and models: how many times faster than the plain loop, the best of each row marked."""

from collections.abc import Sequence

from comparators.report.escaping import DASH
from comparators.report.figures.drawing import Drawing, brief, positive
from comparators.report.figures.lessons import place_of, suite_lesson
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, INK, MODEL_COLOURS, SMALL, TEXT
from comparators.verdict.analysis import Analysis, ModelResult, Verdict
from comparators.verdict.text_format import rough
from comparators.workload import MODELS, Model

__all__ = ["draw_suite"]

_ROW = 32.0
"""Height of a row in points."""

_MOST_ROWS = 30
"""Comparisons in one picture."""

_SUBTITLE = (
    "Times faster than the plain loop. Filled: the model to use; outlined: within the margin of it, or still open."
)


def draw_suite(analysis: Analysis, name: str) -> Picture | None:
    """Draw a row per comparison and a column per model; None where no model is named."""
    shown = analysis.verdicts[:_MOST_ROWS]
    taking_part = {one.model for verdict in shown for one in verdict.models if one.status != "not-applicable"}
    models = [model for model in MODELS if model in taking_part]
    if not models:
        return None
    title = f"{suite_lesson(analysis)}."
    left_out = len(analysis.verdicts) - len(shown)
    subtitle = _SUBTITLE + (f" {left_out} more are in the report." if left_out else "")
    drawing = Drawing(title, subtitle, height=_ROW * len(shown), left=212, bottom=34)
    axes = drawing.axes
    axes.set_xlim(-0.5, len(models) - 0.5)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xticks(range(len(models)), [MODEL_NAMES[model] for model in models])
    axes.set_yticks([])
    axes.tick_params(length=0, labelcolor=INK, labelsize=SMALL)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for row, verdict in enumerate(shown):
        if row:
            axes.axhline(row - 0.5, color=FAINT, linewidth=0.4, alpha=0.5)
        _heading(drawing, row, verdict, analysis)
        results = {one.model: one for one in verdict.models}
        for column, model in enumerate(models):
            _cell(drawing, row, column, model, results.get(model))
    return drawing.finish(name=name, alt=_alt(title, shown, models))


def _heading(drawing: Drawing, row: int, verdict: Verdict, analysis: Analysis) -> None:
    kind, place = brief(verdict.kind, 38), place_of(verdict, analysis)
    annotate = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    same = kind == place
    drawing.axes.annotate(kind, (0, row), xytext=(-200, 0 if same else 6), fontsize=SMALL, **annotate)
    if not same:
        drawing.axes.annotate(
            brief(place, 36), (0, row), xytext=(-200, -7), fontsize=SMALL - 0.5, color=FAINT, **annotate
        )


def _cell(drawing: Drawing, row: int, column: int, model: Model, result: ModelResult | None) -> None:
    from matplotlib.patches import FancyBboxPatch

    best = result is not None and result.status == "best"
    near = result is not None and result.status in {"equal", "open"}
    if best or near:
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
    text = _text(result)
    colour = "#ffffff" if best else INK if positive(result.seconds if result else None) else FAINT
    weight = "bold" if best else "normal"
    drawing.axes.text(column, row, text, ha="center", va="center", fontsize=TEXT, color=colour, fontweight=weight)


def _text(result: ModelResult | None) -> str:
    if result is None or result.status == "not-applicable":
        return DASH
    if positive(result.seconds):
        return f"{rough(result.gain.ratio)}×" if result.gain else "measured"
    return {"bound": "stopped", "not-reached": "not yet"}.get(result.status, result.status)


def _alt(title: str, verdicts: Sequence[Verdict], models: Sequence[Model]) -> str:
    rows = []
    for verdict in verdicts:
        results = {one.model: one for one in verdict.models}
        cells = [f"{MODEL_NAMES[model]} {text}" for model in models if (text := _text(results.get(model))) != DASH]
        rows.append(f"{brief(verdict.kind)}: {', '.join(cells)}")
    return f"Table of kinds of work and models. {title} {'; '.join(rows)}."
