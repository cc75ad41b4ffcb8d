"""What a guarded operation costs through a runner and its kit, beside the same written by hand with the model's own.

    python -m tests.benchmarks.guarded [--runner NAME …] [--rounds N]

Both sides have one worker that is already there. It adds one to a shared number under a lock, again and again, and
reads the clock before and after; where a model has no lock, a queue that holds the number is the guard. Through the kit
that is the workload `guarded`. The sides are timed in turn, in random order; every round has fresh workers.

The figure is the median over the rounds, with its 95 % interval from order statistics. Budget: at most 1.02.
"""

import argparse
import random
import statistics
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from time import perf_counter
from typing import Any

from comparators.coordination.kit_choice import kit_class_of
from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS
from comparators.registry.catalogue import load_runner
from comparators.runner import Runner
from comparators.worker.timing import timed
from comparators.workloads.coordination.guarded import Guarded
from tests.benchmarks.interleaved import print_table
from tests.benchmarks.overhead import interval

BUDGET = 1.02
TRY, LONG_S, PAIRS = 500, 0.03, 7
TARGETS = {one.name: one.target for one in RUNNERS}

Side = Callable[[int], float]
"""Does so many operations and returns the seconds that they took in the worker."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", nargs="+", choices=TARGETS, default=list(TARGETS), help="default: all")
    parser.add_argument("--rounds", type=int, default=11, help="rounds per runner (default: 11)")
    options = parser.parse_args()
    rows = [row for name in options.runner if (row := row_of(name, options.rounds))]
    print(f"A guarded operation, Python {sys.version.split()[0]}, {options.rounds} rounds; budget {BUDGET}.\n")
    print_table(("runner", "guard", "by hand in ns", "through the kit ÷ by hand", "95 % interval"), rows)


def row_of(name: str, rounds: int) -> tuple[str, ...] | None:
    """Measure one runner; None where it has no guard or this Python cannot have it."""
    cls = load_runner(TARGETS[name])
    guard = next((guard for guard in ("lock", "queue") if kit_class_of(cls.info).offers(guard)), None)
    if guard is None or unavailable(cls.info):
        return None
    measured = [compared(cls, guard, random.Random(number)) for number in range(rounds)]
    ratios = [ratio for _, ratio in measured]
    low, high = interval(ratios)
    hand_ns = statistics.median(cost_ns for cost_ns, _ in measured)
    return name, guard, f"{hand_ns:.0f}", f"{statistics.median(ratios):.3f}", f"{low:.3f} to {high:.3f}"


def compared(cls: type[Runner], guard: str, order: random.Random) -> tuple[float, float]:
    """Start both sides and time them in turn; return nanoseconds by hand and the median ratio, but for the first pair.

    Fresh workers for every round: two processes of the same code differ by some percent, as long as they live.
    """
    with by_hand(cls) as hand:
        operations = max(TRY, round(TRY * LONG_S / min(hand(TRY) for _ in range(5))))
        with through_kit(cls, guard, operations) as kit:
            pairs = []
            for _ in range(PAIRS + 1):
                seconds = {side: side(operations) for side in order.sample([hand, kit], 2)}
                pairs.append((seconds[hand], seconds[kit] / seconds[hand]))
    hand_s, ratio = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
    return hand_s / operations * 1e9, ratio


@contextmanager
def through_kit(cls: type[Runner], guard: str, operations: int) -> Iterator[Side]:
    """Yield what lets the runner's one worker do the workload's one task."""
    with timed(Guarded(guard=guard, count=1, operations=operations), cls, {}, 1, "warm") as time_func:

        def once(number: int) -> float:
            time_func(1)
            return time_func.observations[0].value * number / 1e9

        yield once


@contextmanager
def by_hand(cls: type[Runner]) -> Iterator[Side]:
    """Yield what lets a worker made by hand do as much."""
    sides: dict[str, Callable[[], AbstractContextManager[Side]]] = {
        "asyncio": by_asyncio,
        "anyio": partial(by_anyio, "asyncio"),
        "anyio-trio": partial(by_anyio, "trio"),
        "processes": by_process,
        "interpreters": by_interpreter,
        "threads": by_thread,
        "serial": by_nobody,
    }
    with (sides.get(cls.info.name) or sides[cls.info.model])() as side:
        yield side


def locked(lock: Any, counter: Any, operations: int) -> float:
    """Add one under a lock."""
    started = perf_counter()
    for _ in range(operations):
        with lock:
            counter.value += 1
    return perf_counter() - started


async def locked_async(lock: Any, counter: Any, operations: int) -> float:
    """Add one under a lock that is awaited."""
    started = perf_counter()
    for _ in range(operations):
        async with lock:
            counter.value += 1
    return perf_counter() - started


def queued(queue: Any, operations: int) -> float:
    """Add one to the number that a queue holds."""
    started = perf_counter()
    for _ in range(operations):
        number = queue.get()
        queue.put(number + 1)
    return perf_counter() - started


class Number:
    """A number that threads and coroutines see."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0


@contextmanager
def by_nobody() -> Iterator[Side]:
    """Let this thread do it."""
    lock, counter = threading.Lock(), Number()
    yield lambda operations: locked(lock, counter, operations)


@contextmanager
def by_thread() -> Iterator[Side]:
    """Let a thread do it."""
    lock, counter = threading.Lock(), Number()

    def once(operations: int) -> float:
        found: list[float] = []
        thread = threading.Thread(target=lambda: found.append(locked(lock, counter, operations)))
        thread.start()
        thread.join()
        return found[0]

    yield once


@contextmanager
def by_process() -> Iterator[Side]:
    """Let a process do it."""
    from multiprocessing import get_context

    context = get_context("forkserver")
    ours, theirs = context.Pipe()
    lock, counter = context.Lock(), context.RawValue("q", 0)
    process = context.Process(target=serve, args=(theirs, lock, counter))
    process.start()

    def once(operations: int) -> float:
        ours.send(operations)
        seconds: float = ours.recv()
        return seconds

    yield once
    ours.send(None)
    process.join()


def serve(connection: Any, lock: Any, counter: Any) -> None:
    """Do as many operations as asked for until None comes."""
    for operations in iter(connection.recv, None):
        connection.send(locked(lock, counter, operations))


@contextmanager
def by_interpreter() -> Iterator[Side]:
    """Let an interpreter do it, in a thread as the executor has one."""
    from concurrent import interpreters  # type: ignore[attr-defined]  # checked as Python 3.11

    queue, interpreter = interpreters.create_queue(1), interpreters.create()
    interpreter.exec(f"import sys; sys.path[:] = {sys.path!r}")
    queue.put(0)

    def once(operations: int) -> float:
        found: list[float] = []
        thread = threading.Thread(target=lambda: found.append(interpreter.call(queued, queue, operations)))
        thread.start()
        thread.join()
        return found[0]

    yield once
    interpreter.close()


@contextmanager
def by_asyncio() -> Iterator[Side]:
    """Let a task of asyncio's do it."""
    import asyncio

    import anyio

    async def lock_of_the_loop() -> Any:
        return anyio.Lock()

    async def in_a_group(lock: Any, counter: Any, operations: int) -> float:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(locked_async(lock, counter, operations))
        return task.result()

    with asyncio.Runner() as loop:
        lock, counter = loop.run(lock_of_the_loop()), Number()
        yield lambda operations: loop.run(in_a_group(lock, counter, operations))


@contextmanager
def by_anyio(backend: str) -> Iterator[Side]:
    """Let a task of a task group do it."""
    import anyio

    async def lock_of_the_loop() -> Any:
        return anyio.Lock()

    async def in_a_group(lock: Any, counter: Any, operations: int) -> float:
        found = []

        async def one() -> None:
            found.append(await locked_async(lock, counter, operations))

        async with anyio.create_task_group() as group:
            group.start_soon(one)
        return found[0]

    lock, counter = anyio.run(lock_of_the_loop, backend=backend), Number()
    yield lambda operations: anyio.run(in_a_group, lock, counter, operations, backend=backend)


if __name__ == "__main__":
    main()
