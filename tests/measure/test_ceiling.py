"""What this host can give at most, with real processes and with made-up counts."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comparators.measure import ceiling


def test_it_writes_a_speedup(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    command = [sys.executable, "-P", "-m", "comparators.measure.ceiling", "1", str(result)]
    subprocess.run(command, check=True, timeout=60)
    assert json.loads(result.read_text(encoding="utf-8"))["speedup"] > 0


def test_a_counting_process_prints_how_far_it_came() -> None:
    command = [sys.executable, "-P", "-S", ceiling.__file__, "spin", repr(time.perf_counter())]
    assert int(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout) > 0


def test_the_middle_of_the_rounds_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([20, 10, 60, 10, 30, 10])
    asked: list[int] = []

    def count(workers: int) -> int:
        asked.append(workers)
        return next(counts)

    monkeypatch.setattr(ceiling, "_count", count)
    monkeypatch.setattr(sys, "argv", ["ceiling", "4", str(tmp_path / "result.json")])
    ceiling.main()
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == {"speedup": 3.0}
    assert asked == [4, 1] * ceiling.ROUNDS


def test_the_counts_of_all_processes_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    class Counter:
        def __init__(self, command: list[str], stdout: int) -> None:
            commands.append(command)

        def communicate(self) -> tuple[bytes, None]:
            return b"7", None

    monkeypatch.setattr(subprocess, "Popen", Counter)
    assert ceiling._count(3) == 21
    assert len(commands) == 3
    assert len({command[-1] for command in commands}) == 1  # they begin at the same moment
