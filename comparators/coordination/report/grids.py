"""Tables with a column for each model, the same in HTML, Markdown and on the terminal: costs, and what went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from comparators.report.escaping import DASH
from comparators.report.table_rows import Value

__all__ = ["Entry", "Grid", "GridRow", "Notes", "absent", "merge_rows"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell.

    Attributes:
        value: what it shows, and what it is sorted by.
        extra: what stands beside it in small, such as an interval.
        note: number of the note that says why there is no value.
        hover: the same in full.
        alarm: whether it is something that should not be.
    """

    value: Value
    extra: str = ""
    note: int | None = None
    hover: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: what it is about, and an entry for each column; None where nobody asked."""

    headings: tuple[str, ...]
    entries: tuple[Entry | None, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        headings: of the columns before the runners.
        runners: labels, the further columns.
        notes: why there is no value somewhere, numbered from 1.
    """

    headings: tuple[str, ...]
    runners: tuple[str, ...]
    rows: tuple[GridRow, ...]
    notes: tuple[str, ...]


class Notes:
    """Numbers reasons as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, reason: str) -> int:
        """Return the number of a reason, a new one when it is new."""
        return self._numbers.setdefault(reason, len(self._numbers) + 1)

    @property
    def all(self) -> tuple[str, ...]:
        """Every reason, the first one first."""
        return tuple(self._numbers)


def absent(reason: str, notes: Notes) -> Entry:
    """Return the entry for something that has no value."""
    return Entry(Value(DASH), note=notes.number(reason), hover=reason)


def merge_rows(
    rows: Iterable[tuple[tuple[str, ...], Mapping[str, Entry]]], runners: Sequence[str]
) -> tuple[GridRow, ...]:
    """Put the entries of each row, by runner, into the order of the columns."""
    return tuple(GridRow(headings, tuple(entries.get(label) for label in runners)) for headings, entries in rows)
