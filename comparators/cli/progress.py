"""Live progress: a few lines kept up to date on a terminal, a plain line now and then anywhere else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TextIO

from comparators import pipeline
from comparators.campaign.progress import ModelSoFar, Observer, Progress
from comparators.cli import output
from comparators.report.layout import Layout
from comparators.report.live import LiveModel, LiveState, ModelState, live_line, live_lines
from comparators.verdict.text_format import plural

if TYPE_CHECKING:
    from comparators.verdict.analysis import Verdict
    from comparators.workload import Model

__all__ = ["QUIET_S", "Display", "plain", "watching"]

QUIET_S = 15.0
"""Seconds between plain lines while nothing but the cell changes."""

LOG_WIDTH = 200
"""Columns of a plain line: a log has no width, people's eyes have."""

_ACTIVITIES = {
    "host": "what busy processes reach on this host",
    "profile": "a look at a few tasks",
    "cost": "what operations cost",
    "evidence": "a traced pass to explain the answer",
    "control": "a copy against itself: the noise of this host",
    "done": "done",
}


@dataclass(slots=True)
class Display:
    """Turns moments of a run into what is shown: remembers what is known of the comparison at hand.

    Attributes:
        prepared: the run, to analyse it when a level is settled.
        state: what is shown.
    """

    prepared: pipeline.Prepared
    state: LiveState = field(default_factory=partial(LiveState, ""))
    _comparison: str = ""
    _models: "dict[str, Model]" = field(init=False)

    def __post_init__(self) -> None:
        runners = [one.runner for comparison in self.prepared.plan.comparisons for one in comparison.candidates]
        self._models = {one.label: one.model for one in runners}

    def update(self, progress: Progress) -> LiveState:
        """Take in a moment; return what is to be shown."""
        if progress.comparison != self._comparison and progress.comparison:
            self._comparison = progress.comparison
            self.state = LiveState(progress.workload)
        headline = self.state.headline
        if progress.settled is not None:
            headline = self._headline(progress) or headline
        runner, workers = _runner_and_workers(progress)
        model = self._models.get(runner, "")
        models = tuple(_model(one, measuring=one.model == model) for one in progress.models) or self.state.models
        self.state = replace(
            self.state,
            models=models,
            headline=headline,
            measuring=_doing(progress, model, runner, workers),
            left_s=progress.remaining_s,
            number=min(progress.comparisons_done + 1, progress.comparisons),
            total=progress.comparisons,
        )
        return self.state

    def _headline(self, progress: Progress) -> str:
        assert progress.settled is not None
        analysis = pipeline.analyse_run(progress.settled, self.prepared.directory)
        found: Verdict | None = next((one for one in analysis.verdicts if one.comparison == progress.comparison), None)
        return found.headline if found is not None else ""


def _model(known: ModelSoFar, *, measuring: bool) -> LiveModel:
    state: ModelState = "slower" if known.left else "measuring" if measuring else "measured"
    gain = known.gain
    if gain is None:
        return LiveModel(known.model, state)
    if known.model == "loop":  # as fast as itself, also where it was stopped at its limit and little is known of it
        return LiveModel("loop", state, 1.0, 1.0)
    workers = plural(known.workers, "worker")
    return LiveModel(known.model, state, gain.low or gain.ratio, gain.high or gain.ratio, workers)


def _runner_and_workers(progress: Progress) -> tuple[str, int]:
    """Return what is measured at the moment, from the key of its cell; no runner between cells."""
    if not progress.cell:
        return "", 0
    runner, workers, _phase, _python = progress.cell.removeprefix(f"{progress.workload}/").rsplit("/", 3)
    return runner, int(workers)


def _doing(progress: Progress, model: str, runner: str, workers: int) -> str:
    """Say what is done: `futures-threads with 40 workers, round 3`."""
    if progress.activity in _ACTIVITIES:
        return _ACTIVITIES[progress.activity]
    who = runner if model in ("", "loop") else f"{runner} with {plural(workers, 'worker')}"
    return ", ".join(filter(None, (who, f"round {progress.block}" if progress.block else "")))


@contextmanager
def watching(stream: TextIO, prepared: pipeline.Prepared) -> Iterator[Observer]:
    """Yield what shows the progress of a run on a stream."""
    display = Display(prepared)
    if stream.isatty():
        with _live(stream, display) as observe:
            yield observe
    else:
        yield plain(time.monotonic, display)


def plain(clock: Callable[[], float], display: Display) -> Observer:
    """Return an observer that writes a line when the comparison or the answer changes, or after a while."""
    last: tuple[str, str] | None = None
    due = clock() + QUIET_S

    def observe(progress: Progress) -> None:
        nonlocal last, due
        state = display.update(progress)
        key = (state.title, state.headline)
        if state.title and (key != last or clock() >= due):
            last, due = key, clock() + QUIET_S
            output.note(live_line(state, Layout(LOG_WIDTH)))

    return observe


@contextmanager
def _live(stream: TextIO, display: Display) -> Iterator[Observer]:
    """Keep lines up to date, drawn between samples only: a thread that redraws would disturb what is measured."""
    from rich.live import Live
    from rich.text import Text

    terminal = output.console(stream)
    layout = Layout(terminal.width, terminal.options.ascii_only)
    with Live(console=terminal, auto_refresh=False, transient=True) as live:

        def observe(progress: Progress) -> None:
            state = display.update(progress)
            lines = live_lines(state, layout)
            text = Text("\n").join(Text.assemble(*((span.text, span.style) for span in line)) for line in lines)
            live.update(text, refresh=True)

        yield observe
