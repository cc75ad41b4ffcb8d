"""What a wheel of the package holds, and that it works where it is installed."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import comparators

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "comparators"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_one_package_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    data = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert held == {str(path.relative_to(ROOT)) for path in data}
    assert "comparators/py.typed" in held


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of a new environment that has the wheel.

    Dependencies are lent by this environment through a path file, so that the test needs no package index. Path
    files beside them are not read, so that an editable installation of this repository is not lent.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(commands / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-qq", "--no-deps", "--no-index", str(wheel)], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return commands


@pytest.fixture
def hostile_folder(tmp_path: Path) -> Path:
    """Return a folder whose own modules have names that the package and its dependencies use too."""
    (tmp_path / "workloads").mkdir()
    for name in ("workloads/__init__.py", "json.py", "runner.py"):
        (tmp_path / name).write_text("raise RuntimeError('taken from the working directory')\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", [["comparators"], ["python", "-m", "comparators"]], ids=" ".join)
def test_the_installed_command_works_in_any_folder(command: list[str], installed: Path, hostile_folder: Path) -> None:
    argv = [str(installed / command[0]), *command[1:], "list", "workloads"]
    answer = subprocess.run(argv, cwd=hostile_folder, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "integrate-numpy" in answer.stdout


def test_the_installed_package_is_the_one_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import comparators; print(comparators.__file__, comparators.__version__)"
    argv = [str(installed / "python"), "-c", code]
    answer = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True)
    file, version = answer.stdout.split()
    assert Path(file).is_relative_to(installed.parent)
    assert version == comparators.__version__
