"""Which files a run is about, and whether they are still what they were."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from comparators.errors import UsageError
from comparators.plan import code
from comparators.plan.code import CodeFile, CodeWatch, changed, files_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a file that has imported another, and one that is not imported."""
    for name in ("own_work", "own_helper", "own_other"):
        (tmp_path / f"{name}.py").write_text(f"name = {name!r}\n", encoding="utf-8")
    for name in ("own_work", "own_helper"):
        module = ModuleType(name)
        module.__file__ = str(tmp_path / f"{name}.py")
        monkeypatch.setitem(sys.modules, name, module)
    return tmp_path


def names(files: tuple[CodeFile, ...]) -> list[str]:
    return [Path(path).name for path, _ in files]


def edit(path: Path, text: str = "other = 1\n") -> None:
    """Write a file anew, at another time than before."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000))


@pytest.mark.parametrize("target", ["own_work:fn", "{folder}/own_work.py:fn"])
def test_the_files_are_those_of_the_target_and_what_it_imports_from_its_folder(folder: Path, target: str) -> None:
    assert names(files_of([target.format(folder=folder)])) == ["own_helper.py", "own_work.py"]


@pytest.mark.parametrize(
    "target", ["comparators.workloads.noop:Noop", "textwrap:dedent", "json:dumps", "math:sqrt", "missing_module:fn"]
)
def test_what_comes_with_this_package_or_python_is_not_among_them(target: str) -> None:
    assert files_of([target]) == ()


def test_what_is_installed_is_not_among_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "site-packages" / "installed_work.py"
    installed.parent.mkdir()
    installed.touch()
    module = ModuleType("installed_work")
    module.__file__ = str(installed)
    monkeypatch.setitem(sys.modules, "installed_work", module)
    assert files_of(["installed_work:fn"]) == ()


def test_files_that_changed_or_are_gone_are_named(folder: Path) -> None:
    files = files_of(["own_work:fn"])
    assert changed(files) == ()
    edit(folder / "own_helper.py")
    (folder / "own_work.py").unlink()
    assert changed(files) == (str(folder / "own_helper.py"), str(folder / "own_work.py"))


def test_an_edit_while_it_is_measured_is_an_error_that_names_the_file(folder: Path) -> None:
    watch = CodeWatch(files_of(["own_work:fn"]))
    watch.require_unchanged()
    edit(folder / "own_work.py")
    with pytest.raises(UsageError) as caught:
        watch.require_unchanged()
    assert caught.value.message.startswith(f"'{folder / 'own_work.py'}' has been changed since the run began")
    assert "--output" in str(caught.value.tip)


def test_a_file_that_was_only_touched_is_unchanged(folder: Path) -> None:
    watch = CodeWatch(files_of(["own_work:fn"]))
    watch.require_unchanged()
    edit(folder / "own_work.py", "name = 'own_work'\n")
    watch.require_unchanged()


def test_contents_are_read_again_only_when_time_or_size_differ(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = CodeWatch(files_of(["own_work:fn"]))
    watch.require_unchanged()
    monkeypatch.setattr(code, "_digest", lambda path: pytest.fail("it was read"))
    watch.require_unchanged()


def test_an_edit_that_came_before_the_first_look_is_noticed(folder: Path) -> None:
    files = files_of(["own_work:fn"])
    edit(folder / "own_work.py")
    with pytest.raises(UsageError):
        CodeWatch(files).require_unchanged()


def test_an_edit_is_refused_at_every_look_not_only_the_first(folder: Path) -> None:
    watch = CodeWatch(files_of(["own_work:fn"]))
    edit(folder / "own_work.py")
    for _ in range(2):
        with pytest.raises(UsageError):
            watch.require_unchanged()
