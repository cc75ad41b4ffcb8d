"""Made-up plans and records for tests of measuring."""

from dataclasses import replace

from comparators.journal.records import Header, Sample
from comparators.plan.model import (
    Candidate,
    Cell,
    Comparison,
    Interpreter,
    Phase,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)

__all__ = ["CELL", "COLD", "COMPARISON", "HEADER", "PLAN", "SERIAL", "SETTINGS", "THREADS", "WORKLOAD", "sample"]

SETTINGS = Settings(
    preset="quick",
    seed=1,
    seed_given=False,
    margin=0.05,
    looks=(3, 5),
    cold_looks=(),
    minimum_time_s=0.03,
    drop_above=1.5,
    certain_above=3.0,
    racers_maximum=4,
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
        Candidate(SERIAL, (1,), search=False, limit=1),
        Candidate(THREADS, (2,), search=True, limit=8),
    )
    return Comparison(WORKLOAD, phase, "3.11", 10, candidates)


COMPARISON, COLD = comparison("warm"), comparison("cold")
PLAN = Plan(SETTINGS, (Interpreter("3.11", "/opt/python", "3.11.7", "CPython", True, "0.1.0"),), (COMPARISON, COLD))
HEADER = Header(1, PLAN, {"name": "host", "cpus": 2}, 1_795_000_000.0)
CELL = COMPARISON.cell(THREADS, 2)


def sample(cell: Cell = CELL, **changes: object) -> Sample:
    """Return a sample of a cell."""
    whole = Sample(cell, "race", 0.5, 0.6, 3, 0, 1, "before", 1.5, 0.4, (), {"python_version": "3.11.7", "uptime": 9.0})
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field
