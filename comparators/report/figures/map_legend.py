"""The legend of the winner map: the shapes that occur in it, and the scale of its colours."""

from collections.abc import Collection

from comparators.report.figures.canvas import Canvas
from comparators.report.figures.map_cells import CELL_HEIGHT, Kind, draw_kind
from comparators.report.figures.style import RATIO_BOUNDS, RATIO_COLOURS, SMALL, WIDTH

__all__ = ["draw_legend"]

_KINDS: tuple[tuple[Kind, str, float | None, str], ...] = (
    ("win", "1.92", 1.92, "wins"),
    ("tie", "1.92", 1.92, "ties: no difference that counts"),
    ("unresolved", "1.92", 1.92, "may be the fastest: not decided"),
    ("slower", "1.32", 1.32, "slower than the best"),
    ("about", "≈0.50", 0.5, "not raced: about, from the pilot"),
    ("capped", "≥3×", None, "stopped: takes ≥ 3× the best's time"),
    ("failed", "failed", None, "failed: no time, see the reason"),
    ("not-applicable", "n/a", None, "not applicable"),
    ("not-reached", "not run", None, "not reached before the run ended"),
)
_CELL, _LINE = 42.0, 28.0


def draw_legend(canvas: Canvas, top: float, kinds: Collection[Kind]) -> float:
    """Draw the legend, in two columns, and return its lower end."""
    shown = [one for one in _KINDS if one[0] in kinds]
    rows = (len(shown) + 1) // 2
    for place, (kind, words, fill, meaning) in enumerate(shown):
        x, y = 14 + (WIDTH - 28) / 2 * (place // rows), top + _LINE * (place % rows)
        draw_kind(canvas, x, y, _CELL, kind, words=words, fill=fill)
        canvas.text(x + _CELL + 6, y + CELL_HEIGHT / 2 + SMALL * 0.36, meaning, size=SMALL)
    return _colours(canvas, top + _LINE * rows + 8)


def _colours(canvas: Canvas, top: float) -> float:
    step = (WIDTH - 28) / len(RATIO_COLOURS)
    for place, colour in enumerate(RATIO_COLOURS):
        canvas.box(14 + step * place, top, step, 10, fill=colour, edge="#8b929b", line=0.5)
    for place, bound in enumerate(RATIO_BOUNDS, start=1):
        canvas.text(14 + step * place, top + 21, f"{bound:g}", size=SMALL, align="center")
    canvas.text(14, top + 34, "slower than serial", size=SMALL, faint=True)
    canvas.text(WIDTH / 2, top + 34, "times faster than serial", size=SMALL, align="center", faint=True)
    canvas.text(WIDTH - 14, top + 34, "faster than serial", size=SMALL, align="right", faint=True)
    return top + 36
