"""Every exit code of `run`, each by a real run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from comparators.journal.journal import load
from tests.cli.support import MEASURING
from tests.faults.faulty import target

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("signals_heeded"),
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits of Linux"),
]

COMMAND = (*MEASURING, "run", "--phase", "warm", "--workers", "1")
SMALL = ("noop", "--runner", "serial,threading", "--output", "out")
FAULTY = (target("Raising"), "--runner", "serial,threading", "--output", "out")
BUG = "import sys; from comparators import cli, pipeline; pipeline.prepare = None; sys.exit(cli.main(['run', 'noop']))"


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
            (*MEASURING, "run", "noop", "--runner", "serial", "--workers", "4"),
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


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_signals_end_a_run_with_a_report_of_what_is_there(tmp_path: Path, number: str, code: int) -> None:
    with subprocess.Popen([*COMMAND, *SMALL], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "race" in line:
                break
        process.send_signal(signal.Signals[number])
        rest = process.stderr.read()
        assert process.wait() == code, rest
    run = load(tmp_path / "out")
    assert run.finished is not None
    assert run.finished.reason == "interrupted"
    assert (tmp_path / "out" / "report.html").exists()
    assert ("the same command goes on from here" in rest) == (number != "SIGHUP")


def test_the_second_signal_ends_a_run_at_once(tmp_path: Path) -> None:
    with subprocess.Popen([*COMMAND, *SMALL], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "pilot" in line:
                break
        process.send_signal(signal.SIGSTOP)  # both come before it can do anything
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.stderr.read()
        assert process.wait() in {130, 143}
    assert not (tmp_path / "out" / "report.html").exists()
