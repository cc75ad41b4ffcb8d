"""What one act with a primitive costs under each model: from the samples' observations to prices with intervals."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from comparators.journal.records import Run, Sample
from comparators.plan.model import Cell, Contest, RunnerSpec
from comparators.verdict.missing_reasons import absences_of, runners_of, why_absent
from comparators.stats.intervals import CONFIDENCE, mean_and_error, t_quantile
from comparators.workload import PRICE_UNITS, Act

__all__ = ["Price", "prices_of"]

_SECONDS = dict(zip(PRICE_UNITS, (1e-9, 1e-6, 1e-3, 1.0), strict=True))
_LARGEST = 700.0
"""Logarithm of the largest number: two samples can give an interval beyond all of them."""

Kind = tuple[str, Act]
"""A primitive and what is done with it."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one act costs under one runner and one Python, or why there is no price.

    Attributes:
        primitive, act: see `comparators.workload.Observation`.
        workload: label of the workload that reports it.
        phase, python: of the contest.
        runner: whose primitive it is.
        workers: with how many workers it was measured; None without a price.
        seconds: geometric mean over the samples, each from a fresh process; None without a price.
        low, high: ends of the interval of that mean; None for a single sample.
        confidence: of the interval.
        samples: how many there are.
        reason: why there is no price; empty otherwise.
    """

    primitive: str
    act: Act
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


def prices_of(run: Run) -> tuple[Price, ...]:
    """Return the prices of a run, by workload in the plan's order, for every runner that the plan names.

    A workload that reports a price under one runner has an entry for all of them, of one phase: warm where it has it.
    A runner that was measured with several worker counts is represented by the one with the most samples.
    """
    measured = _measured(run)
    kinds = _kinds(measured)
    failures = absences_of(run)
    return tuple(
        _price(kind, contest, runner, measured, failures)
        for contest in _by_workload(run.header.plan.contests)
        for kind in kinds.get((contest.workload.label, contest.phase), ())
        for runner in runners_of(contest)
    )


Place = tuple[str, str, str, str]
"""Labels of workload, phase, Python and runner."""
Measured = Mapping[tuple[Place, Kind], Mapping[Cell, Sequence[float]]]
"""Seconds of every price, by the cells that it was measured with."""


def _place(cell: Cell) -> Place:
    return cell.workload.label, cell.phase, cell.python, cell.runner.label


def _measured(run: Run) -> Measured:
    found: dict[tuple[Place, Kind], dict[Cell, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in run.samples:
        for kind, seconds in _observed(sample):
            found[_place(sample.cell), kind][sample.cell].append(seconds)
    return found


def _observed(sample: Sample) -> Iterator[tuple[Kind, float]]:
    for seen in sample.observations:
        if seen.primitive and seen.act is not None and seen.unit in _SECONDS and 0 < seen.value < math.inf:
            yield (seen.primitive, seen.act), seen.value * _SECONDS[seen.unit]


def _kinds(measured: Measured) -> dict[tuple[str, str], list[Kind]]:
    """Return what each workload reports prices of, in each phase; in the cold one what the warm one lacks."""
    found: dict[tuple[str, str], dict[Kind, None]] = defaultdict(dict)
    for (workload, phase, _, _), kind in measured:
        found[workload, phase][kind] = None
    return {
        (workload, phase): [kind for kind in kinds if phase == "warm" or kind not in found.get((workload, "warm"), ())]
        for (workload, phase), kinds in found.items()
    }


def _by_workload(contests: Sequence[Contest]) -> list[Contest]:
    """Put the Pythons of a workload side by side."""
    places: dict[tuple[str, str], int] = {}
    for contest in contests:
        places.setdefault((contest.workload.label, contest.phase), len(places))
    return sorted(contests, key=lambda contest: places[contest.workload.label, contest.phase])


def _price(
    kind: Kind, contest: Contest, runner: RunnerSpec, measured: Measured, failures: Mapping[Place, str]
) -> Price:
    place = contest.workload.label, contest.phase, contest.python, runner.label
    cells = measured.get((place, kind), {})
    cell = min(cells, key=lambda one: (-len(cells[one]), one.workers), default=None)
    seconds = cells[cell] if cell is not None else ()
    mean, low, high = _mean(seconds)
    return Price(
        primitive=kind[0],
        act=kind[1],
        workload=contest.workload.label,
        phase=contest.phase,
        python=contest.python,
        runner=runner,
        workers=cell.workers if cell is not None else None,
        seconds=mean,
        low=low,
        high=high,
        confidence=CONFIDENCE,
        samples=len(seconds),
        reason="" if cell is not None else why_absent(contest, runner, failures),
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
