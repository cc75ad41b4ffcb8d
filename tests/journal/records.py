"""Made-up plans and records for tests of measuring."""

from dataclasses import replace

from comparators.journal.records import Header, Sample
from comparators.plan.model import (
    Cell,
    Contest,
    Contestant,
    Interpreter,
    Phase,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)

__all__ = ["CELL", "COLD", "CONTEST", "HEADER", "PLAN", "SERIAL", "SETTINGS", "THREADS", "WORKLOAD", "sample"]

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
SERIAL = RunnerSpec("serial", "comparators.runners.serial:Serial", "serial")
THREADS = RunnerSpec("threading", "comparators.runners.threading:Threading", "threads", (("style", "subclass"),))


def contest(phase: Phase) -> Contest:
    """Return a contest of two runners."""
    contestants = (
        Contestant(SERIAL, (1,), search=False, limit=1),
        Contestant(THREADS, (2,), search=True, limit=8),
    )
    return Contest(WORKLOAD, phase, "3.11", 10, contestants)


CONTEST, COLD = contest("warm"), contest("cold")
PLAN = Plan(SETTINGS, (Interpreter("3.11", "/opt/python", "3.11.7", "CPython", True, "0.1.0"),), (CONTEST, COLD))
HEADER = Header(1, PLAN, {"name": "host", "cpus": 2}, 1_795_000_000.0)
CELL = CONTEST.cell(THREADS, 2)


def sample(cell: Cell = CELL, **changes: object) -> Sample:
    """Return a sample of a cell."""
    whole = Sample(cell, "race", 0.5, 0.6, 3, 0, 1, "before", 1.5, 0.4, (), {"python_version": "3.11.7", "uptime": 9.0})
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field
