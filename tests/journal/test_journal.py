"""The journal: append-only, whole or skipped, one writer, one plan."""

import errno
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from comparators.errors import ComparatorsError, OutputError, UnreadableInput, UsageError
from comparators.journal import atomic_io
from comparators.journal.codec import Codec, encode_line
from comparators.journal.journal import FILE_NAME, load, opened
from comparators.journal.records import Calibration, CellRecipe, Finished, ParallelCapacity, Record
from comparators.parameters import ParameterValue
from comparators.plan.model import Candidate, Plan
from tests.counting import calls_of
from tests.journal.records import (
    CELL,
    COMPARISON,
    HEADER,
    PLAN,
    SERIAL,
    SETTINGS,
    evidence,
    failure,
    level_test,
    profile,
    sample,
)

CAPACITY = ParallelCapacity(2, 1.9)
FAILURE = failure()
HOST: dict[str, ParameterValue] = {"name": "host", "cpus": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a run directory that holds a parallel capacity and two samples."""
    with opened(tmp_path / "run", PLAN, HOST) as journal:
        for record in (CAPACITY, sample(block=0), sample(block=1)):
            journal.append(record)
    return tmp_path / "run"


def records(directory: Path, plan: Plan = PLAN) -> list[Record]:
    with opened(directory, plan, {}) as journal:
        return journal.records[1:]


def refused(directory: Path, plan: Plan = PLAN) -> ComparatorsError:
    with pytest.raises(ComparatorsError) as caught, opened(directory, plan, {}):
        pytest.fail("it was opened")
    return caught.value


def test_a_new_directory_begins_with_plan_and_host(tmp_path: Path) -> None:
    with opened(tmp_path / "run", PLAN, HOST) as journal:
        assert (journal.header.plan, journal.header.host, journal.header.schema) == (PLAN, HOST, 1)
        assert journal.run().finished is None
    assert load(tmp_path / "run").header == journal.header


def test_a_plan_that_could_not_be_read_back_is_refused(tmp_path: Path) -> None:
    """Third-party code choose some of its values, and whoever calls `compare` others."""
    strange = replace(SERIAL, model="gpu")  # type: ignore[arg-type]
    comparison = replace(COMPARISON, candidates=(replace(COMPARISON.candidates[0], runner=strange),))
    error = refused(tmp_path / "run", replace(PLAN, comparisons=(comparison,)))
    assert isinstance(error, UsageError)
    assert str(error).startswith("the plan cannot be recorded: gpu not in literal")
    huge = replace(COMPARISON, tasks=10**12)
    assert "cannot be recorded: 1000000000000 tasks" in str(
        refused(tmp_path / "run", replace(PLAN, comparisons=(huge,)))
    )


def test_an_existing_directory_is_used(tmp_path: Path) -> None:
    assert records(tmp_path) == []


def test_what_was_appended_is_there_when_opened_again(folder: Path) -> None:
    assert records(folder) == [CAPACITY, sample(block=0), sample(block=1)]
    with opened(folder, PLAN, {}) as journal:
        journal.append(FAILURE)
        assert journal.header.host == HOST
    assert records(folder)[-1] == FAILURE


def test_a_run_sorts_the_records_by_kind(folder: Path) -> None:
    others: list[Record] = [
        Calibration("noop", "3.11", (("count", 3),)),
        profile(),
        level_test(),
        FAILURE,
        evidence(),
        CellRecipe(CELL, "code"),
        sample(stage="control"),
        Finished("interrupted", 3.0),
        Finished("complete", 5.0),
    ]
    with opened(folder, PLAN, {}) as journal:
        for record in others:
            journal.append(record)
    run = load(folder)
    assert run.capacities == (CAPACITY,)
    assert run.samples == (sample(block=0), sample(block=1))
    found = [*run.calibrations, *run.profiles, *run.tests, *run.failures, *run.evidence, *run.recipes, *run.controls]
    assert found == others[:7]
    assert run.finished == Finished("complete", 5.0)
    assert run.warnings == ()
    assert load(folder / FILE_NAME) == run


def test_a_line_is_on_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    with opened(tmp_path / "run", PLAN, HOST) as journal:
        for number in range(3):
            journal.append(ParallelCapacity(number, 1.0))
            assert synced[-1] == (tmp_path / "run" / FILE_NAME).stat().st_size
    assert synced == sorted(set(synced))


def test_lines_are_numbered_through_resumed_runs(folder: Path) -> None:
    with opened(folder, PLAN, {}) as journal:
        journal.append(CAPACITY)
    numbers = re.findall(rb'^{"n":(\d+),', (folder / FILE_NAME).read_bytes(), re.MULTILINE)
    assert [int(number) for number in numbers] == list(
        range(6)
    )  # header, parallel capacity, environment, 2 samples, parallel capacity


def test_a_last_line_cut_anywhere_is_skipped_and_the_next_one_starts_afresh(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # hundreds of them take long
    path = folder / FILE_NAME
    with opened(folder, PLAN, {}) as journal:
        journal.append(Finished("interrupted", 3.0))
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(last + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with opened(folder, PLAN, {}) as journal:
            assert journal.records[1:] == [CAPACITY, sample(block=0), sample(block=1)]
            assert journal.run().warnings == ("journal.jsonl: line 6 skipped: cut off or damaged",)
            journal.append(FAILURE)
        run = load(folder)
        assert run.finished is None
        assert run.failures == (FAILURE,)
        assert run.warnings == ("journal.jsonl: line 6 skipped: cut off or damaged",)


def test_a_last_line_that_lacks_its_end_only_is_kept(folder: Path) -> None:
    path = folder / FILE_NAME
    path.write_bytes(path.read_bytes()[:-1])
    with opened(folder, PLAN, {}) as journal:
        journal.append(FAILURE)
    run = load(folder)
    assert (run.samples, run.failures, run.warnings) == ((sample(block=0), sample(block=1)), (FAILURE,), ())


def test_a_damaged_line_in_the_middle_costs_only_itself(folder: Path) -> None:
    path = folder / FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b"0.5", b"0.4")
    path.write_bytes(b"".join(lines))
    run = load(folder)
    assert run.samples == (sample(block=1),)
    assert run.warnings == ("journal.jsonl: line 4 skipped: cut off or damaged",)


def test_a_kind_from_elsewhere_is_skipped_with_a_warning(folder: Path) -> None:
    with (folder / FILE_NAME).open("ab") as stream:
        stream.write(encode_line(9, "verdict", {}))
    assert load(folder).warnings == ("journal.jsonl: line 6 skipped: unknown kind 'verdict'",)


def first_line(change: Callable[[dict[str, object]], object]) -> bytes:
    """Return a header line with correct checksum after a change of its data."""
    ((kind, data),) = Codec().encode(HEADER)
    change(data)
    return encode_line(0, kind, data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"\n \n", "'{path}' is empty", id="blank"),
        pytest.param(
            b"hello\n",
            "'{path}' is not a comparators journal: line 1: not a line of a comparators journal",
            id="not JSON",
        ),
        pytest.param(
            b'\n{"version": "1.0", "benchmarks": []}\n',
            "'{path}' is not a comparators journal: line 2: not a line of a comparators journal; "
            "it looks like results of pyperf",
            id="pyperf's JSON",
        ),
        pytest.param(
            b'{\n  "benchmarks": []\n}\n',
            "'{path}' is not a comparators journal: line 1: cut off or damaged; it looks like results of pyperf",
            id="indented JSON",
        ),
        pytest.param(
            b"\x80\x04\x95\n",
            "'{path}' is not a comparators journal: line 1: not a line of a comparators journal; "
            "it looks like a pickle",
            id="a pickle",
        ),
        pytest.param(
            encode_line(0, "capacity", {"workers": 2, "speedup": 1.9}),
            "'{path}' is not a comparators journal: line 1: the first line is not a header",
            id="headless",
        ),
        pytest.param(
            first_line(lambda data: data.update(schema=2)),
            "'{path}' has schema 2, this version reads 1",
            id="newer schema",
        ),
        pytest.param(
            first_line(lambda data: data.pop("host")),
            "'{path}' is not a comparators journal: line 1: not a valid header: ClassValidationError",
            id="incomplete header",
        ),
        pytest.param(
            first_line(lambda data: None)[:100],
            "'{path}' is not a comparators journal: line 1: cut off or damaged",
            id="torn header",
        ),
    ],
)
def test_what_is_not_a_journal_is_named_and_never_touched(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(UnreadableInput) as caught:
        load(tmp_path)
    assert caught.value.message == message.format(path=path)
    assert caught.value.tip
    error = refused(tmp_path)
    assert isinstance(error, UnreadableInput)
    assert error.message == caught.value.message
    assert path.read_bytes() == content


def test_a_newer_schema_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(first_line(lambda data: data.update(schema=2)))
    assert refused(tmp_path).tip == "use the version of comparators that wrote it"


def test_a_directory_without_a_journal(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UnreadableInput) as caught:
            load(path)
        assert caught.value.message == f"no journal in '{path}'"


def test_a_journal_that_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME / "x").mkdir(parents=True)
    with pytest.raises(UnreadableInput, match=f"cannot read '{tmp_path / FILE_NAME}': Is a directory"):
        load(tmp_path)


def test_an_empty_file_is_begun_anew_but_is_no_run(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with pytest.raises(UnreadableInput, match="is empty"):
        load(tmp_path)
    assert records(tmp_path) == []
    assert load(tmp_path).header.plan == PLAN


@pytest.mark.parametrize("place", ["file", "missing/run"])
def test_what_cannot_be_a_run_directory(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    error = refused(tmp_path / place)
    assert isinstance(error, OutputError)
    assert error.message.startswith(f"cannot use '{tmp_path / place}' as output: ")
    assert "--output" in str(error.tip)


def test_a_directory_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    error = refused(tmp_path)
    assert isinstance(error, OutputError)
    assert error.message == f"cannot write into '{tmp_path}'"


def test_a_second_writer_in_this_process_is_refused_with_the_firsts_pid(folder: Path) -> None:
    with opened(folder, PLAN, {}) as journal:
        error = refused(folder)
        journal.append(FAILURE)
    assert isinstance(error, UsageError)
    assert error.message == f"'{folder}' is being written by process {os.getpid()}"
    assert records(folder)[-1] == FAILURE


def test_a_lock_that_its_holder_removed_meanwhile_locks_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl", reason="this system has no such locks")
    lock = fcntl.flock

    def late(stream: object, how: int) -> None:
        """Lock as if the run before ended, and another one began, since the file was opened."""
        lock(stream, how)
        (folder / ".lock").unlink()
        (folder / ".lock").touch()

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", late)
        assert refused(folder).message == f"'{folder}' was in use until now"
    with opened(folder, PLAN, {}) as journal:
        assert len(journal.records) == 4


REPOSITORY = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from comparators.journal.journal import opened
from tests.journal.records import PLAN
with opened(Path(sys.argv[1]), PLAN, {}):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_in_another_process_is_refused_until_the_first_is_killed(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"open\n"
            assert refused(folder).message == f"'{folder}' is being written by process {holder.pid}"
        finally:
            holder.kill()
    assert len(records(folder)) == 3


def with_settings(**changes: object) -> Plan:
    return replace(PLAN, settings=replace(SETTINGS, **changes))  # type: ignore[arg-type]  # any field


FEWER = replace(COMPARISON, candidates=(Candidate(SERIAL, counts=(), fewest=1, limit=1),))
MARGIN = replace(SETTINGS.thresholds, margin=0.1)


@pytest.mark.parametrize(
    ("plan", "difference"),
    [
        (with_settings(thresholds=MARGIN), "its margin is 0.05, not 0.1"),
        (with_settings(cpus=(0,)), "its cpus is (0, 1), not (0,)"),
        (with_settings(preset="full", timeout_s=9.0), "its preset is quick, not full"),
        (replace(PLAN, code=(("/own/work.py", "0123"),)), "'/own/work.py' has been changed since"),
        (with_settings(seed=2, seed_given=True), "its seed is 1, not 2"),
        (with_settings(seed=2, seed_given=True, timeout_s=9.0), "its timeout_s is 30.0, not 9.0"),
        (replace(PLAN, interpreters=()), "it used Python 3.11.7"),
        (replace(PLAN, comparisons=(COMPARISON,)), "it compares noop/cold/3.11, noop/warm/3.11, not noop/warm/3.11"),
        (replace(PLAN, comparisons=(FEWER, PLAN.comparisons[1])), "its runners, worker counts or parameters differ"),
    ],
)
def test_another_plan_is_refused_with_the_first_difference(folder: Path, plan: Plan, difference: str) -> None:
    before = (folder / FILE_NAME).read_bytes()
    error = refused(folder, plan)
    assert isinstance(error, UsageError)
    assert error.message == f"'{folder}' holds a run of another plan: {difference}"
    assert (folder / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize(
    "plan", [with_settings(seed=99), with_settings(maximum_time_s=None), with_settings(seed=1, seed_given=True)]
)
def test_another_time_limit_another_seed_by_chance_or_the_recorded_one_resumes(folder: Path, plan: Plan) -> None:
    assert len(records(folder, plan)) == 3


def test_a_run_of_another_host_is_refused(folder: Path) -> None:
    before = (folder / FILE_NAME).read_bytes()
    with pytest.raises(UsageError) as caught, opened(folder, PLAN, {**HOST, "name": "other"}):
        pytest.fail("it was opened")
    assert caught.value.message == f"'{folder}' holds a run of another host: its name is host, not other"
    assert (folder / FILE_NAME).read_bytes() == before
    with opened(folder, PLAN, {**HOST, "cpus_usable": 1}) as journal:
        assert len(journal.records) == 4


def test_a_run_with_a_seed_needs_it_again(tmp_path: Path) -> None:
    records(tmp_path, with_settings(seed=7, seed_given=True))
    assert refused(tmp_path).message == f"'{tmp_path}' holds a run of another plan: it was begun with the seed 7"


@contextmanager
def no_room(path: Path, bytes_more: int) -> Iterator[None]:
    """Let no file grow larger than `path` and a few bytes: writing fails as on a full disk, also amid a line."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + bytes_more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def kept_in(error: OutputError) -> Path:
    found = re.fullmatch(r"cannot write '.*': .*; the last measurement is kept in '(.*)'", error.message)
    assert found is not None
    assert "run the same command again" in str(error.tip)
    return Path(found[1])


@pytest.mark.parametrize("bytes_more", [0, 1, 50])
def test_a_full_disk_spills_the_line_elsewhere_and_loses_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bytes_more: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with (
        pytest.raises(OutputError) as caught,
        opened(folder, PLAN, {}) as journal,
        no_room(folder / FILE_NAME, bytes_more),
    ):
        journal.append(FAILURE)
    spill = kept_in(caught.value)
    assert load(folder).samples == (sample(block=0), sample(block=1))
    with (folder / FILE_NAME).open("ab") as stream:
        stream.write(b"\n" + spill.read_bytes())
    assert load(folder).failures == (FAILURE,)
    assert spill.parent == tmp_path


@pytest.mark.parametrize("operation", ["write", "fsync"])
def test_a_failing_write_or_sync_names_the_file_that_keeps_the_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with opened(folder, PLAN, {}) as journal:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, operation, fail)
            with pytest.raises(OutputError, match="No space left on device") as caught:
                journal.append(FAILURE)
        assert FAILURE not in journal.records
    assert b'"cause":"timeout"' in kept_in(caught.value).read_bytes()
    assert caught.value.exit_code == 5


def test_no_room_anywhere_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(OutputError) as caught, opened(folder, PLAN, {}) as journal, no_room(folder / FILE_NAME, 0):
        journal.append(FAILURE)
    assert "the last measurement could not be kept elsewhere: No such file or directory" in caught.value.message


def test_a_first_line_that_was_cut_off_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(first_line(lambda data: None)[:100])
    error = refused(tmp_path)
    assert error.tip == f"nothing had been measured: remove '{path}' and begin again"


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_after_a_signal_in_the_middle_of_a_line_the_next_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    def interrupted(descriptor: int, content: bytes) -> None:
        os.write(descriptor, content[: int(share * len(content))])
        raise KeyboardInterrupt

    with opened(tmp_path, PLAN, {}) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(atomic_io, "append", interrupted)
            with pytest.raises(KeyboardInterrupt):
                journal.append(sample(block=1))
        journal.append(Finished("interrupted", 1.0))
    run = load(tmp_path)
    assert run.finished == Finished("interrupted", 1.0)
    assert len(run.samples) == (1 if share == 1.0 else 0)


def calls_of_the_last(directory: Path, count: int) -> int:
    """Count the calls of appending to a journal that has so many samples."""
    with opened(directory, PLAN, {}) as journal:
        for block in range(count):
            journal.append(sample(block=block))
        return calls_of(lambda: journal.append(sample(block=count)))


def test_appending_costs_the_same_however_long_the_journal_is(tmp_path: Path) -> None:
    calls = []
    for count in (1, 5, 200):  # the first fills caches
        (tmp_path / str(count)).mkdir()
        calls.append(calls_of_the_last(tmp_path / str(count), count))
    assert calls[1] == calls[2]


def test_loading_costs_the_same_for_every_sample(tmp_path: Path) -> None:
    calls_of_the_last(tmp_path, 99)
    load(tmp_path)
    few = calls_of(lambda: load(tmp_path))
    with opened(tmp_path, PLAN, {}) as journal:
        for block in range(300):
            journal.append(sample(block=100 + block))
    assert calls_of(lambda: load(tmp_path)) < 4.1 * few
