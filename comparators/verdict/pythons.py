"""One workload across the Pythons of a run: which Python with which model is fastest, and what its plain loop costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from comparators.journal.records import Run
from comparators.verdict.analysis import PythonComparison, Verdict
from comparators.verdict.text_format import percent, rough

__all__ = ["across_pythons"]

_SAME_LOOP = 0.03
"""Difference between two plain loops that is not worth a word; they were measured one after the other."""
_SAME = 1.05
"""Ratio of two Pythons' best below which neither is called faster: they were not measured in the same blocks."""


def across_pythons(run: Run, verdicts: Sequence[Verdict]) -> tuple[PythonComparison, ...]:
    """Return a comparison for each workload and phase that two or more Pythons have an answer for."""
    if len(run.header.plan.interpreters) < 2:
        return ()
    found: Mapping[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.best_s is not None:
            found[verdict.workload, verdict.phase].append(verdict)
    return tuple(_compared(*place, several) for place, several in found.items() if len(several) > 1)


def _compared(workload: str, phase: str, several: Sequence[Verdict]) -> PythonComparison:
    ordered = sorted(several, key=lambda verdict: verdict.best_s or 0.0)
    rows = tuple((one.python, *_choice(one), one.best_s or 0.0) for one in ordered)
    return PythonComparison(workload, phase, _sentence(ordered), rows)


def _sentence(ordered: Sequence[Verdict]) -> str:
    first, second = ordered[0], ordered[1]
    lead = (second.best_s or 0.0) / (first.best_s or 1.0)
    names = f"{_words(first)}", f"{_words(second)}"
    if lead < _SAME:
        text = f"{names[0]} and {names[1]} take the same time within {percent(_SAME - 1)}"
    else:
        text = f"{names[0]}: {rough(lead)} times as fast as {names[1]}"
    if first.loop_s and second.loop_s:
        loops = first.loop_s / second.loop_s - 1
        if abs(loops) >= _SAME_LOOP:
            than = f"{percent(abs(loops))} {'slower' if loops > 0 else 'faster'}"
            text += f"; a plain loop is {than} on {first.python} than on {second.python}"
    return text


def _choice(verdict: Verdict) -> tuple[str, int]:
    best = next((row for row in verdict.models if row.status == "best"), None)
    return (best.model, best.workers or 1) if best is not None else ("loop", 1)


def _words(verdict: Verdict) -> str:
    model, workers = _choice(verdict)
    many = {"loop": "the plain loop", "async": f"async, {workers} at once"}.get(model, f"{workers} {model}")
    return f"{verdict.python}, {many}"
