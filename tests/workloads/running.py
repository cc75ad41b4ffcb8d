"""A workload under a runner, the way it is measured."""

from typing import Any

from comparators.registry.built_in import RUNNERS
from comparators.registry.catalogue import load_runner
from comparators.worker.timing import timed
from comparators.workload import Observations, Workload

__all__ = ["TOGETHER", "observed"]

TOGETHER = ("threading", "asyncio", "anyio-trio", "multiprocessing")
"""A runner of each kind that can have several tasks in progress at once, and primitives for them."""


def observed(workload: Workload[Any, Any], runner: str, workers: int = 2) -> Observations:
    """Run two loops of a workload, verify both, and return the last one's observations."""
    with timed(
        workload, load_runner({one.name: one.target for one in RUNNERS}[runner]), {}, workers, "warm"
    ) as time_func:
        time_func(1)
        time_func(1)
        return time_func.observations
