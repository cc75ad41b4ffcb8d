"""Markdown that shows text as it is: nothing from outside becomes a link, a table or HTML."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from comparators.report.columns import Column
from comparators.report.escaping import DASH, clean, one_line, spans

__all__ = ["MOST_ROWS", "code", "column_table", "escape", "folded", "prose", "source", "table"]

SPECIAL = re.compile(r"[\\`*<$~|#]|(?<!\w)_|_(?!\w)")
"""What means something within a line. An underscore between letters does not."""

BARE_PIPE = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"\](?=[(\[:])")
FIRST = re.compile(r"^([=+@>-]|\d+[.)] )")
"""What a line or a spreadsheet's cell must not begin with: a formula, a list, a quotation."""

MOST_ROWS = 500
"""Rows of a table; `verdicts.json` has all."""


def escape(text: str) -> str:
    """Return text as one line that Markdown shows as it is."""
    return FIRST.sub(_defused, _literal(one_line(text)))


def prose(sentence: str) -> str:
    """Escape a sentence; the names between its backticks become code spans."""
    line = " ".join(sentence.split())
    return FIRST.sub(_defused, "".join(code(part) if name else _literal(part) for part, name in spans(line)))


def code(name: str) -> str:
    """Return a name as a code span, whatever is in it."""
    line = one_line(name)
    longest = max((len(ticks) for ticks in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def source(text: str, language: str = "") -> list[str]:
    """Return the lines of a fenced block that nothing in it can end."""
    cleaned = clean(text).rstrip("\n")
    longest = max((len(ticks) for ticks in re.findall("`+", cleaned)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", cleaned, fence, ""]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return a table's lines; the cells are Markdown already. Columns whose numbers are in `right` are aligned so."""
    rule = ("---:" if place in right else "---" for place in range(len(headings)))
    return [_row(headings), _row(tuple(rule)), *map(_row, rows)]


def column_table(columns: Sequence[Column[Any]], rows: Sequence[Any]) -> list[str]:
    """Return the table of columns and rows, without columns that are empty in all rows; nothing without rows."""
    body = [[column.value(row) for column in columns] for row in rows[:MOST_ROWS]]
    kept = [place for place in range(len(columns)) if any(row[place].text not in (DASH, "") for row in body)]
    if not body or not kept:
        return []
    used = [columns[place] for place in kept]
    cells = (
        [_cell(row[place].text, name=columns[place].name, best=row[place].mark == "best") for place in kept]
        for row in body
    )
    right = [number for number, column in enumerate(used) if column.align == "right"]
    lines = table([escape(column.heading) for column in used], cells, right=right)
    more = len(rows) - MOST_ROWS
    return [*lines, "", *([f"{more:,} more rows are in verdicts.json.", ""] if more > 0 else [])]


def folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield lines that a reader unfolds; nothing without lines."""
    if lines:
        yield from ("<details>", f"<summary>{html.escape(one_line(title))}</summary>", "", *lines)
        yield from ("</details>", "")


def _cell(text: str, *, name: bool, best: bool) -> str:
    shown = text if text == DASH else code(text) if name else escape(text)
    return f"**{shown}**" if best and shown != DASH else shown


def _row(cells: Sequence[str]) -> str:
    """Put Markdown into a row; within tables a pipe needs its backslash in code spans too."""
    shown = (BARE_PIPE.sub(r"\\|", cell) or DASH for cell in cells)
    return f"| {' | '.join(shown)} |"


def _literal(text: str) -> str:
    special = SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;"))
    return LINK.sub(r"\\]", special).replace("://", ":\\//")


def _defused(found: re.Match[str]) -> str:
    return f"{found[0][:-2]}\\{found[0][-2:]}" if found[0][0].isdigit() else f"\\{found[0]}"
