"""A sheet to draw on, in points from its top left corner.

Matplotlib's `Axes` spend most of their time on ticks and margins that these pictures place themselves; artists put
straight onto a `Figure` draw several times faster and nothing moves by itself. Texts lie above all shapes.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from comparators.report.figures.letters import Align, Words, outline, shorten, wrap
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, INK, MARGIN, SMALL, TEXT, TITLE, WIDTH
from comparators.report.figures.svg import fit_for_page
from comparators.report.figures.text_format import plain

__all__ = ["Canvas"]

_PIXELS_PER_POINT = 2


class Canvas:
    """One picture in the making: shapes and words, then `finish`."""

    def __init__(self) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self._figure: Any = Figure(dpi=72)
        self._flip: Any = Affine2D()
        self._points = self._flip + self._figure.dpi_scale_trans
        self._hovers: dict[str, str] = {}
        self._words: list[Words] = []

    def heading(self, title: str, subtitle: str = "") -> float:
        """Write the finding and what is shown; return where the picture may begin."""
        bottom = self.lines(MARGIN, title, size=TITLE, bold=True)
        return self.lines(bottom + 1, subtitle, size=SMALL, faint=True)

    def lines(self, top: float, text: str, *, size: float = TEXT, bold: bool = False, faint: bool = False) -> float:
        """Write a text across the sheet, in up to four lines; return their lower end."""
        y = top
        for line in wrap(plain(text), WIDTH - 2 * MARGIN, size, bold=bold, lines=4):
            self.text(MARGIN, y + 0.8 * size, line, size=size, bold=bold, faint=faint)
            y += 1.3 * size
        return y

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        align: Align = "left",
        bold: bool = False,
        faint: bool = False,
        colour: str = INK,
        rotation: float = 0.0,
        room: float = WIDTH,
        hover: str = "",
    ) -> None:
        """Write one line whose baseline is at `y`, cut in its middle where it takes more than its `room`."""
        text = shorten(plain(text), room, size, bold=bold)
        if text:
            self._words.append(Words(text, x, y, size, colour, align, bold, faint, rotation, plain(hover)))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 1.0,
        dashes: tuple[float, ...] = (),
        hatch: str = "",
        hover: str = "",
    ) -> None:
        """Draw a rectangle; `hatch` is drawn in the colour of the edge, without the edge."""
        from matplotlib.patches import Rectangle

        artist = Rectangle(
            (x, y),
            width,
            height,
            facecolor=fill,
            edgecolor=edge,
            linewidth=0 if hatch else line,
            linestyle=(0, dashes) if dashes else "solid",
            hatch=hatch or None,
        )
        self._add(artist, hover)

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        colour: str = INK,
        width: float = 1.0,
        dashes: tuple[float, ...] = (),
        alpha: float | None = None,
        hover: str = "",
    ) -> None:
        """Draw straight lines from point to point; a point that is not a number ends one and begins the next."""
        from matplotlib.lines import Line2D

        style = (0, dashes) if dashes else "solid"
        self._add(Line2D(xs, ys, color=colour, linewidth=width, linestyle=style, alpha=alpha), hover)

    def rules(self, lines: Iterable[tuple[float, float, float, float]], *, width: float, alpha: float) -> None:
        """Draw many single lines, each from `x, y` to `x, y`, as one."""
        nowhere = float("nan")
        ends = [(xs, ys) for x, y, to_x, to_y in lines for xs, ys in ((x, y), (to_x, to_y), (nowhere, nowhere))]
        if ends:
            self.line([x for x, _ in ends], [y for _, y in ends], width=width, alpha=alpha)

    def marks(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        marker: str = "o",
        colour: str = INK,
        size: float = 5.0,
        hollow: bool = False,
        alpha: float | None = None,
        hover: str = "",
    ) -> None:
        """Draw the same mark at several places."""
        from matplotlib.lines import Line2D

        artist = Line2D(
            xs,
            ys,
            linestyle="none",
            marker=marker,
            markersize=size,
            alpha=alpha,
            markeredgewidth=1.0,
            markeredgecolor=colour,
            markerfacecolor="none" if hollow else colour,
        )
        self._add(artist, hover)

    def finish(self, bottom: float, *, name: str, title: str, alt: str, workload: str = "") -> Picture:
        """Return the picture; what was drawn ends `bottom` points below the upper edge."""
        height = round(bottom + MARGIN)
        self._figure.set_size_inches(WIDTH / 72, height / 72)
        self._flip.scale(1 / 72, -1 / 72).translate(0, height / 72)
        alt = plain(alt)
        svg = fit_for_page(
            self._svg(), name=name, alt=alt, size=(WIDTH, height), hovers=self._hovers, words=self._words
        )
        return Picture(name, plain(title), alt, self._png(), svg, workload)

    def _add(self, artist: Any, hover: str) -> None:
        artist.set_transform(self._points)
        if hover:
            gid = f"hover-{len(self._hovers)}"
            self._hovers[gid] = plain(hover)
            artist.set_gid(gid)
        self._figure.add_artist(artist)

    def _svg(self) -> str:
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        self._figure.patch.set_visible(False)
        file = io.StringIO()
        FigureCanvasSVG(self._figure).print_svg(file, metadata={"Date": None})
        return file.getvalue()

    def _png(self) -> bytes:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        self._add_outlines()
        self._figure.patch.set_visible(True)
        self._figure.set_facecolor("white")
        self._figure.set_dpi(72 * _PIXELS_PER_POINT)
        canvas = FigureCanvasAgg(self._figure)
        canvas.draw()
        return _encode(canvas.buffer_rgba())

    def _add_outlines(self) -> None:
        """Put all words of a colour onto the figure as one shape."""
        import numpy as np
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        groups = defaultdict(list)
        for one in self._words:
            groups[one.colour, one.faint].append(outline(one))
        for (colour, faint), outlines in groups.items():
            vertices, codes = (np.concatenate(parts) for parts in zip(*outlines, strict=True))
            alpha = FAINT if faint else None
            self._add(PathPatch(Path(vertices, codes), facecolor=colour, linewidth=0, alpha=alpha), "")


def _encode(pixels: Any) -> bytes:
    """Return a PNG of 256 colours, a quarter of the size of one with all; pixels has the shape (height, width, 4).

    Pillow is what matplotlib itself writes PNG with.
    """
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(np.asarray(pixels)[..., :3]))
    image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = image.getpalette() or []
    corner = 3 * int(np.asarray(image)[0, 0])
    palette[corner : corner + 3] = [255, 255, 255]  # the background; rounding to the palette made it a shade darker
    image.putpalette(palette)
    file = io.BytesIO()
    image.save(file, "png", dpi=(72 * _PIXELS_PER_POINT,) * 2)
    return file.getvalue()
