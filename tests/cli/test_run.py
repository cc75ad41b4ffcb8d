"""`run` as a person meets it: what is asked for, what is printed where, in which order, with which exit code.

Planning, measuring and drawing are replaced; analysis and printing are the real ones.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from comparators import pipeline
from comparators.campaign.progress import Observer
from comparators.cli import output
from comparators.errors import OutputError, UsageError
from comparators.journal.records import Finished, Run
from comparators.request.request import Request
from comparators.verdict.analysis import Analysis
from tests.cli.moments import moment
from tests.cli.support import Answer, call
from tests.verdict.builder import Value, broken, make_run, profile_of, times

RUN = make_run(
    model={"serial": times(0.89), "futures-threads/40": times(0.05), "futures-processes/8": times(0.12)},
    workers={"futures-threads/40": times(0.05), "futures-threads/20": times(0.08)},
    profile=profile_of(task_s=0.022, cpu_share=0.06),
)
HEADLINE = "get: use THREADS, 40 of them."


def with_failure() -> Run:
    crashed: Sequence[Value] = [broken()] * 5
    return make_run(model={"serial": times(0.89), "futures-threads/40": times(0.05), "futures-processes/8": crashed})


@dataclass
class Stage:
    """Stand-ins for the slow steps: what they were asked for, what they give.

    Attributes:
        measure: gives the run.
        warnings: of planning.
        requests: what was planned, and for which directory.
        printed, errors: what both outputs had got when a report was drawn.
    """

    capsys: pytest.CaptureFixture[str]
    measure: Callable[[Observer], Run] = lambda observe: RUN
    warnings: tuple[str, ...] = ()
    requests: list[tuple[Request, Path | None]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def plan(self, request: Request, directory: Path | None, **_how: object) -> pipeline.Prepared:
        self.requests.append((request, directory))
        return pipeline.Prepared(RUN.header.plan, directory or Path("run"), self.warnings)

    def draw(self, _run: Run, analysis: Analysis, directory: Path) -> tuple[Path, ...]:
        said = self.capsys.readouterr()
        self.printed.append(said.out)
        self.errors.append(said.err)
        directory.mkdir()
        (directory / "verdicts.json").write_text(json.dumps({"title": analysis.title}), encoding="utf-8")
        return (directory / "verdicts.json",)


@pytest.fixture
def stage(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    monkeypatch.chdir(tmp_path)
    stage = Stage(capsys)
    monkeypatch.setattr(pipeline, "prepare", stage.plan)
    monkeypatch.setattr(pipeline, "measure", lambda prepared, observe: stage.measure(observe))
    monkeypatch.setattr(pipeline, "write_reports", stage.draw)
    return stage


def test_the_answer_is_on_standard_output_before_anything_is_drawn(
    capsys: pytest.CaptureFixture[str], stage: Stage
) -> None:
    answer = call(capsys, "run", "integrate")
    assert answer.code == 0
    (printed,) = stage.printed
    assert printed.startswith(HEADLINE)
    assert printed.splitlines()[-1].split() == ["report", str(Path("run") / "report.html")]
    assert (answer.out, answer.err) == ("", "")


def test_verbose_prints_the_same_and_more(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    call(capsys, "run", "integrate", "--output", "short")
    call(capsys, "run", "integrate", "--output", "long", "--verbose")
    short, long = stage.printed
    assert long.startswith(HEADLINE)
    assert len(long.splitlines()) > len(short.splitlines())


class Gone:
    """A standard output whose reader has gone."""

    encoding = "utf-8"

    def write(self, _text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        """Have nothing to write."""

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        raise OSError


def test_the_report_is_drawn_though_the_reader_of_the_answer_has_gone(
    capsys: pytest.CaptureFixture[str], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Gone())
    answer = call(capsys, "run", "integrate")
    assert answer.code == output.CLOSED_PIPE
    assert len(stage.printed) == 1


def test_every_option_reaches_the_request(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    options = (
        "integrate sleep --model threads,async --runner serial,mp-pool[method=imap,chunksize=2] --runner asyncio "
        "--workers 1,4 --param steps=1e6 --param sleep.seconds=0.1 --first 100 --star --preset rigorous --phase cold "
        "--scaling weak --python python3.13 --seed 7 --max-time 1m30s --timeout 500ms --memory 2G --isolate "
        "--margin 2% --above-limits --output mine"
    )
    assert call(capsys, "run", *options.split()).code == 0
    assert stage.requests == [
        (
            Request(
                workloads=("integrate", "sleep"),
                models=("threads", "async"),
                runners=("serial", "mp-pool[method=imap,chunksize=2]", "asyncio"),
                workers=(1, 4),
                parameters=(("steps", "1e6"), ("sleep.seconds", "0.1"), ("first", "100"), ("star", "yes")),
                preset="rigorous",
                phases=("cold",),
                scaling="weak",
                pythons=("python3.13",),
                seed=7,
                margin=0.02,
                maximum_time_s=90.0,
                timeout_s=0.5,
                memory_bytes=2 << 30,
                isolate=True,
                above_limits=True,
            ),
            Path("mine"),
        )
    ]


@pytest.mark.parametrize(
    ("arguments", "preset"),
    [
        ([], "default"),
        (["integrate"], "default"),
        (["my.py:f"], "quick"),
        (["my.py:f", "my.py:g"], "quick"),
        (["my.py:f", "integrate"], "default"),
        (["my.py:f", "--preset", "default"], "default"),
    ],
)
def test_own_functions_are_answered_in_seconds_unless_more_is_asked_for(
    capsys: pytest.CaptureFixture[str], stage: Stage, arguments: list[str], preset: str
) -> None:
    call(capsys, "run", *arguments)
    workloads = tuple(name for name in arguments if ":" in name or name == "integrate")
    assert stage.requests == [(Request(workloads, preset=preset), None)]


def test_both_phases_by_one_word(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    call(capsys, "run", "--phase", "both")
    assert stage.requests[0][0].phases == ("warm", "cold")


def test_a_plan_is_printed_and_nothing_measured(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: pytest.fail("measured")
    answer = call(capsys, "run", "--plan")
    assert (answer.code, answer.err) == (0, "")
    assert "get" in answer.out


def test_json_is_alone_on_standard_output(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    answer = call(capsys, "run", "--json")
    assert (answer.code, answer.out) == (0, '{"title": "get"}\n')


def test_warnings_of_asking_and_planning_come_first(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.warnings = ("this strains",)
    before: list[str] = []

    def measure(_observe: Observer) -> Run:
        before.extend(capsys.readouterr().err.splitlines())
        return RUN

    stage.measure = measure
    call(capsys, "run", "--workers", "2,2")
    assert before == ["warning: duplicate value '2' for '--workers' is ignored", "warning: this strains"]


def test_what_the_journal_lacks_is_said_with_the_answer(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: replace(RUN, warnings=("line 3 skipped",))
    call(capsys, "run")
    assert stage.errors == ["warning: line 3 skipped\n"]


def test_a_failed_cell_is_exit_code_1(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: with_failure()
    assert call(capsys, "run").code == 1
    assert "killed by SIGSEGV" in stage.printed[0]


def test_an_interrupted_run_answers_as_far_as_it_came(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    stage.measure = lambda observe: replace(RUN, finished=Finished("interrupted", 3.0))
    answer = call(capsys, "run")
    assert answer.code == 130
    assert stage.printed[0].startswith(HEADLINE)
    assert answer.err == "interrupted: this is the best answer so far\ntip: the same command goes on from here\n"


@pytest.mark.parametrize("reached", [True, False], ids=["while it measures", "before it could begin"])
def test_sigterm_ends_a_run_as_ctrl_c_does(capsys: pytest.CaptureFixture[str], stage: Stage, *, reached: bool) -> None:
    def terminated(_observe: Observer) -> Run:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        except KeyboardInterrupt:
            if not reached:
                raise
        return replace(RUN, finished=Finished("interrupted", 3.0))

    before = signal.getsignal(signal.SIGTERM)
    stage.measure = terminated
    assert call(capsys, "run").code == 143
    assert len(stage.printed) == reached
    assert signal.getsignal(signal.SIGTERM) is before


def test_ctrl_c_before_there_is_anything(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def interrupted(_observe: Observer) -> Run:
        raise KeyboardInterrupt

    stage.measure = interrupted
    assert call(capsys, "run") == Answer(130, "", "interrupted\n")


def test_what_was_not_reached_in_time_is_exit_code_1(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    late = replace(RUN, finished=Finished("out-of-time", 3.0))
    stage.measure = lambda observe: late
    assert call(capsys, "run", "--output", "answered").code == 0  # less sure than it could be, but answered
    stage.measure = lambda observe: replace(late, samples=(), tests=(), profiles=())
    answer = call(capsys, "run", "--output", "nothing")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "the time was up: the report says what is missing",
        "tip: the same command with a longer '--max-time' goes on from here",
    ]


def test_what_cannot_be_written_is_exit_code_5(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def full(_observe: Observer) -> Run:
        raise OutputError("disk full; kept in 'x'", tip="do this")

    stage.measure = full
    assert call(capsys, "run") == Answer(5, "", "error: disk full; kept in 'x'\ntip: do this\n")


def test_code_that_is_edited_stops_the_run(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def edited(_observe: Observer) -> Run:
        raise UsageError("'my.py' was edited during the run", tip="run it again")

    stage.measure = edited
    assert call(capsys, "run") == Answer(2, "", "error: 'my.py' was edited during the run\ntip: run it again\n")


def test_progress_is_lines_on_standard_error(capsys: pytest.CaptureFixture[str], stage: Stage) -> None:
    def watched(observe: Observer) -> Run:
        for block in (1, 2):
            observe(moment(block=block))
        return RUN

    stage.measure = watched
    call(capsys, "run")
    assert stage.errors == ["[3/18] hash: threading, round 1 · about 3 min 20 s left\n"]


@pytest.mark.parametrize("command", ["show", "report"])
def test_a_run_is_read_again(
    capsys: pytest.CaptureFixture[str], stage: Stage, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(pipeline, "load_run", lambda directory: replace(RUN, warnings=("line 3 skipped",)))
    answer = call(capsys, command, "run")
    assert answer.code == 0
    if command == "show":
        assert answer.err == "warning: line 3 skipped\n"
        assert answer.out.startswith(HEADLINE)
        assert stage.printed == []
    else:
        assert stage.errors == ["warning: line 3 skipped\n"]
        assert answer.out == f"{Path('run') / 'verdicts.json'}\n"
