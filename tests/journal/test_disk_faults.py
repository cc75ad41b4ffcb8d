"""Disks that fail at any step of a run: what was measured is in the journal, or the message says where it is."""

import errno
import itertools
import os
import re
import tempfile
from pathlib import Path

import pytest

from comparators.errors import OutputError
from comparators.journal.journal import FILE_NAME, load, opened
from comparators.journal.records import ParallelCapacity
from tests.journal.records import PLAN
from tests.journal.test_atomic_io import failing_at

RECORDS = [ParallelCapacity(number, 1.0) for number in range(1, 5)]
CODES = [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS]


@pytest.fixture(autouse=True)
def spills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "spills"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def attempt(directory: Path, call: str, number: int, code: int) -> tuple[list[ParallelCapacity], OutputError | None]:
    """Take all records while the n-th call fails; return those that were taken, and the error."""
    taken: list[ParallelCapacity] = []
    with pytest.MonkeyPatch.context() as patch:
        failing_at(patch, call, number, code)
        try:
            with opened(directory, PLAN, {}) as journal:
                for record in RECORDS[len(journal.records) - 1 :]:
                    journal.append(record)
                    taken.append(record)
        except OutputError as error:
            return taken, error
    return taken, None


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("call", ["mkdir", "open", "write", "fsync", "lseek"])
def test_whichever_step_fails_everything_measured_is_kept(tmp_path: Path, spills: Path, call: str, code: int) -> None:
    for number in itertools.count():
        directory = tmp_path / f"run-{number}"
        taken, error = attempt(directory, call, number, code)
        if error is None:  # there are no more of these calls
            assert taken == RECORDS
            assert number >= {"write": 6, "fsync": 5}.get(call, 1)
            break
        assert error.exit_code == 5
        assert os.strerror(code) in error.message
        assert error.tip
        kept = list(load(directory).capacities) if (directory / FILE_NAME).is_file() and taken else []
        assert kept[: len(taken)] == taken
        spilled = re.search(r"the last measurement is kept in '(.*)'", error.message)
        assert spilled is None or Path(spilled[1]).parent == spills
        if taken:  # the step that failed was that of a measurement: it is in the journal, or elsewhere
            assert spilled is not None
            assert Path(spilled[1]).read_bytes().count(b'"capacity"') == 1


@pytest.mark.parametrize("call", ["mkdir", "open", "write", "fsync"])
def test_the_same_command_goes_on_once_there_is_room_again(tmp_path: Path, call: str) -> None:
    for number in itertools.count():
        directory = tmp_path / f"run-{number}"
        _, error = attempt(directory, call, number, errno.ENOSPC)
        if error is None:
            break
        with opened(directory, PLAN, {}) as journal:
            for record in RECORDS[len(journal.records) - 1 :]:
                journal.append(record)
        assert list(load(directory).capacities) == RECORDS


def test_a_directory_in_which_nothing_can_be_made_is_said_before_measuring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, "open", 0, errno.EROFS)
    with pytest.raises(OutputError) as caught, opened(tmp_path / "run", PLAN, {}):
        pytest.fail("it was opened")
    assert caught.value.message == (
        f"cannot write '{tmp_path / 'run' / '.lock'}': Read-only file system; nothing was measured"
    )


def test_a_lock_left_by_a_process_that_died_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("4194304", encoding="ascii")
    with opened(tmp_path, PLAN, {}) as journal:
        assert journal.records


@pytest.mark.parametrize("name", [".lock", FILE_NAME])
def test_a_link_that_lies_in_wait_is_not_followed(tmp_path: Path, name: str) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"")
    directory = tmp_path / "run"
    directory.mkdir()
    (directory / name).symlink_to(precious)
    with pytest.raises(OutputError), opened(directory, PLAN, {}):
        pytest.fail("it was opened")
    assert precious.read_bytes() == b""
