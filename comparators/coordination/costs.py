"""What one operation on a primitive costs under each runner: from observations to costs with intervals."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from comparators.coordination.not_measured import Place, failures_of, place_of, runners_of, why_not_measured
from comparators.journal.records import Run, Sample
from comparators.plan.model import Cell, Comparison, RunnerSpec
from comparators.stats.intervals import CONFIDENCE, mean_and_error, t_quantile
from comparators.workload import COST_UNITS, Operation

__all__ = ["Cost", "costs_of"]

_SECONDS = dict(zip(COST_UNITS, (1e-9, 1e-6, 1e-3, 1.0), strict=True))
_LARGEST = 700.0
"""Logarithm of the largest number: two samples can give an interval beyond all of them."""

Kind = tuple[str, Operation]
"""A primitive and what is done with it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation costs under one runner and one Python, or why there is no cost.

    Attributes:
        primitive, operation: see `comparators.workload.Observation`.
        workload: label of the workload that reports it.
        phase, python: of the comparison.
        runner: whose primitive it is.
        workers: with how many workers it was measured; None without a cost.
        seconds: geometric mean over the samples, each from a fresh process; None without a cost.
        low, high: ends of the interval of that mean; None for a single sample.
        confidence: of the interval.
        samples: how many there are.
        reason: why there is no cost; empty otherwise.
    """

    primitive: str
    operation: Operation
    workload: str
    phase: str
    python: str
    runner: RunnerSpec
    workers: int | None
    seconds: float | None
    low: float | None
    high: float | None
    confidence: float
    samples: int
    reason: str


def costs_of(run: Run) -> tuple[Cost, ...]:
    """Return the costs of a run, by workload in the plan's order, for every runner that the plan names.

    A workload that reports a cost under one runner has an entry for all of them, of one phase: warm where it has it.
    A runner that was measured with several worker counts is represented by the one with the most samples.
    """
    measured = _measured(run)
    kinds = _kinds(measured)
    failures = failures_of(run)
    return tuple(
        _cost(kind, comparison, runner, measured, failures)
        for comparison in _by_workload(run.header.plan.comparisons)
        for kind in kinds.get((comparison.workload.label, comparison.phase), ())
        for runner in runners_of(comparison)
    )


Measured = Mapping[tuple[Place, Kind], Mapping[Cell, Sequence[float]]]
"""Seconds of every cost, by the cells that it was measured with."""


def _measured(run: Run) -> Measured:
    found: dict[tuple[Place, Kind], dict[Cell, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in run.samples:
        for kind, seconds in _observed(sample):
            found[place_of(sample.cell), kind][sample.cell].append(seconds)
    return found


def _observed(sample: Sample) -> Iterator[tuple[Kind, float]]:
    for seen in sample.observations:
        if seen.primitive and seen.operation is not None and seen.unit in _SECONDS and 0 < seen.value < math.inf:
            yield (seen.primitive, seen.operation), seen.value * _SECONDS[seen.unit]


def _kinds(measured: Measured) -> dict[tuple[str, str], list[Kind]]:
    """Return what each workload reports costs of, in each phase; in the cold one what the warm one lacks."""
    found: dict[tuple[str, str], dict[Kind, None]] = defaultdict(dict)
    for (workload, phase, _, _), kind in measured:
        found[workload, phase][kind] = None
    return {
        (workload, phase): [kind for kind in kinds if phase == "warm" or kind not in found.get((workload, "warm"), ())]
        for (workload, phase), kinds in found.items()
    }


def _by_workload(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Put the Pythons of a workload side by side."""
    places: dict[tuple[str, str], int] = {}
    for comparison in comparisons:
        places.setdefault((comparison.workload.label, comparison.phase), len(places))
    return sorted(comparisons, key=lambda comparison: places[comparison.workload.label, comparison.phase])


def _cost(
    kind: Kind, comparison: Comparison, runner: RunnerSpec, measured: Measured, failures: Mapping[Place, str]
) -> Cost:
    place = comparison.workload.label, comparison.phase, comparison.python, runner.label
    cells = measured.get((place, kind), {})
    cell = min(cells, key=lambda one: (-len(cells[one]), one.workers), default=None)
    seconds = cells[cell] if cell is not None else ()
    mean, low, high = _mean(seconds)
    return Cost(
        primitive=kind[0],
        operation=kind[1],
        workload=comparison.workload.label,
        phase=comparison.phase,
        python=comparison.python,
        runner=runner,
        workers=cell.workers if cell is not None else None,
        seconds=mean,
        low=low,
        high=high,
        confidence=CONFIDENCE,
        samples=len(seconds),
        reason="" if cell is not None else why_not_measured(comparison, runner, failures),
    )


def _mean(seconds: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Return the geometric mean and the ends of its interval, from Student's t of the logarithms."""
    if not seconds:
        return None, None, None
    values = np.log(np.asarray(seconds, dtype=np.float64))
    if len(values) < 2:
        return float(seconds[0]), None, None
    mean, error = mean_and_error(values)
    width = t_quantile((1 + CONFIDENCE) / 2, len(values)) * error
    middle, low, high = np.exp(np.clip([mean, mean - width, mean + width], -_LARGEST, _LARGEST))
    return float(middle), float(low), float(high)
