"""The profile: what a few tasks do on their own, before anything is timed.

It decides how many loops a value has, how many workers are tried, and what is not worth measuring; it is never a
result. A look takes at most about half a second, or one task where a single one takes longer.
"""

import math
import pickle
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from comparators.parameters import ParameterValue
from comparators.worker.run_queue import run_queue_delay_s, settle

__all__ = ["WorkFailed", "profile_coroutines", "profile_functions"]

FIRST_CALLS_S = 0.2
"""Seconds in which first calls are looked at, after the very first, which may import and fill caches for all."""
LONG_CALL_S = 1.0
"""Seconds of the very first call from which no other is looked at: the look would take longer than it may."""
FIRST_CALLS = 200
"""Tasks that are enough: more say nothing new."""
REPEATS_S = 0.05
"""Seconds in which the same tasks are called again."""
TOGETHER_S = 0.06
"""Seconds for which two threads work side by side: more than ten switch intervals of the GIL (5 ms)."""
TOGETHER_TASK_S = 0.4
"""Seconds of a task above which two threads are not tried: the look would take longer than it may."""
COMPUTES = 0.3
"""CPU seconds per wall second above which it matters whether tasks hold the GIL."""
WAITING_SEEN_S = 0.001
"""Seconds of all calls below which waiting cannot be told from what reading the clocks takes."""
PICKLED_S = 0.05
"""Seconds for looking at the sizes of pickles."""


class WorkFailed(Exception):
    """A task raised while it was looked at.

    Attributes:
        number: of the task, from 0.
        error: what it raised.
    """

    def __init__(self, number: int, error: BaseException) -> None:
        super().__init__(number, error)
        self.number = number
        self.error = error


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of the work.

    Attributes:
        wall_s: wall seconds.
        cpu_s: CPU seconds of its thread.
        process_s: CPU seconds of the process, those of a library's own threads included.
        blocked_s: seconds in which it kept its event loop; all of them for a function.
        result: what it returned.
    """

    wall_s: float
    cpu_s: float
    process_s: float
    blocked_s: float
    result: Any


def profile_functions(work: Callable[[Any], Any], tasks: Sequence[Any]) -> dict[str, ParameterValue]:
    """Profile tasks of a function.

    Returns:
        The fields of `comparators.journal.records.Profile` that a worker knows; what was not looked at is not there.

    Raises:
        WorkFailed: a task raised; with its number.
    """
    settle()
    calls = list(_within(lambda number: _called(work, tasks[number], number), len(tasks), FIRST_CALLS_S))
    facts = _facts(calls, len(tasks), _delayed_s())
    again = list(_within(lambda number: _called(work, tasks[number], number), len(calls), REPEATS_S))
    first, later = _usual(calls[: len(again)]), _usual(again)
    first_s = sum(call.wall_s for call in first)
    facts["repeat_ratio"] = sum(call.wall_s for call in later) / first_s if first_s > 0 else 1.0
    if float(facts["cpu_share"]) > COMPUTES and float(facts["task_s"]) < TOGETHER_TASK_S:
        facts["threads_gain"] = _gain_of_two(work, tasks, len(calls))
    return {**facts, **_pickles(tasks, calls)}


def profile_coroutines(
    work: Callable[[Any], Coroutine[Any, Any, Any]], tasks: Sequence[Any]
) -> dict[str, ParameterValue]:
    """Profile tasks of a coroutine function, one after the other in an asyncio loop; see `profile_functions`."""
    import asyncio

    async def look() -> list[_Call]:
        calls: list[_Call] = []
        ends = time.perf_counter() + FIRST_CALLS_S
        for number, task in enumerate(tasks[:FIRST_CALLS]):
            calls.append(await _awaited(work, task, number))
            if time.perf_counter() >= ends and number:
                break
        return calls

    settle()
    calls = asyncio.run(look())
    facts = _facts(calls, len(tasks), _delayed_s())
    wall_s = sum(call.wall_s for call in calls)
    facts["blocked_share"] = sum(call.blocked_s for call in calls) / wall_s if wall_s > 0 else 1.0
    return {**facts, **_pickles(tasks, calls)}


def _within(call: Callable[[int], _Call], count: int, limit_s: float) -> Iterator[_Call]:
    """Yield calls: one, and as many more as fit into a time after it, unless the first says that each takes long."""
    ends = math.inf
    for number in range(min(count, FIRST_CALLS)):
        if time.perf_counter() >= ends:
            return
        found = call(number)
        yield found
        if number == 0:
            ends = time.perf_counter() + limit_s if found.wall_s < LONG_CALL_S else 0.0


def _usual(calls: Sequence[_Call]) -> Sequence[_Call]:
    """Return calls without the first, which may import and fill caches for all; a single call is all there is."""
    return calls[1:] or calls


def _called(work: Callable[[Any], Any], task: Any, number: int) -> _Call:
    wall, thread, process = time.perf_counter(), time.thread_time(), time.process_time()
    try:
        result = work(task)
    except BaseException as error:
        raise WorkFailed(number, error) from error
    wall_s = time.perf_counter() - wall
    return _Call(wall_s, time.thread_time() - thread, time.process_time() - process, wall_s, result)


async def _awaited(work: Callable[[Any], Coroutine[Any, Any, Any]], task: Any, number: int) -> _Call:
    wall, thread, process = time.perf_counter(), time.thread_time(), time.process_time()
    steps = _Steps(work(task))
    try:
        result = await steps
    except BaseException as error:
        raise WorkFailed(number, error) from error
    wall_s = time.perf_counter() - wall
    return _Call(wall_s, time.thread_time() - thread, time.process_time() - process, steps.seconds, result)


class _Steps:
    """Awaits a coroutine and counts the seconds between its awaits, in which the event loop cannot go on."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self.seconds = 0.0

    def __await__(self) -> Generator[Any, Any, Any]:
        send: Callable[[Any], Any] = self._coroutine.send
        value: Any = None
        while True:
            began = time.perf_counter()
            try:
                wanted = send(value)
            except StopIteration as end:
                return end.value
            finally:
                self.seconds += time.perf_counter() - began
            try:
                value, send = (yield wanted), self._coroutine.send
            except BaseException as error:  # noqa: BLE001  a cancellation goes to the coroutine, which decides
                value, send = error, self._coroutine.throw


def _delayed_s() -> float:
    """Return the seconds since `settle` in which this thread could have run but had no CPU."""
    return run_queue_delay_s(0.0, time.perf_counter())


def _facts(calls: Sequence[_Call], tasks: int, delayed_s: float) -> dict[str, ParameterValue]:
    usual = _usual(calls)
    wall_s = sum(call.wall_s for call in usual)
    cpu_s = sum(call.cpu_s for call in usual)
    process_s = sum(call.process_s for call in usual)
    ran_s = max(wall_s - delayed_s, cpu_s)  # to be without a CPU is neither computing nor waiting
    waits = ran_s > WAITING_SEEN_S
    return {
        "tasks": tasks,
        "seen": len(calls),
        "task_s": median(call.wall_s for call in usual),
        "longest_s": max(call.wall_s for call in usual),
        "total_s": fmean(call.wall_s for call in usual) * tasks,
        "cpu_share": min(1.0, cpu_s / ran_s) if waits else 1.0,
        "library_threads": max(0.0, (process_s - cpu_s) / wall_s) if wall_s > 0 else 0.0,
    }


def _gain_of_two(work: Callable[[Any], Any], tasks: Sequence[Any], seen: int) -> float:
    """Return the tasks per second of two threads over those of one, measured one right after the other.

    Each thread has tasks of its own, where there are enough those that were not called before: a cache that the first
    calls have filled says nothing about the GIL.
    """
    fresh = tasks[seen:] if len(tasks) - seen >= 4 else tasks
    alone = _rate([_share(fresh, 0, 1)], work)
    together = _rate([_share(fresh, 0, 2), _share(fresh, 1, 2)], work)
    return together / alone if alone > 0 else 1.0


def _share(tasks: Sequence[Any], place: int, of: int) -> list[Any]:
    return [tasks[at] for at in range(place, min(len(tasks), FIRST_CALLS), of)] or [tasks[0]]


def _rate(shares: Sequence[Sequence[Any]], work: Callable[[Any], Any]) -> float:
    """Return the tasks per second of threads that start together, each with its own share again and again."""
    barrier = threading.Barrier(len(shares))
    rates: list[float] = []

    def run(share: Sequence[Any]) -> None:
        barrier.wait()
        began = time.perf_counter()
        done = 0
        while (elapsed := time.perf_counter() - began) < TOGETHER_S:
            work(share[done % len(share)])
            done += 1
        rates.append(done / elapsed)

    threads = [threading.Thread(target=run, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)


def _pickles(tasks: Sequence[Any], calls: Sequence[_Call]) -> dict[str, ParameterValue]:
    """Return the mean size of a task and its result as pickles, or why they cannot be sent to another process."""
    ends = time.perf_counter() + PICKLED_S
    sizes = []
    for number, call in enumerate(calls):
        try:
            sizes.append(len(pickle.dumps(tasks[number])))
        except Exception as error:  # noqa: BLE001  objects of any class may fail in any way
            return {"unpicklable": f"task {number} cannot be pickled: {type(error).__name__}: {error}"[:500]}
        try:
            text = pickle.dumps(call.result)
        except Exception as error:  # noqa: BLE001
            return {
                "unpicklable": f"the result of task {number} cannot be pickled: {type(error).__name__}: {error}"[:500]
            }
        try:
            pickle.loads(text)  # noqa: S301  made a line before, in this process
        except Exception as error:  # noqa: BLE001
            return {
                "unpicklable": f"the result of task {number} does not unpickle: {type(error).__name__}: {error}"[:500]
            }
        sizes[-1] += len(text)
        if time.perf_counter() >= ends:
            break
    return {"pickled_bytes": fmean(sizes)}
