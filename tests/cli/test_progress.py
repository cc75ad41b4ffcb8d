"""What is shown while a run measures: which model is being measured, what is known, the answer as soon as it stands."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comparators import pipeline
from comparators.campaign.progress import ModelSoFar, Progress
from comparators.cli import progress
from comparators.cli.progress import Display, plain, watching
from comparators.report.live import LiveModel
from comparators.stats.interval import Interval
from comparators.workload import Model
from tests.cli.moments import moment
from tests.verdict.builder import make_run, times

RUN = make_run(
    model={"serial": times(0.8), "futures-threads/40": times(0.05), "mp-pool/8": times(0.12)}, workload="own/get"
)
(COMPARISON,) = RUN.header.plan.comparisons


def at(cell: str = "futures-threads/40", **changes: Any) -> Progress:
    """Return a moment of the run above: a cell is being measured."""
    usual = {
        "comparison": COMPARISON.key,
        "workload": "own/get",
        "cell": f"own/get/{cell}/warm/3.11" if cell else "",
        "comparisons_done": 0,
        "comparisons": 1,
        "remaining_s": 4.2,
    }
    return moment(**{**usual, **changes})


def known(model: Model, workers: int, ratio: float, *, spread: float | None = None, left: bool = False) -> ModelSoFar:
    low, high = (None, None) if spread is None else (ratio - spread, ratio + spread)
    return ModelSoFar(model, workers, Interval(ratio, low, high, 0.95), left=left)


@pytest.fixture
def display() -> Display:
    return Display(pipeline.Prepared(RUN.header.plan, Path("run")))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (at(activity="profile", cell=""), "a look at a few tasks"),
        (at(activity="model", block=3), "futures-threads with 40 workers, round 3"),
        (at(cell="mp-pool/1", activity="workers", block=1), "mp-pool with 1 worker, round 1"),
        (at(cell="serial/1", block=2), "serial, round 2"),
        (at(cell="futures-threads/40", block=0), "futures-threads with 40 workers"),
        (at(activity="evidence"), "a traced pass to explain the answer"),
        (at(activity="control"), "a copy against itself: the noise of this host"),
        (at(activity="cost"), "what operations cost"),
        (at(activity="host", comparison="", workload="", cell=""), "what busy processes reach on this host"),
        (at(activity="done", comparison="", workload="", cell=""), "done"),
    ],
)
def test_what_is_being_done_is_said_in_words(display: Display, shown: Progress, words: str) -> None:
    assert display.update(shown).measuring == words


def test_each_model_has_its_state(display: Display) -> None:
    models = (
        known("threads", 40, 16.0, spread=1.0),
        known("processes", 8, 6.6, spread=0.5, left=True),
        ModelSoFar("async", 100, None),
        known("loop", 1, 1.0),
    )
    assert display.update(at("serial/1", models=models)).models == (
        LiveModel("threads", "measured", 15.0, 17.0, "40 workers"),
        LiveModel("processes", "slower", 6.1, 7.1, "8 workers"),
        LiveModel("async", "measured"),
        LiveModel("loop", "measuring", 1.0, 1.0),
    )


def test_the_loop_is_as_fast_as_itself_also_where_it_was_stopped_at_its_limit(display: Display) -> None:
    stopped = ModelSoFar("loop", 1, Interval(1.0, 0.008, 130.0, 0.95))
    assert display.update(at(models=(stopped,))).models == (LiveModel("loop", "measured", 1.0, 1.0),)


@pytest.mark.parametrize(
    ("cell", "model"), [("futures-threads/2", "threads"), ("mp-pool/8", "processes"), ("serial/1", "loop")]
)
def test_the_model_being_measured_stands_out(display: Display, cell: str, model: Model) -> None:
    models = (known("threads", 40, 16.0), known("processes", 8, 6.6), known("loop", 1, 1.0))
    state = display.update(at(cell, models=models))
    assert [one.model for one in state.models if one.state == "measuring"] == [model]


def test_what_is_known_stays_between_cells(display: Display) -> None:
    before = display.update(at(models=(known("threads", 40, 16.0), known("loop", 1, 1.0)))).models
    after = display.update(at(activity="control", models=())).models
    assert [one.model for one in after] == [one.model for one in before]


def test_the_headline_stands_as_soon_as_the_model_is_settled_and_stays(display: Display) -> None:
    assert display.update(at()).headline == ""
    settled = display.update(at(cell="", settled=replace(RUN, finished=None)))
    assert settled.headline.startswith("use THREADS, 40 of them.")
    assert display.update(at(activity="evidence")).headline == settled.headline


def test_the_next_comparison_begins_with_nothing_known(display: Display) -> None:
    display.update(at(models=(known("threads", 40, 16.0),), settled=RUN, comparisons=2))
    state = display.update(moment(cell="", comparisons_done=1, comparisons=2))
    assert (state.title, state.headline, state.models) == ("hash", "", ())
    assert (state.number, state.total) == (2, 2)


def test_in_a_log_a_line_comes_with_a_comparison_with_the_answer_and_after_a_while(
    capsys: pytest.CaptureFixture[str], display: Display
) -> None:
    now = [0.0]
    observe = plain(lambda: now[0], display)

    def lines(shown: Progress) -> list[str]:
        observe(shown)
        return capsys.readouterr().err.splitlines()

    assert lines(at(block=1)) == ["own/get: futures-threads with 40 workers, round 1 · about 4 s left"]
    assert lines(at(block=2)) == []
    now[0] = progress.QUIET_S + 1
    assert lines(at(block=3)) == ["own/get: futures-threads with 40 workers, round 3 · about 4 s left"]
    (answer,) = lines(at(cell="", settled=RUN))
    assert answer.startswith("own/get: use THREADS, 40 of them.")
    assert lines(at(activity="evidence")) == []


class Screen(io.StringIO):
    """A terminal that keeps what is drawn."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return Screen()


def test_on_a_terminal_the_lines_are_kept_up_to_date_and_gone_at_the_end(screen: Screen) -> None:
    with watching(screen, pipeline.Prepared(RUN.header.plan, Path("run"))) as observe:
        observe(at(models=(known("threads", 40, 16.0, spread=1.0), known("loop", 1, 1.0))))
        drawn = screen.getvalue()
        observe(at(cell="", settled=RUN))
    assert "own/get: threads or a plain loop?" in drawn
    assert "15–17×" in drawn
    assert "use THREADS, 40 of them." in screen.getvalue()
    assert screen.getvalue().rstrip("\n").endswith("\x1b[2K")  # the last line has been erased
    assert "\x1b[3" not in screen.getvalue()  # no colour where none is wanted


def test_a_name_from_outside_cannot_steer_the_terminal(screen: Screen) -> None:
    with watching(screen, pipeline.Prepared(RUN.header.plan, Path("run"))) as observe:
        observe(at(cell="", workload="\x1b[31mred [bold]"))
    assert "\x1b[31m" not in screen.getvalue()
    assert "\\x1b[31mred [bold]" in screen.getvalue()
