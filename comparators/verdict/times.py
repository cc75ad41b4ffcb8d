"""Times of a comparison's cells relative to each other, so that ratios, seconds and bars agree.

Two cells are compared within the blocks that both are in. Cells of different tests are compared through a cell that
both tests have: log ratios add up, and so do the squares of their errors.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from comparators.stats.interval import Interval
from comparators.stats.intervals import CONFIDENCE, logs, ratio_interval
from comparators.stats.sequential import AtLeast, Value

__all__ = ["SAME", "Times", "combined", "inverse", "recentred"]

SAME = Interval(1.0, 1.0, 1.0, CONFIDENCE)
"""A cell compared with itself."""

FEWEST_TIMED = 2
"""Blocks in which the plain loop was measured to its end from which those count alone."""

_LARGEST = 700.0
"""Logarithm of the largest ratio told."""


class Times:
    """What the counted blocks of all tests say; labels are those of cells.

    Args:
        blocks: values by label, of the tests in order.
        failed: labels that failed in a test: their other values are worth nothing.
        loops: labels of the plain loop. It is measured to its end in the first blocks and stopped in later ones where
            it takes long, whatever its value there: these later blocks are left out, so that gains over it have
            intervals.
    """

    def __init__(
        self, blocks: Iterable[Mapping[str, Value]], failed: Iterable[str] = (), loops: Iterable[str] = ()
    ) -> None:
        self._values: dict[str, dict[int, Value]] = defaultdict(dict)
        self._times: dict[str, Mapping[int, float]] = {}
        self._means: dict[str, float] = {}
        self._ratios: dict[tuple[str, str], Interval | None] = {}
        out = set(failed)
        for number, block in enumerate(blocks):
            for label, value in block.items():
                if label not in out:
                    self._values[label][number] = value
        for label in loops:
            timed = self._timed(label)
            if len(timed) >= FEWEST_TIMED:
                self._values[label] = dict(timed)

    def __contains__(self, label: object) -> bool:
        """Say whether a cell has a value or a bound."""
        return label in self._values

    def samples(self, label: str) -> int:
        """Return how many times of a cell there are; bounds do not count."""
        return len(self._timed(label))

    def bounded(self, label: str) -> bool:
        """Say whether a cell was stopped at a limit in some block."""
        return self.samples(label) < len(self._values.get(label, {}))

    def mostly_bounded(self, label: str) -> bool:
        """Say whether a cell was stopped in half of its blocks or more, so that it has a bound and no time."""
        return bool(self._values.get(label)) and 2 * self.samples(label) <= len(self._values[label])

    def seconds(self, label: str) -> float | None:
        """Return the geometric mean of a cell's seconds; None without any."""
        timed = self._timed(label)
        if label not in self._means and timed:
            self._means[label] = float(np.exp(logs(list(timed.values())).mean()))
        return self._means.get(label)

    def ratio(self, above: str, below: str) -> Interval | None:
        """Return the seconds of one cell over those of another; None when one was stopped, or nothing links them.

        Where one was stopped in a few blocks, the ratio is that of the others, without an interval.
        """
        if (above, below) not in self._ratios:
            self._ratios[above, below] = self._ratio(above, below)
        return self._ratios[above, below]

    def _ratio(self, above: str, below: str) -> Interval | None:
        if above == below:
            return SAME if self.samples(above) else None
        if self.mostly_bounded(above) or self.mostly_bounded(below):
            return None
        found: Interval | None = None
        for first, second in self._steps(above, below):
            step = self._direct(first, second)
            found = step if found is None else combined(found, step)
        return found

    def at_least(self, above: str, below: str) -> float | None:
        """Return how many times the seconds of another cell a stopped one takes at the very least; None if unknown."""
        if not self.bounded(above) or self.mostly_bounded(below):
            return None
        direct = self._at_least(above, below)
        if direct is not None:
            return direct
        for other in self._values:
            if other in (above, below) or self.mostly_bounded(other):
                continue
            least, rest = self._at_least(above, other), self.ratio(other, below)
            if least is not None and rest is not None:
                return least * rest.ratio
        return None

    def _at_least(self, above: str, below: str) -> float | None:
        """Return the bound over the blocks in which the second has a time; None without any."""
        mine, other = self._values[above], self._timed(below)
        shared = [number for number in mine if number in other]
        if not shared:
            return None
        least = logs([_least_s(mine[number]) for number in shared]) - logs([other[number] for number in shared])
        return float(np.exp(least.mean()))

    def _timed(self, label: str) -> Mapping[int, float]:
        found = self._values.get(label, {})
        if label not in self._times:
            self._times[label] = {number: one for number, one in found.items() if not isinstance(one, AtLeast)}
        return self._times[label]

    def _shared(self, first: str, second: str) -> list[int]:
        """Return the blocks in which both have a time."""
        other = self._timed(second)
        return [number for number in self._timed(first) if number in other]

    def _direct(self, above: str, below: str) -> Interval:
        shared = self._shared(above, below)
        first, second = self._timed(above), self._timed(below)
        found = ratio_interval(logs([first[one] for one in shared]), logs([second[one] for one in shared]))
        some = self.bounded(above) or self.bounded(below)
        return Interval(found.ratio, None, None, found.confidence) if some else found

    def _steps(self, above: str, below: str) -> Sequence[tuple[str, str]]:
        """Return the shortest way from one cell to another over cells that share blocks; the most blocks first."""
        if self._shared(above, below):
            return [(above, below)]
        came_from: dict[str, str] = {above: ""}
        border = [above]
        while border and below not in came_from:
            here = border.pop(0)
            near = [one for one in self._values if one not in came_from and self._shared(here, one)]
            for one in sorted(near, key=lambda other: -len(self._shared(here, other))):
                if not self.mostly_bounded(one):
                    came_from[one] = here
                    border.append(one)
        if below not in came_from:
            return ()
        way = [below]
        while way[-1] != above:
            way.append(came_from[way[-1]])
        return list(zip(way[::-1], way[-2::-1], strict=False))


def combined(first: Interval, second: Interval) -> Interval:
    """Return the product of two independent ratios; without an interval where one has none."""
    ratio = _exp(math.log(first.ratio) + math.log(second.ratio))
    if first is SAME or second is SAME:
        return second if first is SAME else first
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Interval(ratio, None, None, min(first.confidence, second.confidence))
    below = math.hypot(_log_of(first.ratio, first.low), _log_of(second.ratio, second.low))
    above = math.hypot(_log_of(first.high, first.ratio), _log_of(second.high, second.ratio))
    centre = math.log(ratio)
    return Interval(ratio, _exp(centre - below), _exp(centre + above), min(first.confidence, second.confidence))


def inverse(interval: Interval) -> Interval:
    """Return the ratio the other way round."""
    low = None if interval.high is None else 1 / interval.high
    high = None if interval.low is None else 1 / interval.low
    return Interval(1 / interval.ratio, low, high, interval.confidence)


def recentred(interval: Interval, ratio: float) -> Interval:
    """Return an interval of the same relative width around another ratio."""
    shift = _log_of(ratio, interval.ratio)
    low = None if interval.low is None else _exp(math.log(interval.low) + shift)
    high = None if interval.high is None else _exp(math.log(interval.high) + shift)
    return Interval(ratio, low, high, interval.confidence)


def _least_s(value: Value) -> float:
    return value.seconds if isinstance(value, AtLeast) else value


def _log_of(above: float, below: float) -> float:
    return math.log(above) - math.log(below)


def _exp(logarithm: float) -> float:
    return math.exp(min(max(logarithm, -_LARGEST), _LARGEST))
