"""What measuring finds out: samples, failures, evidence. Frozen data only; the journal holds nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from comparators.parameters import ParameterValue
from comparators.plan.model import Cell, Plan
from comparators.workload import Observation

__all__ = [
    "Calibration",
    "Cause",
    "CellRecipe",
    "Evidence",
    "Failure",
    "Finished",
    "Header",
    "ParallelCapacity",
    "Record",
    "Run",
    "Sample",
    "Stage",
    "candidate_label",
]

Stage = Literal["profile", "pilot", "test", "control", "cost", "evidence"]
"""`profile`: a look at a few tasks, untimed. `pilot`: a sample that chooses loops or worker counts and is never used
again. `test`: a value of a sequential test. `control`: a copy of a cell in the same blocks, to see what this host makes
of no difference. `cost`: a sample taken for what the workload reports beside the time. `evidence`: a traced pass."""

Level = Literal["model", "workers", "api"]
"""What a sequential test decides: the model, the number of workers under it, the API of that model."""

Cause = Literal["error", "wrong-result", "crashed", "memory", "timeout", "no-result", "capped", "hangs"]
"""`capped`: stopped at a limit because it is slow. `hangs`: no progress and no CPU until then."""


@dataclass(frozen=True, slots=True)
class Header:
    """First record of a journal.

    Attributes:
        host: facts about the machine: name, system, CPU model, CPU counts, memory.
        started_at: seconds since the epoch.
    """

    schema: int
    plan: Plan
    host: Mapping[str, ParameterValue]
    started_at: float


@dataclass(frozen=True, slots=True)
class ParallelCapacity:
    """What independent busy processes really reach on this host: `workers` of them do `speedup` times one's work."""

    workers: int
    speedup: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Workload parameters filled in for this host, once per run, workload and Python."""

    workload: str
    python: str
    parameters: tuple[tuple[str, ParameterValue], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the tasks of a workload do on their own: a look at a few of them before anything is timed.

    Attributes:
        workload, python: label of the workload and of the interpreter.
        tasks: number of tasks in all.
        seen: number of tasks that were looked at.
        task_s: median wall seconds of a task's first call.
        longest_s: of the longest task seen.
        total_s: estimated wall seconds of all tasks one after the other.
        cpu_share: CPU seconds per wall second while tasks run one after the other; the rest is waiting.
        library_threads: CPU seconds per wall second beyond one: threads that a library brings itself; 0 for none.
        threads_gain: tasks per second of two threads over those of one: about 1 where they take turns, 2 where they run
            at once; None where it was not looked at.
        repeat_ratio: seconds of a second call of the same task over those of its first; None where it was not looked
            at.
        pickled_bytes: mean size of a task and its result as pickles; None where they cannot be pickled.
        unpicklable: why not, in one line; empty otherwise.
        blocked_share: for coroutines the share of their time in which they keep the event loop from going on; None for
            functions.
    """

    workload: str
    python: str
    tasks: int
    seen: int
    task_s: float
    longest_s: float
    total_s: float
    cpu_share: float
    library_threads: float = 0.0
    threads_gain: float | None = None
    repeat_ratio: float | None = None
    pickled_bytes: float | None = None
    unpicklable: str = ""
    blocked_share: float | None = None

    @property
    def waits(self) -> bool:
        """Whether tasks wait for a good part of their time, so that more of them than CPUs can be in progress."""
        return self.cpu_share < WAITING_BELOW


def candidate_label(cell: Cell) -> str:
    """Return what a cell is called within the test of a level: runner and workers, `futures-threads/4`."""
    return f"{cell.runner.label}/{cell.workers}"


WAITING_BELOW = 0.8
"""CPU seconds per wall second below which tasks count as waiting: noise of a busy host alone stays above it."""


@dataclass(frozen=True, slots=True)
class LevelTest:
    """The sequential test of one level of a comparison began.

    Attributes:
        level: model, workers or API.
        cells: its candidates, in the order of the plan; the plain loop may be among them to be measured beside them.
        loops: loops per value, in the order of `cells`.
    """

    level: Level
    cells: tuple[Cell, ...]
    loops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one fresh process measured of one cell.

    Attributes:
        seconds: of one loop over all tasks.
        warmup_s: of one loop of the warm-up; None when cold.
        loops: how often all tasks were done within the value.
        block: number of the block, from 0; -1 outside of blocks.
        position: place within the block, from 0.
        previous: key of the cell measured before; empty for the first.
        elapsed_s: of the whole sample, process start and end included.
        cpu_s: CPU seconds of the worker process and its waited-for children, whole sample.
        observations: what the workload reported.
        metadata: pyperf's metadata of the run, and ours: load, pressure, steal, GIL, start method, BLAS threads.
        level: of the sequential test that it belongs to; None for a sample of no test.
        generation: number of the warm interpreter that it was forked from; -1 for a fresh process.
    """

    cell: Cell
    stage: Stage
    seconds: float
    warmup_s: float | None
    loops: int
    block: int
    position: int
    previous: str
    elapsed_s: float
    cpu_s: float
    observations: tuple[Observation, ...] = ()
    metadata: Mapping[str, ParameterValue] = field(default_factory=dict)
    level: Level | None = None
    generation: int = -1

    @property
    def start_s(self) -> float | None:
        """Seconds to start the workers until each has done a first task, less that task; None where not measured."""
        found = self.metadata.get("comparators_start_s")
        return None if found is None else float(found)

    @property
    def first_s(self) -> float | None:
        """Seconds until the caller had the first result of a loop; None where the runner does not say."""
        found = self.metadata.get("comparators_first_s")
        return None if found is None else float(found)


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that gave no value.

    Attributes:
        cause: what kind of failure.
        message: one line: the exception, the signal, the deadline.
        details: end of the worker's standard error, traceback included; may be empty.
        limit_s: for "capped" the seconds it was stopped at, per loop.
        level: of the sequential test that it belongs to; None for none.
    """

    cell: Cell
    stage: Stage
    cause: Cause
    message: str
    details: str
    block: int
    elapsed_s: float
    limit_s: float | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one untimed, instrumented loop showed of how a cell spends its time. Never part of a timing.

    Attributes:
        tasks: number of tasks.
        wall_s: from the first task's start to the last one's end.
        total_s: of the whole loop, dispatch and collection included.
        busy_s: sum of the tasks' own durations.
        task_cpu_s: sum of the CPU seconds that the tasks' threads used while in a task; for coroutines, which
            share one thread, the CPU seconds of that thread.
        peak: the most tasks in progress at one time.
        hands: distinct threads of distinct processes that ran tasks.
        pickled_bytes: size of all tasks and parts as pickles; 0 where nothing is pickled.
        longest_s: duration of the longest task.
        delayed_s: seconds in which the workers could have run but had no CPU, summed over them: neither computing nor
            waiting. A thread that waits for the GIL is not among them: it could not have run. Zero where the system
            does not count it.
        idle_tail_s: from the moment when the first worker ran out of tasks to the end.
        switches_voluntary, switches_involuntary: context switches of the worker process and its children.
    """

    cell: Cell
    tasks: int
    wall_s: float
    total_s: float
    busy_s: float
    task_cpu_s: float
    peak: int
    workers_seen: int
    pickled_bytes: int
    longest_s: float
    idle_tail_s: float
    switches_voluntary: int
    switches_involuntary: int
    delayed_s: float = 0.0

    @property
    def overlap(self) -> float:
        """Tasks in progress at once, on average."""
        return self.busy_s / self.wall_s if self.wall_s else 0.0

    @property
    def cpu_share(self) -> float:
        """Share of the tasks' time that was spent computing; the rest was waiting. Being without a CPU is neither."""
        ran_s = self.busy_s - self.delayed_s
        return min(1.0, self.task_cpu_s / ran_s) if ran_s > 0 else 1.0


@dataclass(frozen=True, slots=True)
class CellRecipe:
    """Code to copy for a cell, as text: reading the journal runs nothing of what was measured."""

    cell: Cell
    source: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Last record of a run: why it ended."""

    reason: Literal["complete", "interrupted", "out-of-time"]
    elapsed_s: float


Record = (
    Header | Profile | LevelTest | ParallelCapacity | Calibration | Sample | Failure | Evidence | CellRecipe | Finished
)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a journal holds, sorted by kind: the only input of verdicts and reports.

    Attributes:
        samples: of everything but the A/A control.
        controls: of the copy of a cell that was measured beside it.
    """

    header: Header
    capacities: tuple[ParallelCapacity, ...]
    calibrations: tuple[Calibration, ...]
    samples: tuple[Sample, ...]
    failures: tuple[Failure, ...]
    evidence: tuple[Evidence, ...]
    finished: Finished | None
    controls: tuple[Sample, ...] = ()
    recipes: tuple[CellRecipe, ...] = ()
    profiles: tuple[Profile, ...] = ()
    tests: tuple[LevelTest, ...] = ()
    warnings: tuple[str, ...] = ()
