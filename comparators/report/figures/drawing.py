"""A figure under construction: a title that is the lesson, one plain matplotlib Axes, and both formats in the end."""

import io
import math
import textwrap
from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING

from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, INK, MARGIN, SMALL, TEXT, TITLE, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Drawing", "label_ends", "label_points", "spread"]

_DPI = 144
"""Dots per inch of the PNG: twice the pixels of a page, so that it stays sharp on fine screens."""

_TITLE_LETTERS, _TEXT_LETTERS = 60, 96
"""Letters that fit into a line of the title and of the text below it, at the widest usual mix of letters."""

_TITLE_LINE, _TEXT_LINE = 18.0, 14.0
"""Heights of lines in points."""

_LABEL_WIDTH = 90.0
"""Marks that are farther apart than this many points can have labels at the same height."""


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move places apart until neighbours have a gap, each as little as need be; the order stays.

    Args:
        places: of labels along one direction, in any order.
        gap: least distance between two of them.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    groups: list[tuple[float, list[int]]] = []  # centre and members: neighbours that touch move as one
    for index in order:
        groups.append((places[index], [index]))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], gap):
            members = groups[-2][1] + groups[-1][1]
            groups[-2:] = [(math.fsum(places[one] for one in members) / len(members), members)]
    moved = list(places)
    for centre, members in groups:
        for place, index in enumerate(members):
            moved[index] = centre + gap * (place - (len(members) - 1) / 2)
    return moved


def _touch(below: tuple[float, list[int]], above: tuple[float, list[int]], gap: float) -> bool:
    return above[0] - below[0] < gap * (len(below[1]) + len(above[1])) / 2


def label_ends(axes: "Axes", ends: Sequence[tuple[float, float, str, str]], *, gap: float = 13.0) -> None:
    """Write labels right of the axes at the heights of the ends of their lines, apart from each other.

    Args:
        axes: with its limits set.
        ends: x and y of the end of a line, its label and its colour.
        gap: least distance between two labels in points.
    """
    if not ends:
        return
    scale = axes.figure.dpi / 72
    heights = [float(axes.transData.transform((x, y))[1]) / scale for x, y, _, _ in ends]
    edge = axes.get_window_extent().x1 / scale
    for (x, y, label, colour), height in zip(ends, spread(heights, gap), strict=True):
        axes.annotate(
            label,
            (x, y),
            xytext=(edge + 16, height),
            textcoords="figure points",
            va="center",
            fontsize=SMALL,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 2, "shrinkB": 5},
        )


def label_points(axes: "Axes", points: Sequence[tuple[float, float, str]], *, gap: float = 18.0) -> None:
    """Write labels beside marks, apart from each other where marks are close.

    Args:
        axes: with its limits set.
        points: x, y and label.
        gap: least distance between the middles of two labels in points.
    """
    scale = axes.figure.dpi / 72
    places = [axes.transData.transform((x, y)) / scale for x, y, _ in points]
    heights = spread([float(place[1]) for place in places], gap)
    for (x, y, label), place, height in zip(points, places, heights, strict=True):
        alone = all(abs(place[0] - other[0]) > _LABEL_WIDTH for other in places if other is not place)
        axes.annotate(
            label,
            (x, y),
            xytext=(place[0] + 9, place[1] if alone else height),
            textcoords="figure points",
            va="center",
            fontsize=SMALL,
            annotation_clip=False,
        )


class Drawing:
    """One Axes below a title; sizes are points from the edges of the figure.

    Attributes:
        axes: to draw into.
        figure: that holds it.
    """

    axes: "Axes"
    figure: "Figure"

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        height: float,
        left: float = 56.0,
        right: float = MARGIN,
        bottom: float = 42.0,
    ) -> None:
        """Make the figure.

        Args:
            title: the lesson.
            subtitle: what is shown and how to read it; may be empty.
            height: of the axes.
            left: room for labels.
            right: room for labels.
            bottom: room for labels.
        """
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.title = title
        titles = textwrap.wrap(title, _TITLE_LETTERS) or [""]
        texts = textwrap.wrap(subtitle, _TEXT_LETTERS)
        heading = MARGIN + len(titles) * _TITLE_LINE + len(texts) * _TEXT_LINE + 12
        total = heading + height + bottom
        self.figure = Figure(figsize=(WIDTH / 72, total / 72), dpi=_DPI)
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes(
            (left / WIDTH, bottom / total, (WIDTH - left - right) / WIDTH, height / total), label="plot"
        )
        self._heading(titles, texts, total)

    def _heading(self, titles: Iterable[str], texts: Iterable[str], total: float) -> None:
        below = total - MARGIN
        for line in titles:
            self.figure.text(
                MARGIN / WIDTH, below / total, line, va="top", fontsize=TITLE, fontweight="bold", color=INK
            )
            below -= _TITLE_LINE
        for line in texts:
            self.figure.text(MARGIN / WIDTH, below / total, line, va="top", fontsize=TEXT - 0.5, color=FAINT)
            below -= _TEXT_LINE

    def finish(self, *, name: str, alt: str, comparison: str = "") -> Picture:
        """Return the picture in both formats; the same drawing gives the same bytes."""
        png = io.BytesIO()
        self.figure.savefig(png, format="png", facecolor="white", metadata={"Software": None})
        for number, artist in zip(count(), self.figure.findobj(), strict=False):
            artist.set_gid(f"{name}-{number}")  # a page holds many pictures, and an id only once
        svg = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(svg, format="svg", facecolor="none", metadata=metadata)
        markup = svg.getvalue()
        return Picture(
            name=name,
            title=self.title,
            alt=alt,
            png=png.getvalue(),
            svg=markup[markup.index("<svg") :],
            comparison=comparison,
        )
