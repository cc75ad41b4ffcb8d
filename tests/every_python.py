"""Run the tests under several Pythons, each in its own environment below .venvs/, and sum up.

    python tests/every_python.py 3.11 3.12 3.13 3.14 3.15 3.13t 3.14t

Pythons are looked for on PATH, in pyenv and in ~/.pythons. One that is not found is named and does not fail the run.
All are tried, whatever becomes of one of them. What the tests print is kept in .venvs/VERSION.log.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / ".venvs"
PROBE = "import sys, sysconfig; print(*sys.version_info[:2], bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"


@dataclass(frozen=True, slots=True)
class Stage:
    """How the tests went under one Python."""

    label: str
    outcome: Literal["passed", "failed", "not installed", "not found"]
    detail: str
    failures: tuple[str, ...] = ()


def main(labels: list[str]) -> int:
    """Run every stage and return 1 if one failed or none ran."""
    stages = [run_stage(label) for label in labels]
    print()
    for stage in stages:
        print(f"{stage.label:6} {stage.outcome:13} {stage.detail}", *stage.failures, sep="\n       ")
    outcomes = {stage.outcome for stage in stages}
    return 1 if outcomes & {"failed", "not installed"} or "passed" not in outcomes else 0


def run_stage(label: str) -> Stage:
    """Find a Python, install into its environment and run the tests there."""
    python = find_python(label)
    if python is None:
        return Stage(label, "not found", "on PATH, in ~/.pyenv/versions, in ~/.pythons")
    print(f"\n{label}: {python}", flush=True)
    started = time.monotonic()
    try:
        inside = environment(label, python)
    except subprocess.CalledProcessError as error:
        return Stage(label, "not installed", f"exit {error.returncode}: {' '.join(map(str, error.cmd))}")
    log = ENVIRONMENTS / f"{label}.log"
    code = run_tests(inside, log)
    detail = f"{time.monotonic() - started:.0f} s, {python}"
    return Stage(label, "failed", f"{detail}, {log}", failures_in(log)) if code else Stage(label, "passed", detail)


def run_tests(python: Path, log: Path) -> int:
    """Run the tests, show what they print as it comes, keep it in a file, and return the exit code."""
    command: list[str | Path] = [python, "-m", "pytest", "-q"]
    log.parent.mkdir(exist_ok=True)
    with (
        log.open("wb") as kept,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            sys.stdout.buffer.write(line)
            sys.stdout.flush()
    return process.returncode


def failures_in(log: Path) -> tuple[str, ...]:
    """Return the lines of pytest's summary that name what failed, or the last line where it names nothing."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return tuple(line for line in lines if line.startswith(("FAILED ", "ERROR "))) or tuple(lines[-1:])


def find_python(label: str) -> Path | None:
    """Return the first interpreter that is what the label says: a free-threaded `python3.13` is no 3.13."""
    return next((path for path in candidates(label) if is_python(path, label)), None)


def candidates(label: str) -> Iterator[Path]:
    """Yield existing files that may be the Python of that label."""
    name = f"python{label}"
    folders = [Path(folder) for folder in os.get_exec_path()]
    folders += sorted(Path.home().glob(f".pyenv/versions/{label.removesuffix('t')}*/bin"), reverse=True)
    folders += sorted(Path.home().glob(".pythons/*/bin"))
    yield from (folder / name for folder in folders if (folder / name).is_file())


def is_python(path: Path, label: str) -> bool:
    """Tell whether an executable runs and is of the version and the build that the label says."""
    major, minor = label.removesuffix("t").split(".")
    try:
        answer = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, check=False)
    except OSError:  # a file of that name that this host cannot run
        return False
    return answer.stdout.split() == [major, minor, str(label.endswith("t"))]


def environment(label: str, python: Path) -> Path:
    """Make the environment, or use it when it is as new as pyproject.toml, and return its interpreter.

    Made with virtualenv, because some Pythons come without ensurepip.

    Raises:
        CalledProcessError: an installation failed.
    """
    folder = ENVIRONMENTS / label
    inside, complete = folder / "bin" / "python", folder / ".complete"
    project = ROOT / "pyproject.toml"
    if complete.exists() and complete.stat().st_mtime >= project.stat().st_mtime:
        return inside
    pip: list[str | Path] = [inside, "-m", "pip", "--disable-pip-version-check", "-qq", "install", "--prefer-binary"]
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "virtualenv", "--quiet", "--clear", "--python", python, folder],
        [*pip, "pip>=25.1"],
        [*pip, "--editable", ".[trio]"],
        [*pip, "--group", "test"],
    ]
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True)
    complete.touch()
    return inside


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
