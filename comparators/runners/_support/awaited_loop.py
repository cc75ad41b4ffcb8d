"""A plain loop over a coroutine function: `for task in tasks: await work(task)`, timed within the event loop."""

from collections.abc import Callable, Coroutine, Sequence
from itertools import islice
from time import perf_counter
from typing import Any

from comparators.runner import Timing

__all__ = ["awaited", "prepare"]


async def awaited(work: Callable[[Any], Coroutine[Any, Any, Any]], tasks: Sequence[Any], loops: int) -> Timing:
    """Await one task after the other, `loops` times, and time exactly that."""
    await prepare(work)
    results: list[Any] = []
    firsts_s = 0.0
    started = perf_counter()
    for _ in range(loops):
        begun = perf_counter()
        pending = iter(tasks)
        results = [await work(task) for task in islice(pending, 1)]
        firsts_s += perf_counter() - begun
        results += [await work(task) for task in pending]
    return Timing(perf_counter() - started, results, firsts_s / loops)


async def prepare(work: Any) -> None:
    """Let work that has a set-up of its own in each event loop run it before the clock starts."""
    own = getattr(work, "prepare", None)
    if own is not None:
        await own()
