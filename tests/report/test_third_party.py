"""A run directory of third-party code, from its journal to every file: nothing executes, escapes or breaks."""

import json
import re
from pathlib import Path

import pytest
from comparators.verdict.verdicts import verdicts_of

from comparators.errors import OutputError
from comparators.journal.codec import Codec, encode_line
from comparators.journal.records import CellRecipe, Record
from comparators.pipeline import load_run, write_reports
from comparators.report.documents import write_documents
from tests.cli.support import call
from tests.examples import HOSTILE, example_run, hostile_run
from tests.report.test_html import Page

RECIPE = "</pre></script><script>document.title = 'taken'</script>\n```\n<img src=x onerror=alert(1)>\x1b[31m"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run directory with a report that was made from a hostile journal."""
    run, codec, lines = hostile_run(), Codec(), b""
    raced = dict.fromkeys(one.cell for one in run.samples if one.stage == "race")
    records: list[Record] = [run.header, *run.capacities, *run.calibrations, *run.preflights, *run.races, *run.samples]
    records += [*run.controls, *run.failures, *run.evidence, *(CellRecipe(cell, RECIPE) for cell in raced)]
    for record in records:
        for kind, data in codec.encode(record):
            lines += encode_line(lines.count(b"\n"), kind, data)
    folder = tmp_path_factory.mktemp("third_party") / "run"
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes(lines)
    write_reports(load_run(folder), folder)
    return folder


def test_every_file_is_in_the_directory_under_a_tame_name(directory: Path) -> None:
    assert [path.name for path in directory.parent.iterdir()] == ["run"]
    files = [path.relative_to(directory) for path in directory.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        assert re.fullmatch(r"(figures/)?[a-z0-9-]{1,100}\.(png|json|jsonl|html|md)", path.as_posix()), path


def test_the_page_runs_its_own_script_only_and_loads_nothing(directory: Path) -> None:
    text = (directory / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.scripts) == 1
    assert not {"img", "iframe", "object", "embed", "link", "base", "form"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "document.title = 'taken'" in page.words  # shown, not run
    assert "\x1b" not in text


def test_the_summary_shows_a_recipe_as_code_whatever_is_in_it(directory: Path) -> None:
    text = (directory / "summary.md").read_text(encoding="utf-8")
    assert "````python\n</pre></script><script>" in text
    outside = re.sub(r"(?s)````python\n.*?\n````", "", text)
    assert "document.title" not in outside
    assert "\x1b" not in text


def test_programs_can_read_the_rest(directory: Path) -> None:
    import pyperf

    json.loads((directory / "verdicts.json").read_text(encoding="utf-8"))
    names = pyperf.BenchmarkSuite.load(str(directory / "results.json")).get_benchmark_names()
    assert any(HOSTILE[0] in name for name in names)
    assert not [name for name in names if "\n" in name]


def test_the_terminal_is_not_steered(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "show", str(directory))
    assert answer.code == 0
    assert "\x1b" not in answer.out + answer.err


def test_a_link_in_place_of_the_figures_is_not_followed(tmp_path: Path) -> None:
    run = example_run(workloads=("integrate",), phases=("warm",))
    elsewhere, directory = tmp_path / "elsewhere", tmp_path / "run"
    elsewhere.mkdir()
    directory.mkdir()
    (directory / "figures").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="it is a link to another folder"):
        write_documents(run, verdicts_of(run), directory)
    assert not list(elsewhere.iterdir())
