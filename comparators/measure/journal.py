"""The journal of a run: append-only, one line per finished measurement, the only truth.

Everything else in a run directory is made from it. A line is on disk, whole, before the next measurement starts; a line
that was cut off is skipped when reading and the next one starts afresh.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from io import FileIO
from pathlib import Path
from typing import TextIO

from comparators.errors import OutputError, UnreadableInput, UsageError
from comparators.measure.codec import SCHEMA, Codec, MalformedLine, decode_line, encode_line
from comparators.measure.records import (
    Calibration,
    Ceiling,
    Evidence,
    Failure,
    Finished,
    Header,
    Preflight,
    Race,
    Record,
    Run,
    Sample,
)
from comparators.parameters import ParameterValue
from comparators.plan.model import Plan

__all__ = ["FILE_NAME", "Journal", "load", "opened"]

FILE_NAME = "journal.jsonl"
LOCK_NAME = ".lock"
WHAT_IT_IS = "a run directory is what 'comparators run --output RUN' makes"


class Journal:
    """A run's journal, open for writing and locked; `records` holds what it contains."""

    def __init__(
        self,
        path: Path,
        stream: FileIO,
        codec: Codec,
        records: list[Record],
        number: int,
        warnings: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.records = records
        self._warnings = tuple(warnings)  # about lines that were skipped
        self._stream = stream
        self._codec = codec
        self._number = number

    @property
    def header(self) -> Header:
        """The run's plan and host, as they were when it began."""
        header = self.records[0]
        assert isinstance(header, Header)
        return header

    def append(self, record: Record) -> None:
        """Write a record and wait until it is on disk.

        Raises:
            OutputError: it could not be written here; the message says where it was kept.
        """
        lines = b""
        for kind, data in self._codec.encode(record):
            lines += encode_line(self._number, kind, data)
            self._number += 1
        try:
            self._write(lines)
        except OSError as error:
            raise OutputError(
                f"cannot write '{self.path}': {error.strerror}; {_spill(lines)}",
                tip="everything measured before it is in the journal: make room and run the same command again",
            ) from error
        self.records.append(record)

    def _write(self, lines: bytes) -> None:
        """Write all of it; the stream has no buffer that could fail again when it is closed."""
        rest = memoryview(lines)
        while rest:
            rest = rest[self._stream.write(rest) :]
        os.fsync(self._stream.fileno())

    def run(self) -> Run:
        """Return everything recorded so far."""
        return _sorted(self.records, self._warnings)


def _spill(lines: bytes) -> str:
    """Keep the lines in the folder for temporary files; say where, or that this was not possible either."""
    try:
        descriptor, path = tempfile.mkstemp(prefix="comparators-", suffix=".jsonl")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(lines)
    except OSError as error:
        return f"the last measurement could not be kept elsewhere: {error.strerror}"
    return f"the last measurement is kept in '{path}'"


@contextlib.contextmanager
def opened(directory: Path, plan: Plan, host: Mapping[str, ParameterValue]) -> Iterator[Journal]:
    """Create the run directory's journal, or take up the one that is there, for writing.

    Raises:
        UsageError: another run is writing it, or it belongs to another plan.
        UnreadableInput: there is a file that is not a journal.
        OutputError: the directory cannot be used.
    """
    _make(directory)
    with _locked(directory):
        path = directory / FILE_NAME
        codec, records, warnings, number = Codec(), list[Record](), list[str](), 0
        if path.exists() and path.stat().st_size:
            records, warnings, number = _read(path, codec)
            _require_same(plan, records[0], directory)
        with path.open("ab", buffering=0) as stream:
            if records and not _ends_with_newline(path):
                stream.write(b"\n")
            journal = Journal(path, stream, codec, records, number, warnings)
            if not records:
                journal.append(Header(SCHEMA, plan, host, time.time()))
            yield journal


def load(directory: Path) -> Run:
    """Read the journal of a run directory, or a journal file.

    Raises:
        UnreadableInput: there is none, or it is something else; names file and line.
    """
    path = directory / FILE_NAME if directory.is_dir() else directory
    if not path.exists():
        raise UnreadableInput(f"no journal in '{directory}'", tip=WHAT_IT_IS)
    records, warnings, _ = _read(path, Codec())
    return _sorted(records, tuple(warnings))


def _make(directory: Path) -> None:
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot use '{directory}' as output: {error.strerror}", tip="choose another folder with '--output RUN'"
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write into '{directory}'", tip="choose another folder with '--output RUN'")


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the run directory for this process; the system frees it however the process ends."""
    path = directory / LOCK_NAME
    try:
        import fcntl
    except ImportError:  # Windows: two runs into one directory are not noticed there
        yield
        return
    with path.open("a+", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            raise UsageError(
                f"'{directory}' is being written by process {stream.read().strip() or 'unknown'}",
                tip="wait for it to end, or choose another folder with '--output RUN'",
            ) from error
        if not _is_still(path, stream):  # the run that held it ended, and removed it, before the lock was ours
            raise UsageError(f"'{directory}' was in use until now", tip="run the same command again")
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _is_still(path: Path, stream: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def _read(path: Path, codec: Codec) -> tuple[list[Record], list[str], int]:
    """Return records, warnings about lines that were skipped, and the next sequence number."""
    records: list[Record] = []
    warnings: list[str] = []
    next_number = 0
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UnreadableInput(f"cannot read '{path}': {error.strerror}") from error
    with stream:
        for line_number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                number, kind, data = decode_line(line)
                if not records:
                    _require_schema(path, kind, data)
                record = codec.decode(kind, data)
            except MalformedLine as error:
                if not records:
                    cut_off = not line.endswith(b"\n")
                    raise UnreadableInput(
                        f"'{path}' is not a comparators journal: line {line_number}: {error}",
                        tip=f"nothing had been measured: remove '{path}' and begin again" if cut_off else WHAT_IT_IS,
                    ) from error
                warnings.append(f"{path.name}: line {line_number} skipped: {error}")
                continue
            next_number = number + 1
            if record is not None:
                records.append(record)
    if not records:
        raise UnreadableInput(
            f"'{path}' is empty", tip=f"remove it, and 'comparators run --output {path.parent}' begins anew"
        )
    return records, warnings, next_number


def _require_schema(path: Path, kind: str, data: object) -> None:
    if kind != "header" or not isinstance(data, dict):
        raise MalformedLine("the first line is not a header")
    if data.get("schema") != SCHEMA:
        raise UnreadableInput(
            f"'{path}' has schema {data.get('schema')!r}, this version reads {SCHEMA}",
            tip="use the version of comparators that wrote it",
        )


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read() == b"\n"


def _require_same(plan: Plan, header: Record, directory: Path) -> None:
    assert isinstance(header, Header)
    if plan.settings.seed == header.plan.settings.seed:  # by hand or by chance: the same order of everything
        plan = replace(plan, settings=replace(plan.settings, seed_given=header.plan.settings.seed_given))
    if header.plan.fingerprint == plan.fingerprint:
        return
    raise UsageError(
        f"'{directory}' holds a run of another plan: {_difference(header.plan, plan)}",
        tip="choose another folder with '--output RUN', or repeat the command that began it",
    )


def _difference(old: Plan, new: Plan) -> str:
    """Name the first thing in which two plans differ."""
    for field in fields(old.settings):
        before, now = getattr(old.settings, field.name), getattr(new.settings, field.name)
        if before != now and field.name not in {"maximum_time_s", "seed", "seed_given"}:
            return f"its {field.name} is {before}, not {now}"
    if old.interpreters != new.interpreters:
        return f"it used Python {', '.join(one.version for one in old.interpreters)}"
    theirs, ours = ({contest.key for contest in plan.contests} for plan in (old, new))
    if theirs != ours:
        return f"it compares {', '.join(sorted(theirs)[:3])}, not {', '.join(sorted(ours)[:3])}"
    if old.settings.seed_given and not new.settings.seed_given:
        return f"it was begun with the seed {old.settings.seed}"
    if new.settings.seed_given and old.settings.seed != new.settings.seed:
        return f"its seed is {old.settings.seed}, not {new.settings.seed}"
    return "its runners, worker counts or parameters differ"


def _sorted(records: list[Record], warnings: tuple[str, ...]) -> Run:
    header = records[0]
    assert isinstance(header, Header)
    finished = [record for record in records if isinstance(record, Finished)]
    samples = [record for record in records if isinstance(record, Sample)]
    return Run(
        header=header,
        ceilings=tuple(record for record in records if isinstance(record, Ceiling)),
        calibrations=tuple(record for record in records if isinstance(record, Calibration)),
        preflights=tuple(record for record in records if isinstance(record, Preflight)),
        races=tuple(record for record in records if isinstance(record, Race)),
        samples=tuple(one for one in samples if one.stage != "control"),
        controls=tuple(one for one in samples if one.stage == "control"),
        failures=tuple(record for record in records if isinstance(record, Failure)),
        evidence=tuple(record for record in records if isinstance(record, Evidence)),
        finished=finished[-1] if finished else None,
        warnings=warnings,
    )
