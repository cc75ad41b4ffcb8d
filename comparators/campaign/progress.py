"""What measuring tells those who watch: plain data. How it is shown is up to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from comparators.journal.records import Run
from comparators.stats.interval import Interval
from comparators.workload import Model

__all__ = ["Activity", "ModelSoFar", "Observer", "Progress", "ignore"]

Activity = Literal["host", "profile", "model", "workers", "api", "cost", "evidence", "control", "done"]


@dataclass(frozen=True, slots=True)
class ModelSoFar:
    """What is known of a model while it is measured.

    Attributes:
        model: which.
        workers: worker count of its best representative so far.
        gain: times faster than the plain loop so far; None before both have a value.
        left: whether it was shown slower, or stopped.
    """

    model: Model
    workers: int
    gain: Interval | None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment in a run.

    Attributes:
        activity: what is being done.
        comparison: key of the comparison it belongs to; empty for work on the host as a whole.
        workload: label of its workload.
        cell: key of the cell being measured; empty between cells.
        block: number of the block being measured, from 1; 0 outside of blocks.
        models: what is known so far, fastest first.
        comparisons_done, comparisons: how far the run is.
        elapsed_s: seconds since the run began, resumed runs included.
        remaining_s: estimate of the seconds to go.
        settled: what was measured so far, right after a level was settled; None otherwise.
    """

    activity: Activity
    comparison: str
    workload: str
    cell: str
    block: int
    models: tuple[ModelSoFar, ...]
    comparisons_done: int
    comparisons: int
    elapsed_s: float
    remaining_s: float
    settled: Run | None = None


Observer = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Watch nothing."""
