"""What coordination costs: one mark per model in a row for each primitive and act, on one logarithmic axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comparators.coordination.report.costs import ACTS, act_words, sources_of
from comparators.report.figures.axes import axis_below
from comparators.report.figures.letters import wide
from comparators.report.figures.picture import Picture
from comparators.report.figures.scale import Scale, fit
from comparators.report.figures.canvas import Sheet
from comparators.report.figures.style import FAMILY_COLOURS, MARGIN, MARKERS, SMALL, TEXT, WIDTH
from comparators.report.figures.text_format import brief
from comparators.coordination.costs import Price
from comparators.verdict.text_format import plural, seconds
from comparators.workload import Act

__all__ = ["draw_costs"]

MOST_ROWS = 60
"""Further rows are counted, not drawn."""

_ROW, _NAME_END, _END = 16.0, 184.0, WIDTH - MARGIN
_START = _NAME_END + 12
_SUBTITLE = (
    "Each mark is one model: the mean over fresh processes. The line through it is the 95 % interval of that mean. The "
    "axis is logarithmic."
)
_HEADINGS: dict[Act, str] = {
    "alone": "One operation that nobody else wants",
    "contended": "One operation that others want, too",
    "hand-over": "One hand-over to another worker",
    "start": "One worker, started and ended",
}


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    act: Act
    prices: tuple[Price, ...]


def draw_costs(prices: Sequence[Price], pythons: Sequence[str]) -> Picture | None:
    """Draw every price; None where there is none.

    Args:
        prices: all that were measured, and those that are missing.
        pythons: labels of all Pythons of the run.
    """
    measured = [price for price in prices if price.seconds is not None]
    if not measured:
        return None
    runners = sorted({price.runner.label for price in measured})
    markers = {label: MARKERS[place % len(MARKERS)] for place, label in enumerate(runners)}
    rows = _rows(measured, several_pythons=len(pythons) > 1)
    shown = rows[:MOST_ROWS]
    sheet = Sheet()
    title = _title(measured)
    bottom = _legend(sheet, sheet.heading(title, _SUBTITLE) + 6, measured, markers)
    scale = _scale(measured)
    for act in ACTS:
        panel = [row for row in shown if row.act == act]
        if panel:
            bottom = _panel(sheet, bottom + 6, _HEADINGS[act], panel, scale, markers)
    left_out = len(rows) - len(shown)
    note = f"{plural(left_out, 'more row')} not drawn." if left_out else ""
    missing = "A model without a mark in a row has no such primitive, or no value; the table says why."
    bottom = sheet.lines(bottom + 2, f"{missing} {note}".strip(), size=SMALL, faint=True)
    alt = f"What one operation costs. {title}. " + " ".join(map(_sentence, shown))
    return sheet.finish(bottom, name="costs", title=title, alt=alt)


def _rows(measured: Sequence[Price], *, several_pythons: bool) -> list[_Row]:
    """Return rows by act; within one in the order of the prices, the Pythons of a row together."""
    found: dict[tuple[str, Act, str, str, str], list[Price]] = {}
    for price in measured:
        key = (price.primitive, price.act, price.workload, price.phase, price.python)
        found.setdefault(key, []).append(price)
    sources = sources_of(measured)
    rows = []
    for (primitive, act, workload, _, python), prices in found.items():
        label = primitive + sources.get((primitive, act, workload), "")
        rows.append(_Row(f"{label}, {python}" if several_pythons else label, act, tuple(prices)))
    return sorted(rows, key=lambda row: list(ACTS).index(row.act))


def _scale(measured: Sequence[Price]) -> Scale:
    """Return a scale for all means; intervals may go beyond it, by at most a tenth of its length on either side."""
    means = [price.seconds for price in measured if price.seconds is not None]
    room = (max(means) / min(means)) ** 0.08
    return fit([min(means) / room, max(means) * room], _START, _END, log=True)


def _legend(sheet: Sheet, top: float, measured: Sequence[Price], markers: Mapping[str, str]) -> float:
    runners = {price.runner.label: price.runner for price in measured}
    x, y = MARGIN + 4.0, top + 7
    for label, runner in runners.items():
        room = wide(brief(label), TEXT) + 28
        if x + room > _END and x > MARGIN + 4:
            x, y = MARGIN + 4.0, y + 15
        marker = markers[label]
        sheet.marks((x,), (y,), marker=marker, colour=FAMILY_COLOURS[runner.family], size=6)
        sheet.text(x + 8, y + TEXT * 0.36, brief(label))
        x += room
    return y + 8


def _panel(
    sheet: Sheet, top: float, heading: str, rows: Sequence[_Row], scale: Scale, markers: Mapping[str, str]
) -> float:
    y = sheet.lines(top, heading, bold=True) + 3
    bottom = y + _ROW * len(rows)
    ticks = scale.ticks(_tick, gap=46)
    sheet.rules([(x, y, x, bottom) for x, _ in ticks], width=0.6, alpha=0.2)
    sheet.rules(
        [(MARGIN, y + _ROW * place, _END, y + _ROW * place) for place in range(len(rows))], width=0.5, alpha=0.13
    )
    for place, row in enumerate(rows):
        _draw_row(sheet, y + _ROW * (place + 0.5), row, scale, markers)
    axis_below(sheet, _START, _END, bottom, ticks, "time for one, logarithmic")
    return bottom + 28


def _draw_row(sheet: Sheet, middle: float, row: _Row, scale: Scale, markers: Mapping[str, str]) -> None:
    sheet.text(_NAME_END, middle + TEXT * 0.36, row.label, align="right", room=_NAME_END - MARGIN)
    step = min(2.2, (_ROW - 6) / max(1, len(row.prices)))
    for place, price in enumerate(row.prices):
        if price.seconds is None:
            continue
        y = middle + (place - (len(row.prices) - 1) / 2) * step
        colour, hover = FAMILY_COLOURS[price.runner.family], _hover(price)
        if price.low is not None and price.high is not None:
            sheet.line(
                (scale.at(price.low), scale.at(price.high)), (y, y), colour=colour, width=1.4, alpha=0.6, hover=hover
            )
        marker = markers[price.runner.label]
        sheet.marks((scale.at(price.seconds),), (y,), marker=marker, colour=colour, size=6, hover=hover)


def _hover(price: Price) -> str:
    return f"{act_words(price)}, {price.runner.label}, Python {price.python}: {_value(price)}"


def _value(price: Price) -> str:
    if price.seconds is None:
        return "none"
    if price.low is None or price.high is None:
        return f"{seconds(price.seconds)}, {plural(price.samples, 'sample')}"
    return (
        f"{seconds(price.seconds)} ({seconds(price.low)} to {seconds(price.high)}), {plural(price.samples, 'sample')}"
    )


def _title(measured: Sequence[Price]) -> str:
    """Say what the first row of the most models shows: the least and the most that one and the same act costs."""
    rows = _rows(measured, several_pythons=True)
    most = max(rows, key=lambda row: len(row.prices))
    ranked = sorted(most.prices, key=lambda price: price.seconds or 0.0)
    least, greatest = ranked[0], ranked[-1]
    what = {
        "alone": f"An operation on a {least.primitive} that nobody else wants",
        "contended": f"An operation on a {least.primitive} that others want, too,",
        "hand-over": f"A hand-over by a {least.primitive}",
        "start": "Starting and ending a worker",
    }[least.act]
    told = f"{what} costs {seconds(least.seconds or 0.0)} with {brief(least.runner.label)}"
    if least is greatest:
        return told
    return f"{told}, {seconds(greatest.seconds or 0.0)} with {brief(greatest.runner.label)}"


def _sentence(row: _Row) -> str:
    parts = "; ".join(f"{price.runner.label} {_value(price)}" for price in row.prices)
    return f"{row.label}, {ACTS[row.act]}: {parts}."


def _tick(value: float) -> str:
    digits, unit = seconds(value).split()
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits} {unit}"
