"""The table "what it costs here": one row per primitive, act and Python, one column per model."""

import math
from collections.abc import Sequence

from comparators.coordination.costs import Cost
from comparators.coordination.report.grids import Entry, Grid, Notes, absent, merge_rows
from comparators.report.table_rows import Value
from comparators.verdict.text_format import count, number, plural, seconds
from comparators.workload import Operation

__all__ = ["ACTS", "act_words", "cost_grid", "samples_words", "sources_of"]

ACTS: dict[Operation, str] = {
    "uncontended": "uncontended",
    "contended": "contended",
    "hand-off": "hand-off",
    "start": "start and end",
}
"""What is done, in the order of the rows."""

_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))

Key = tuple[str, Operation, str, str, str]
"""Primitive, act, workload, phase, Python: what a row is about."""


def act_words(cost: Cost) -> str:
    """Name what a cost is paid for: `lock, contended`."""
    return f"{cost.primitive}, {ACTS[cost.operation]}"


def samples_words(costs: Sequence[Cost]) -> str:
    """Say how many samples the costs have: `3 to 5 samples each`."""
    counts = sorted(cost.samples for cost in costs if cost.seconds is not None)
    if not counts:
        return "no samples"
    several = "" if counts[0] == counts[-1] else f"{count(counts[0])} to "
    return f"{several}{plural(counts[-1], 'sample')} each"


def cost_grid(costs: Sequence[Cost], *, several_pythons: bool) -> Grid:
    """Put costs into a table; the rows of one primitive stand together, and the Pythons of each row."""
    rows: dict[Key, dict[str, Cost]] = {}
    for cost in costs:
        key = (cost.primitive, cost.operation, cost.workload, cost.phase, cost.python)
        rows.setdefault(key, {})[cost.runner.label] = cost
    runners = tuple(dict.fromkeys(cost.runner.label for cost in costs))
    notes = Notes()
    first = {primitive: place for place, primitive in enumerate(dict.fromkeys(key[0] for key in rows))}
    acts = list(ACTS)
    ordered = sorted(rows, key=lambda key: (first[key[0]], acts.index(key[1])))
    sources = sources_of(costs)
    units = _units(costs)
    made = []
    for key in ordered:
        primitive, operation, workload, _, python = key
        words = ACTS[operation] + sources.get((primitive, operation, workload), "")
        headings = (primitive, words, *((python,) if several_pythons else ()))
        made.append(_row(headings, units[primitive, operation, workload], rows[key], notes))
    headings = ("primitive", "operation", *(("Python",) if several_pythons else ()), "unit")
    return Grid(headings, runners, merge_rows(made, runners), notes.all)


def sources_of(costs: Sequence[Cost]) -> dict[tuple[str, Operation, str], str]:
    """Return a word that tells costs of one act with one primitive apart, by primitive, act and workload.

    That is the name of the workload; there is none where only one workload has the cost.
    """
    found: dict[tuple[str, Operation], dict[str, None]] = {}
    for cost in costs:
        found.setdefault((cost.primitive, cost.operation), {})[cost.workload] = None
    return {
        (primitive, operation, workload): f" in {workload.partition('[')[0]}"
        for (primitive, operation), workloads in found.items()
        if len(workloads) > 1
        for workload in workloads
    }


def _units(costs: Sequence[Cost]) -> dict[tuple[str, Operation, str], tuple[str, float]]:
    """Return a unit for each row, with its size in seconds: the same for all Pythons, so that they can be compared."""
    smallest: dict[tuple[str, Operation, str], float] = {}
    for cost in costs:
        key = (cost.primitive, cost.operation, cost.workload)
        seconds = math.inf if cost.seconds is None else cost.seconds
        smallest[key] = min(seconds, smallest.get(key, math.inf))
    return {key: _unit(seconds) for key, seconds in smallest.items()}


def _unit(smallest: float) -> tuple[str, float]:
    """Return the largest unit of which the smallest cost of a row is at least a tenth."""
    return next(((unit, size_s) for unit, size_s in _UNITS if smallest >= 0.1 * size_s), _UNITS[-1])


def _row(
    headings: tuple[str, ...], unit: tuple[str, float], costs: dict[str, Cost], notes: Notes
) -> tuple[tuple[str, ...], dict[str, Entry]]:
    name, size_s = unit
    return (*headings, name), {label: _entry(cost, size_s, notes) for label, cost in costs.items()}


def _entry(cost: Cost, size_s: float, notes: Notes) -> Entry:
    if cost.seconds is None:
        return absent(cost.reason, notes)
    hover = f"{seconds(cost.seconds)}; {plural(cost.samples, 'sample')} of {cost.workload}"
    interval = ""
    if cost.low is not None and cost.high is not None:
        interval = f"{number(cost.low / size_s)}–{number(cost.high / size_s)}"
    return Entry(Value(number(cost.seconds / size_s), cost.seconds), interval, None, hover)
