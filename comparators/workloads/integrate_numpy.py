"""The same Riemann sum, with NumPy instead of a loop of Python instructions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.parameters import parameter
from comparators.runner import RunnerInfo
from comparators.workload import Observations, Workload
from comparators.workloads.integrate import check_sums, slices

__all__ = ["Block", "IntegrateNumpy", "integrate_blocks"]

Block = tuple[int, int, float, int]
"""First step, step after the last, width of a step, most steps in memory at once."""


def integrate_blocks(task: Block) -> float:
    """Return the left Riemann sum of x² over the steps from `start` up to `stop`, block by block."""
    import numpy as np

    start, stop, dx, block = task
    total = 0.0
    for first in range(start, stop, block):
        x = np.arange(first, min(first + block, stop), dtype=np.float64)
        x *= dx
        total += float(np.sum(np.square(x, out=x)))
    return total * dx


@dataclass(frozen=True)
class IntegrateNumpy(Workload[Block, float]):
    """Integrate x² over [0, 10] with NumPy, in blocks that fit into the cache.

    What it teaches: before adding workers, vectorise. One worker is here some eighty times faster than the loop of
    `integrate`. NumPy lets go of the GIL while it computes on a block, so threads help too, as long as a block is
    long against the Python instructions around it: try `block=100`. Memory per task is 8 bytes × `block`.
    """

    name = "integrate-numpy"
    summary = "the same sum with NumPy, in blocks that fit into the cache"
    nature = "cpu-releases-gil"
    presets: ClassVar = {
        "tiny": {"steps": 20_000, "chunks": 8, "block": 1_000},
        "quick": {"steps": 80_000_000},
        "default": {},
        "full": {"steps": 4 * 10**9, "chunks": 64},
    }
    work = staticmethod(integrate_blocks)

    steps: int = parameter(400_000_000, "steps of the sum", minimum=1, maximum=10**12)
    chunks: int = parameter(16, "tasks that the steps are cut into; at most one per step", minimum=1, maximum=10**6)
    block: int = parameter(2**15, "most steps that a task has in memory at once", minimum=1, maximum=10**8)

    def not_applicable(self, runner: RunnerInfo) -> str | None:
        """Exclude interpreters: NumPy loads in the first one of a process only."""
        return "NumPy does not support loading in subinterpreters" if runner.model == "interpreters" else None

    def tasks(self) -> Sequence[Block]:
        """Return one slice of the steps per chunk, with the block size."""
        return [(*piece, self.block) for piece in slices(self.steps, self._slices)]

    def verify(self, result: object) -> Observations:
        """Check every partial sum against its closed form."""
        check_sums(result, self.steps, self._slices)
        return ()

    @property
    def _slices(self) -> int:
        return min(self.chunks, self.steps)
