"""Live progress: one moving line on a terminal, a plain line now and then anywhere else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from comparators.campaign.progress import Observer, Progress
from comparators.cli import output
from comparators.report.escaping import one_line
from comparators.verdict.text_format import duration

__all__ = ["QUIET_S", "line_of", "plain", "watching"]

QUIET_S = 15.0
"""Seconds between plain lines while nothing but the cell changes."""

_ACTIVITIES = {
    "host": "looking at the host",
    "preflight": "trying each runner once",
    "pilot": "pilot",
    "race": "race",
    "cost": "costs",
    "evidence": "looking for reasons",
    "done": "done",
}
_SHOWN_RUNNERS = 3


def line_of(progress: Progress) -> str:
    """Say in one line how far the run is, what is raced, who is left and the time to go."""
    parts = []
    if progress.comparison:
        number = min(progress.comparisons_done + 1, progress.comparisons)
        parts.append(f"[{number}/{progress.comparisons}] {progress.comparison}")
    activity = _ACTIVITIES[progress.activity]
    parts.append(f"{activity}, block {progress.block}" if progress.block else activity)
    if progress.remaining:
        more = len(progress.remaining) - _SHOWN_RUNNERS
        names = ", ".join(progress.remaining[:_SHOWN_RUNNERS]) + (f" and {more} more" if more > 0 else "")
        parts.append(f"left: {names}")
    if progress.activity != "done":
        parts.append(f"about {duration(progress.remaining_s)} to go")
    return one_line(" · ".join(parts))


@contextmanager
def watching(stream: TextIO) -> Iterator[Observer]:
    """Yield what shows progress on a stream."""
    if stream.isatty():
        with _live(stream) as observe:
            yield observe
    else:
        yield plain(time.monotonic)


def plain(clock: Callable[[], float]) -> Observer:
    """Return an observer that writes a line when the comparison or the activity changes, or after a while."""
    last: tuple[str, str] | None = None
    due = clock()

    def observe(progress: Progress) -> None:
        nonlocal last, due
        if progress.message:
            output.note(one_line(progress.message))
        state = (progress.comparison, progress.activity)
        if state != last or clock() >= due:
            last, due = state, clock() + QUIET_S
            output.note(line_of(progress))

    return observe


@contextmanager
def _live(stream: TextIO) -> Iterator[Observer]:
    """Keep one line up to date, drawn between samples only: a thread that redraws would disturb what is measured."""
    from rich.live import Live
    from rich.text import Text

    terminal = output.console(stream)
    with Live(console=terminal, auto_refresh=False, transient=True) as live:

        def observe(progress: Progress) -> None:
            if progress.message:
                terminal.print(Text(one_line(progress.message)))
            line = Text(line_of(progress), no_wrap=True, overflow="ellipsis")
            live.update(line, refresh=True)

        yield observe
