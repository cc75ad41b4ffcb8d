"""Checks that several workloads share."""

from collections.abc import Sequence
from typing import Any

from comparators.errors import WrongResult

__all__ = ["CLOCK_ROUNDING_S", "check_count", "check_wait", "clock_rounding_s"]

CLOCK_ROUNDING_S = 1e-6
"""What the rounding of a clock's float may take off a wait; after a year without restart it is exact to 4 ns."""


def check_count(results: object, count: int, what: str) -> Sequence[Any]:
    """Return the results when there is exactly one per task.

    Raises:
        WrongResult: too few or too many, or not a sequence at all.
    """
    if not isinstance(results, Sequence):
        raise WrongResult(f"number of {what}", expected=count, found=f"no sequence but {type(results).__name__}")
    if len(results) != count:
        raise WrongResult(f"number of {what}", expected=count, found=len(results))
    return results


def check_wait(what: str, wanted_s: float, waited_s: object) -> float:
    """Return the seconds waited beyond those wanted.

    Raises:
        WrongResult: the task did not wait, or not long enough.
    """
    if not isinstance(waited_s, float) or not waited_s >= wanted_s - clock_rounding_s():
        raise WrongResult(what, expected=f"at least {wanted_s:g} s", found=waited_s)
    return waited_s - wanted_s


def clock_rounding_s() -> float:
    """Return how much before its time a wait may seem to end, in seconds: what this host's clock cannot tell."""
    from time import get_clock_info

    return max(CLOCK_ROUNDING_S, get_clock_info("monotonic").resolution)
