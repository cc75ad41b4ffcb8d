"""Tables for a terminal, from the columns that all documents share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from comparators.report.columns import Column
from comparators.report.escaping import DASH
from comparators.report.layout import COLOURS, Layout, Line, Span, cells
from comparators.verdict.text_format import count

__all__ = ["table_lines"]

GAP = 2
"""Cells between columns."""

NARROWEST, PROSE = 12, 24
"""Cells that a column of words, and the last one when it is prose, is made narrower to at most."""

MOST_ROWS = 60
"""Rows that a terminal shows; the documents have all."""


@dataclass(slots=True)
class _Laid:
    """A column with the texts and styles of its rows; `width` shrinks until the table fits."""

    column: Column[Any]
    heading: str
    texts: list[str]
    styles: list[str]
    width: int


def table_lines(
    layout: Layout, columns: Sequence[Column[Any]], rows: Sequence[Any], *, indent: int = 2, most: int = MOST_ROWS
) -> Iterator[Line]:
    """Yield a table's lines. What does not fit wraps within its column; where that is not enough, columns are left out.

    Left out are columns that are empty in all rows, then those of detail, then the last ones.
    """
    shown = rows[:most]
    laid = [one for column in columns if (one := _lay(layout, column, shown)) is not None]
    if not laid or not shown:
        return
    _fit(laid, layout.width - indent)
    yield from _row(layout, laid, [(one.heading, "bold") for one in laid], indent)
    for number in range(len(shown)):
        yield from _row(layout, laid, [(one.texts[number], one.styles[number]) for one in laid], indent)
    if len(rows) > most:
        yield (Span(" " * indent + layout.text(f"and {count(len(rows) - most)} more in the report"), "dim"),)


def _lay(layout: Layout, column: Column[Any], rows: Sequence[Any]) -> _Laid | None:
    """Return a column's texts; None when it has nothing to show in any row."""
    values = [column.value(row) for row in rows]
    if all(value.text in (DASH, "") for value in values):
        return None
    texts = [layout.text(value.text) for value in values]
    heading = layout.text(column.heading)
    styles = [COLOURS.get(value.mark, "") if value.mark else "" for value in values]
    return _Laid(column, heading, texts, styles, max(cells(one) for one in (heading, *texts)))


def _fit(laid: list[_Laid], room: int) -> None:
    """Make columns fit beside each other: shrink the last one's prose, leave details out, shrink words, leave out."""

    def excess() -> int:
        return sum(one.width + GAP for one in laid) - GAP - room

    def shrink(one: _Laid, least: int) -> None:
        one.width = max(min(one.width, least), one.width - max(0, excess()))

    if laid[-1].column.align == "left":
        shrink(laid[-1], PROSE)
    while excess() > 0 and any(one.column.detail for one in laid):
        laid.remove([one for one in laid if one.column.detail][-1])
    for one in sorted(laid, key=lambda one: (one.column.name, -one.width)):
        if one.column.align == "left":
            shrink(one, NARROWEST)
    while excess() > 0 and len(laid) > 1:
        laid.pop()
    shrink(laid[0], room)


def _row(layout: Layout, laid: Sequence[_Laid], texts: Sequence[tuple[str, str]], indent: int) -> Iterator[Line]:
    """Yield the lines of a row: as many as its tallest cell has."""
    wrapped = [layout.wrapped(text, one.width) for one, (text, _) in zip(laid, texts, strict=True)]
    for lines in zip_longest(*wrapped, fillvalue=""):
        parts = (
            Span(layout.padded(line, one.width, one.column.align) + " " * GAP, style)
            for one, line, (_, style) in zip(laid, lines, texts, strict=True)
        )
        yield Span(" " * indent), *parts
