"""A run as a pyperf suite, tried with pyperf's own commands."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyperf
import pytest

from comparators.campaign.pyperf_results import FILE_NAME, write_results
from comparators.errors import OutputError
from comparators.journal.records import Run
from comparators.workload import Observation
from tests.journal.records import CELL, HEADER, LOOP, sample

RUN = Run(HEADER, (), (), (), (), (), None)


def written(tmp_path: Path, run: Run) -> pyperf.BenchmarkSuite:
    assert write_results(run, tmp_path / FILE_NAME)
    return pyperf.BenchmarkSuite.load(str(tmp_path / FILE_NAME))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / FILE_NAME
    samples = tuple(
        sample(cell, block=block, seconds=0.5 + block / 100, warmup_s=None)
        for block in range(5)
        for cell in (LOOP, CELL)
    )
    assert write_results(replace(RUN, samples=samples), path)
    return path


@pytest.mark.parametrize(
    "command", [["show"], ["stats"], ["hist"], ["check"], ["metadata"], ["compare_to", "{path}", "--table"]]
)
def test_pyperf_accepts_it(results: Path, command: list[str]) -> None:
    options = [part.format(path=results) for part in command[1:]]
    done = subprocess.run(
        [sys.executable, "-m", "pyperf", command[0], str(results), *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert LOOP.key in done.stdout or command[0] in {"check", "compare_to"}


def test_one_benchmark_per_cell_and_one_run_per_sample(tmp_path: Path) -> None:
    samples = tuple(sample(block=block, seconds=1.0 + block, loops=3, warmup_s=9.0) for block in range(3))
    (benchmark,) = written(tmp_path, replace(RUN, samples=samples)).get_benchmarks()
    assert benchmark.get_name() == CELL.key
    assert benchmark.get_values() == (1.0, 2.0, 3.0)
    assert [run.warmups for run in benchmark.get_runs()] == [((3, 9.0),)] * 3
    metadata = benchmark.get_runs()[1].get_metadata()
    assert metadata["comparators_block"] == 1
    assert (metadata["comparators_stage"], metadata["comparators_level"]) == ("test", "model")
    assert metadata["comparators_runner"] == "threading[style=subclass]"
    assert metadata["comparators_workers"] == 2
    assert metadata["comparators_phase"] == "warm"
    assert metadata["loops"] == 3
    assert metadata["python_version"] == "3.11.7"


def test_observations_are_metadata(tmp_path: Path) -> None:
    seen = (Observation("lost", 2.0, "updates"),)
    samples = tuple(sample(block=block, observations=seen) for block in range(2))
    (benchmark,) = written(tmp_path, replace(RUN, samples=samples)).get_benchmarks()
    assert benchmark.get_metadata()["observed_lost"] == "2 updates"


def test_the_tests_of_all_levels_stand_for_a_cell_and_the_pilot_where_there_was_none(tmp_path: Path) -> None:
    other = replace(CELL, workers=8)
    samples = (
        sample(stage="pilot", block=-1, seconds=9.0),
        sample(cell=other, stage="pilot", block=-1, seconds=5.0),
        sample(cell=other, stage="pilot", block=-2, seconds=6.0),
        sample(block=0, seconds=1.0),
        sample(block=1, seconds=2.0),
        sample(block=0, level="workers", seconds=3.0),
    )
    suite = written(tmp_path, replace(RUN, samples=samples))
    assert {one.get_name(): one.get_values() for one in suite.get_benchmarks()} == {
        CELL.key: (1.0, 2.0, 3.0),
        other.key: (5.0, 6.0),
    }


def test_samples_of_costs_stand_for_what_was_in_no_test(tmp_path: Path) -> None:
    samples = tuple(sample(stage="cost", level=None, block=block) for block in range(3))
    (benchmark,) = written(tmp_path, replace(RUN, samples=samples)).get_benchmarks()
    assert benchmark.get_metadata()["comparators_stage"] == "cost"
    assert len(benchmark.get_values()) == 3


def test_single_samples_are_left_out_beside_repeated_ones(tmp_path: Path) -> None:
    other = replace(CELL, workers=8)
    samples = (sample(block=0), sample(block=1), sample(cell=other, stage="pilot", block=-1))
    assert written(tmp_path, replace(RUN, samples=samples)).get_benchmark_names() == [CELL.key]


def test_single_samples_are_kept_where_there_are_no_others(tmp_path: Path) -> None:
    samples = (sample(stage="pilot", block=-1), sample(cell=replace(CELL, workers=8), stage="pilot", block=-1))
    assert len(written(tmp_path, replace(RUN, samples=samples)).get_benchmarks()) == 2


def test_a_cold_sample_has_no_warm_up(tmp_path: Path) -> None:
    samples = tuple(sample(block=block, warmup_s=None) for block in range(2))
    (benchmark,) = written(tmp_path, replace(RUN, samples=samples)).get_benchmarks()
    assert [run.warmups for run in benchmark.get_runs()] == [(), ()]


def test_without_samples_there_is_no_file_and_an_old_one_goes(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    assert not write_results(RUN, path)
    path.write_text("old", encoding="ascii")
    assert not write_results(RUN, path)
    assert not path.exists()


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("old", encoding="ascii")
    assert write_results(replace(RUN, samples=(sample(), sample(block=1))), path)
    assert json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("operation", ["dump", "open", "write", "fsync", "replace"])
def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / FILE_NAME
    path.write_text("old", encoding="ascii")
    owner = pyperf.BenchmarkSuite if operation == "dump" else os
    with monkeypatch.context() as patch:
        patch.setattr(owner, operation, fail)
        with pytest.raises(OutputError) as caught:
            write_results(replace(RUN, samples=(sample(), sample(block=1))), path)
    assert caught.value.message == f"cannot write '{path}': No space left on device"
    assert caught.value.tip == f"the measurements are kept; make room, then 'comparators report {tmp_path}'"
    assert path.read_text(encoding="ascii") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"):
        write_results(replace(RUN, samples=(sample(), sample(block=1))), tmp_path / "gone" / FILE_NAME)
