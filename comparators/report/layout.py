"""Text laid out for a terminal: widths in cells, wrapping, tables. Pure; colours are named and applied elsewhere."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from comparators.report.escaping import ascii_only, one_line, spans
from comparators.verdict.analysis import ResultStatus

__all__ = ["COLOURS", "LABEL", "Layout", "Line", "Span", "cells"]

LABEL = 7
"""Cells of the label before a line: `why    `."""

NARROWEST = 20
"""Cells that prose has at least, however narrow the terminal is."""

LONGEST = 400
"""Characters of a text from outside; the documents have all."""

COLOURS: dict[ResultStatus, str] = {
    "best": "bold green",
    "equal": "green",
    "open": "yellow",
    "bound": "dim",
    "pilot": "dim",
    "failed": "red",
    "hangs": "red",
    "wrong": "bold red",
    "not-applicable": "dim",
    "not-reached": "dim",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line with the style that a terminal gives it."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """The width and the characters that a terminal has.

    Attributes:
        width: cells of a line.
        plain: whether it takes ASCII only.
    """

    width: int
    plain: bool = False

    def text(self, words: str, *, longest: int = LONGEST) -> str:
        """Return text from outside on one line, in characters that the terminal has, names without backticks."""
        line = one_line("".join(part for part, _ in spans(" ".join(words.split()))), longest=longest)
        return ascii_only(line) if self.plain else line

    def wrapped(self, words: str, width: int) -> list[str]:
        """Break text into lines of at most this many cells, at spaces where it has them."""
        lines = [""]
        for word in self.text(words).split(" "):
            joined = f"{lines[-1]} {word}" if lines[-1] else word
            if cells(joined) <= width:
                lines[-1] = joined
                continue
            if lines[-1]:
                lines.append("")
            for letter in word:
                if cells(lines[-1] + letter) > width:
                    lines.append("")
                lines[-1] += letter
        return lines

    def paragraph(self, words: str, *, style: str = "", hang: int = 2, indent: int = 0) -> Iterator[Line]:
        """Yield the lines of a text, the later ones further in."""
        first = True
        for line in self.wrapped(words, max(NARROWEST, self.width - indent - hang)):
            yield (Span(" " * (indent if first else indent + hang) + line, style),)
            first = False

    def labelled(self, label: str, clauses: Sequence[str], *, style: str = "") -> Iterator[Line]:
        """Yield `why    first clause · second clause`, broken between clauses where they do not fit."""
        dot = self.text("·")
        room = max(NARROWEST, self.width - LABEL)
        lines: list[str] = []
        for clause in (self.text(one) for one in clauses if one):
            joined = f"{lines[-1]} {dot} {clause}" if lines else clause
            if lines and cells(joined) <= room:
                lines[-1] = joined
            else:
                lines += self.wrapped(clause, room)
        for number, line in enumerate(lines):
            yield Span((label if not number else "").ljust(LABEL), "bold" if not number else ""), Span(line, style)

    def padded(self, text: str, width: int, align: Literal["left", "right"] = "left") -> str:
        """Pad a text with spaces to this many cells."""
        space = " " * (width - cells(text))
        return space + text if align == "right" else text + space
