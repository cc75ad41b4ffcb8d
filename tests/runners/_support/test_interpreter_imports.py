"""What is sent to interpreters for a function that they may not find."""

import pickle
import sys
import sysconfig
from pathlib import Path

import pytest

from comparators.runners._support.interpreter_imports import added_folders, importable
from tests.recipes import own_work


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the place where installed packages are, and let the program begin with Python's own path."""
    folder = tmp_path / "lib" / "site-packages"
    folder.mkdir(parents=True)
    standard = str(Path(sysconfig.get_path("stdlib")))
    paths = {"stdlib": standard, "platstdlib": standard, "purelib": str(folder), "platlib": str(folder)}
    monkeypatch.setattr(sysconfig, "get_path", paths.__getitem__)
    monkeypatch.setattr(sys, "path", ["", standard, str(folder)])
    return folder


def test_a_function_that_every_interpreter_finds_is_sent_as_it_is(site_packages: Path) -> None:
    assert importable(own_work.serve, added_folders()) is own_work.serve


def test_folders_of_editable_installs_are_there_from_the_beginning(site_packages: Path, tmp_path: Path) -> None:
    (site_packages / "mine.pth").write_text("# a comment\n../../src\nimport os\n\n", encoding="utf-8")
    sys.path.append(str(tmp_path / "src"))
    assert importable(own_work.serve, added_folders()) is own_work.serve


def test_folders_that_were_added_since_travel_with_the_function(site_packages: Path, tmp_path: Path) -> None:
    added = str(tmp_path / "added")
    sys.path.append(added)
    sent = pickle.dumps(importable(own_work.serve, added_folders()))
    sys.path.remove(added)
    assert pickle.loads(sent) is own_work.serve
    assert sys.path[-1] == added
    pickle.loads(sent)
    assert sys.path.count(added) == 1
