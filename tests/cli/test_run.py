"""`comparators run`, `show` and `report`: what is asked for, what is printed where, and the exit codes."""

import os
import signal
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comparators import pipeline
from comparators.campaign.progress import Observer, Progress
from comparators.errors import OutputError
from comparators.journal.records import Finished, Run
from comparators.plan.model import Plan
from comparators.request.request import Request
from tests.cli.support import call
from tests.examples import example_run, example_verdicts

MEASURED = replace(example_run(failures=False), finished=Finished("complete", 12.0))
INTERRUPTED = replace(MEASURED, finished=Finished("interrupted", 3.0))


class Stage:
    """Stand-ins for the stages around the command: what they were given, what they give."""

    def __init__(self) -> None:
        self.requests: list[tuple[Request, Path | None]] = []
        self.measure: Callable[[Observer], Run] = lambda observe: MEASURED
        self.warnings: tuple[str, ...] = ()
        self.printed = self.printed_before_drawing = False
        self.unreadable = False

    def prepare(self, request: Request, output: Path | None, tell: object) -> pipeline.Job:
        self.requests.append((request, output))
        return pipeline.Job(MEASURED.header.plan, output or Path("run"), self.warnings)

    def measure_job(self, job: pipeline.Job, observe: Observer) -> Run:
        return self.measure(observe)

    def judged(self, run: Run) -> pipeline.Outcome:
        return pipeline.Outcome(run, example_verdicts(run))

    def write_reports(self, outcome: pipeline.Outcome, directory: Path) -> pipeline.Outcome:
        self.printed_before_drawing = self.printed
        directory.mkdir(exist_ok=True)
        (directory / "verdicts.json").write_text('{"schema": 1}\n', encoding="utf-8")
        return replace(outcome, files=(directory / "verdicts.json",))

    def print_plan(self, plan: Plan, expected_s: float, console: Any) -> None:
        console.print(f"PLAN {len(plan.comparisons)} {expected_s > 0}")

    def print_summary(self, run: Run, verdicts: Any, console: Any) -> None:
        if self.unreadable:
            raise BrokenPipeError
        self.printed = True
        console.print(f"SUMMARY {len(verdicts)}")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    monkeypatch.chdir(tmp_path)
    stage = Stage()
    for name in ("prepare", "measure_job", "judged", "write_reports"):
        monkeypatch.setattr(pipeline, name, getattr(stage, name))
    terminal = types.ModuleType("terminal")
    terminal.print_plan = stage.print_plan  # type: ignore[attr-defined]  # a stand-in
    terminal.print_summary = stage.print_summary  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "comparators.report.terminal", terminal)
    return stage


def test_the_verdicts_come_before_the_pictures(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    call(capsys, "run", "integrate")
    assert stage.printed_before_drawing


def test_the_report_is_written_though_nobody_reads_the_verdicts(
    capsys: pytest.CaptureFixture[str], stage: Stage, tmp_path: Path
) -> None:
    stage.unreadable = True
    call(capsys, "run", "integrate")
    assert (tmp_path / "run" / "verdicts.json").exists()


def test_every_option_reaches_the_request(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    options = (
        "integrate sleep --runner serial,mp-pool[method=imap,chunksize=2] --runner asyncio --workers 1,4 "
        "--param steps=1e6 --param sleep.seconds=0.1 --preset quick --phase cold --python python3.13 --seed 7 "
        "--max-time 2m --timeout 500ms --memory 2G --isolate --margin 2% --above-limits --output mine"
    )
    assert call(capsys, "run", *options.split()).code == 0
    assert stage.requests == [
        (
            Request(
                workloads=("integrate", "sleep"),
                runners=("serial", "mp-pool[method=imap,chunksize=2]", "asyncio"),
                workers=(1, 4),
                parameters=(("steps", "1e6"), ("sleep.seconds", "0.1")),
                preset="quick",
                phases=("cold",),
                pythons=("python3.13",),
                seed=7,
                margin=0.02,
                maximum_time_s=120.0,
                timeout_s=0.5,
                memory_bytes=2 << 30,
                isolate=True,
                above_limits=True,
            ),
            Path("mine"),
        )
    ]


def test_without_options_everything_has_its_default(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    call(capsys, "run")
    assert stage.requests == [(Request(), None)]


def test_plan_and_progress_go_to_standard_error_and_the_summary_to_standard_output(
    capsys: pytest.CaptureFixture[str], stage: Stage
) -> None:
    answer = call(capsys, "run")
    assert answer.out == f"SUMMARY {len(MEASURED.header.plan.comparisons)}\n"
    assert answer.err.startswith("PLAN ")
    assert f"report: {Path('run') / 'report.html'}\n" in answer.err
    assert answer.code == 0


def test_plan_only(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: pytest.fail("measured")
    answer = call(capsys, "run", "--plan")
    assert answer.out == f"PLAN {len(MEASURED.header.plan.comparisons)} True\n"
    assert answer.code == 0


def test_json_is_alone_on_standard_output(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    answer = call(capsys, "run", "--json")
    assert answer.out == '{"schema": 1}\n'


def test_damage_to_the_journal_of_a_resumed_run_is_said(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: replace(MEASURED, warnings=("line 3 skipped",))
    answer = call(capsys, "run")
    assert answer.code == 0
    assert "warning: line 3 skipped\n" in answer.err


def test_warnings_come_before_the_plan(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.warnings = ("this strains",)
    answer = call(capsys, "run", "--workers", "2,2")
    assert answer.err.splitlines()[:2] == [
        "warning: duplicate value '2' for '--workers' is ignored",
        "warning: this strains",
    ]


def test_some_failed_cells_are_exit_code_1(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: example_run(failures=True)
    assert call(capsys, "run").code == 1


def test_an_interrupted_run_still_reports(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: INTERRUPTED
    answer = call(capsys, "run")
    assert answer.out.startswith("SUMMARY")
    assert answer.err.endswith(
        "interrupted: the report shows what was measured so far\ntip: the same command goes on from here\n"
    )
    assert answer.code == 130


def test_sigterm_ends_a_run_as_ctrl_c_does(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def terminated(observe: Observer) -> Run:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        except KeyboardInterrupt:
            return INTERRUPTED
        return MEASURED

    before = signal.getsignal(signal.SIGTERM)
    stage.measure = terminated
    assert call(capsys, "run").code == 143
    assert signal.getsignal(signal.SIGTERM) is before


def test_sigterm_before_the_first_sample(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def terminated(observe: Observer) -> Run:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
        return MEASURED

    stage.measure = terminated
    assert call(capsys, "run").code == 143


def test_ctrl_c_before_the_first_sample(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def interrupted(observe: Observer) -> Run:
        raise KeyboardInterrupt

    stage.measure = interrupted
    answer = call(capsys, "run")
    assert (answer.code, answer.err.splitlines()[-1]) == (130, "interrupted")


def test_what_was_not_reached_in_time_is_not_all_measured(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    late = replace(MEASURED, finished=Finished("out-of-time", 3.0))
    stage.measure = lambda observe: late
    assert call(capsys, "run").code == 0  # only races were cut short
    stage.measure = lambda observe: replace(late, samples=())
    answer = call(capsys, "run")
    assert answer.code == 1
    assert "the same command with a longer '--max-time' goes on from here" in answer.err


def test_what_cannot_be_written_is_exit_code_5(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def full(observe: Observer) -> Run:
        raise OutputError("disk full; kept in 'x'", tip="do this")

    stage.measure = full
    answer = call(capsys, "run")
    assert answer.err.endswith("error: disk full; kept in 'x'\ntip: do this\n")
    assert answer.code == 5


def test_progress_is_plain_lines_when_nobody_watches(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def observed(observe: Observer) -> Run:
        for block in (1, 2):
            observe(Progress("race", "integrate/warm/3.11", "", ("threading", "serial"), block, 0, 9, 5.0, 80.0))
        return MEASURED

    stage.measure = observed
    lines = call(capsys, "run").err.splitlines()
    expected = "[1/9] integrate/warm/3.11 · race, block 1 · left: threading, serial · about 1 min 20 s to go"
    assert [line for line in lines if "race" in line] == [expected]


def test_show_prints_the_summary_and_report_lists_the_files(
    capsys: pytest.CaptureFixture[str], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = pipeline.Outcome(replace(MEASURED, warnings=("line 3 skipped",)), example_verdicts(MEASURED))
    monkeypatch.setattr(pipeline, "load_run", lambda directory: opened)
    answer = call(capsys, "show", "run")
    assert answer.out.startswith("SUMMARY")
    assert answer.err == "warning: line 3 skipped\n"
    answer = call(capsys, "report", "run")
    assert answer.out == f"{Path('run') / 'verdicts.json'}\n"
    assert answer.err == "warning: line 3 skipped\n"
