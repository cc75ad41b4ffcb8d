"""The whole way, with real measuring: command and library, report, resume, pyperf's own tools."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SMALL = (
    "noop",
    "--runner",
    "serial,threading",
    "--workers",
    "1",
    "--preset",
    "quick",
    "--phase",
    "warm",
    "--seed",
    "1",
)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=100
    )


def comparators(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command(folder, "-m", "comparators", *arguments)


def test_one_command_leaves_everything(tmp_path: Path) -> None:
    done = comparators(tmp_path, "run", *SMALL, "--output", "out", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "verdicts.json").read_text(encoding="utf-8"))
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"journal.jsonl", "results.json", "verdicts.json", "summary.md", "report.html", "figures"} <= names

    again = comparators(tmp_path, "run", *SMALL, "--output", "out")
    assert again.returncode == 0, again.stderr
    assert "noop" in again.stdout
    other = comparators(tmp_path, "run", *SMALL, "--output", "out", "--margin", "7")
    assert other.returncode == 2
    assert "error: 'out' holds a run of another plan" in other.stderr

    shown = comparators(tmp_path, "show", "out")
    assert shown.stdout == again.stdout
    (tmp_path / "out" / "report.html").unlink()
    drawn = comparators(tmp_path, "report", "out")
    assert drawn.returncode == 0, drawn.stderr
    assert str(Path("out") / "report.html") in drawn.stdout.splitlines()
    assert (tmp_path / "out" / "report.html").stat().st_size > 1000

    pyperf = command(tmp_path, "-m", "pyperf", "show", "out/results.json")
    assert pyperf.returncode == 0, pyperf.stderr


def test_a_function_of_the_running_script_is_compared(tmp_path: Path) -> None:
    script = """
        from comparators import compare

        ITEMS = [100_000] * 4


        def add_up(item):
            return sum(range(item))


        if __name__ == "__main__":
            comparison = compare(
                add_up, runners=["serial", "mp-pool[start=spawn]"], workers=2,
                preset="quick", phases=["warm"], max_time="60s", output="out",
            )
            print(comparison)
            print([(one.runner.label, one.status) for one in comparison.verdicts[0].runners])
    """
    (tmp_path / "mine.py").write_text(textwrap.dedent(script), encoding="utf-8")
    done = command(tmp_path, "mine.py")
    assert done.returncode == 0, done.stderr
    *_, report, runners = done.stdout.splitlines()
    assert report == f"report: {Path('out') / 'report.html'}"
    assert "'serial'" in runners
    assert "'mp-pool[start=spawn]'" in runners
    assert "failed" not in runners
