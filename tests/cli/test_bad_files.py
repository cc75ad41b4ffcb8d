"""Files that are not what they were taken for, in the exact words of the command: an error, a tip, and exit code 2."""

import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from comparators.errors import shortened
from comparators.journal.journal import opened
from comparators.plan.build import make_plan
from comparators.request.request import Request
from tests.cli.support import call, same_in_ascii
from tests.journal.foreign_journals import small_journal
from tests.journal.records import PLAN

JOURNAL = small_journal()
COMMAND = ("run", "noop", "--runner", "serial", "--workers", "1", "--seed", "1", "--output", "run")
FOREIGN = "'{path}' is not a comparators journal: line 1: not a line of a comparators journal"
WHAT = "a run directory is what 'comparators run --output RUN' makes"
NEWER = JOURNAL.replace(b'"schema":1', b'"schema":2')


def signed_again(journal: bytes) -> bytes:
    """Return a journal whose first line has a right checksum again."""
    import zlib

    first, rest = journal.split(b"\n", 1)
    body = b"{" + first[first.index(b'"kind"') :]
    return b'{"n":0,"crc":%d,' % zlib.crc32(body) + body[1:] + b"\n" + rest


def fifo(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(path)


# What lies there, the error, the tip.
FILES: dict[str, tuple[bytes | Callable[[Path], object], str, str]] = {
    "empty": (b"", "'{path}' is empty", WHAT),
    "cut off": (
        JOURNAL[:300],
        "'{path}' is not a comparators journal: line 1: cut off or damaged",
        "nothing had been measured: remove '{path}' and begin again",
    ),
    "damaged": (
        JOURNAL.replace(b'"quick"', b'"full"', 1),
        "'{path}' is not a comparators journal: line 1: cut off or damaged",
        WHAT,
    ),
    "newer schema": (
        signed_again(NEWER),
        "'{path}' has schema 2, this version reads 1",
        "use the version of comparators that wrote it",
    ),
    "not a number": (
        signed_again(JOURNAL.replace(b'"margin":0.05', b'"margin":NaN', 1)),
        "'{path}' is not a comparators journal: line 1: not JSON that a journal holds",
        WHAT,
    ),
    "text": (b"hello\n", FOREIGN, WHAT),
    "binary": (bytes(range(256)), FOREIGN, WHAT),
    "a pickle": (
        b"\x80\x05\x95",
        f"{FOREIGN}; it looks like a pickle",
        "pickles are never read, as that could run anything; a run directory holds text only",
    ),
    "pyperf": (
        b'{"benchmarks":[],"version":"1.0"}',
        f"{FOREIGN}; it looks like results of pyperf",
        "python -m pyperf show '{path}'",
    ),
    "a directory without a run": (Path.mkdir, "no journal in '{path}'", WHAT),
    "a pipe": (fifo, "cannot read '{path}': it is not an ordinary file", WHAT),
}


@pytest.mark.parametrize("command", ["show", "report"])
@pytest.mark.parametrize("what", FILES)
def test_what_is_no_run(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, what: str) -> None:
    content, error, tip = FILES[what]
    path = tmp_path / "given"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)
    before = sorted(tmp_path.rglob("*"))
    answer = call(capsys, command, str(path))
    same_in_ascii(capsys, answer, command, str(path))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == [f"error: {error.format(path=path)}", f"tip: {tip.format(path=path)}"]
    assert sorted(tmp_path.rglob("*")) == before
    assert not isinstance(content, bytes) or path.read_bytes() == content


def test_a_repaired_reading_warns_with_the_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = JOURNAL.splitlines(keepends=True)
    other = lines[10].replace(b'"seconds":0.5', b'"seconds":0.6')
    assert other != lines[10]
    damaged = b"".join([*lines[:10], other, *lines[11:-1], lines[-1][:20]])
    (tmp_path / "journal.jsonl").write_bytes(damaged)
    answer = call(capsys, "show", str(tmp_path))
    same_in_ascii(capsys, answer, "show", str(tmp_path))
    assert answer.code == 0
    assert answer.err.splitlines() == [
        "warning: journal.jsonl: line 11 skipped: cut off or damaged",
        f"warning: journal.jsonl: line {len(lines)} skipped: cut off or damaged",
    ]
    assert (tmp_path / "journal.jsonl").read_bytes() == damaged


@pytest.mark.parametrize("arguments", [("show",), ("report",), ("run", "noop", "--output")])
@pytest.mark.parametrize("name", ["x" * 300, "ü" * 200, "/".join(["x" * 200] * 30)])
def test_a_name_that_no_system_takes(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], name: str) -> None:
    answer = call(capsys, *arguments, name)
    same_in_ascii(capsys, answer, *arguments, name)
    option = "--output" if arguments[-1] == "--output" else "RUN"
    assert answer.code == 2
    assert (
        answer.err
        == f"error: invalid value '{shortened(name)}' for '{option}': must have at most 255 bytes in each name\n"
    )


def test_a_directory_in_which_a_run_is_going_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fcntl", reason="this system has no such locks")
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path / "run", PLAN, {}):
        answer = call(capsys, *COMMAND)
        same_in_ascii(capsys, answer, *COMMAND)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-2:] == [
        f"error: 'run' is being written by process {os.getpid()}",
        "tip: wait for it to end, or choose another folder with '--output RUN'",
    ]


def test_a_directory_that_holds_a_run_of_another_plan(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "journal.jsonl").write_bytes(JOURNAL)
    answer = call(capsys, *COMMAND)
    same_in_ascii(capsys, answer, *COMMAND)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-2].startswith("error: 'run' holds a run of another plan: its preset is quick, not ")
    assert answer.err.splitlines()[-1] == (
        "tip: choose another folder with '--output RUN', or repeat the command that began it"
    )
    assert (tmp_path / "run" / "journal.jsonl").read_bytes() == JOURNAL


def test_a_directory_that_holds_a_run_of_another_host(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    plan = make_plan(Request(("noop",), ("serial",), (1,), seed=1))
    with opened(tmp_path / "run", plan, {"name": "elsewhere"}):
        before = (tmp_path / "run" / "journal.jsonl").read_bytes()
    answer = call(capsys, *COMMAND)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-2:] == [
        f"error: 'run' holds a run of another host: its name is elsewhere, not {platform.node()}",
        "tip: choose another folder with '--output RUN': times of two hosts are never compared",
    ]
    same_in_ascii(capsys, answer, *COMMAND)
    assert (tmp_path / "run" / "journal.jsonl").read_bytes() == before
