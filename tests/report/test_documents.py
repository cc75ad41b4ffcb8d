import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import OutputError
from comparators.report.documents import DOCUMENTS, Document, figure_files, write_documents
from comparators.verdict.analysis import Analysis
from tests.report.analyses import hostile, waiting

NAMES = ("verdicts.json", "summary.md", "figures/models.png", "figures/workers.png", "report.html")
TEXTS = DOCUMENTS[:2]


def drawing(*names: str) -> Document:
    """Return what makes a page and figures of these names."""

    def make(analysis: Analysis) -> Iterator[tuple[str, bytes]]:
        yield from figure_files({name: (f"finding of {name}", "words", f"png of {name}".encode()) for name in names})
        yield "report.html", b"<html>"

    return make


ALL = (*TEXTS, drawing("models", "workers"))


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()
    }


def test_every_document_is_written_and_named(tmp_path: Path) -> None:
    paths = write_documents(waiting(), tmp_path, ALL)
    assert sorted(str(path.relative_to(tmp_path)) for path in paths) == sorted(NAMES)
    assert sorted(contents(tmp_path)) == sorted((*NAMES, "figures/index.json"))


def test_each_document_is_what_it_says(tmp_path: Path) -> None:
    write_documents(waiting(), tmp_path, ALL)
    assert len(json.loads((tmp_path / "verdicts.json").read_text())["verdicts"]) == 1
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("# get: use THREADS")
    assert (tmp_path / "figures" / "models.png").read_bytes() == b"png of models"
    assert json.loads((tmp_path / "figures" / "index.json").read_text())["models.png"]["alt"] == "words"


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    write_documents(waiting(), tmp_path / "one", ALL)
    write_documents(waiting(), tmp_path / "other", ALL)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_hostile_names_give_tame_files(tmp_path: Path) -> None:
    write_documents(hostile(), tmp_path / "run", ALL)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    for path in contents(tmp_path / "run"):
        assert re.fullmatch(r"(figures/)?[a-z0-9-]{1,100}\.(png|json|html|md)", path), path
    assert "\x1b" not in (tmp_path / "run" / "summary.md").read_text(encoding="utf-8")


def test_figures_of_an_earlier_report_go_unless_somebody_else_made_or_changed_them(tmp_path: Path) -> None:
    write_documents(waiting(), tmp_path, (*TEXTS, drawing("models", "old", "edited")))
    (tmp_path / "figures" / "edited.png").write_bytes(b"somebody drew on it")
    (tmp_path / "figures" / "foreign.png").write_bytes(b"not ours")
    write_documents(waiting(), tmp_path, (*TEXTS, drawing("models", "new")))
    left = {path.name for path in (tmp_path / "figures").iterdir()}
    assert left == {"models.png", "new.png", "edited.png", "foreign.png", "index.json"}


def test_a_damaged_list_of_figures_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "foreign.png").write_bytes(b"not ours")
    for damaged in ("{", "[]", '{"../journal.jsonl": {}}', '{"foreign.png": {"sha256": 1}}'):
        (tmp_path / "figures" / "index.json").write_text(damaged)
        write_documents(waiting(), tmp_path, ALL)
    assert (tmp_path / "figures" / "foreign.png").read_bytes() == b"not ours"


def test_a_picture_cannot_leave_its_folder(tmp_path: Path) -> None:
    write_documents(waiting(), tmp_path / "reports" / "run", (drawing("../../escaped"),))
    assert (tmp_path / "reports" / "run" / "figures" / "escaped.png").is_file()
    assert not list(tmp_path.glob("*.png"))


def test_a_link_in_place_of_the_figures_is_not_followed(tmp_path: Path) -> None:
    elsewhere, directory = tmp_path / "elsewhere", tmp_path / "run"
    elsewhere.mkdir()
    directory.mkdir()
    (directory / "figures").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="it is a link to another folder"):
        write_documents(waiting(), directory, ALL)
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("number", range(6))
def test_when_any_write_fails_every_file_is_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    write_documents(waiting(), tmp_path, ALL)
    old = contents(tmp_path)
    changed = waiting(warnings=("something new",))
    write_documents(changed, tmp_path / "new", ALL)
    new = contents(tmp_path / "new")
    for name in new:
        (tmp_path / "new" / name).unlink()
    fail_at(monkeypatch, call, number)
    with pytest.raises(OutputError) as caught:
        write_documents(changed, tmp_path, ALL)
    assert caught.value.exit_code == 5
    assert caught.value.message.startswith(f"cannot write '{tmp_path}")
    assert "No space left on device" in caught.value.message
    assert f"the measurements are kept in '{tmp_path / 'journal.jsonl'}'" in caught.value.message
    assert caught.value.tip is not None
    assert f"comparators report {tmp_path}" in caught.value.tip
    for name, content in contents(tmp_path).items():
        assert content in (old[name], new[name])


def fail_at(monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    """Make the n-th call of one of the functions that write fail as on a full disk."""
    calls = iter(range(100))
    original = getattr(os, call)

    def failing(*args: Any, **options: Any) -> Any:
        if next(calls) == number:
            raise OSError(28, "No space left on device")
        return original(*args, **options)

    monkeypatch.setattr(os, call, failing)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot write '.*figures.*\.png'"):
        write_documents(waiting(), tmp_path, ALL)
    assert (tmp_path / "figures").read_text() == "in the way"


def test_interrupting_leaves_nothing_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_documents(waiting(), tmp_path, ALL)
    assert not contents(tmp_path)
