"""A copy of a cell that races along in its blocks: what it seems to gain or lose is noise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comparators.plan.model import CONTROL_BLOCKS, ENOUGH_BLOCKS, Cell

__all__ = ["Copy", "Floor", "Pairs", "as_asked"]

Pairs = Sequence[tuple[float, float]]
"""Seconds of a cell and of its copy, by block."""

Floor = Callable[[float, Pairs], float]
"""Returns the margin for ties of the margin asked for and the pairs measured; see `comparators.verdict.noise`."""


def as_asked(margin: float, _pairs: Pairs) -> float:
    """Leave the margin as it is."""
    return margin


@dataclass(slots=True)
class Copy:
    """The copy that a comparison is controlled with.

    Attributes:
        wanted: whether the comparison has one; no longer when it or its cell failed.
        cell: what it is a copy of, known when the race begins.
        pairs: what was measured.
    """

    wanted: bool
    cell: Cell | None = None
    pairs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def lacks_pairs(self) -> bool:
        """Whether the copy has not been in enough blocks yet."""
        return self.wanted and len(self.pairs) < CONTROL_BLOCKS

    def is_of(self, cell: Cell) -> bool:
        """Whether the copy is to race beside this cell in the block to come."""
        return self.wanted and cell == self.cell and len(self.pairs) < ENOUGH_BLOCKS

    def pair(self, times: Mapping[str, float], seconds: float | None) -> None:
        """Take in a block: the seconds of the runners, and of the copy; None when it failed."""
        if self.cell is None:
            return
        own_s = times.get(self.cell.runner.label)
        if own_s is None or seconds is None:
            self.wanted = False
        else:
            self.pairs.append((own_s, seconds))
