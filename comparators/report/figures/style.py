"""Colours, markers and sizes: one look for every picture, set while drawing and never on import."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

from comparators.runner import Model

__all__ = [
    "FAINT",
    "INK",
    "MARGIN",
    "MARKERS",
    "MODEL_COLOURS",
    "RATIO_BOUNDS",
    "RATIO_COLOURS",
    "SMALL",
    "TEXT",
    "TITLE",
    "WIDTH",
    "drawing_style",
    "ratio_colours",
]

WIDTH = 560.0
"""Of every picture, in points: text of 9 points stays legible when a phone scales it to its screen."""

TITLE, TEXT, SMALL = 12.5, 9.5, 9.0
"""Font sizes in points; nothing is smaller than 9."""

MARGIN = 14.0
"""Around every picture, in points."""

INK = "#20242a"
"""Text, axes and marks. In an SVG it becomes `currentColor`, so it follows the page into dark mode."""

FAINT = 0.72
"""Opacity of secondary text: still seven to one on white and on black."""

MODEL_COLOURS: MappingProxyType[Model, str] = MappingProxyType(
    {
        "loop": "#7f7f7f",
        "threads": "#d55e00",
        "processes": "#0072b2",
        "async": "#009e73",
        "interpreters": "#cc79a7",
    }
)
"""From the palette of Okabe and Ito, whose colours stay apart for every kind of colour vision."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "d")
"""Within a model the marker tells runners apart."""

RATIO_BOUNDS = (0.01, 0.1, 0.33, 0.67, 0.91, 1.1, 1.5, 3.0, 10.0, 100.0)
RATIO_COLOURS = (
    "#543005", "#8c510a", "#bf812d", "#dfc27d", "#f6e8c3", "#e6e6e6",
    "#c7eae5", "#80cdc1", "#35978f", "#01665e", "#003c30",
)  # fmt: skip
"""ColorBrewer's BrBG, its middle darker to show on white: brown is slower than serial, teal is faster.

Safe for colour-blind readers and in print.
"""

_RC = {
    "hatch.linewidth": 0.6,
    "path.simplify": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "comparators",
}


def ratio_colours(ratio: float) -> tuple[str, str]:
    """Return the fill for a ratio to serial and a text colour that is legible on it."""
    step = sum(ratio >= bound for bound in RATIO_BOUNDS)
    return RATIO_COLOURS[step], "#fdfdfd" if step in (0, 1, 9, 10) else "#101010"


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw with these settings and nobody else's; afterwards matplotlib is as it was."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)  # a name in a script the font lacks
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield
