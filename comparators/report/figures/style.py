"""Colours, markers and sizes: one look for every picture, set while drawing and never on import."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import MappingProxyType, ModuleType

from comparators.workload import Model

__all__ = [
    "FAINT",
    "GRID",
    "INK",
    "MARGIN",
    "MARKERS",
    "MODEL_COLOURS",
    "SMALL",
    "TEXT",
    "TITLE",
    "WIDTH",
    "drawing_style",
]

WIDTH = 500.0
"""Of every picture, in points (1/72 inch)."""

MARGIN = 12.0
"""Around every picture, in points."""

TITLE, TEXT, SMALL = 13.0, 10.0, 9.0
"""Font sizes in points; nothing is smaller than `SMALL`."""

INK, FAINT, GRID = "#20242a", "#59616d", "#d9dce1"
"""Text and axes, secondary text, lines in the background. `report.css` replaces them in dark mode, by these values."""

MODEL_COLOURS: MappingProxyType[Model, str] = MappingProxyType(
    {
        "loop": "#666b73",
        "threads": "#b34e00",
        "processes": "#0068a8",
        "async": "#007a59",
        "interpreters": "#a8487e",
    }
)
"""Hues of the palette of Okabe and Ito (2008), which stay apart for every kind of colour vision, dark enough for white
letters (5 to 1) and for lines on white. `report.css` has lighter ones for dark mode, by these values."""

MARKERS: MappingProxyType[Model, str] = MappingProxyType(
    {"loop": "o", "threads": "s", "processes": "^", "async": "D", "interpreters": "v"}
)
"""The same model has the same marker everywhere, so that a print without colours can be read."""

_SETTINGS = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": FAINT,
    "axes.labelsize": SMALL,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": GRID,
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that a picture has the same bytes everywhere
    "font.size": TEXT,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,  # a name with two dollar signs is a name
    "xtick.color": GRID,
    "xtick.labelcolor": FAINT,
    "xtick.labelsize": SMALL,
    "ytick.color": GRID,
    "ytick.labelcolor": FAINT,
    "ytick.labelsize": SMALL,
}


@contextmanager
def drawing_style(salt: str) -> Iterator[None]:
    """Draw with these settings alone; afterwards matplotlib is as it was.

    Args:
        salt: makes the ids within an SVG differ from those of other pictures, and the same in every run.
    """
    matplotlib = _matplotlib()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)  # a name in a script that the font lacks
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_SETTINGS, "svg.hashsalt": salt})
        yield


def _matplotlib() -> ModuleType:
    """Import matplotlib, also where `MPLBACKEND` names a backend that does not exist, which stops a plain import.

    No picture uses that backend; code of the person's own that plots later still gets it.
    """
    if "matplotlib" in sys.modules:
        return sys.modules["matplotlib"]
    asked = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib
    finally:
        if asked is not None:
            os.environ["MPLBACKEND"] = asked
    if asked:
        with suppress(ValueError):
            matplotlib.rcParams["backend"] = asked
    return matplotlib
