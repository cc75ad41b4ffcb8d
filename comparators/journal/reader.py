"""Reading of a journal that may come from anybody: any bytes give records and warnings, or one clear error.

The file is never written, never read as a whole, and nothing in it is imported or run.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from comparators.errors import UnreadableInput
from comparators.journal.codec import SCHEMA, Codec, MalformedLine, decode_line
from comparators.journal.foreign import HEAD_BYTES, recognised
from comparators.journal.records import Record

__all__ = ["WHAT_IT_IS", "read_records"]

WHAT_IT_IS = "a run directory is what 'comparators run --output RUN' makes"

LONGEST_LINE = 4 * 2**20
"""Bytes of a line. The longest is the plan, of about 200 bytes for each runner of each comparison."""

LARGEST_FILE = 512 * 2**20
"""Bytes of a journal; one of 100,000 samples has about 70 MiB."""

MOST_WARNINGS = 20
"""Lines about skipped lines; the rest are counted."""


def read_records(path: Path, codec: Codec) -> tuple[list[Record], tuple[str, ...], int]:
    """Return records, warnings about lines that were skipped, and the next sequence number.

    Raises:
        UnreadableInput: it is no journal, or cannot be read; names file and line.
    """
    reader = _Reader(path, codec)
    try:
        _require_file(path)
        with path.open("rb") as stream:
            for line_number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE + 1), b""), start=1):
                too_long = len(line) > LONGEST_LINE
                while too_long and line and not line.endswith(b"\n"):  # what is left of it
                    line = stream.readline(LONGEST_LINE)  # noqa: PLW2901  it is dropped
                reader.take(line_number, None if too_long else line)
    except OSError as error:
        raise UnreadableInput(f"cannot read '{path}': {error.strerror or error}") from error
    if not reader.records:
        ours = f"remove it, and 'comparators run --output {path.parent}' begins anew"
        raise UnreadableInput(f"'{path}' is empty", tip=ours if path.name == "journal.jsonl" else WHAT_IT_IS)
    return reader.records, tuple(reader.warnings()), reader.next_number


class _Reader:
    """What has been read so far of one file."""

    def __init__(self, path: Path, codec: Codec) -> None:
        self.records: list[Record] = []
        self.next_number = 0
        self._path = path
        self._codec = codec
        self._skipped: list[str] = []
        self._more_skipped = 0

    def take(self, line_number: int, line: bytes | None) -> None:
        """Read a line; None stands for one that is too long.

        Raises:
            UnreadableInput: the first line is not that of a journal.
        """
        if line is not None and not line.strip():
            return
        try:
            number, record = self._decoded(line)
        except MalformedLine as error:
            if not self.records:
                raise self._no_journal(line_number, line, error) from error
            self._skip(f"{self._path.name}: line {line_number} skipped: {error}")
            return
        self.next_number = max(self.next_number, number + 1)
        if record is not None:
            self.records.append(record)

    def warnings(self) -> Iterator[str]:
        """Yield a line about each skipped line, and one about those that were too many."""
        yield from self._skipped
        if self._more_skipped:
            yield f"{self._path.name}: {self._more_skipped:,} more lines skipped"

    def _decoded(self, line: bytes | None) -> tuple[int, Record | None]:
        if line is None:
            raise MalformedLine(f"longer than {LONGEST_LINE:,} bytes")
        number, kind, data = decode_line(line)
        if self.records and kind == "header":
            raise MalformedLine("a second header")
        if not self.records:
            self._require_schema(kind, data)
        return number, self._codec.decode(kind, data)

    def _require_schema(self, kind: str, data: object) -> None:
        if kind != "header" or not isinstance(data, dict):
            raise MalformedLine("the first line is not a header")
        if data.get("schema") != SCHEMA:
            raise UnreadableInput(
                f"'{self._path}' has schema {data.get('schema')!r:.20}, this version reads {SCHEMA}",
                tip="use the version of comparators that wrote it",
            )

    def _no_journal(self, line_number: int, line: bytes | None, error: MalformedLine) -> UnreadableInput:
        message = f"'{self._path}' is not a comparators journal: line {line_number}: {error}"
        if line is not None and line.startswith(b'{"n":'):  # it is one, but cannot be read
            lost = f"nothing had been measured: remove '{self._path}' and begin again"
            return UnreadableInput(message, tip=WHAT_IT_IS if line.endswith(b"\n") else lost)
        with self._path.open("rb") as stream:
            known = recognised(self._path, stream.read(HEAD_BYTES))
        if known is None:
            return UnreadableInput(message, tip=WHAT_IT_IS)
        return UnreadableInput(f"{message}; it looks like {known[0]}", tip=known[1])

    def _skip(self, warning: str) -> None:
        if len(self._skipped) < MOST_WARNINGS:
            self._skipped.append(warning)
        else:
            self._more_skipped += 1


def _require_file(path: Path) -> None:
    """Look before opening: a pipe would wait for its writer, a device may never end.

    Raises:
        UnreadableInput: it is not an ordinary file of a journal's size.
        OSError: it cannot be looked at.
    """
    found = os.stat(path)  # noqa: PTH116  one look for both questions
    if stat.S_ISDIR(found.st_mode):
        raise UnreadableInput(f"cannot read '{path}': Is a directory", tip=WHAT_IT_IS)
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableInput(f"cannot read '{path}': it is not an ordinary file", tip=WHAT_IT_IS)
    if found.st_size > LARGEST_FILE:
        raise UnreadableInput(
            f"'{path}' has {found.st_size:,} bytes; a journal has at most {LARGEST_FILE:,}", tip=WHAT_IT_IS
        )
