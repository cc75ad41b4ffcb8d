"""The way from a request to a report: directories, warnings, errors of writing."""

import platform
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from comparators import pipeline
from comparators.campaign import campaign
from comparators.campaign.progress import ignore
from comparators.errors import OutputError, UsageError
from comparators.journal import journal
from comparators.journal.records import Finished
from comparators.plan.model import Plan
from comparators.report import documents
from comparators.request.request import Request
from tests.third_party import forgotten, install
from tests.verdict.builder import make_run, times

REQUEST = Request(workloads=("noop",), runners=("threading",), workers=(1,), preset="quick")

COMPLETE = Finished("complete", 1.0)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def begin(directory: Path, plan: Plan, finished: Finished | None = None, host: str = platform.node()) -> None:
    """Leave the journal of a run that was begun."""
    directory.mkdir(parents=True)
    with journal.opened(directory, plan, {"name": host}) as opened:
        if finished:
            opened.append(finished)


def test_the_default_directory_has_date_and_host_and_is_not_made_yet() -> None:
    job = pipeline.prepare(REQUEST, None)
    assert re.fullmatch(r"reports/\d{4}-\d\d-\d\d-[a-z0-9-]+", str(job.directory))
    assert not Path("reports").exists()


def test_a_second_run_has_a_directory_of_its_own() -> None:
    first = pipeline.prepare(REQUEST, None)
    begin(first.directory, first.plan, COMPLETE)
    second = pipeline.prepare(REQUEST, None)
    assert second.directory.name == f"{first.directory.name}-2"
    begin(second.directory, second.plan, COMPLETE)
    assert pipeline.prepare(REQUEST, None).directory.name == f"{first.directory.name}-3"


def test_the_same_request_goes_on_with_its_unfinished_run() -> None:
    other = pipeline.prepare(replace(REQUEST, workers=(2,)), None)
    begin(other.directory, other.plan)
    mine = pipeline.prepare(REQUEST, None)
    begin(mine.directory, mine.plan, Finished("interrupted", 1.0))
    assert mine.directory != other.directory
    assert pipeline.prepare(REQUEST, None).directory == mine.directory
    assert pipeline.prepare(replace(REQUEST, workers=(2,)), None).directory == other.directory


def test_an_unfinished_run_of_another_host_is_left_alone() -> None:
    first = pipeline.prepare(REQUEST, None)
    begin(first.directory, first.plan, host="elsewhere")
    assert pipeline.prepare(REQUEST, None).directory.name == f"{first.directory.name}-2"


def test_a_run_that_ran_out_of_time_goes_on_when_it_gets_more() -> None:
    limited = replace(REQUEST, maximum_time_s=5.0)
    first = pipeline.prepare(limited, None)
    begin(first.directory, first.plan, Finished("out-of-time", 4.9))
    assert pipeline.prepare(limited, None).directory != first.directory
    assert pipeline.prepare(replace(REQUEST, maximum_time_s=60.0), None).directory == first.directory
    assert pipeline.prepare(replace(REQUEST, preset="full", maximum_time_s=60.0), None).directory != first.directory


def test_what_lies_in_a_default_directory_is_left_alone() -> None:
    first = pipeline.prepare(REQUEST, None).directory
    first.mkdir(parents=True)
    (first / "journal.jsonl").write_text("not ours", encoding="utf-8")
    assert pipeline.prepare(REQUEST, None).directory.name == f"{first.name}-2"


def test_the_output_is_taken_as_given(tmp_path: Path) -> None:
    assert pipeline.prepare(REQUEST, tmp_path / "mine").directory == tmp_path / "mine"
    assert pipeline.prepare(REQUEST, Path("no/where/yet")).directory == Path("no/where/yet")
    (tmp_path / "empty").mkdir()
    assert pipeline.prepare(REQUEST, tmp_path / "empty").directory == tmp_path / "empty"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("file", "is a file"),
        ("file/run", r"'.*file' cannot be written"),
        ("letters", "the folder is not empty and holds no run"),
    ],
)
def test_an_output_that_cannot_hold_a_run_is_refused_before_anything_is_measured(output: str, reason: str) -> None:
    Path("file").touch()
    Path("letters").mkdir()
    Path("letters/to-a-friend").touch()
    with pytest.raises(UsageError, match=rf"invalid value '{output}' for '--output': {reason}"):
        pipeline.prepare(REQUEST, Path(output))


def test_a_broken_plugin_is_left_out_of_all_with_a_warning(tmp_path: Path) -> None:
    with forgotten(tmp_path):
        sys.path.insert(0, str(tmp_path))
        install(tmp_path, "breaker", modules={"broken": "1 / 0"}, runners={"odd": "broken:Odd"})
        for runners in ((), ("all",)):
            job = pipeline.prepare(replace(REQUEST, runners=runners), None)
            (warning,) = job.warnings
            assert warning.startswith("runner 'odd' of 'breaker' is left out: cannot import 'broken'")
            assert len(job.plan.comparisons[0].candidates) > 5
        assert pipeline.prepare(REQUEST, None).warnings == ()


def test_many_more_processes_than_cpus_are_worth_a_warning() -> None:
    request = replace(REQUEST, runners=("mp-pool", "threading"), workers=(5000,), above_limits=True)
    job = pipeline.prepare(request, None)
    cpus = len(job.plan.settings.cpus)
    assert job.warnings == (f"'mp-pool' with 5000 workers on {cpus} usable CPUs strains this host",)


@pytest.mark.parametrize("ran", [True, False], ids=["something was measured", "nothing was measured"])
def test_every_derived_file_is_returned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, ran: bool) -> None:
    run = make_run(model={"serial": times(0.8), "futures-threads/2": times(0.4)})
    run = run if ran else replace(run, samples=())
    monkeypatch.setattr(documents, "write_documents", lambda analysis, directory: (directory / "report.html",))
    files = pipeline.write_reports(run, pipeline.analyse_run(run, tmp_path), tmp_path)
    results = tmp_path / "results.json"
    assert files == ((results, tmp_path / "report.html") if ran else (tmp_path / "report.html",))
    assert results.exists() == ran


def test_the_analysis_names_the_directory_for_the_commands_it_shows() -> None:
    run = make_run(model={"serial": times(0.8)})
    assert pipeline.analyse_run(run, Path("out/mine")).directory_hint == "out/mine"


def test_a_parent_of_the_run_directory_is_made_when_measuring_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "measure", lambda plan, directory, observe: directory)
    prepared = pipeline.prepare(REQUEST, Path("a/b/run"))
    assert not Path("a").exists()
    pipeline.measure(prepared, ignore)
    assert Path("a/b").is_dir()
    assert not Path("a/b/run").exists()  # the journal makes it


def test_a_parent_that_cannot_be_made_is_an_error_of_writing() -> None:
    prepared = pipeline.prepare(REQUEST, Path("a/run"))
    Path("a").touch()  # in the meantime
    with pytest.raises(OutputError, match="cannot make 'a': File exists"):
        pipeline.measure(prepared, ignore)


def test_a_run_directory_that_does_not_exist_says_where_they_are() -> None:
    with pytest.raises(UsageError) as caught:
        pipeline.load_run(Path("nowhere"))
    assert caught.value.tip == "'comparators run' makes them, in 'reports/' by default"
