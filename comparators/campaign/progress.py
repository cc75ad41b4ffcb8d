"""What measuring tells whoever watches: plain data; the terminal decides how to show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Observer", "Progress", "ignore"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment in a run.

    Attributes:
        activity: what is being done.
        comparison: key of the comparison it belongs to; empty for work on the host as a whole.
        cell: key of the cell being measured; empty between cells.
        alive: labels of the runners still in the comparison.
        block: number of the block being measured, from 1; 0 outside race and costs.
        comparisons_done, comparisons: how far the run is.
        elapsed_s: seconds since the run began, resumed runs included.
        remaining_s: estimate of the seconds to go.
        message: a line worth keeping on the screen: a failure, a decision; empty otherwise.
    """

    activity: Literal["host", "preflight", "pilot", "race", "cost", "evidence", "done"]
    comparison: str
    cell: str
    remaining: tuple[str, ...]
    block: int
    comparisons_done: int
    comparisons: int
    elapsed_s: float
    remaining_s: float
    message: str = ""


Observer = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Watch nothing."""
