"""What a terminal shows while a run measures: the models with what is known so far, the answer as soon as it stands.

Pure: a snapshot in, lines out; the command line draws them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from comparators.report.bars import NAME, bar_width
from comparators.report.layout import Layout, Line, Span, cells
from comparators.report.values import MODEL_NAMES, times
from comparators.verdict.text_format import duration, rough
from comparators.workload import Model

__all__ = ["LiveModel", "LiveState", "ModelState", "live_line", "live_lines"]

ModelState = Literal["waiting", "measuring", "measured", "slower", "failed"]
"""`waiting`: its turn has not come. `measured`: may still be the best. `slower`: out of the test, or screened out."""

RANGE = 10
"""Cells of what is known of a gain: `0.98–1.0×`, `over 100×`."""

_WORDS: dict[ModelState, str] = {"failed": "failed", "slower": "slower"}
"""What is said of a model of which no gain is known."""

_STYLES: dict[ModelState, str] = {"waiting": "dim", "measuring": "bold", "slower": "dim", "failed": "red"}


@dataclass(frozen=True, slots=True)
class LiveModel:
    """What is known of a model so far.

    Attributes:
        model: which.
        state: see `ModelState`.
        low, high: ends of how many times faster than the plain loop it is; None while nothing is known. Equal after a
            single sample.
        note: what else to know, such as "40 workers" or why it failed; may be empty.
    """

    model: Model
    state: ModelState = "waiting"
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LiveState:
    """A snapshot of a run's progress.

    Attributes:
        title: what is compared: the name of the function, or the comparison within a suite.
        models: in the order to show them.
        headline: the answer as soon as it stands; empty before.
        measuring: what is done at the moment: "threads with 40 workers, round 3".
        left_s: seconds left; None while unknown.
        number, total: of the comparison, from 1, and how many there are.
    """

    title: str
    models: tuple[LiveModel, ...] = ()
    headline: str = ""
    measuring: str = ""
    left_s: float | None = None
    number: int = 1
    total: int = 1


def live_lines(state: LiveState, layout: Layout) -> tuple[Line, ...]:
    """Return the lines of a live display, each of which fits: answer or question, models, what is done, time left."""
    first = f"{_place(state)}{state.title}: {state.headline or _question(state.models)}"
    models = (_model_line(layout, one, _longest(state.models)) for one in state.models)
    return (
        (Span(_cut(layout, first, layout.width), "bold" if state.headline else ""),),
        *models,
        (Span(f"  {_cut(layout, _doing(state), layout.width - 2)}", "dim"),),
    )


def live_line(state: LiveState, layout: Layout) -> str:
    """Return the same in one line, for an output that is no terminal: a log shows one now and then."""
    known = [f"{MODEL_NAMES[one.model]} {_gain(one)}" for one in state.models if one.high is not None]
    parts = [state.headline or ", ".join(known), _doing(state)]
    return layout.text(f"{_place(state)}{state.title}: {' · '.join(part for part in parts if part)}")


def _place(state: LiveState) -> str:
    return f"[{state.number}/{state.total}] " if state.total > 1 else ""


def _question(models: Sequence[LiveModel]) -> str:
    """Ask what is going to be answered: `threads, processes, async or a plain loop?`."""
    names = [MODEL_NAMES[one.model] for one in models if one.model != "loop"]
    names += ["a plain loop"] if any(one.model == "loop" for one in models) else []
    return f"{', '.join(names[:-1])} or {names[-1]}?" if len(names) > 1 else "measuring"


def _doing(state: LiveState) -> str:
    return " · ".join(part for part in (state.measuring, _left(state.left_s)) if part)


def _left(left_s: float | None) -> str:
    """Say how much time is left; nothing while that is not known, nor for what is nearly done."""
    if left_s is None or not math.isfinite(left_s) or left_s < 0.5:
        return ""
    return f"about {duration(max(1.0, left_s))} left"


def _longest(models: Sequence[LiveModel]) -> float:
    return max((one.high for one in models if one.high is not None), default=1.0)


def _model_line(layout: Layout, one: LiveModel, longest: float) -> Line:
    """Show what is known of a model: sure up to the low end, open from there to the high one."""
    width = bar_width(layout)
    sure, high = (max(0, min(width, round(width * (end or 0.0) / longest))) for end in (one.low, one.high))
    drawn = "█" * max(sure, 1 if one.high is not None else 0)
    drawn += "▒" * (high - len(drawn))
    name = layout.padded(layout.text(MODEL_NAMES[one.model]), NAME)
    gain = layout.padded(layout.text(_gain(one)), RANGE, "right")
    head = f"  {name}{gain}  {layout.padded(layout.text(drawn), width)}"
    note = _cut(layout, one.note, max(1, layout.width - cells(head) - 2)) if one.note else ""
    return Span(head, _STYLES.get(one.state, "")), Span(f"  {note}" if note else "", "dim")


def _gain(one: LiveModel) -> str:
    """Write what is known of a gain: `16–18×`, `17×` where both ends are the same in two digits, `…` for nothing."""
    if one.low is None or one.high is None or one.state == "failed":
        return _WORDS.get(one.state, "…")
    low, high = rough(one.low), times(one.high)
    return high if times(one.low) == high else f"{low}–{high}"


def _cut(layout: Layout, words: str, width: int) -> str:
    """Return text that fits in one line, cut with an ellipsis where it is longer."""
    text = layout.text(words)
    if cells(text) <= width:
        return text
    dots = layout.text("…")
    while text and cells(text + dots) > width:
        text = text[:-1]
    return text.rstrip() + dots
