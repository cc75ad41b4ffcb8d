"""Made-up runs whose workloads report costs and mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from comparators.journal.records import Run
from comparators.workload import Observation
from tests.verdict.builder import make_run, merge_runs

__all__ = ["coordination_run", "observed_run"]

RUNNERS = ("serial", "threadpool", "mp-pool", "asyncio")
FACTORS = (0.98, 1.0, 1.03)
"""Costs differ a little from sample to sample."""


def observed_run(
    workload: str,
    observations: Mapping[str, Sequence[tuple[Observation, ...]]],
    *,
    python: str = "3.11",
    refused: Mapping[str, str] | None = None,
) -> Run:
    """Make a run in which each runner's samples report these observations, one tuple per sample."""
    run = make_run(
        costs={runner: [0.1] * len(many) for runner, many in observations.items()},
        workload=workload,
        python=python,
        levels=(),
        not_applicable=refused,
    )
    left = {runner: iter(many) for runner, many in observations.items()}
    samples = tuple(replace(one, observations=next(left[one.cell.runner.name])) for one in run.samples)
    return replace(run, samples=samples)


def coordination_run(python: str = "3.11") -> Run:
    """Make up a run: `guarded` is a lock, uncontended, `race` loses updates under some runners."""
    costs_ns = {"serial": 100.0, "threadpool": 150.0, "mp-pool": 4_000.0}
    lost = {"serial": (0, 0), "threadpool": (0, 12), "mp-pool": (4_000, 3_000)}
    locks = {
        runner: [(Observation("cost", cost * factor, "ns", "", "lock", "uncontended"),) for factor in FACTORS]
        for runner, cost in costs_ns.items()
    }
    races = {
        runner: [(Observation("lost updates", value, "updates", wrong=value > 0),) for value in many]
        for runner, many in lost.items()
    }
    return merge_runs(
        observed_run("guarded", locks, python=python, refused={"asyncio": "'guarded' needs an rlock: anyio has none"}),
        observed_run("race", races, python=python),
    )
