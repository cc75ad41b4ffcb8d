"""What is said of many times that were measured: the middle one, and one that few exceed."""

from collections.abc import Sequence

__all__ = ["median_and_p99"]


def median_and_p99(values: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile, by nearest rank: one of the values, for any number of them."""
    from statistics import median

    return median(values), sorted(values)[-(-99 * len(values) // 100) - 1]
