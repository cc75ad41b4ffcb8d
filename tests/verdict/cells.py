"""What single cells gave, for made-up runs: times, stops and failures, profiles, instrumented passes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from comparators.journal.records import Cause as FailureCause
from comparators.journal.records import Evidence, Profile
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell
from comparators.workload import Observation

__all__ = ["Broken", "Capped", "Details", "Value", "broken", "capped", "evidence_of", "profile_of", "times"]


@dataclass(frozen=True)
class Capped:
    """A sample that was stopped at a limit."""

    limit_s: float


@dataclass(frozen=True)
class Broken:
    """A sample that failed."""

    cause: FailureCause = "crashed"
    message: str = "killed by SIGSEGV"
    details: str = ""


Value = float | Capped | Broken | None


@dataclass(frozen=True)
class Details:
    """What the samples of a cell say beside the time."""

    start_s: float | None = None
    cpu_s: float | None = None
    memory_bytes: int | None = None
    observations: tuple[Observation, ...] = ()
    metadata: Mapping[str, ParameterValue] = field(default_factory=dict)


def capped(limit_s: float) -> Capped:
    """Return a value that was stopped."""
    return Capped(limit_s)


def broken(cause: FailureCause = "crashed", message: str = "killed by SIGSEGV", details: str = "") -> Broken:
    """Return a value that failed."""
    return Broken(cause, message, details)


def times(seconds: float, blocks: int = 5, *, share: float = 0.01, start: int | None = None) -> list[Value]:
    """Return values close to `seconds`; the noise of cells with different seconds follows different patterns."""
    noise = Random(repr(seconds) if start is None else start)
    return [seconds * math.exp(noise.uniform(-share, share)) for _ in range(blocks)]


def profile_of(
    *,
    task_s: float = 0.02,
    cpu_share: float = 1.0,
    tasks: int = 40,
    longest_s: float | None = None,
    library_threads: float = 0.0,
    threads_gain: float | None = None,
    repeat_ratio: float | None = None,
    pickled_bytes: float | None = None,
    blocked_share: float | None = None,
) -> Profile:
    """Return a profile of tasks that are all alike unless said otherwise."""
    return Profile(
        workload="get",
        python="3.11",
        tasks=tasks,
        seen=min(tasks, 5),
        task_s=task_s,
        longest_s=task_s if longest_s is None else longest_s,
        total_s=task_s * tasks,
        cpu_share=cpu_share,
        library_threads=library_threads,
        threads_gain=threads_gain,
        repeat_ratio=repeat_ratio,
        pickled_bytes=pickled_bytes,
        blocked_share=blocked_share,
    )


def evidence_of(
    cell: Cell,
    *,
    wall_s: float,
    busy_s: float,
    task_cpu_s: float,
    peak: int | None = None,
    workers_seen: int | None = None,
    total_s: float | None = None,
    tasks: int = 40,
    pickled_bytes: int = 0,
    longest_s: float | None = None,
    delayed_s: float = 0.0,
) -> Evidence:
    """Return what an instrumented pass of a cell found."""
    return Evidence(
        cell=cell,
        tasks=tasks,
        wall_s=wall_s,
        total_s=wall_s * 1.01 if total_s is None else total_s,
        busy_s=busy_s,
        task_cpu_s=task_cpu_s,
        peak=min(cell.workers, tasks) if peak is None else peak,
        workers_seen=cell.workers if workers_seen is None else workers_seen,
        pickled_bytes=pickled_bytes,
        longest_s=busy_s / tasks if longest_s is None else longest_s,
        idle_tail_s=0.0,
        switches_voluntary=10,
        switches_involuntary=2,
        delayed_s=delayed_s,
    )
