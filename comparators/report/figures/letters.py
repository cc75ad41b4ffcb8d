"""Text as outlines, one letter at a time.

Matplotlib lays out every text anew for each output, which takes most of the time of a picture full of short labels.
Outlines of single letters, kept for the life of the process, draw many times faster and give exact widths.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

__all__ = ["FONT", "Align", "Words", "outline", "shorten", "wide", "wrap"]

Align = Literal["left", "center", "right"]

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that a picture looks the same everywhere."""

_UNIT = 100.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text on a sheet; its baseline is at `y`, `rotation` is in degrees to the left."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    align: Align = "left"
    bold: bool = False
    faint: bool = False
    rotation: float = 0.0
    hover: str = ""


class _Letter(NamedTuple):
    """Outline and advance of a letter of size 1."""

    vertices: Any
    codes: Any
    advance: float


def wide(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in points."""
    return size * sum(_letter(character, bold=bold).advance for character in text)


def shorten(text: str, points: float, size: float, *, bold: bool = False) -> str:
    """Cut a text in its middle to fit a width: both ends tell names apart."""
    kept = len(text)
    cut = text
    while wide(cut, size, bold=bold) > points and kept > 3:
        kept = min(kept - 1, int(4 * points / size))  # hardly any letter is narrower than a quarter of its height
        tail = (kept - 1) // 2
        cut = f"{text[: kept - 1 - tail]}…{text[len(text) - tail :]}"
    return cut


def wrap(text: str, points: float, size: float, *, bold: bool = False, lines: int = 3) -> list[str]:
    """Break a text into at most so many lines of a width; what does not fit ends in an ellipsis."""
    found = [""]
    for long_word in text.split():
        word = shorten(long_word, points, size, bold=bold)
        longer = f"{found[-1]} {word}".strip()
        if wide(longer, size, bold=bold) <= points:
            found[-1] = longer
        elif len(found) == lines:
            found[-1] += " …"
            break
        else:
            found.append(word)
    return [line for line in found if line]


def outline(words: Words) -> tuple[Any, Any]:
    """Return vertices on the sheet, shape (n, 2), and path codes, shape (n,)."""
    import numpy as np

    letters = [_letter(character, bold=words.bold) for character in words.text]
    pen = -{"left": 0.0, "center": 0.5, "right": 1.0}[words.align] * sum(letter.advance for letter in letters)
    vertices = []
    for letter in letters:
        vertices.append(letter.vertices + np.array((pen, 0.0)))
        pen += letter.advance
    sine, cosine = math.sin(math.radians(words.rotation)), math.cos(math.radians(words.rotation))
    turned = np.concatenate(vertices) @ np.array([[cosine, -sine], [-sine, -cosine]])
    return turned * words.size + (words.x, words.y), np.concatenate([letter.codes for letter in letters])


@lru_cache(maxsize=4096)
def _letter(character: str, *, bold: bool) -> _Letter:
    import numpy as np
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family=[FONT], size=_UNIT, weight="bold" if bold else "normal")
    advance = (_extent(f"|{character}|", font) - _extent("||", font)) / _UNIT
    if character.isspace():
        return _Letter(np.empty((0, 2)), np.empty(0, dtype=np.uint8), advance)
    path = TextPath((0, 0), character, prop=font)
    return _Letter(path.vertices / _UNIT, path.codes, advance)


def _extent(text: str, font: Any) -> float:
    """Return the width of the ink; that of a letter between two bars tells how far the pen moves."""
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)
