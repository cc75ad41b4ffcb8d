"""What went wrong without a guard, and that nothing does with one: from observations to counts per runner."""

import math
from collections import defaultdict
from dataclasses import dataclass

from comparators.coordination.not_measured import Place, failures_of, place_of, runners_of, why_not_measured
from comparators.journal.records import Run
from comparators.plan.model import Comparison, RunnerSpec

__all__ = ["MistakeCount", "mistakes_of"]


@dataclass(frozen=True, slots=True)
class MistakeCount:
    """How many mistakes one runner made, or why that is not known.

    Attributes:
        what: name of the observation that counts them, such as `lost updates`.
        workload: label of the workload.
        python: of the comparison.
        runner: which made them.
        low, high: the fewest and the most in a sample; None without samples.
        samples: how many there are.
        reason: why there is no count; empty otherwise.
    """

    what: str
    workload: str
    python: str
    runner: RunnerSpec
    low: float | None
    high: float | None
    samples: int
    reason: str


def mistakes_of(run: Run) -> tuple[MistakeCount, ...]:
    """Return the counts of every observation that shows a mistake somewhere in the run, by workload and runner.

    A workload that was measured in both phases is counted in the warm one: the workers of both do the same.
    """
    seen = _seen(run)
    wrong = {one.name: None for sample in run.samples for one in sample.observations if one.wrong}
    failures = failures_of(run)
    return tuple(
        _count(name, comparison, runner, seen, why_not_measured(comparison, runner, failures))
        for name in wrong
        for comparison in _counted(run, seen, name)
        for runner in runners_of(comparison)
    )


def _seen(run: Run) -> dict[tuple[Place, str], list[float]]:
    found: dict[tuple[Place, str], list[float]] = defaultdict(list)
    for sample in run.samples:
        for one in sample.observations:
            if math.isfinite(one.value):
                found[place_of(sample.cell), one.name].append(one.value)
    return found


def _counted(run: Run, seen: dict[tuple[Place, str], list[float]], name: str) -> list[Comparison]:
    phases: dict[str, set[str]] = defaultdict(set)
    for (workload, phase, _, _), observed in seen:
        if observed == name:
            phases[workload].add(phase)
    chosen = {(workload, "warm" if "warm" in found else "cold") for workload, found in phases.items()}
    return [one for one in run.header.plan.comparisons if (one.workload.label, one.phase) in chosen]


def _count(
    name: str, comparison: Comparison, runner: RunnerSpec, seen: dict[tuple[Place, str], list[float]], reason: str
) -> MistakeCount:
    values = seen.get(((comparison.workload.label, comparison.phase, comparison.python, runner.label), name), [])
    return MistakeCount(
        what=name,
        workload=comparison.workload.label,
        python=comparison.python,
        runner=runner,
        low=min(values, default=None),
        high=max(values, default=None),
        samples=len(values),
        reason="" if values else reason,
    )
