"""What the fast commands load. No clock here: `tests/benchmarks/startup.py` measures the time."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "anyio",
    "asyncio",
    "cattrs",
    "concurrent.futures",
    "jinja2",
    "matplotlib",
    "multiprocessing",
    "numpy",
    "psutil",
    "pyperf",
    "rich",
    "scipy",
    "threadpoolctl",
    "trio",
)
CLASSES = (
    "comparators.workloads.integrate",
    "comparators.runners.threading",
    "comparators.registry.catalogue",
    "pathlib",
)


def loaded(*arguments: str, names: tuple[str, ...], cwd: Path) -> list[str]:
    """Return those of the modules that a fresh process has loaded after a command."""
    code = (
        f"import sys; from comparators.cli import main; main({arguments!r}); print(*{{*{names!r}}} & {{*sys.modules}})"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd)
    return answer.stdout.splitlines()[-1].split()


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list"], ["list", "integrate"], ["list", "--json"], ["run", "--help"], ["doctor", "--help"]],
)
def test_nothing_heavy_is_loaded(arguments: list[str], tmp_path: Path) -> None:
    assert loaded(*arguments, names=HEAVY, cwd=tmp_path) == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list"], ["list", "runners"]])
def test_the_fastest_load_no_classes_either(arguments: list[str], tmp_path: Path) -> None:
    assert loaded(*arguments, names=CLASSES, cwd=tmp_path) == []


def test_help_loads_no_command(tmp_path: Path) -> None:
    commands = tuple(f"comparators.cli.{name}" for name in ("run", "list", "show", "report", "doctor", "bench"))
    assert loaded("--help", names=commands, cwd=tmp_path) == []
