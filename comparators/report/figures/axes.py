"""The two axes of a panel: a line with marks below it, and rules across it with their values on the left."""

from collections.abc import Sequence

from comparators.report.figures.canvas import Canvas
from comparators.report.figures.style import SMALL, WIDTH

__all__ = ["Ticks", "axis_below", "axis_beside"]

Ticks = Sequence[tuple[float, str]]
"""Places along an axis and what stands there, see `Scale.ticks`."""


def axis_below(canvas: Canvas, start: float, end: float, bottom: float, ticks: Ticks, name: str) -> None:
    """Draw the line that a panel stands on, from `start` to `end`, with its marks, their values and its name."""
    marks = ((x, bottom, x, bottom + 3) for x, _ in ticks)
    canvas.rules([(start, bottom, end, bottom), *marks], width=0.8, alpha=0.6)
    for x, words in ticks:
        canvas.text(x, bottom + 4 + SMALL, words, size=SMALL, align="center")
    canvas.text((start + end) / 2, bottom + 16 + SMALL, name, size=SMALL, align="center", faint=True)


def axis_beside(canvas: Canvas, start: float, end: float, ticks: Ticks, *, room: float = WIDTH) -> None:
    """Draw a rule from `start` to `end` at each place, with its value in the `room` left of it."""
    canvas.rules([(start, y, end, y) for y, _ in ticks], width=0.6, alpha=0.2)
    for y, words in ticks:
        canvas.text(start - 4, y + SMALL * 0.36, words, size=SMALL, align="right", room=room)
