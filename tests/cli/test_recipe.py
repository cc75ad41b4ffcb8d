"""`comparators recipe` prints what was recorded, whole, and runs nothing."""

from pathlib import Path
from typing import Any

import pytest

from comparators import pipeline
from tests.cli.support import call
from tests.verdict.builder import make_run, merge_runs, times

CODE = "import time\n\nITEMS = [1]\n\nif __name__ == '__main__':\n    results = [time]\n"


def run_of(workload: str, **changes: Any) -> Any:
    return make_run(
        model={"serial": times(0.8), "futures-threads/4": times(0.1)},
        workload=workload,
        **{"recipes": {"futures-threads/4": f"# {workload}\n{CODE}"}, **changes},
    )


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the next command read this run."""
    return lambda run: monkeypatch.setattr(pipeline, "load_run", lambda directory: run)


def test_one_workload_needs_no_name(capsys: pytest.CaptureFixture[str], recorded: Any, tmp_path: Path) -> None:
    recorded(run_of("get"))
    answer = call(capsys, "recipe", str(tmp_path))
    assert (answer.code, answer.out) == (0, f"# get\n{CODE}")


def test_one_of_several_is_named(capsys: pytest.CaptureFixture[str], recorded: Any, tmp_path: Path) -> None:
    recorded(merge_runs(run_of("get"), run_of("put")))
    assert call(capsys, "recipe", str(tmp_path), "put").out == f"# put\n{CODE}"
    answer = call(capsys, "recipe", str(tmp_path))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == [
        f"error: '{tmp_path}' has 2 workloads",
        f"tip: name one: comparators recipe {tmp_path} get",
    ]


def test_an_unknown_workload_gets_the_nearest(
    capsys: pytest.CaptureFixture[str], recorded: Any, tmp_path: Path
) -> None:
    recorded(run_of("get"))
    answer = call(capsys, "recipe", str(tmp_path), "gte")
    assert answer.code == 2
    assert answer.err.splitlines()[0] == f"error: unknown workload 'gte' in '{tmp_path}'"


def test_no_recipe_says_how_to_get_one(capsys: pytest.CaptureFixture[str], recorded: Any, tmp_path: Path) -> None:
    recorded(run_of("get", recipes={}))
    answer = call(capsys, "recipe", str(tmp_path))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: '{tmp_path}' has no recipe\ntip: ")


def test_a_file_is_written_whole(capsys: pytest.CaptureFixture[str], recorded: Any, tmp_path: Path) -> None:
    recorded(run_of("get"))
    file = tmp_path / "fast.py"
    answer = call(capsys, "recipe", str(tmp_path), "--output", str(file))
    assert (answer.code, answer.out) == (0, "")
    assert file.read_text(encoding="utf-8") == f"# get\n{CODE}"
    answer = call(capsys, "recipe", str(tmp_path), "--output", str(tmp_path / "missing" / "fast.py"))
    assert answer.code == 5
