"""Made-up runs whose workloads report costs and mistakes."""

from collections.abc import Sequence
from dataclasses import replace

from comparators.journal.records import Run, Sample
from comparators.workload import Observation
from tests.example_runs import example_run

__all__ = ["coordination_run"]

COSTS_NS = {"serial": 100.0, "threading": 150.0, "mp-pool": 400.0, "asyncio": 9_000.0}
"""Of a lock that nobody else wants; contended it costs ten times as much, and serial cannot be contended."""
LOST = {"serial": 0, "threading": 12, "mp-pool": 4_000, "asyncio": 0}
RUNNERS = ("serial", "threading", "mp-pool", "asyncio", "futures-interpreters")


def coordination_run(*, pythons: Sequence[str] = ("3.11",), survey: bool = False) -> Run:
    """Make up a run: `hash` is a lock alone, `mixed` contended, `noop` a race, `sleep` a guard, `echo` a start."""
    run = example_run(
        workloads=("hash", "mixed", "noop", "sleep", "echo"),
        runners=RUNNERS,
        pythons=pythons,
        phases=("warm",),
        workers=(1, 2),
        blocks=3,
        failures=False,
    )
    plan = run.header.plan
    comparisons = tuple(replace(comparison, survey=survey) for comparison in plan.comparisons)
    return replace(
        run,
        header=replace(run.header, plan=replace(plan, comparisons=comparisons)),
        samples=tuple(replace(sample, observations=_observed(sample)) for sample in run.samples),
    )


def _observed(sample: Sample) -> tuple[Observation, ...]:
    label = sample.cell.runner.name
    cost = COSTS_NS.get(label, 50.0) * (1 + 0.01 * (sample.block + 1))
    match sample.cell.workload.name:
        case "hash":
            return (Observation("cost", cost, "ns", primitive="lock", operation="uncontended"),)
        case "mixed" if label != "serial":
            return (Observation("cost", cost / 100, "µs", primitive="lock", operation="contended"),)
        case "noop":
            lost = LOST.get(label, 0)
            share = Observation("lost share", lost / 100, "%")
            return (Observation("lost updates", lost, "updates"), share)
        case "sleep":
            return (Observation("lost updates", 0, "updates"),)
        case "echo" if label != "serial":
            details = "party 0 holds <lock> 1\nand waits for lock 2"
            start = Observation("start", cost, "µs", primitive="worker", operation="start")
            return (start, Observation("deadlocked", 1, "", details))
    return ()
