"""Tables of the page, put together in Python: a template takes ten times as long for thousands of rows.

Every text is escaped here; nothing that comes from outside becomes markup.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from comparators.report.columns import Column
from comparators.report.escaping import DASH, clean
from comparators.report.values import Value

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["MOST_ROWS", "column_table"]

MOST_ROWS = 500
"""Rows of one table that the page shows; `verdicts.json` has all."""

_LONG = 24
"""Letters from which a column gets room for words."""

RowT = TypeVar("RowT")


def column_table(
    caption: str, columns: Sequence[Column[Any]], rows: Sequence[RowT], name: str, *, anchors: Sequence[str] = ()
) -> "Markup":
    """Return a table of rows by columns that can be sorted.

    Args:
        caption: what it shows.
        columns: in order; the first holds the headings of the rows. Columns without any value are left out.
        rows: of the kind that the columns read.
        name: unique on the page, for ids.
        anchors: for each row the id on the page that its first cell links to; none for no links.
    """
    values = [[column.value(row) for column in columns] for row in rows[:MOST_ROWS]]
    shown = [place for place in range(len(columns)) if not place or any(row[place].text != DASH for row in values)]
    long = {place for place in shown if any(len(row[place].text) > _LONG for row in values)}
    headings = "".join(_heading(columns[place], long=place in long) for place in shown)
    links = anchors or [""] * len(values)
    cells = ([(columns[place], row[place]) for place in shown] for row in values)
    body = "".join(_row(row, link) for row, link in zip(cells, links, strict=False))
    return _table(_with_rest(caption, len(rows)), headings, body, name)


def _with_rest(caption: str, rows: int) -> str:
    return f"{caption} ({rows - MOST_ROWS:,} more rows are in verdicts.json)" if rows > MOST_ROWS else caption


def _table(caption: str, headings: str, body: str, name: str) -> "Markup":
    from markupsafe import Markup

    return Markup(  # noqa: S704  every text in it is escaped above
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}">\n<table class="sortable">\n'
        f'<caption id="{name}">{_text(caption)}</caption>\n<thead><tr>{headings}</tr></thead>\n'
        f"<tbody>\n{body}</tbody>\n</table>\n</div>"
    )


def _heading(column: Column[Any], *, long: bool) -> str:
    flags = (("number", column.align == "right"), ("long", long and not column.name))
    classes = [word for word, given in flags if given]
    named = f' class="{" ".join(classes)}"' if classes else ""
    return f'<th scope="col"{named} title="{_text(column.help)}">{_text(column.heading)}</th>'


def _row(cells: Iterable[tuple[Column[Any], Value]], anchor: str) -> str:
    (first, heading), *others = cells
    text = _content(first, heading)
    if anchor:
        text = f'<a href="#{anchor}">{text}</a>'
    return f'<tr><th scope="row">{text}</th>{"".join(_cell(column, value) for column, value in others)}</tr>\n'


def _content(column: Column[Any], value: Value) -> str:
    text = _text(value.text)
    if column.name and value.text != DASH:
        text = f"<code>{text}</code>"
    if value.mark is not None and (column.key == "status" or column.key.startswith("models.")):
        text = f'<span class="badge {value.mark}">{text}</span>'
    return text


def _cell(column: Column[Any], value: Value) -> str:
    key = f' data-key="{value.key!r}"' if value.key is not None else ""
    number = ' class="number"' if column.align == "right" else ""
    return f"<td{number}{key}>{_content(column, value)}</td>"


def _text(text: str) -> str:
    from markupsafe import escape

    return str(escape(clean(text)))
