"""What an interim look of the sequential test found: frozen data for verdict, display and report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from comparators.stats.interval import Interval
from comparators.stats.pairs import PairTable

__all__ = ["Look", "Proof", "Relation", "Rival", "Status", "interval_of", "relation_of"]

_LARGEST = 700.0
"""Logarithm of the largest ratio told; two blocks can give an interval beyond all numbers."""

Status = Literal["decided", "equal", "undecided"]

Relation = Literal["slower", "within", "open"]
"""How a rival may be called. `slower`: shown slower, and by more than the margin as far as is known. `within`: shown
to be within the margin of the leader, whatever the order. `open`: neither; nothing within the margin is `slower`."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a candidate was shown slower.

    Attributes:
        than: the remaining candidate that it was shown slower than, by the widest distance; mostly the leader.
        ratio: its seconds divided by that one's; `low` is above 1.
        blocks: after how many blocks.
    """

    than: str
    ratio: Interval
    blocks: int


@dataclass(frozen=True, slots=True)
class Rival:
    """A candidate beside the leader.

    Attributes:
        label: of the candidate.
        ratio: its seconds divided by the leader's, with its interval at the level of the test; `high` is None where
            its samples were stopped at a cap ("at least"), `low` where the leader's were. Of a candidate that left:
            as it was then.
        relation: how it may be called.
        slower_after: blocks after which it was shown slower and left; None while it remains.
    """

    label: str
    ratio: Interval
    relation: Relation
    slower_after: int | None

    @property
    def at_least(self) -> bool:
        """Whether the ratio is a bound from below: its samples were stopped at a cap."""
        return self.ratio.low is not None and self.ratio.high is None


@dataclass(frozen=True, slots=True)
class Look:
    """What an interim look found.

    Attributes:
        status: None to go on.
        leader: the remaining candidate with the least mean of log seconds; None without any time.
        leaders: all that were not shown slower, fastest first: the winner, those that are equal, or those still open.
        rivals: every other candidate that did not fail, also those that left, fastest first.
        slower: how each candidate that left was shown slower, by label.
        margin: the share within which a difference counts as none; nothing within it is `slower`.
        equal_within: the share that `equal` was judged by: `margin`, or on the model level what is worth a difference.
        span: the largest ratio of two leaders that their intervals leave open ("no difference above"); None if
            unknown, 1 for a single leader.
        blocks: how many there were.
        blocks_needed: about how many would settle it with 80 % power; None when settled or when it cannot be told.
        error: the most probable a wrong `decided` is, over all looks and rivals.
    """

    status: Status | None
    leader: str | None
    leaders: tuple[str, ...]
    rivals: Mapping[str, Rival]
    slower: Mapping[str, Proof]
    margin: float
    equal_within: float
    span: float | None
    blocks: int
    blocks_needed: int | None
    error: float

    def related(self, relation: Relation) -> tuple[str, ...]:
        """Return the labels of the rivals in this relation to the leader, fastest first."""
        return tuple(label for label, rival in self.rivals.items() if rival.relation == relation)


def interval_of(table: PairTable, first: int, second: int, confidence: float) -> Interval:
    """Return the ratio of two candidates' seconds as it is told; an end that is unknown is None."""
    low, mean, high = (float(ends[first, second]) for ends in (table.low, table.mean, table.high))
    ratio = float(np.exp(np.clip(mean, -_LARGEST, _LARGEST)))
    return Interval(
        ratio,
        None if low == -np.inf else float(np.exp(np.clip(low, -_LARGEST, _LARGEST))),
        None if high == np.inf else float(np.exp(np.clip(high, -_LARGEST, _LARGEST))),
        confidence,
    )


def relation_of(ratio: Interval, margin: float, *, shown: bool) -> Relation:
    """Return how a rival may be called, given its ratio to the leader and whether it was shown slower."""
    if ratio.high is not None and ratio.high < 1 + margin:
        return "within"
    return "slower" if shown and (ratio.low or 0) > 1 and ratio.ratio > 1 + margin else "open"
