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
from pathlib import Path

from comparators.errors import OutputError, UnreadableInput, UsageError
from comparators.journal import atomic_io
from comparators.journal.codec import SCHEMA, Codec, encode_line
from comparators.journal.lock import locked
from comparators.journal.reader import WHAT_IT_IS, read_records
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    Finished,
    Header,
    LevelTest,
    ParallelCapacity,
    Profile,
    Record,
    Run,
    Sample,
)
from comparators.parameters import ParameterValue
from comparators.plan.host import host_difference
from comparators.plan.model import Plan, Settings
from comparators.stats.thresholds import Thresholds

__all__ = ["FILE_NAME", "Journal", "load", "opened"]

FILE_NAME = "journal.jsonl"


class Journal:
    """A run's journal, open for writing and locked; `records` holds what it contains."""

    def __init__(
        self,
        path: Path,
        descriptor: int,
        codec: Codec,
        records: list[Record],
        number: int,
        warnings: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.records = records
        self._warnings = tuple(warnings)  # about lines that were skipped
        self._descriptor = descriptor
        self._codec = codec
        self._number = number
        self._torn = False

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
        lines = b"\n" if self._torn else b""
        for kind, data in self._codec.encode(record):
            lines += encode_line(self._number, kind, data)
            self._number += 1
        try:
            self._torn = True  # until all of it is there: a signal may come in the middle
            atomic_io.append(self._descriptor, lines)
            self._torn = False
        except OSError as error:
            raise OutputError(
                f"cannot write '{self.path}': {error.strerror or error}; {_spill(lines)}",
                tip="everything measured before it is in the journal: make room and run the same command again",
            ) from error
        self.records.append(record)

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
        UsageError: another run is writing it, or it belongs to another plan or was begun on another host; or the plan
            could not be read back.
        UnreadableInput: there is a file that is not a journal.
        OutputError: the directory cannot be used.
    """
    _make(directory)
    with locked(directory):
        path = directory / FILE_NAME
        codec, records, warnings, number = Codec(), list[Record](), tuple[str, ...](), 0
        if path.exists() and path.stat().st_size:
            records, warnings, number = read_records(path, codec)
            _require_same(plan, records[0], directory)
            _require_same_host(host, records[0], directory)
        with _appending(path) as descriptor:
            journal = Journal(path, descriptor, codec, records, number, warnings)
            if not records:
                header = Header(SCHEMA, plan, host, time.time())
                codec.require_recordable(header)
                journal.append(header)
            yield journal


@contextlib.contextmanager
def _appending(path: Path) -> Iterator[int]:
    """Open a journal for appending; a last line that was cut off is ended, so that the next one starts afresh."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | atomic_io.BINARY | atomic_io.NO_LINK, 0o666)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        try:
            _end_last_line(descriptor)
        except OSError as error:
            raise _unusable(path, error) from error
        yield descriptor
    finally:
        os.close(descriptor)


def _end_last_line(descriptor: int) -> None:
    if os.lseek(descriptor, 0, os.SEEK_END) == 0:
        return
    os.lseek(descriptor, -1, os.SEEK_END)
    if os.read(descriptor, 1) != b"\n":
        atomic_io.append(descriptor, b"\n")


def _unusable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write '{path}': {error.strerror or error}; what it holds is as it was",
        tip="make room or change the permissions, then run the same command again",
    )


def load(directory: Path) -> Run:
    """Read the journal of a run directory, or a journal file.

    Raises:
        UnreadableInput: there is none, or it is something else; names file and line.
    """
    path = directory / FILE_NAME if directory.is_dir() else directory
    if not path.exists():
        raise UnreadableInput(f"no journal in '{directory}'", tip=WHAT_IT_IS)
    records, warnings, _ = read_records(path, Codec())
    return _sorted(records, warnings)


def _make(directory: Path) -> None:
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot use '{directory}' as output: {error.strerror}", tip="choose another folder with '--output RUN'"
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write into '{directory}'", tip="choose another folder with '--output RUN'")


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


def _require_same_host(host: Mapping[str, ParameterValue], header: Record, directory: Path) -> None:
    assert isinstance(header, Header)
    if difference := host_difference(header.host, host):
        raise UsageError(
            f"'{directory}' holds a run of another host: {difference}",
            tip="choose another folder with '--output RUN': times of two hosts are never compared",
        )


def _difference(old: Plan, new: Plan) -> str:
    """Name the first thing in which two plans differ."""
    for before, now in ((old.settings, new.settings), (old.settings.thresholds, new.settings.thresholds)):
        if name := _differing_field(before, now):
            return f"its {name} is {getattr(before, name)}, not {getattr(now, name)}"
    if old.interpreters != new.interpreters:
        return f"it used Python {', '.join(one.version for one in old.interpreters)}"
    if edited := {path for path, _ in {*old.code} ^ {*new.code}}:
        return f"'{min(edited)}' has been changed since"
    theirs, ours = ({comparison.key for comparison in plan.comparisons} for plan in (old, new))
    if theirs != ours:
        return f"it compares {', '.join(sorted(theirs)[:3])}, not {', '.join(sorted(ours)[:3])}"
    return _seed_difference(old.settings, new.settings) or "its runners, worker counts or parameters differ"


def _seed_difference(old: Settings, new: Settings) -> str:
    if old.seed_given and not new.seed_given:
        return f"it was begun with the seed {old.seed}"
    return f"its seed is {old.seed}, not {new.seed}" if new.seed_given and old.seed != new.seed else ""


def _differing_field(old: Settings | Thresholds, new: Settings | Thresholds) -> str | None:
    """Return the name of the first field that differs; thresholds are compared one by one, and some may differ."""
    passed_over = {"maximum_time_s", "seed", "seed_given", "thresholds"}
    names = (field.name for field in fields(old) if field.name not in passed_over)
    return next((name for name in names if getattr(old, name) != getattr(new, name)), None)


def _sorted(records: list[Record], warnings: tuple[str, ...]) -> Run:
    header = records[0]
    assert isinstance(header, Header)
    finished = [record for record in records if isinstance(record, Finished)]
    samples = [record for record in records if isinstance(record, Sample)]
    return Run(
        header=header,
        capacities=tuple(record for record in records if isinstance(record, ParallelCapacity)),
        calibrations=tuple(record for record in records if isinstance(record, Calibration)),
        samples=tuple(one for one in samples if one.stage != "control"),
        controls=tuple(one for one in samples if one.stage == "control"),
        failures=tuple(record for record in records if isinstance(record, Failure)),
        evidence=tuple(record for record in records if isinstance(record, Evidence)),
        profiles=tuple(record for record in records if isinstance(record, Profile)),
        tests=tuple(record for record in records if isinstance(record, LevelTest)),
        recipes=tuple(record for record in records if isinstance(record, CellRecipe)),
        finished=finished[-1] if finished else None,
        warnings=warnings,
    )
