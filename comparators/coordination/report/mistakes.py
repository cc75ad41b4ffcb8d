"""The section "correctness": what went wrong without a guard, and that nothing does with one, under each model."""

import math
from collections import defaultdict
from collections.abc import Sequence

from comparators.coordination.report.grids import Entry, Grid, Notes, absent, merge_rows
from comparators.journal.records import Run
from comparators.plan.model import Comparison
from comparators.report.table_rows import Value
from comparators.verdict.missing_reasons import absences_of, runners_of, why_absent
from comparators.verdict.text_format import number, percent, plural

__all__ = ["MISTAKES", "correctness_grid"]

MISTAKES = {"lost updates": "lost share", "jumbled lines": "share of jumbled lines"}
"""Observations that count mistakes, and those that say the same as a share of all, in percent."""

Place = tuple[str, str, str, str]
"""Labels of workload, phase, Python and runner."""
Seen = dict[tuple[Place, str], list[float]]
"""Values of an observation over the samples."""


def correctness_grid(run: Run, *, several_pythons: bool) -> Grid:
    """Count mistakes by workload and Python, a column for each model; the Pythons of a workload stand together.

    What was measured in both phases is counted in the warm one: the workers of both do the same.
    """
    seen = _seen(run)
    failures = absences_of(run)
    notes = Notes()
    rows = []
    for mistake, share in MISTAKES.items():
        having = {(workload, phase) for (workload, phase, _, _), name in seen if name == mistake}
        having -= {(workload, "cold") for workload, phase in having if phase == "warm"}
        for comparison in _side_by_side(run.header.plan.comparisons, having):
            headings = (mistake, comparison.workload.label, *((comparison.python,) if several_pythons else ()))
            entries = {}
            for runner in runners_of(comparison):
                place = (comparison.workload.label, comparison.phase, comparison.python, runner.label)
                values = seen.get((place, mistake))
                reason = "" if values else why_absent(comparison, runner, failures)
                shares = seen.get((place, share), [])
                entries[runner.label] = _entry(values, shares) if values else absent(reason, notes)
            rows.append((headings, entries))
    headings = ("what is counted", "workload", *(("Python",) if several_pythons else ()))
    runners = tuple(dict.fromkeys(label for _, entries in rows for label in entries))
    return Grid(headings, runners, merge_rows(rows, runners), notes.all)


def _seen(run: Run) -> Seen:
    wanted = {*MISTAKES, *MISTAKES.values()}
    found: Seen = defaultdict(list)
    for sample in run.samples:
        cell = sample.cell
        for one in sample.observations:
            if one.name in wanted and math.isfinite(one.value):
                found[(cell.workload.label, cell.phase, cell.python, cell.runner.label), one.name].append(one.value)
    return found


def _side_by_side(comparisons: Sequence[Comparison], having: set[tuple[str, str]]) -> list[Comparison]:
    keys = [(one.workload.label, one.phase) for one in comparisons]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    chosen = [one for one, key in zip(comparisons, keys, strict=True) if key in having]
    return sorted(chosen, key=lambda one: places[one.workload.label, one.phase])


def _entry(values: Sequence[float], shares: Sequence[float]) -> Entry:
    """Return the range over the samples, with its share of all in small."""
    low, high = min(values), max(values)
    words = number(high) if high >= 1000 else f"{high:g}"
    if low != high:
        words = f"{number(low) if low >= 1000 else f'{low:g}'}–{words}"
    share = percent(max(shares) / 100) if shares and high else ""
    if share and min(shares) != max(shares):
        share = f"up to {share}"
    hover = f"over {plural(len(values), 'sample')}"
    return Entry(Value(words, high), share, None, hover, alarm=high > 0)
