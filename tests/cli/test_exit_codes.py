"""Every exit code of `run`, each by a real run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from comparators.journal.journal import load
from tests.cli.support import COMPARATORS
from tests.faults.faulty import target

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("signals_heeded"),
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits of Linux"),
]

COMMAND = (*COMPARATORS, "run", "--phase", "warm", "--workers", "1")
SMALL = ("noop", "--runner", "serial,threading", "--output", "out")
SLOW = ("sleep[seconds=0.05,count=10]", "--runner", "serial,threading", "--output", "out")
"""Half a second per loop: long enough to interrupt it."""
FAULTY = (target("Raising"), "--runner", "serial,threading", "--output", "out")
BUG = "import sys; from comparators import cli, pipeline; pipeline.prepare = None; sys.exit(cli.main(['run', 'noop']))"
PATIENCE_S = 60.0


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        pytest.param((*COMMAND, *FAULTY), 1, "ValueError: a reason in task 1", id="some cells failed"),
        pytest.param((*COMMAND, "no-such-workload"), 2, "error: unknown workload 'no-such-workload'", id="usage"),
        pytest.param((sys.executable, "-c", BUG), 3, "error: this is a bug in comparators: TypeError", id="a bug"),
        pytest.param(
            (*COMPARATORS, "run", "noop", "--runner", "serial", "--workers", "4"),
            4,
            "error: nothing to measure",
            id="nothing",
        ),
        pytest.param(
            ("sh", "-c", 'ulimit -f 16; exec "$@"', "sh", *COMMAND, *SMALL), 5, "error: cannot write", id="no room"
        ),
    ],
)
def test_exit_codes(tmp_path: Path, command: tuple[str, ...], code: int, said: str) -> None:
    done = run(tmp_path, *command)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr or code == 1


@contextmanager
def measuring(folder: Path, *command: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a run; give it when it has tested two blocks of two cells."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + PATIENCE_S
        journal = folder / "out" / "journal.jsonl"
        while not (journal.exists() and journal.read_bytes().count(b'"stage":"test"') >= 4):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_a_run_with_the_best_answer_so_far(tmp_path: Path, number: str, code: int) -> None:
    with measuring(tmp_path, *COMMAND, *SLOW) as process:
        process.send_signal(signal.Signals[number])
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, err
    run = load(tmp_path / "out")
    assert run.finished is not None
    assert run.finished.reason == "interrupted"
    assert (tmp_path / "out" / "report.html").exists()
    heard = number != "SIGHUP"  # the terminal has gone
    assert out.startswith("sleep[count=10,seconds=0.05]: ") == heard
    assert ("tip: the same command goes on from here" in err) == heard


def test_the_second_signal_ends_a_run_at_once(tmp_path: Path) -> None:
    with measuring(tmp_path, *COMMAND, *SLOW) as process:
        process.send_signal(signal.SIGSTOP)  # both come before it can do anything
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode in {130, 143}
    assert not (tmp_path / "out" / "report.html").exists()


def test_code_that_is_edited_while_it_is_measured_stops_the_run(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("import time\nITEMS = [0.05] * 10\ndef nap(seconds):\n    time.sleep(seconds)\n", encoding="utf-8")
    command = (*COMMAND, "own.py:nap", "--runner", "serial,threading", "--output", "out", "--preset", "default")
    with measuring(tmp_path, *command) as process:
        own.write_text(own.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (2, ""), err
    assert "own.py" in err.splitlines()[-2]
    assert err.splitlines()[-1].startswith("tip: ")
    assert len(load(tmp_path / "out").samples) >= 4
