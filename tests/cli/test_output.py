"""Streams: closed, missing, not Unicode."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from comparators.cli import output
from tests.cli.support import call
from tests.journal.foreign_journals import small_journal

COMMAND = [sys.executable, "-m", "comparators"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    variables = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"} | environment
    return subprocess.run([*COMMAND, *arguments], env=variables, capture_output=True, check=False, timeout=60)


READ = [
    ["list"],
    ["list", "--json"],
    ["list", "integrate"],
    ["--help"],
    ["run", "--help"],
    ["bench", "--help"],
    ["run", "noop", "--runner", "serial", "--plan"],
    ["show", "{run}"],
    ["show", "{run}", "--verbose"],
]
"""Commands whose output a person pipes into `head -1`."""


@pytest.mark.parametrize("arguments", READ, ids=" ".join)
def test_a_reader_that_leaves_early_is_no_error(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(small_journal())
    reader, writer = os.pipe()
    os.close(reader)
    command = [*COMMAND, *(one.format(run=tmp_path) for one in arguments)]
    with os.fdopen(writer, "wb") as stdout:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.stderr, done.returncode) == (b"", output.CLOSED_PIPE)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to try")
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--help"]])
def test_a_full_disk_is_said(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as stdout:
        done = subprocess.run([*COMMAND, *arguments], stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.stderr.decode().splitlines() == [
        "error: cannot write the output: No space left on device",
        "tip: make room, then the same command again",
    ]
    assert done.returncode == 5


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_at_its_end_anywhere_is_no_bug_of_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(what: str) -> None:
        raise OSError(code, os.strerror(code), "/tmp/somewhere")

    monkeypatch.setattr("comparators.cli.details.choose", fail)
    answer = call(capsys, "list", "integrate")
    assert answer.err.splitlines()[0] == f"error: cannot write '/tmp/somewhere': {os.strerror(code)}"
    assert answer.code == 5


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from rich.text import Text

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    shown = []
    for variable in ("", "1"):
        monkeypatch.setenv("NO_COLOR", variable)
        terminal = Terminal()
        output.console(terminal).print(Text("x", style="red"))
        shown.append(terminal.getvalue())
    assert shown == ["\x1b[31mx\x1b[0m\n", "x\n"]


def test_closed_streams_are_no_error() -> None:
    closed = subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *COMMAND, "list"], check=False, timeout=60)
    assert closed.returncode == 0


def test_ascii_terminals_get_ascii_glyphs() -> None:
    done = run("list", "workloads", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"left Riemann sum of x^2 over" in done.stdout
    done = run("run", "größer", PYTHONIOENCODING="ascii")
    assert done.stderr.isascii()
    assert b"error: unknown workload" in done.stderr


def test_no_escape_sequence_goes_to_a_pipe() -> None:
    for arguments in (["list"], ["--help"], ["run", "--help"], ["bench", "--help"]):
        assert b"\x1b" not in run(*arguments).stdout


def test_a_folder_with_modules_of_our_names_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "workloads").mkdir()
    for name in ("json.py", "list.py", "click.py", "workloads/__init__.py"):
        (tmp_path / name).write_text("raise RuntimeError('taken from the current folder')", encoding="utf-8")
    done = subprocess.run([*COMMAND, "list", "--json"], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_consoles_have_no_colour_or_markup_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    output.console(stream).print("[bold]1 'x' :smile:[/bold]")
    assert stream.getvalue() == "[bold]1 'x' :smile:[/bold]\n"
