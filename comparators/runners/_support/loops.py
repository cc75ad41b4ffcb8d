"""The clock around loops over all tasks, and around the first result of each."""

from collections.abc import Callable, Iterable
from itertools import islice
from time import perf_counter
from typing import Any

from comparators.runner import Timing

__all__ = ["Held", "held", "repeated"]

Held = tuple[list[Any], float]
"""Parts in the order in which they came, and the clock's reading when the caller had the first of them."""


def held(results: Iterable[Any]) -> Held:
    """Take results as they come; the clock is read once, not for each."""
    pending = iter(results)
    results = list(islice(pending, 1))
    first = perf_counter()
    results.extend(pending)
    return results, first


def repeated(loop: Callable[[], Held], loops: int) -> Timing:
    """Call `loop()` so many times and time exactly that."""
    results: list[Any] = []
    firsts_s = 0.0
    started = perf_counter()
    for _ in range(loops):
        begun = perf_counter()
        results, first = loop()
        firsts_s += first - begun
    return Timing(perf_counter() - started, results, firsts_s / loops)
