"""Find the smallest sufficient worker count: which counts to try in the pilot, which to test, and what the test says.

The search rests on two facts about seconds T(n) with n workers: a further worker gains at most its share, so that
T(m) >= T(n) n / m for m > n; and each gains less than the one before, so that log T over log n bends upwards.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comparators.stats.interval import Interval
from comparators.stats.look import Look

__all__ = ["SearchRange", "Sufficient", "counts_to_test", "largest_working", "next_counts", "smallest_sufficient"]

Measured = Mapping[int, Sequence[float]]
"""Seconds of one loop by worker count, one or more values each; a count that failed has infinity, or none."""

MOST_COUNTS = 10
"""Counts after which the search between its brackets ends: a coarse optimum beside a fine one is worth few samples."""

RESOLUTION = 1.2
"""Counts closer than this ratio are not told apart: 9 or 10 workers is no question to spend samples on."""

PILOT_SLACK = 1.1
"""How much slower than the margin allows a count may be in the pilot, and still be tested: one sample's noise."""

OPEN_SLACK = 1.5
"""Estimated ratio up to which an open count is taken before a larger one; beyond, it was measured too seldom."""

_IDEAL = -1.0
"""Slope of log seconds over log counts where each worker gains as much as the first."""


@dataclass(frozen=True, slots=True)
class SearchRange:
    """Where to search.

    Attributes:
        cpus: that the run may use; at least 1.
        tasks: of one loop; more workers than tasks have nothing to do.
        limit: the most workers allowed.
        waits: whether tasks wait, so that more workers than CPUs can be of use.
    """

    cpus: int
    tasks: int
    limit: int
    waits: bool

    @property
    def top(self) -> int:
        """The largest count to try."""
        return max(1, min(self.tasks, self.limit))

    @property
    def first(self) -> tuple[int, ...]:
        """Counts to try in any case: as many as CPUs and, where tasks wait, as many as there may be."""
        usual = min(self.cpus, self.top)
        return (usual, self.top) if self.waits and self.top > usual else (usual,)


@dataclass(frozen=True, slots=True)
class Sufficient:
    """The answer of the workers level.

    Attributes:
        count: the smallest worker count shown to be within the margin of the best.
        best: the fastest count.
        ratio: seconds with `count` divided by seconds with `best`; None where they are the same.
        settled: whether no smaller count is still open.
    """

    count: int
    best: int
    ratio: Interval | None
    settled: bool


def next_counts(measured: Measured, where: SearchRange, margin: float) -> tuple[int, ...]:
    """Return the worker counts to try next; none when the best and the smallest sufficient one are known well enough.

    First as many as CPUs and, for waiting work, as many as possible. A count that failed is halved until one works.
    Then doubles and halves while that is faster, and searches between the best and its neighbours while a count there
    can gain more than the margin; then below the best while a smaller count can be within the margin of it.

    Args:
        measured: what is known so far.
        where: to search.
        margin: as a share; a smaller gain is no gain.
    """
    missing = tuple(count for count in where.first if count not in measured)
    if missing:
        return missing
    seconds = _means(measured)
    working = {count: value for count, value in seconds.items() if math.isfinite(value)}
    found = _below_failed(seconds, working)
    if found is None and working:
        found = _outside(seconds, working, where.top)
        if found is None and len(seconds) < MOST_COUNTS:
            found = _faster(working, margin) or _smaller(working, margin)
    return () if found is None or found in seconds else (found,)


def largest_working(measured: Measured) -> int | None:
    """Return the largest count that worked below one that failed: the limit to name; None where none failed."""
    seconds = _means(measured)
    if all(math.isfinite(value) for value in seconds.values()):
        return None
    return max((count for count, value in seconds.items() if math.isfinite(value)), default=0)


def counts_to_test(measured: Measured, margin: float, most: int) -> tuple[int, ...]:
    """Return the counts among which a sequential test shall find the smallest sufficient one, ascending.

    The best of the pilot, and smaller counts that may be within the margin of it; none where no count worked.

    Args:
        measured: of the pilot.
        margin: as a share.
        most: how many at most; the smallest and the best are kept.
    """
    seconds = {count: value for count, value in _means(measured).items() if math.isfinite(value)}
    if not seconds:
        return ()
    best = _best(seconds)
    enough = seconds[best] * (1 + margin) * PILOT_SLACK
    smaller = sorted(count for count, value in seconds.items() if count < best and value <= enough)
    return (*smaller[: most - 1], best)


def smallest_sufficient(look: Look) -> Sufficient | None:
    """Return what a test over counts shows; its labels are, or end in, the counts. None where nothing was measured.

    Where the test is open, the smaller count is taken: more workers cost more, and nothing shows that they gain.

    Args:
        look: the last one of a test at the level `workers`, whose margin is that of "within".
    """
    if look.leader is None:
        return None
    alike = [label for label in look.related("open") if look.rivals[label].ratio.ratio <= OPEN_SLACK]
    within = {_count(label): label for label in (look.leader, *look.related("within"), *alike)}
    count, best = min(within), _count(look.leader)
    ratio = None if count == best else look.rivals[within[count]].ratio
    return Sufficient(count, best, ratio, settled=all(_count(label) > count for label in look.related("open")))


def _count(label: str) -> int:
    """Return the worker count of a label such as `4` or `futures-threads/4`."""
    return int(label.rpartition("/")[2])


def _means(measured: Measured) -> dict[int, float]:
    """Return the geometric mean of each count's seconds; infinity for one that failed."""
    return {
        count: math.exp(math.fsum(map(math.log, values)) / len(values)) if values else math.inf
        for count, values in sorted(measured.items())
    }


def _best(seconds: Mapping[int, float]) -> int:
    return min(seconds, key=lambda count: (seconds[count], count))


def _below_failed(seconds: Mapping[int, float], working: Mapping[int, float]) -> int | None:
    """Return half of the least count that failed, unless one that works is known to be as large."""
    failed = min((count for count in seconds if count not in working), default=1)
    return failed // 2 if failed // 2 > max(working, default=0) else None


def _outside(seconds: Mapping[int, float], working: Mapping[int, float], top: int) -> int | None:
    """Return the double of the largest count, or half of the smallest, if that one is the best so far."""
    best = _best(working)
    double, half = min(best * 2, top), max(best // 2, 1)
    failed = min((count for count in seconds if count not in working), default=math.inf)
    if best == max(working) and double not in seconds and double < failed:
        return double
    return half if best == min(working) and half not in seconds else None


def _faster(working: Mapping[int, float], margin: float) -> int | None:
    """Return a count next to the best one, in the gap where one can be faster by most; None if by little only."""
    counts = sorted(working)
    best = _best(working)
    place = counts.index(best)
    gaps = [at for at in (place - 1, place) if 0 <= at < len(counts) - 1]
    options = [_middle(working, counts, at) for at in gaps]
    possible, count = min((one for one in options if one[1] not in working), default=(math.inf, None))
    return count if working[best] > possible * (1 + margin) else None


def _middle(seconds: Mapping[int, float], counts: Sequence[int], at: int) -> tuple[float, int]:
    """Return the seconds that are possible in the middle of a gap between two counts, and that middle.

    On logarithmic axes the curve is above the line through the two counts to the left, and above the one through the
    two to the right. With a cliff it does not bend upwards, and the line to the right says nothing.
    """
    low, high = counts[at], counts[at + 1]
    middle = round(math.sqrt(low * high))
    before = _slope(seconds, counts[at - 1], low) if at else _IDEAL
    possible = seconds[low] * (middle / low) ** min(max(before, _IDEAL), 0.0)
    after = _slope(seconds, high, counts[at + 2]) if at + 2 < len(counts) else -math.inf
    if after >= _slope(seconds, low, high):
        possible = max(possible, seconds[high] * (middle / high) ** after)
    return possible, middle


def _slope(seconds: Mapping[int, float], low: int, high: int) -> float:
    """Return how fast log seconds grow with log counts."""
    return math.log(seconds[high] / seconds[low]) / math.log(high / low)


def _smaller(working: Mapping[int, float], margin: float) -> int | None:
    """Return a count between the smallest sufficient one and the next smaller; None if that is close enough."""
    enough = working[_best(working)] * (1 + margin)
    high = min(count for count, value in working.items() if value <= enough)
    low = max((count for count in working if count < high), default=None)
    if low is None:
        return None
    possible = math.ceil(low * working[low] / enough)  # fewer cannot do: each worker gains at most its share
    count = max(round(math.sqrt(low * high)), possible)
    return count if low < count and count * RESOLUTION <= high else None
