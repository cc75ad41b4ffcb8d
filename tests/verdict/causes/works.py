"""Kinds of work with a known truth, as runs: what each model takes and what an instrumented pass of it sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comparators.journal.records import Profile
from comparators.verdict.analyse import analyse
from comparators.verdict.analysis import Cause, Verdict
from comparators.workload import Phase
from tests.verdict.builder import Details, Value, make_run, profile_of, times

__all__ = ["Timed", "cause_of_work", "verdict_of_work"]


@dataclass(frozen=True)
class Timed:
    """A cell as it was timed, and as an instrumented pass saw it; without `busy_s` there was no such pass."""

    seconds: float
    cpu_s: float | None = None
    start_s: float | None = None
    busy_s: float | None = None
    task_cpu_s: float = 0.0
    wall_s: float | None = None
    delayed_s: float = 0.0
    pickled_bytes: int = 0
    longest_s: float | None = None
    values: Sequence[Value] | None = None


def verdict_of_work(
    cells: Mapping[str, Timed],
    *,
    profile: Profile | None = None,
    tasks: int = 40,
    cpus: int = 2,
    gil: bool = True,
    phase: Phase = "warm",
    capacity: float | None = None,
) -> Verdict:
    """Return the verdict of a run in which each cell was timed in five blocks."""
    run = make_run(
        model={name: one.values or times(one.seconds) for name, one in cells.items()},
        details={name: Details(start_s=one.start_s, cpu_s=one.cpu_s) for name, one in cells.items()},
        evidence={name: _seen(one, tasks) for name, one in cells.items() if one.busy_s is not None},
        profile=profile or profile_of(tasks=tasks),
        tasks=tasks,
        cpus=cpus,
        gil=gil,
        phase=phase,
        capacity=capacity,
    )
    (verdict,) = analyse(run).verdicts
    return verdict


def cause_of_work(cells: Mapping[str, Timed], **around: Any) -> Cause:
    """Return the cause of a work's verdict; `unknown` where there is none."""
    verdict = verdict_of_work(cells, **around)
    return verdict.cause or Cause("unknown", "")


def _seen(one: Timed, tasks: int) -> dict[str, float]:
    seen = {
        "wall_s": one.seconds * 0.99 if one.wall_s is None else one.wall_s,
        "busy_s": one.busy_s or 0.0,
        "task_cpu_s": one.task_cpu_s,
        "delayed_s": one.delayed_s,
        "pickled_bytes": one.pickled_bytes,
        "tasks": tasks,
    }
    return seen if one.longest_s is None else {**seen, "longest_s": one.longest_s}
