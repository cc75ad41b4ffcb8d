"""Cold against warm: what starting and stopping the workers costs, and doing something for the first time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comparators.report.figures.canvas import Canvas
from comparators.report.figures.facts import Facts, Topic
from comparators.report.figures.picture import Picture
from comparators.report.figures.rows import MOST_ROWS, Row, draw_footnote, draw_panel
from comparators.report.figures.style import MODEL_COLOURS
from comparators.report.figures.text_format import brief
from comparators.runner import Model
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import plural, seconds

__all__ = ["draw_cold_warm"]

_SUBTITLE = (
    "Filled: warm, the workers already run. Hollow: cold, the first time in a fresh process: starting and stopping "
    "the workers is part of the time, and what the work does only once."
)


@dataclass(frozen=True, slots=True)
class _Pair:
    label: str
    model: Model
    workers: int
    warm_s: float
    cold_s: float

    @property
    def added_s(self) -> float:
        return self.cold_s - self.warm_s


def draw_cold_warm(facts: Facts, topic: Topic, verdicts: Sequence[Verdict], note: str) -> Picture | None:
    """Draw warm and cold seconds of one workload, a panel per Python; None where nothing has both."""
    panels = {python: pairs for python in facts.pythons if (pairs := _pairs(verdicts, python))}
    if not panels:
        return None
    canvas = Canvas()
    title = _title(topic.workload, [pair for pairs in panels.values() for pair in pairs])
    bottom = canvas.heading(title, f"{_SUBTITLE} {note}".strip())
    for python, pairs in panels.items():
        bottom = _panel(canvas, bottom + 8, f"Python {python}" if len(facts.pythons) > 1 else "", pairs)
    alt = f"Warm and cold times on {topic.workload}. {title}. " + " ".join(map(_sentence, panels.values()))
    return canvas.finish(bottom, name=f"cold-warm-{topic.slug}", title=title, alt=alt, workload=topic.workload)


def _pairs(verdicts: Sequence[Verdict], python: str) -> list[_Pair]:
    """Pair warm and cold times of each runner, at the same worker count where both were measured at one."""
    sides = {
        verdict.phase: {one.runner.label: one for one in verdict.standings}
        for verdict in verdicts
        if verdict.python == python
    }
    warm, cold = sides.get("warm", {}), sides.get("cold", {})
    found = [_pair(one, cold[label]) for label, one in warm.items() if label in cold]
    return [pair for pair in found if pair is not None]


def _pair(warm: Standing, cold: Standing) -> _Pair | None:
    if warm.cell is None or cold.cell is None or warm.seconds is None:
        return None
    label, model, workers = warm.runner.label, warm.runner.model, warm.cell.workers
    if cold.cell.workers == workers and cold.seconds is not None:
        return _Pair(label, model, workers, warm.seconds, cold.seconds)
    same_count = dict(cold.by_workers).get(workers)
    return None if same_count is None else _Pair(label, model, workers, warm.seconds, same_count)


def _panel(canvas: Canvas, top: float, heading: str, pairs: Sequence[_Pair]) -> float:
    hidden = max(0, len(pairs) - MOST_ROWS)
    pairs = sorted(pairs, key=lambda pair: pair.cold_s)[:MOST_ROWS]
    rows = [Row(pair.label, pair.model, f"{pair.workers:,}", _added(pair), _hover(pair)) for pair in pairs]
    times = [time for pair in pairs for time in (pair.warm_s, pair.cold_s)]
    panel = draw_panel(canvas, top, rows, times, heading=heading, value_heading="added")
    for pair, middle in zip(pairs, panel.middles, strict=True):
        colour = MODEL_COLOURS[pair.model]
        warm, cold = panel.scale.at(pair.warm_s), panel.scale.at(pair.cold_s)
        end = cold - math.copysign(min(3.75, abs(cold - warm)), cold - warm)  # at the rim of the hollow mark
        canvas.line((warm, end), (middle, middle), colour=colour, width=2.0, alpha=0.55, hover=_hover(pair))
        canvas.marks((warm,), (middle,), colour=colour, size=6, hover=_hover(pair))
        canvas.marks((cold,), (middle,), colour=colour, size=7.5, hollow=True, hover=_hover(pair))
    return draw_footnote(canvas, panel.bottom, hidden)


def _added(pair: _Pair) -> str:
    return f"{'+' if pair.added_s >= 0 else '−'}{seconds(abs(pair.added_s))}"


def _hover(pair: _Pair) -> str:
    return f"{pair.label}, {plural(pair.workers, 'worker')}: warm {seconds(pair.warm_s)}, cold {seconds(pair.cold_s)}"


def _title(workload: str, pairs: Sequence[_Pair]) -> str:
    started = [pair for pair in pairs if pair.model != "loop"]
    if not started:
        return f"Only serial was measured warm and cold on {brief(workload)}"
    least, *_, most = sorted([started[0], *started], key=lambda pair: pair.added_s)
    if most.added_s <= 0:
        return f"A cold start adds no time that shows on {brief(workload)}"
    if least is most or least.added_s <= 0:
        return f"A cold start adds at most about {seconds(most.added_s)} on {brief(workload)} ({brief(most.label)})"
    return (
        f"A cold start adds about {seconds(least.added_s)} ({brief(least.label)}) to "
        f"{seconds(most.added_s)} ({brief(most.label)}) on {brief(workload)}"
    )


def _sentence(pairs: Sequence[_Pair]) -> str:
    parts = [f"{pair.label} {seconds(pair.warm_s)} warm and {seconds(pair.cold_s)} cold" for pair in pairs[:8]]
    more = f", and {len(pairs) - 8} more" if len(pairs) > 8 else ""
    return f"{'; '.join(parts)}{more}."
