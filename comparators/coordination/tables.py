"""What the second wing adds to a report: a table of costs and a table of mistakes, with a column per runner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from comparators.coordination.costs import Cost, costs_of
from comparators.coordination.mistakes import MistakeCount, mistakes_of
from comparators.journal.records import Run
from comparators.verdict.analysis import Table
from comparators.verdict.text_format import number, plural
from comparators.workload import Operation

__all__ = ["tables"]

OPERATIONS: dict[Operation, str] = {
    "uncontended": "uncontended",
    "contended": "contended",
    "hand-off": "hand-off",
    "start": "start and end",
}
"""What is done with a primitive, in the order of the rows."""

_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before it has columns.

    Attributes:
        headings: its first texts.
        values: text by runner label; a runner that is not there has no value.
        reasons: why a runner has none, by label.
    """

    headings: tuple[str, ...]
    values: Mapping[str, str]
    reasons: Mapping[str, str]


def tables(run: Run) -> tuple[Table, ...]:
    """Return the tables that a run gives rise to; none for a run without workloads that coordinate."""
    several = len(run.header.plan.interpreters) > 1
    costs, mistakes = costs_of(run), mistakes_of(run)
    made = []
    if costs:
        help_text = (
            "Time of one operation on a primitive under each runner: geometric mean over "
            f"{_samples(one.samples for one in costs if one.seconds is not None)}, with its 95 % interval."
        )
        headings = ("primitive", "operation", *(("Python",) if several else ()), "unit")
        made.append(_table("What coordination costs", help_text, headings, _cost_rows(costs, several=several)))
    if mistakes:
        help_text = (
            "Mistakes in one run over all tasks, the fewest and the most of "
            f"{_samples(one.samples for one in mistakes if one.samples)}: a guard must bring them to 0."
        )
        headings = ("mistake", "workload", *(("Python",) if several else ()))
        made.append(_table("Mistakes without a guard", help_text, headings, _mistake_rows(mistakes, several=several)))
    return tuple(made)


def _samples(counts: Iterable[int]) -> str:
    ordered = sorted(counts)
    if not ordered:
        return "no samples"
    return f"{'' if ordered[0] == ordered[-1] else f'{ordered[0]} to '}{plural(ordered[-1], 'sample')}"


def _table(title: str, help_text: str, headings: tuple[str, ...], rows: Sequence[_Row]) -> Table:
    """Lay rows out with a column for each runner that has a value anywhere; say below why others have none."""
    known = list(dict.fromkeys(label for row in rows for label in (*row.values, *row.reasons)))
    runners = tuple(label for label in known if any(label in row.values for row in rows))
    return Table(
        title=title,
        help=help_text,
        headings=(*headings, *runners),
        rows=tuple((*row.headings, *(row.values.get(label, "") for label in runners)) for row in rows),
        text_columns=len(headings),
        notes=_notes(rows),
    )


def _notes(rows: Sequence[_Row]) -> tuple[str, ...]:
    """Return one line per reason, with the runners that it holds for."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for label, reason in row.reasons.items():
            found.setdefault(reason, {})[label] = None
    return tuple(f"{', '.join(labels)}: {reason}" for reason, labels in found.items())


def _cost_rows(costs: Sequence[Cost], *, several: bool) -> list[_Row]:
    """Return a row per primitive, operation, workload and Python; rows of one primitive stand together."""
    rows: dict[tuple[str, Operation, str, str, str], list[Cost]] = {}
    for cost in costs:
        rows.setdefault((cost.primitive, cost.operation, cost.workload, cost.phase, cost.python), []).append(cost)
    first = {primitive: place for place, primitive in enumerate(dict.fromkeys(key[0] for key in rows))}
    order = list(OPERATIONS)
    made = []
    for key in sorted(rows, key=lambda key: (first[key[0]], order.index(key[1]))):
        primitive, operation, workload, _, python = key
        others = {one[2] for one in rows if one[:2] == key[:2]}
        where = f" in {workload.partition('[')[0]}" if len(others) > 1 else ""
        alike = [
            one for same, found in rows.items() if same[:4] == key[:4] for one in found
        ]  # one unit for all Pythons
        unit, size_s = _unit(alike)
        headings = (primitive, OPERATIONS[operation] + where, *((python,) if several else ()), unit)
        made.append(
            _Row(
                headings,
                {one.runner.label: _cost(one, size_s) for one in rows[key] if one.seconds is not None},
                {one.runner.label: one.reason for one in rows[key] if one.seconds is None},
            )
        )
    return made


def _unit(costs: Sequence[Cost]) -> tuple[str, float]:
    """Return the largest unit of which the smallest cost is at least a tenth, with its size in seconds."""
    smallest = min((one.seconds for one in costs if one.seconds is not None), default=1.0)
    return next(((unit, size_s) for unit, size_s in _UNITS if smallest >= 0.1 * size_s), _UNITS[-1])


def _cost(cost: Cost, size_s: float) -> str:
    assert cost.seconds is not None
    mean = number(cost.seconds / size_s)
    if cost.low is None or cost.high is None:
        return mean
    return f"{mean} ({number(cost.low / size_s)}–{number(cost.high / size_s)})"


def _mistake_rows(mistakes: Sequence[MistakeCount], *, several: bool) -> list[_Row]:
    rows: dict[tuple[str, ...], list[MistakeCount]] = {}
    for one in mistakes:
        rows.setdefault((one.what, one.workload, *((one.python,) if several else ())), []).append(one)
    return [
        _Row(
            headings,
            {one.runner.label: _range(one) for one in found if one.samples},
            {one.runner.label: one.reason for one in found if one.reason},
        )
        for headings, found in rows.items()
    ]


def _range(count: MistakeCount) -> str:
    low, high = f"{count.low:,.0f}", f"{count.high:,.0f}"
    return high if low == high else f"{low}–{high}"
