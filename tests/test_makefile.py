"""The commands of the Makefile: which Python they take, and that what is installed is not installed again."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import every_python
from tests.conftest import PROCESSES, THOROUGH
from tests.every_python import find_python, is_python, main

ROOT = Path(__file__).resolve().parents[1]
OWN = "{}.{}".format(*sys.version_info[:2]) + ("t" if "t" in getattr(sys, "abiflags", "") else "")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder with what the Makefile needs to decide what there is to do."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def install(folder: Path, *stamps: str, age_s: int = 60) -> None:
    """Leave an environment's marks, that many seconds newer than the project file."""
    (folder / ".venv").mkdir()
    project = (folder / "pyproject.toml").stat().st_mtime
    for stamp in stamps:
        (folder / ".venv" / stamp).touch()
        os.utime(folder / ".venv" / stamp, (project + age_s, project + age_s))


def test_make_alone_lists_every_target(clone: Path) -> None:
    listed = set(re.findall(r"make ([a-z-]+)", make(clone).stdout))
    declared = set(re.findall(r"^\.PHONY: (.*)$", (clone / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == declared


def test_a_python_that_is_too_old_is_refused_with_a_tip(clone: Path) -> None:
    old = clone / "python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    answer = make(clone, "report", f"PYTHON=nowhere {old}")
    assert answer.returncode
    assert f"error: no Python of at least 3.11 that can make environments among: nowhere {old}\n" in answer.stderr
    assert "tip: name one: make report PYTHON=/path/to/python3" in answer.stderr


def test_the_first_python_that_is_new_enough_makes_the_environment(clone: Path) -> None:
    answer = make(clone, ".venv/.created", f"PYTHON=nowhere {sys.executable}")
    if answer.returncode:
        pytest.skip("this Python cannot make environments")
    assert answer.stdout == f"making the environment .venv with {sys.executable}\n"
    assert (clone / ".venv" / "bin" / "python").exists()


@pytest.mark.parametrize(("target", "stamps"), [("report", 2), ("test", 3)])
def test_what_is_installed_is_not_installed_again(clone: Path, target: str, stamps: int) -> None:
    install(clone, *(".created", ".package", ".development")[:stamps])
    assert "install" not in make(clone, "-n", target).stdout


@pytest.mark.parametrize(("target", "installs"), [("report", ["--editable"]), ("test", ["--editable", "--group dev"])])
def test_a_changed_project_file_installs_again(clone: Path, target: str, installs: list[str]) -> None:
    install(clone, ".created", ".package", ".development", age_s=-60)
    planned = make(clone, "-n", target).stdout
    assert all(words in planned for words in installs)


def commands_of_ci() -> list[str]:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    return [line for line in script.splitlines() if line.startswith("make ")]


def test_ci_runs_commands_that_contributing_explains() -> None:
    assert commands_of_ci() == ["make check", "make docs", "make test", "make test-slow"]
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [command for command in commands_of_ci() if f"| `{command}` |" not in contributing] == []


def test_the_workflow_and_the_hooks_run_the_same() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "run: bash .ci/run\n" in workflow
    assert "entry: make check\n" in (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_makefile_and_workflow_know_the_same_pythons() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    (named,) = re.findall(r"^PYTHONS \?= (.*)$", makefile, re.MULTILINE)
    (matrix,) = re.findall(r"^ *python: \[(.*)\]$", workflow, re.MULTILINE)
    assert re.findall(r"[\d.]+t?", matrix) == named.split()


def test_every_case_is_in_one_of_the_targets(clone: Path) -> None:
    planned = {target: make(clone, "-n", target).stdout for target in ("test-fast", "test", "coverage", "test-slow")}
    chosen = {target: re.findall(r'-m "?((?:not )?slow[^"\n]*?)"?(?: --|\n)', text) for target, text in planned.items()}
    assert chosen == {
        "test-fast": ["not slow and not processes and not thorough"],
        "test": ["not slow"],
        "coverage": ["not slow"],
        "test-slow": ["slow"],
    }


def test_what_is_not_fast_exists() -> None:
    assert [place for place in (*PROCESSES, *THOROUGH) if not (ROOT / "tests" / place).exists()] == []


def test_a_python_is_known_by_what_it_is_not_by_its_name() -> None:
    own = Path(sys.executable)
    assert is_python(own, OWN)
    assert not is_python(own, OWN.removesuffix("t") if OWN.endswith("t") else f"{OWN}t")
    assert not is_python(own, "3.10")


def test_a_python_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert find_python("3.99") is None
    assert main(["3.99"]) == 1
    assert "3.99   not found" in capsys.readouterr().out


def test_what_cannot_be_run_is_no_python(tmp_path: Path) -> None:
    (tmp_path / "python").write_bytes(b"neither a program nor a script")
    (tmp_path / "python").chmod(0o755)
    assert not is_python(tmp_path / "python", OWN)


def stand_in(folder: Path, said: str, code: int) -> Path:
    """Make a Python whose tests say that and end so."""
    python = folder / f"python-{code}"
    python.write_text(f"#!/bin/sh\nprintf '{said}'\nexit {code}\n", encoding="utf-8")
    python.chmod(0o755)
    return python


def test_all_pythons_are_tried_and_failures_are_named_at_the_end(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def environment(label: str, python: Path) -> Path:
        if label == "3.12":
            raise subprocess.CalledProcessError(7, ["pip", "install"])
        return python

    pythons = {
        "3.11": stand_in(tmp_path, "..F\\nFAILED tests/test_a.py::test_b - why\\n1 failed\\n", 1),
        "3.12": tmp_path,
        "3.13": stand_in(tmp_path, "killed", 137),
        "3.14": stand_in(tmp_path, "3 passed\\n", 0),
    }
    monkeypatch.setattr(every_python, "ENVIRONMENTS", tmp_path / ".venvs")
    monkeypatch.setattr(every_python, "find_python", pythons.get)
    monkeypatch.setattr(every_python, "environment", environment)
    assert main([*pythons, "3.15"]) == 1
    shown = capfdbinary.readouterr().out.decode()
    summary = shown[shown.rindex("3.11  ") :].splitlines()
    assert [line.split()[:2] for line in summary] == [
        ["3.11", "failed"],
        ["FAILED", "tests/test_a.py::test_b"],
        ["3.12", "not"],
        ["3.13", "failed"],
        ["killed"],
        ["3.14", "passed"],
        ["3.15", "not"],
    ]
    assert (tmp_path / ".venvs" / "3.14.log").read_text(encoding="utf-8") == "3 passed\n"
