"""What workloads report beside the time: mistakes, which no time makes up for, and everything else."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from comparators.journal.records import Sample
from comparators.verdict.measurements import Measurements
from comparators.verdict.text_format import count, model_words, number, percent
from comparators.workload import Model, Observation

__all__ = ["merged", "mistake", "sentences", "wrong_cells"]

_MISTAKES = {
    "lost updates": ("lost share", "lost", "updates"),
    "jumbled lines": ("share of jumbled lines", "jumbled", "lines"),
}
"""Observations that count mistakes: the one with their share in percent, what was done, to what."""

_DEADLOCKED = "deadlocked"
"""Observation that is 1 where tasks waited for each other until their deadline."""


def wrong_cells(measured: Measurements) -> dict[str, str]:
    """Return what cells did wrong, in words, by label; a runner that was wrong once is wrong with every worker count.

    One worker alone makes no mistake, and the next run with several may be lucky: neither is a reason to use it.
    """
    by_runner: dict[str, list[Sample]] = defaultdict(list)
    for label, samples in measured.samples.items():
        by_runner[measured.cells[label].runner.label] += samples
    words = {
        runner: mistake([one for sample in many for one in sample.observations]) for runner, many in by_runner.items()
    }
    return {label: words[cell.runner.label] for label, cell in measured.cells.items() if words.get(cell.runner.label)}


def mistake(observations: Sequence[Observation]) -> str:
    """Say the worst mistake among observations as what a model did: "lost 50,000 of 200,000 updates"; or nothing."""
    worst = _worst(observations)
    for name, (share_name, did, what) in _MISTAKES.items():
        if worst.get(name, 0) > 0:
            share = worst.get(share_name, 0) / 100
            total = f" of {count(round(worst[name] / share))}" if 0 < share <= 1 else ""
            return f"{did} {count(round(worst[name]))}{total} {what}"
    return "ended in a deadlock" if worst.get(_DEADLOCKED, 0) > 0 else ""


def merged(samples: Iterable[Sample]) -> tuple[Observation, ...]:
    """Return what a runner's samples reported: the worst of mistakes, the median of everything else."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for sample in samples:
        for one in sample.observations:
            if math.isfinite(one.value):
                found[one.name].append(one)
    return tuple(_one_of(name, many) for name, many in found.items())


def sentences(measured: Measurements, wrong: Mapping[str, str], *, timed: bool) -> tuple[str, ...]:
    """Say what matters beside the time: mistakes by model, and for work of fixed duration all that it reported."""
    by_model: dict[Model, list[Observation]] = defaultdict(list)
    for label in wrong:
        for sample in measured.samples.get(label, ()):
            by_model[measured.cells[label].runner.model] += sample.observations
    said = [f"{model_words(model)} {mistake(seen)}" for model, seen in by_model.items()]
    return (*said, *([] if timed else _reported(measured)))


def _reported(measured: Measurements) -> list[str]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for label, samples in measured.samples.items():
        found[measured.cells[label].runner.label] += samples
    lines = []
    for runner, samples in found.items():
        told = [_told(one) for one in merged(samples) if one.name != _DEADLOCKED or one.value == 0]
        if told:
            lines.append(f"{runner}: {', '.join(told)}")
    return lines


def _told(one: Observation) -> str:
    if one.unit == "%":
        return f"{one.name} {percent(one.value / 100)}"
    if not one.unit and one.value in (0, 1):
        return f"{one.name}: {'yes' if one.value else 'no'}"
    return f"{one.name} {number(one.value)}{' ' + one.unit if one.unit else ''}"


def _worst(observations: Iterable[Observation]) -> dict[str, float]:
    worst: dict[str, float] = {}
    for one in observations:
        if math.isfinite(one.value):
            worst[one.name] = max(one.value, worst.get(one.name, one.value))
    return worst


def _one_of(name: str, many: Sequence[Observation]) -> Observation:
    mistakes = {*_MISTAKES, *(share for share, _, _ in _MISTAKES.values()), _DEADLOCKED}
    chosen = max(many, key=lambda one: one.value)
    value = chosen.value if name in mistakes else median(one.value for one in many)
    details = next((one.details for one in many if one.details), "")
    return Observation(name, value, chosen.unit, details, chosen.primitive, chosen.operation)
