import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from comparators.verdict.model import Verdict

from comparators.errors import OutputError
from comparators.journal.records import Run
from comparators.report import figures
from comparators.report.documents import write_documents
from comparators.report.figures import Picture
from tests.examples import example_run, example_verdicts

RUN = example_run(workloads=("integrate", "broken"), phases=("warm",))
VERDICTS = example_verdicts(RUN)
NAMES = ("verdicts.json", "summary.md", "figures/winner-map.png", "figures/speedup.png", "report.html")


def drawing(*names: str) -> Callable[[Run, tuple[Verdict, ...]], tuple[Picture, ...]]:
    pictures = tuple(
        Picture(name=name, title=f"finding of {name}", alt="words", png=f"png of {name}".encode(), svg="<svg></svg>")
        for name in names
    )
    return lambda run, verdicts: pictures


@pytest.fixture(autouse=True)
def _drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "draw_figures", drawing("winner-map", "speedup"))


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()
    }


def test_every_document_is_written_and_named(tmp_path: Path) -> None:
    paths = write_documents(RUN, VERDICTS, tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in paths) == sorted(NAMES)
    assert sorted(contents(tmp_path)) == sorted((*NAMES, "figures/index.json"))


def test_each_document_is_what_it_says(tmp_path: Path) -> None:
    write_documents(RUN, VERDICTS, tmp_path)
    assert len(json.loads((tmp_path / "verdicts.json").read_text())["comparisons"]) == 2
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("# Which concurrency model")
    assert "finding of speedup" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "figures" / "speedup.png").read_bytes() == b"png of speedup"
    assert json.loads((tmp_path / "figures" / "index.json").read_text())["speedup.png"]["alt"] == "words"


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    write_documents(RUN, VERDICTS, tmp_path / "one")
    write_documents(RUN, VERDICTS, tmp_path / "other")
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_figures_of_an_earlier_report_go_unless_somebody_else_made_or_changed_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "draw_figures", drawing("winner-map", "old", "edited"))
    write_documents(RUN, VERDICTS, tmp_path)
    (tmp_path / "figures" / "edited.png").write_bytes(b"somebody drew on it")
    (tmp_path / "figures" / "foreign.png").write_bytes(b"not ours")
    monkeypatch.setattr(figures, "draw_figures", drawing("winner-map", "new"))
    write_documents(RUN, VERDICTS, tmp_path)
    left = {path.name for path in (tmp_path / "figures").iterdir()}
    assert left == {"winner-map.png", "new.png", "edited.png", "foreign.png", "index.json"}


def test_a_damaged_list_of_figures_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "foreign.png").write_bytes(b"not ours")
    for damaged in ("{", "[]", '{"../journal.jsonl": {}}', '{"foreign.png": {"sha256": 1}}'):
        (tmp_path / "figures" / "index.json").write_text(damaged)
        write_documents(RUN, VERDICTS, tmp_path)
    assert (tmp_path / "figures" / "foreign.png").read_bytes() == b"not ours"


def test_a_picture_cannot_leave_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "draw_figures", drawing("../../escaped"))
    write_documents(RUN, VERDICTS, tmp_path / "reports" / "run")
    assert (tmp_path / "reports" / "run" / "figures" / "escaped.png").is_file()
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("number", range(6))
def test_when_any_write_fails_every_file_is_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    write_documents(RUN, VERDICTS, tmp_path)
    old = contents(tmp_path)
    changed = replace(RUN, warnings=("something new",))
    write_documents(changed, VERDICTS, tmp_path / "new")
    new = contents(tmp_path / "new")
    for name in new:
        (tmp_path / "new" / name).unlink()
    fail_at(monkeypatch, call, number)
    with pytest.raises(OutputError) as caught:
        write_documents(changed, VERDICTS, tmp_path)
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
        write_documents(RUN, VERDICTS, tmp_path)
    assert (tmp_path / "figures").read_text() == "in the way"


def test_interrupting_leaves_nothing_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_documents(RUN, VERDICTS, tmp_path)
    assert not contents(tmp_path)
