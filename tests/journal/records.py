"""Made-up plans and records for tests of measuring."""

from dataclasses import replace

from comparators.journal.records import Evidence, Failure, Header, LevelTest, Profile, Sample
from comparators.plan.model import (
    Candidate,
    Cell,
    Comparison,
    Interpreter,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)
from comparators.stats.thresholds import Thresholds
from comparators.workload import Phase

__all__ = [
    "CELL",
    "COLD",
    "COMPARISON",
    "HEADER",
    "LOOP",
    "PLAN",
    "SERIAL",
    "SETTINGS",
    "THREADS",
    "WORKLOAD",
    "evidence",
    "failure",
    "level_test",
    "profile",
    "sample",
]

SETTINGS = Settings(
    preset="quick",
    seed=1,
    seed_given=False,
    thresholds=Thresholds.for_preset("quick"),
    maximum_time_s=60.0,
    timeout_s=30.0,
    cpus=(0, 1),
)
WORKLOAD = WorkloadSpec("noop", "comparators.workloads.noop:Noop", (("count", 10),))
SERIAL = RunnerSpec("serial", "comparators.runners.serial:Serial", "loop")
THREADS = RunnerSpec("threading", "comparators.runners.threading:Threading", "threads", (("style", "subclass"),))


def comparison(phase: Phase) -> Comparison:
    """Return a comparison of two runners."""
    candidates = (
        Candidate(SERIAL, counts=(), fewest=1, limit=1),
        Candidate(THREADS, counts=(), fewest=1, limit=8),
    )
    return Comparison(WORKLOAD, phase, "3.11", tasks=10, candidates=candidates)


COMPARISON, COLD = comparison("warm"), comparison("cold")
PYTHON = Interpreter(
    label="3.11",
    executable="/opt/python",
    version="3.11.7",
    implementation="CPython",
    gil=True,
    package="0.1.0",
)
PLAN = Plan(SETTINGS, (PYTHON,), (COMPARISON, COLD))
HEADER = Header(schema=1, plan=PLAN, host={"name": "host", "cpus": 2}, started_at=1_795_000_000.0)
CELL = COMPARISON.cell(THREADS, 2)
LOOP = COMPARISON.cell(SERIAL, 1)


def sample(cell: Cell = CELL, **changes: object) -> Sample:
    """Return a sample of a cell in the test of the model."""
    whole = Sample(
        cell=cell,
        stage="test",
        seconds=0.5,
        warmup_s=0.6,
        loops=3,
        block=0,
        position=1,
        previous="before",
        elapsed_s=1.5,
        cpu_s=0.4,
        metadata={"python_version": "3.11.7", "uptime": 9.0},
        level="model",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field


def failure(cell: Cell = CELL, **changes: object) -> Failure:
    """Return a failure of a cell in the test of the model."""
    whole = Failure(
        cell=cell,
        stage="test",
        cause="timeout",
        message="no result after 1 s",
        details="",
        block=1,
        elapsed_s=1.0,
        level="model",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field


def profile(**changes: object) -> Profile:
    """Return the profile of ten tasks of 10 ms that compute."""
    whole = Profile(
        workload=WORKLOAD.label,
        python="3.11",
        tasks=10,
        seen=10,
        task_s=0.01,
        longest_s=0.01,
        total_s=0.1,
        cpu_share=1.0,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field


def evidence(cell: Cell = CELL, **changes: object) -> Evidence:
    """Return what a traced pass of four tasks showed."""
    whole = Evidence(
        cell=cell,
        tasks=4,
        wall_s=2.0,
        total_s=2.5,
        busy_s=6.0,
        task_cpu_s=1.5,
        peak=4,
        workers_seen=4,
        pickled_bytes=0,
        longest_s=2.0,
        idle_tail_s=0.1,
        switches_voluntary=1,
        switches_involuntary=2,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field


def level_test(*cells: Cell, **changes: object) -> LevelTest:
    """Return the beginning of the model's test, of the plain loop and threads unless told otherwise."""
    cells = cells or (LOOP, CELL)
    whole = LevelTest(level="model", cells=cells, loops=tuple([3] * len(cells)))
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field
