"""What coordination costs: one mark per model in a row for each primitive and act, on one logarithmic axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comparators.coordination.costs import Cost
from comparators.coordination.report.costs import ACTS, act_words, sources_of
from comparators.report.figures.axes import axis_below
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.letters import wide
from comparators.report.figures.picture import Picture
from comparators.report.figures.scale import Scale, fit
from comparators.report.figures.style import MARGIN, MARKERS, MODEL_COLOURS, SMALL, TEXT, WIDTH
from comparators.report.figures.text_format import brief
from comparators.verdict.text_format import plural, seconds
from comparators.workload import Operation

__all__ = ["draw_costs"]

MOST_ROWS = 60
"""Further rows are counted, not drawn."""

_ROW, _NAME_END, _END = 16.0, 184.0, WIDTH - MARGIN
_START = _NAME_END + 12
_SUBTITLE = (
    "Each mark is one model: the mean over fresh processes. The line through it is the 95 % interval of that mean. The "
    "axis is logarithmic."
)
_HEADINGS: dict[Operation, str] = {
    "uncontended": "One operation that nobody else wants",
    "contended": "One operation that others want, too",
    "hand-off": "One hand-over to another worker",
    "start": "One worker, started and ended",
}


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    operation: Operation
    costs: tuple[Cost, ...]


def draw_costs(costs: Sequence[Cost], pythons: Sequence[str]) -> Picture | None:
    """Draw every cost; None where there is none.

    Args:
        costs: all that were measured, and those that are missing.
        pythons: labels of all Pythons of the run.
    """
    measured = [cost for cost in costs if cost.seconds is not None]
    if not measured:
        return None
    runners = sorted({cost.runner.label for cost in measured})
    markers = {label: MARKERS[place % len(MARKERS)] for place, label in enumerate(runners)}
    rows = _rows(measured, several_pythons=len(pythons) > 1)
    shown = rows[:MOST_ROWS]
    canvas = Canvas()
    title = _title(measured)
    bottom = _legend(canvas, canvas.heading(title, _SUBTITLE) + 6, measured, markers)
    scale = _scale(measured)
    for operation in ACTS:
        panel = [row for row in shown if row.operation == operation]
        if panel:
            bottom = _panel(canvas, bottom + 6, _HEADINGS[operation], panel, scale, markers)
    left_out = len(rows) - len(shown)
    note = f"{plural(left_out, 'more row')} not drawn." if left_out else ""
    missing = "A model without a mark in a row has no such primitive, or no value; the table says why."
    bottom = canvas.lines(bottom + 2, f"{missing} {note}".strip(), size=SMALL, faint=True)
    alt = f"What one operation costs. {title}. " + " ".join(map(_sentence, shown))
    return canvas.finish(bottom, name="costs", title=title, alt=alt)


def _rows(measured: Sequence[Cost], *, several_pythons: bool) -> list[_Row]:
    """Return rows by act; within one in the order of the costs, the Pythons of a row together."""
    found: dict[tuple[str, Operation, str, str, str], list[Cost]] = {}
    for cost in measured:
        key = (cost.primitive, cost.operation, cost.workload, cost.phase, cost.python)
        found.setdefault(key, []).append(cost)
    sources = sources_of(measured)
    rows = []
    for (primitive, operation, workload, _, python), costs in found.items():
        label = primitive + sources.get((primitive, operation, workload), "")
        rows.append(_Row(f"{label}, {python}" if several_pythons else label, operation, tuple(costs)))
    return sorted(rows, key=lambda row: list(ACTS).index(row.operation))


def _scale(measured: Sequence[Cost]) -> Scale:
    """Return a scale for all means; intervals may go beyond it, by at most a tenth of its length on either side."""
    means = [cost.seconds for cost in measured if cost.seconds is not None]
    room = (max(means) / min(means)) ** 0.08
    return fit([min(means) / room, max(means) * room], _START, _END, log=True)


def _legend(canvas: Canvas, top: float, measured: Sequence[Cost], markers: Mapping[str, str]) -> float:
    runners = {cost.runner.label: cost.runner for cost in measured}
    x, y = MARGIN + 4.0, top + 7
    for label, runner in runners.items():
        room = wide(brief(label), TEXT) + 28
        if x + room > _END and x > MARGIN + 4:
            x, y = MARGIN + 4.0, y + 15
        marker = markers[label]
        canvas.marks((x,), (y,), marker=marker, colour=MODEL_COLOURS[runner.model], size=6)
        canvas.text(x + 8, y + TEXT * 0.36, brief(label))
        x += room
    return y + 8


def _panel(
    canvas: Canvas, top: float, heading: str, rows: Sequence[_Row], scale: Scale, markers: Mapping[str, str]
) -> float:
    y = canvas.lines(top, heading, bold=True) + 3
    bottom = y + _ROW * len(rows)
    ticks = scale.ticks(_tick, gap=46)
    canvas.rules([(x, y, x, bottom) for x, _ in ticks], width=0.6, alpha=0.2)
    canvas.rules(
        [(MARGIN, y + _ROW * place, _END, y + _ROW * place) for place in range(len(rows))], width=0.5, alpha=0.13
    )
    for place, row in enumerate(rows):
        _draw_row(canvas, y + _ROW * (place + 0.5), row, scale, markers)
    axis_below(canvas, _START, _END, bottom, ticks, "time for one, logarithmic")
    return bottom + 28


def _draw_row(canvas: Canvas, middle: float, row: _Row, scale: Scale, markers: Mapping[str, str]) -> None:
    canvas.text(_NAME_END, middle + TEXT * 0.36, row.label, align="right", room=_NAME_END - MARGIN)
    step = min(2.2, (_ROW - 6) / max(1, len(row.costs)))
    for place, cost in enumerate(row.costs):
        if cost.seconds is None:
            continue
        y = middle + (place - (len(row.costs) - 1) / 2) * step
        colour, hover = MODEL_COLOURS[cost.runner.model], _hover(cost)
        if cost.low is not None and cost.high is not None:
            canvas.line(
                (scale.at(cost.low), scale.at(cost.high)), (y, y), colour=colour, width=1.4, alpha=0.6, hover=hover
            )
        marker = markers[cost.runner.label]
        canvas.marks((scale.at(cost.seconds),), (y,), marker=marker, colour=colour, size=6, hover=hover)


def _hover(cost: Cost) -> str:
    return f"{act_words(cost)}, {cost.runner.label}, Python {cost.python}: {_value(cost)}"


def _value(cost: Cost) -> str:
    if cost.seconds is None:
        return "none"
    if cost.low is None or cost.high is None:
        return f"{seconds(cost.seconds)}, {plural(cost.samples, 'sample')}"
    return f"{seconds(cost.seconds)} ({seconds(cost.low)} to {seconds(cost.high)}), {plural(cost.samples, 'sample')}"


def _title(measured: Sequence[Cost]) -> str:
    """Say what the first row of the most models shows: the least and the most that one and the same act costs."""
    rows = _rows(measured, several_pythons=True)
    most = max(rows, key=lambda row: len(row.costs))
    ranked = sorted(most.costs, key=lambda cost: cost.seconds or 0.0)
    least, greatest = ranked[0], ranked[-1]
    what = {
        "uncontended": f"An operation on a {least.primitive} that nobody else wants",
        "contended": f"An operation on a {least.primitive} that others want, too,",
        "hand-off": f"A hand-over by a {least.primitive}",
        "start": "Starting and ending a worker",
    }[least.operation]
    told = f"{what} costs {seconds(least.seconds or 0.0)} with {brief(least.runner.label)}"
    if least is greatest:
        return told
    return f"{told}, {seconds(greatest.seconds or 0.0)} with {brief(greatest.runner.label)}"


def _sentence(row: _Row) -> str:
    parts = "; ".join(f"{cost.runner.label} {_value(cost)}" for cost in row.costs)
    return f"{row.label}, {ACTS[row.operation]}: {parts}."


def _tick(value: float) -> str:
    digits, unit = seconds(value).split()
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits} {unit}"
