"""A copy of a cell that races along in its blocks: what it seems to gain or lose is noise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comparators.plan.model import Cell

__all__ = ["CONTROL_BLOCKS", "Copy", "Floor", "Pairs", "no_floor"]

CONTROL_BLOCKS = 5
"""The copy is in at least so many blocks, also when the race is over before."""

Pairs = Sequence[tuple[float, float]]
"""Seconds of a cell and of its copy, by block."""

Floor = Callable[[Pairs], float]
"""Makes of pairs the smallest difference that means anything on this host; see `comparators.verdict.control`."""


def no_floor(_pairs: Pairs) -> float:
    """Take any difference for meant."""
    return 0.0


@dataclass(slots=True)
class Copy:
    """The copy that a contest is controlled with.

    Attributes:
        wanted: whether the contest has one; no longer when it or its cell failed.
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

    def pair(self, times: Mapping[str, float], seconds: float | None) -> None:
        """Take in a block: the seconds of the runners, and of the copy; None when it failed."""
        if self.cell is None or not self.wanted:
            return
        own_s = times.get(self.cell.runner.label)
        if own_s is None or seconds is None:
            self.wanted = False
        else:
            self.pairs.append((own_s, seconds))
