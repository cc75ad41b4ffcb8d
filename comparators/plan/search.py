"""Looking for a runner's best worker count with few samples."""

from collections.abc import Mapping

__all__ = ["next_count"]


def next_count(seconds: Mapping[int, float], start: int, limit: int) -> int | None:
    """Return the worker count to try next, or None when the best one is bracketed.

    Begins at `start`, doubles while that is faster, halves while that is faster: on a curve with one peak it ends with
    the best power-of-two multiple of `start` between two slower counts, or at an end of the range.

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
    return None
