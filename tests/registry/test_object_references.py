"""Targets: text that stands for a class or a function, there and back."""

import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from comparators.errors import UnknownName, UsageError
from comparators.registry.object_references import absolute_target, folders, import_target, target_of
from tests.third_party import forgotten


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in an empty folder, and forget what is imported from it."""
    monkeypatch.chdir(tmp_path)
    with forgotten(tmp_path):
        yield


def test_a_target_names_a_thing_in_a_module_or_inside_another_thing() -> None:
    assert import_target("pathlib:Path") is Path
    assert import_target("pathlib:Path.cwd") == Path.cwd


@pytest.mark.parametrize("target", ["pathlib:", ":Path", ":"])
def test_half_a_target_is_none(target: str) -> None:
    with pytest.raises(UsageError, match=f"'{target}' is not a target"):
        import_target(target)


def test_the_program_that_is_running_is_not_one() -> None:
    with pytest.raises(UsageError, match="cannot import 'work' from the program that is running"):
        import_target("__main__:work")


def test_folders_are_those_that_python_looks_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["/one", Path("/two"), b"/three"])
    assert folders() == ["/one"]


def test_an_unknown_name_in_a_module_gets_a_suggestion() -> None:
    with pytest.raises(UnknownName) as caught:
        import_target("pathlib:PurePth")
    assert caught.value.message == "unknown name 'PurePth' in 'pathlib'"
    assert caught.value.tip is not None
    assert caught.value.tip.startswith("did you mean 'PurePath'")


def test_a_file_is_imported_once_and_under_its_own_name(tmp_path: Path) -> None:
    file = tmp_path / "own_file.py"
    file.write_text("class Thing:\n    pass\n", encoding="utf-8")
    thing = import_target(f"{file}:Thing")
    assert isinstance(thing, type)
    assert thing.__module__ == "own_file"
    assert import_target(f"{file}:Thing") is thing
    assert sys.path[-1] == str(tmp_path)


def test_a_file_never_replaces_another_module(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("thing = 1", encoding="utf-8")
    with pytest.raises(UsageError, match="another module is called 'json' too; rename the file"):
        import_target(f"{tmp_path / 'json.py'}:thing")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.py", "no file '"), ("a.b.py", "ImportError: the name of a module has no dots")],
)
def test_what_cannot_be_imported_is_said(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "a.b.py").touch()
    with pytest.raises(UsageError, match=reason):
        import_target(f"{tmp_path / name}:thing")


def test_an_absolute_target_holds_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.py").write_text("thing = 1", encoding="utf-8")
    by_file, by_module = absolute_target("here.py:thing"), absolute_target("here:thing")
    monkeypatch.chdir("/")
    assert by_file == f"{tmp_path / 'here.py'}:thing"
    assert import_target(by_file) == import_target(by_module) == 1


def test_classes_and_functions_have_targets() -> None:
    assert target_of(UsageError) == "comparators.errors:UsageError"
    assert target_of(import_target) == "comparators.registry.object_references:import_target"


def test_what_workers_could_not_import_has_none() -> None:
    with pytest.raises(UsageError, match=r"'.*<lambda>' cannot be imported by worker processes"):
        target_of(lambda item: item)
    with pytest.raises(UsageError, match="3 is neither a class nor a function"):
        target_of(3)


def test_the_running_script_is_named_by_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def function() -> None: ...

    function.__module__, function.__qualname__ = "__main__", "function"
    script = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", script)
    with pytest.raises(UsageError, match="'function' exists in this interactive session only"):
        target_of(function)
    script.__file__ = str(tmp_path / "script.py")
    assert target_of(function) == f"{tmp_path / 'script.py'}:function"
