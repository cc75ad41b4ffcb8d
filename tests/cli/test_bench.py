"""`comparators bench` is a pyperf script: pyperf's options work and its tools read what it writes."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyperf
import pytest

from comparators.cli import bench_script
from comparators.worker.timing import timed
from tests.cli.support import call

FEW = ("-p", "2", "-n", "2", "-w", "1", "-l", "1", "--preset", "quick")
ONE_WORKER = "'serial' with 4 workers on 'noop': 'serial' has at most 1 worker"
WORKER = ("--worker", "-l", "1", "-n", "1", "-w", "1", "--preset", "quick")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let this process be a new pyperf script in every test."""
    monkeypatch.setattr(pyperf.Runner, "_created", set())
    monkeypatch.chdir(tmp_path)


def bench(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "comparators", "bench", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=100
    )


def benchmarks(path: str) -> Sequence[Any]:
    suite: Sequence[Any] = pyperf.BenchmarkSuite.load(path).get_benchmarks()
    return suite


def test_one_cell_in_a_file_that_pyperf_reads() -> None:
    done = bench("noop", "futures-threads", "--workers=2", *FEW, "-o", "out.json")
    assert done.returncode == 0, done.stderr
    assert "noop/futures-threads/2/warm: Mean +- std dev:" in done.stdout
    (one,) = benchmarks("out.json")
    assert (one.get_name(), one.get_nrun(), one.get_nvalue()) == ("noop/futures-threads/2/warm", 2, 4)


def test_cells_are_appended_to_one_file() -> None:
    for runner in ("serial", "mp-pool[method=imap]"):
        assert bench("noop", runner, "--phase=cold", *FEW, "--append", "all.json").returncode == 0
    names = [one.get_name() for one in benchmarks("all.json")]
    assert names[0] == "noop/serial/1/cold"
    assert names[1].startswith("noop/mp-pool[method=imap]/")


def test_two_pythons_are_compared() -> None:
    done = bench("noop", "serial", *FEW, "--python", sys.executable, "--compare-to", sys.executable)
    assert done.returncode == 0, done.stderr
    assert "[changed]" in done.stdout or "faster" in done.stdout or "slower" in done.stdout or "±" in done.stdout


def test_the_environment_is_inherited_on_request() -> None:
    (Path("mine.py")).write_text(
        "import os\nITEMS = [1]\ndef show(item):\n    return os.environ.get('WANTED')\n"
        "def check(parts):\n    assert parts == ['yes']\n",
        encoding="utf-8",
    )
    arguments = ("mine.py:show", "serial", "--param=check=check", *FEW)
    assert bench(*arguments, WANTED="yes").returncode == 1
    done = bench(*arguments, "--inherit-environ", "WANTED", WANTED="yes")
    assert done.returncode == 0, done.stderr


def test_a_variant_is_measured_under_its_label() -> None:
    done = bench("guarded[guard=queue,operations=10]", "serial", *FEW)
    assert done.returncode == 0, done.stderr
    assert "guarded[guard=queue,operations=10]/serial/1/warm: Mean" in done.stdout


@pytest.mark.parametrize(
    ("workload", "error"),
    [
        ("coordination", "'coordination' is a suite: one workload is measured here"),
        ("guarded[gard=lock]", "unknown parameter 'gard' of 'guarded'"),
    ],
)
def test_what_is_no_workload_is_refused(capsys: pytest.CaptureFixture[str], workload: str, error: str) -> None:
    answer = call(capsys, "bench", workload, "serial")
    assert (answer.err.splitlines()[0], answer.code) == (f"error: {error}", 2)


def test_a_calibrated_workload_is_calibrated_once_by_the_manager(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def bench_time_func(runner: Any, name: str, time_func: Any) -> None:
        command: list[str] = []
        runner._add_cmdline_args(command, runner.args)
        commands.append(command)

    monkeypatch.setattr(pyperf.Runner, "bench_time_func", bench_time_func)
    assert call(capsys, "bench", "mixed", "threading", "--workers=3", "--param=cpu_s=0.001").code == 0
    (command,) = commands
    assert command[:5] == ["mixed", "threading", "--workers=3", "--preset=default", "--phase=warm"]
    assert "--param=cpu_s=0.001" in command
    (spins,) = [each for each in command if each.startswith("--calibrated=spins=")]
    assert int(spins.rpartition("=")[2]) > 1


def test_a_worker_uses_the_calibration_it_is_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def spy(workload: Any, *arguments: Any) -> Any:
        seen.append(workload)
        return timed(workload, *arguments)

    monkeypatch.setattr(bench_script, "timed", spy)
    calibrated = [f"--calibrated={each}" for each in ("count=3", "cpu_s=1", "wait_s=0", "spins=7")]
    assert call(capsys, "bench", "mixed", "serial", *WORKER, *calibrated).code == 0
    assert (seen[0].count, seen[0].spins) == (3, 7)


@pytest.mark.parametrize("cell", [("echo", "asyncio"), ("sleep", "threading"), ("uneven", "serial")])
def test_a_worker_measures_and_writes(capsys: pytest.CaptureFixture[str], cell: tuple[str, str]) -> None:
    answer = call(capsys, "bench", *cell, *WORKER, "-o", "out.json")
    assert answer.code == 0, answer.err
    (run,) = json.loads(Path("out.json").read_text(encoding="utf-8"))["benchmarks"][0]["runs"]
    assert len(run["values"]) == 1
    assert run["values"][0] > 0


def test_a_wrong_result_is_an_error_of_the_worker(capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.py").write_text(
        "import itertools\nITEMS = [1, 2]\nCOUNT = itertools.count()\ndef work(item):\n    return next(COUNT)\n",
        encoding="utf-8",
    )
    answer = call(capsys, "bench", "wrong.py:work", "serial", *WORKER)
    assert answer.err.startswith("error: 'work' of item 1, done again: expected ")
    assert answer.code == 1


def test_a_failed_worker_is_said_once_and_without_a_traceback() -> None:
    Path("wrong.py").write_text("ITEMS = [1, 2]\ndef work(item):\n    raise SystemExit(3)\n", encoding="utf-8")
    done = bench("wrong.py:work", "serial", *FEW)
    assert "error: a pyperf worker failed: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


def test_help_has_our_options_and_pyperfs(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "bench", "--help")
    assert answer.code == 0
    for text in ("WORKLOAD", "--phase warm|cold", "--rigorous", "--compare-to", "examples:\n  comparators bench"):
        assert text in answer.out
    assert "--calibrated" not in answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        ("", 2, "error: the following arguments are required: WORKLOAD, RUNNER\ntip: comparators bench --help\n"),
        ("noop", 2, "error: the following arguments are required: RUNNER\ntip: comparators bench --help\n"),
        ("noop serial --phas cold", 2, "error: unknown option '--phas'\ntip: did you mean '--phase'?\n"),
        ("noop serial --rigorou", 2, "error: unknown option '--rigorou'\ntip: did you mean '--rigorous'?\n"),
        ("noop serial --phase hot", 2, "error: unknown phase 'hot' for '--phase'\ntip: known phases: cold, warm\n"),
        ("nop serial", 2, "error: unknown workload 'nop'\ntip: did you mean 'noop'?\n"),
        ("noop seril", 2, "error: unknown runner 'seril'\ntip: did you mean 'serial'?\n"),
        (
            "noop serial --workers 1,2",
            2,
            "error: invalid value '1,2' for '--workers': must be one number here\ntip: '--workers 2'\n",
        ),
        (
            "noop serial --workers 4",
            4,
            f"error: nothing to measure: {ONE_WORKER}\ntip: 'comparators list' shows what applies here\n",
        ),
    ],
)
def test_bad_input(capsys: pytest.CaptureFixture[str], arguments: str, code: int, error: str) -> None:
    answer = call(capsys, "bench", *arguments.split())
    assert (answer.err, answer.code) == (error, code)


def test_an_option_of_our_own_use_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "bench", "noop", "serial", "--calibrate")
    assert answer.err.startswith("error: unknown option '--calibrate'\ntip: did you mean '--calibrate-")
    assert "--calibrated" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("--output no/out.json", "error: cannot write 'no/out.json': the folder '{0}/no' does not exist"),
        ("--append no/all.json", "error: cannot write 'no/all.json': the folder '{0}/no' does not exist"),
        ("--append .", "error: cannot write '.'"),
        ("--worker -l 1 --output no/out.json", "error: cannot write 'no/out.json': the folder '{0}/no' does not exist"),
    ],
)
def test_a_file_that_cannot_be_written_is_found_before_measuring(
    capsys: pytest.CaptureFixture[str], arguments: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyperf.Runner, "bench_time_func", lambda *_: pytest.fail("it measures"))
    answer = call(capsys, "bench", "noop", "serial", "--preset=quick", *arguments.split())
    assert (answer.code, answer.err.splitlines()[0]) == (2, error.format(Path.cwd()))
