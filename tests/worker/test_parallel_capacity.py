"""What this host can give at most, with real processes and with made-up counts."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comparators.worker import parallel_capacity


def test_it_writes_a_speedup(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    command = [sys.executable, "-P", "-m", "comparators.worker.parallel_capacity", "2", str(result)]
    subprocess.run(command, check=True, timeout=60)
    assert json.loads(result.read_text(encoding="utf-8"))["speedup"] > 0


def test_a_counting_process_prints_how_far_it_came() -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-S", parallel_capacity.__file__, "spin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        steps, _ = process.communicate(f"{time.perf_counter() + 0.01!r}\n", timeout=60)
    assert int(steps) > 0


def test_one_process_is_its_own_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_capacity, "_count", lambda workers: pytest.fail("nothing is to be counted"))
    monkeypatch.setattr(sys, "argv", ["capacity", "1", str(tmp_path / "result.json")])
    parallel_capacity.main()
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == {"speedup": 1.0}


@pytest.mark.parametrize(
    ("rounds", "speedup"),
    [
        ([(20, 10), (18, 9)], 2.0),
        ([(20, 5), (14, 10)], 2.0),  # one process was disturbed in the first round, several in the second
        ([(12, 10), (15, 10)], 1.5),
        ([(30, 10)], 2.0),  # more than there are CPUs: one process was disturbed
    ],
)
def test_the_best_counts_are_compared_within_what_is_possible(rounds: list[tuple[int, int]], speedup: float) -> None:
    assert parallel_capacity.speedup(rounds, 2) == speedup


def test_several_and_one_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([20, 10, 60, 20, 30, 10, 20, 10])
    asked: list[int] = []

    def count(workers: int) -> int:
        asked.append(workers)
        return next(counts)

    monkeypatch.setattr(parallel_capacity, "_count", count)
    monkeypatch.setattr(parallel_capacity, "_cpus", lambda: 4)
    monkeypatch.setattr(sys, "argv", ["capacity", "4", str(tmp_path / "result.json")])
    parallel_capacity.main()
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == {"speedup": 3.0}
    assert asked == [4, 1] * parallel_capacity.ROUNDS


def test_the_counts_of_all_processes_add_up_and_they_begin_together(monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[io.StringIO] = []

    class Counter:
        def __init__(self, command: list[str], **options: object) -> None:
            self.stdin, self.stdout = io.StringIO(), io.StringIO("ready\n")
            words.append(self.stdin)

        def communicate(self) -> tuple[str, None]:
            assert self.stdout.read() == "", "it was not waited for"
            return "7", None

    monkeypatch.setattr(subprocess, "Popen", Counter)
    assert parallel_capacity._count(3) == 21
    (begin,) = {float(word.getvalue()) for word in words}
    assert begin > 0
    assert len(words) == 3
