"""The way from a request to a report: directories, warnings, errors of writing."""

import platform
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from comparators import pipeline
from comparators.errors import UsageError
from comparators.journal import journal
from comparators.journal.records import Finished
from comparators.plan.model import Plan
from comparators.report import documents
from comparators.request.request import Request
from comparators.verdict import verdicts
from tests.examples import example_run, example_verdicts
from tests.third_party import forgotten, install

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
    with pytest.raises(UsageError, match=r"the folder '.*' does not exist"):
        pipeline.prepare(REQUEST, tmp_path / "no" / "mine")


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


@pytest.mark.parametrize("measured", [True, False])
def test_every_derived_file_is_returned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, measured: bool) -> None:
    run = example_run(failures=False)
    run = run if measured else replace(run, samples=())
    monkeypatch.setattr(verdicts, "verdicts_of", example_verdicts)
    monkeypatch.setattr(documents, "write_documents", lambda run, verdicts, directory: (directory / "report.html",))
    outcome = pipeline.write_reports(pipeline.judged(run), tmp_path)
    results = tmp_path / "results.json"
    assert outcome == pipeline.Outcome(
        run, example_verdicts(run), (*([results] if measured else []), tmp_path / "report.html")
    )
    assert results.exists() == measured


def test_a_cell_that_was_only_too_slow_has_not_failed() -> None:
    run = example_run()
    assert pipeline.cells_failed(run)
    capped = tuple(replace(failure, cause="capped") for failure in run.failures)
    assert not pipeline.cells_failed(replace(run, failures=capped))
