"""The table "what it costs here": one row per primitive, act and Python, one column per model."""

import math
from collections.abc import Sequence

from comparators.coordination.report.grids import Entry, Grid, Notes, absent, merge_rows
from comparators.report.table_rows import Value
from comparators.coordination.costs import Price
from comparators.verdict.text_format import count, number, plural, seconds
from comparators.workload import Act

__all__ = ["ACTS", "act_words", "cost_grid", "samples_words", "sources_of"]

ACTS: dict[Act, str] = {
    "alone": "uncontended",
    "contended": "contended",
    "hand-over": "hand-over",
    "start": "start and end",
}
"""What is done, in the order of the rows."""

_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))

Key = tuple[str, Act, str, str, str]
"""Primitive, act, workload, phase, Python: what a row is about."""


def act_words(price: Price) -> str:
    """Name what a price is paid for: `lock, contended`."""
    return f"{price.primitive}, {ACTS[price.act]}"


def samples_words(prices: Sequence[Price]) -> str:
    """Say how many samples the prices have: `3 to 5 samples each`."""
    counts = sorted(price.samples for price in prices if price.seconds is not None)
    if not counts:
        return "no samples"
    several = "" if counts[0] == counts[-1] else f"{count(counts[0])} to "
    return f"{several}{plural(counts[-1], 'sample')} each"


def cost_grid(prices: Sequence[Price], *, several_pythons: bool) -> Grid:
    """Put prices into a table; the rows of one primitive stand together, and the Pythons of each row."""
    rows: dict[Key, dict[str, Price]] = {}
    for price in prices:
        key = (price.primitive, price.act, price.workload, price.phase, price.python)
        rows.setdefault(key, {})[price.runner.label] = price
    runners = tuple(dict.fromkeys(price.runner.label for price in prices))
    notes = Notes()
    first = {primitive: place for place, primitive in enumerate(dict.fromkeys(key[0] for key in rows))}
    acts = list(ACTS)
    ordered = sorted(rows, key=lambda key: (first[key[0]], acts.index(key[1])))
    sources = sources_of(prices)
    units = _units(prices)
    made = []
    for key in ordered:
        primitive, act, workload, _, python = key
        words = ACTS[act] + sources.get((primitive, act, workload), "")
        headings = (primitive, words, *((python,) if several_pythons else ()))
        made.append(_row(headings, units[primitive, act, workload], rows[key], notes))
    headings = ("primitive", "operation", *(("Python",) if several_pythons else ()), "unit")
    return Grid(headings, runners, merge_rows(made, runners), notes.all)


def sources_of(prices: Sequence[Price]) -> dict[tuple[str, Act, str], str]:
    """Return a word that tells prices of one act with one primitive apart, by primitive, act and workload.

    That is the name of the workload; there is none where only one workload has the price.
    """
    found: dict[tuple[str, Act], dict[str, None]] = {}
    for price in prices:
        found.setdefault((price.primitive, price.act), {})[price.workload] = None
    return {
        (primitive, act, workload): f" in {workload.partition('[')[0]}"
        for (primitive, act), workloads in found.items()
        if len(workloads) > 1
        for workload in workloads
    }


def _units(prices: Sequence[Price]) -> dict[tuple[str, Act, str], tuple[str, float]]:
    """Return a unit for each row, with its size in seconds: the same for all Pythons, so that they can be compared."""
    smallest: dict[tuple[str, Act, str], float] = {}
    for price in prices:
        key = (price.primitive, price.act, price.workload)
        seconds = math.inf if price.seconds is None else price.seconds
        smallest[key] = min(seconds, smallest.get(key, math.inf))
    return {key: _unit(seconds) for key, seconds in smallest.items()}


def _unit(smallest: float) -> tuple[str, float]:
    """Return the largest unit of which the smallest price of a row is at least a tenth."""
    return next(((unit, size_s) for unit, size_s in _UNITS if smallest >= 0.1 * size_s), _UNITS[-1])


def _row(
    headings: tuple[str, ...], unit: tuple[str, float], prices: dict[str, Price], notes: Notes
) -> tuple[tuple[str, ...], dict[str, Entry]]:
    name, size_s = unit
    return (*headings, name), {label: _entry(price, size_s, notes) for label, price in prices.items()}


def _entry(price: Price, size_s: float, notes: Notes) -> Entry:
    if price.seconds is None:
        return absent(price.reason, notes)
    hover = f"{seconds(price.seconds)}; {plural(price.samples, 'sample')} of {price.workload}"
    interval = ""
    if price.low is not None and price.high is not None:
        interval = f"{number(price.low / size_s)}–{number(price.high / size_s)}"
    return Entry(Value(number(price.seconds / size_s), price.seconds), interval, None, hover)
