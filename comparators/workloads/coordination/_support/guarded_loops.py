"""The tasks of `guarded`: one loop for each kind of guard, and the same for guards that are awaited."""

from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any, NamedTuple

from comparators.coordination.kit import shared
from comparators.workloads._support.spin import spin
from comparators.workloads.coordination._support.rendezvous import let_run, meet, meet_async

__all__ = ["GUARDS", "Added", "Job", "add", "add_async"]


class Job(NamedTuple):
    """A task.

    Attributes:
        number: its number.
        operations: how often it adds one.
        guard: under which guard.
        inside, outside: turns of work with each addition, while it holds the guard and when it does not.
        candidates: how many tasks begin together and let each other run while they hold the guard; below 2 none do.
    """

    number: int
    operations: int
    guard: str
    inside: int
    outside: int
    candidates: int = 0


class Added(NamedTuple):
    """What a task says: its number, what its own work came to, `perf_counter` seconds at its start and end."""

    number: int
    value: int
    started: float
    ended: float


def add(job: Job) -> Added:
    """Add one, again and again, and never without the guard."""
    guarded = shared()
    if job.candidates > 1:
        guarded, arrived = guarded
        meet(arrived, job.number, 1)
    started = perf_counter()
    value = _LOOPS[job.guard](guarded, job)
    return Added(job.number, value, started, perf_counter())


async def add_async(job: Job) -> Added:
    """Do the same with guards that are awaited."""
    guarded = shared()
    if job.candidates > 1:
        guarded, arrived = guarded
        await meet_async(arrived, job.number, 1)
    started = perf_counter()
    value = await _ASYNC_LOOPS[job.guard](guarded, job)
    return Added(job.number, value, started, perf_counter())


def _nothing_else(job: Job) -> bool:
    return not (job.inside or job.outside or job.candidates > 1)


def _holding(guarded: Any, job: Job) -> int:
    guard, counter = guarded
    if _nothing_else(job):  # to look for work takes a tenth of the time of a free lock
        for _ in range(job.operations):
            with guard:
                counter.value += 1
        return job.number + 1
    value, inside, outside, contended = job.number + 1, job.inside, job.outside, job.candidates > 1
    for _ in range(job.operations):
        with guard:
            counter.value += 1
            if inside:
                value = spin(value, inside)
            if contended:
                let_run()
        if outside:
            value = spin(value, outside)
    return value


def _notifying(guarded: Any, job: Job) -> int:
    condition, counter = guarded
    value, inside, outside, contended = job.number + 1, job.inside, job.outside, job.candidates > 1
    for _ in range(job.operations):
        with condition:
            counter.value += 1
            if inside:
                value = spin(value, inside)
            if contended:
                let_run()
            condition.notify()
        if outside:
            value = spin(value, outside)
    return value


def _passing_on(queue: Any, job: Job) -> int:
    value, inside, outside, contended = job.number + 1, job.inside, job.outside, job.candidates > 1
    for _ in range(job.operations):
        number = queue.get()
        if inside:
            value = spin(value, inside)
        if contended:
            let_run()
        queue.put(number + 1)
        if outside:
            value = spin(value, outside)
    return value


def _apart(counts: Any, job: Job) -> int:
    value, place, turns, contended = job.number + 1, job.number, job.inside + job.outside, job.candidates > 1
    for _ in range(job.operations):
        counts[place] += 1
        if turns:
            value = spin(value, turns)
        if contended:
            let_run()
    return value


async def _holding_async(guarded: Any, job: Job) -> int:
    from anyio.lowlevel import checkpoint

    guard, counter = guarded
    if _nothing_else(job):
        for _ in range(job.operations):
            async with guard:
                counter.value += 1
        return job.number + 1
    value, inside, outside, contended = job.number + 1, job.inside, job.outside, job.candidates > 1
    for _ in range(job.operations):
        async with guard:
            counter.value += 1
            if inside:
                value = spin(value, inside)
            if contended:
                await checkpoint()
        if outside:
            value = spin(value, outside)
    return value


async def _notifying_async(guarded: Any, job: Job) -> int:
    from anyio.lowlevel import checkpoint

    condition, counter = guarded
    value, inside, outside, contended = job.number + 1, job.inside, job.outside, job.candidates > 1
    for _ in range(job.operations):
        async with condition:
            counter.value += 1
            if inside:
                value = spin(value, inside)
            if contended:
                await checkpoint()
            condition.notify()
        if outside:
            value = spin(value, outside)
    return value


async def _passing_on_async(ends: Any, job: Job) -> int:
    from anyio.lowlevel import checkpoint

    sender, receiver = ends
    value, inside, outside, contended = job.number + 1, job.inside, job.outside, job.candidates > 1
    for _ in range(job.operations):
        number = await receiver.receive()
        if inside:
            value = spin(value, inside)
        if contended:
            await checkpoint()
        await sender.send(number + 1)
        if outside:
            value = spin(value, outside)
    return value


async def _apart_async(counts: Any, job: Job) -> int:
    from anyio.lowlevel import checkpoint

    if job.candidates < 2:
        return _apart(counts, job)
    value, place, turns = job.number + 1, job.number, job.inside + job.outside
    for _ in range(job.operations):
        counts[place] += 1
        if turns:
            value = spin(value, turns)
        await checkpoint()
    return value


_LOOPS: dict[str, Callable[[Any, Job], int]] = {
    "lock": _holding,
    "rlock": _holding,
    "semaphore": _holding,
    "condition": _notifying,
    "queue": _passing_on,
    "atomic-per-worker": _apart,
}
_ASYNC_LOOPS: dict[str, Callable[[Any, Job], Coroutine[Any, Any, int]]] = {
    "lock": _holding_async,
    "rlock": _holding_async,
    "semaphore": _holding_async,
    "condition": _notifying_async,
    "queue": _passing_on_async,
    "atomic-per-worker": _apart_async,
}

GUARDS = tuple(_LOOPS)
"""The kinds of guard."""
