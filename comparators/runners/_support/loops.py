"""The clock around loops over all tasks, and around the first result of each."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from itertools import islice
from time import perf_counter
from typing import Any

from comparators.errors import ComparatorsError
from comparators.runner import MISSING, Timing
from comparators.runners._support.awaited_loop import prepare

__all__ = ["LoopResults", "TaskCancelled", "first_error", "require_all", "take", "timed_async_loops", "timed_loops"]

LoopResults = tuple[list[Any], float]
"""Results of one loop and the clock's reading when the caller had the first of them, in seconds."""


class TaskCancelled(ComparatorsError):
    """A task was cancelled, or cancelled itself, and returned nothing."""

    def __init__(self, number: int) -> None:
        super().__init__(f"task {number} was cancelled")


def take(results: Iterable[Any]) -> LoopResults:
    """Take results as they come; read the clock once, not for each."""
    pending = iter(results)
    taken = list(islice(pending, 1))
    first = perf_counter()
    taken.extend(pending)
    return taken, first


def timed_loops(loop: Callable[[], LoopResults], loops: int) -> Timing:
    """Call `loop()` that many times and time exactly that."""
    results: list[Any] = []
    firsts_s = 0.0
    started = perf_counter()
    for _ in range(loops):
        begun = perf_counter()
        results, first = loop()
        firsts_s += first - begun
    return Timing(perf_counter() - started, results, firsts_s / loops)


async def timed_async_loops(
    loop: Callable[[], Coroutine[Any, Any, list[Any]]], loops: int, work: object = None
) -> Timing:
    """Await `loop()` that many times and time exactly that; all results of a loop arrive together, at its end.

    Args:
        loop: does all tasks once.
        loops: how many times.
        work: what does a task; its set-up, if it has one for each event loop, comes before the clock.
    """
    await prepare(work)
    results: list[Any] = []
    started = perf_counter()
    for _ in range(loops):
        results = await loop()
    seconds = perf_counter() - started
    return Timing(seconds, results, seconds / loops)


def require_all(results: Sequence[Any]) -> None:
    """Require a result of every task: an event loop swallows the cancellation of a single one.

    Raises:
        TaskCancelled: with the number of the first task without a result.
    """
    for number, result in enumerate(results):
        if result is MISSING:
            raise TaskCancelled(number)


def first_error(error: BaseException) -> BaseException:
    """Return the first exception in the group of a task group: the task's own."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
