"""Time against memory: a mark per model; the best are at the lower left."""

from collections.abc import Sequence

from comparators.report.figures.drawing import Drawing, label_points
from comparators.report.figures.picture import Picture
from comparators.report.figures.scales import SECONDS, SIZES, fit
from comparators.report.figures.style import FAINT, MARKERS, MODEL_COLOURS
from comparators.report.lessons import memory_lesson, place_of, positive, time_of
from comparators.report.values import MODEL_NAMES
from comparators.verdict.analysis import Analysis, ModelResult, Verdict
from comparators.verdict.text_format import bytes_size, seconds

__all__ = ["draw_memory"]

_FEWEST = 2
"""Models with a time and a memory that make a picture."""

_SUBTITLE = "Seconds for all tasks, and memory of all processes together: left is faster, lower needs less."


def draw_memory(analysis: Analysis, verdict: Verdict, name: str) -> Picture | None:
    """Draw time against memory; None with fewer than two models that have both."""
    results = [one for one in verdict.models if time_of(one) and positive(one.memory_bytes)]
    if len(results) < _FEWEST:
        return None
    title = f"{place_of(verdict, analysis)}: {memory_lesson(results)}"
    drawing = Drawing(title, _SUBTITLE, height=180, left=72, right=92)
    axes = drawing.axes
    fit(axes, "x", [one.seconds or 0.0 for one in results], SECONDS)
    fit(axes, "y", [float(one.memory_bytes or 0) for one in results], SIZES, room=0.15)
    axes.tick_params(length=0)
    axes.grid(linewidth=0.6, alpha=0.8)
    axes.set_axisbelow(True)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.set_xlabel("time for all tasks")
    for one in results:
        colour, marker = MODEL_COLOURS[one.model], MARKERS[one.model]
        axes.plot(
            (one.seconds or 0.0,),
            (float(one.memory_bytes or 0),),
            linestyle="none",
            marker=marker,
            markersize=9,
            color=colour,
        )
    label_points(axes, [(one.seconds or 0.0, float(one.memory_bytes or 0), MODEL_NAMES[one.model]) for one in results])
    return drawing.finish(name=name, alt=_alt(title, results), comparison=verdict.comparison)


def _alt(title: str, results: Sequence[ModelResult]) -> str:
    parts = [
        f"{MODEL_NAMES[one.model]} {seconds(one.seconds or 0)} and {bytes_size(one.memory_bytes or 0)}"
        for one in results
    ]
    return f"Scatter plot of time against memory. {title}. {'; '.join(parts)}."
