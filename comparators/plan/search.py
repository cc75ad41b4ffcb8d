"""Looking for a runner's best worker count with few samples."""

import math
from collections.abc import Mapping, Sequence

__all__ = ["next_count"]

COUNTS_PER_SAMPLE = 3
"""The search goes on between the counts of its bracket while it has taken no more than a sample for each so many."""
WORTH_A_SAMPLE = 0.03
"""A count that can be faster by less than this is not tried: the noise of one sample is about as large."""
_IDEAL = -1.0
"""Slope of the logarithm of seconds over the logarithm of counts where each worker gains as much as the first."""


def next_count(seconds: Mapping[int, float], start: int, limit: int) -> int | None:
    """Return the worker count to try next, or None when the best one is known well enough.

    Begins at `start`, doubles while that is faster, halves while that is faster: then the best count lies between two
    slower ones, or at an end of the range. Goes on between these while a count there can be faster by much.

    Args:
        seconds: worker counts tried so far and their times; infinity for one that failed.
        start: the first count to try.
        limit: the largest count to try.
    """
    if not seconds:
        return min(start, limit)
    best = min(seconds, key=lambda count: (seconds[count], count))
    double, half = min(best * 2, limit), max(best // 2, 1)
    if best == max(seconds) and double not in seconds:
        return double
    if best == min(seconds) and half not in seconds:
        return half
    done = len(seconds) >= limit // COUNTS_PER_SAMPLE or math.isinf(seconds[best])
    return None if done else _between(seconds, best)


def _between(seconds: Mapping[int, float], best: int) -> int | None:
    """Return a count next to the best one, in the gap where one can be faster by most; None if by little only.

    There is no search between the best and one that failed: most of what is there would fail as well.
    """
    counts = sorted(count for count in seconds if math.isfinite(seconds[count]))
    place = counts.index(best)
    gaps = [at for at in (place - 1, place) if 0 <= at < len(counts) - 1]
    options = [_middle(seconds, counts, at) for at in gaps]
    possible, count = min((one for one in options if one[1] not in seconds), default=(math.inf, None))
    return count if seconds[best] > possible * math.exp(WORTH_A_SAMPLE) else None


def _middle(seconds: Mapping[int, float], counts: Sequence[int], at: int) -> tuple[float, int]:
    """Return the seconds that are possible in the middle of a gap between two counts, and that middle.

    Where each further worker gains less than the one before, the curve bends upwards on logarithmic axes: it is above
    the line through the two counts to the left, and above the one through the two to the right. With a cliff it does
    not bend upwards, and the line to the right says nothing.
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
    """Return how fast the logarithm of seconds grows with that of the count."""
    return math.log(seconds[high] / seconds[low]) / math.log(high / low)
