"""The kinds of timers that the workload `timer` sets, as functions that block and as coroutines."""

from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from anyio import CancelScope

__all__ = ["ASYNC_KINDS", "KINDS", "Alarm", "Cancelled", "Fired", "Record", "Score", "alarms"]


class Score(NamedTuple):
    """What is set: how many timers fire, how many are cancelled, and the seconds from one to the next."""

    events: int
    cancelled: int
    every_s: float


class Alarm(NamedTuple):
    """One timer: its number, its seconds from when it is set, and whether it stays or is cancelled."""

    number: int
    delay_s: float
    stays: bool


class Fired(NamedTuple):
    """A timer that has fired: its number, and how many seconds after its time."""

    number: int
    late_s: float


class Cancelled(NamedTuple):
    """A timer that was cancelled: its number, seconds then left to its time, seconds that setting and cancelling took.

    With none left the cancellation has come too late: then it may have fired, or not.
    """

    number: int
    left_s: float
    took_s: float


def alarms(score: Score) -> Iterator[Alarm]:
    """Yield the timers by their times: those that are cancelled lie between those that stay, and the last one stays."""
    staying = [Alarm(number, (number + 1) * score.every_s, stays=True) for number in range(score.events)]
    between = [
        Alarm(score.events + number, score.events * score.every_s * (number + 0.5) / score.cancelled, stays=False)
        for number in range(score.cancelled)
    ]
    yield from sorted(staying + between, key=lambda alarm: alarm.delay_s)


class Record:
    """Record when timers fire and when they are cancelled.

    Args:
        clock: the one that the timers go by, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.fired: list[Fired] = []
        self.cancelled: list[Cancelled] = []

    def fire(self, number: int, due: float) -> None:
        """Note that a timer fires now; what the timers call."""
        self.fired.append(Fired(number, self.clock() - due))

    def cancel(self, number: int, left_s: float, began: float) -> None:
        """Note that a timer was cancelled `left_s` seconds before its time, and set at `began`."""
        self.cancelled.append(Cancelled(number, left_s, self.clock() - began))


def by_threads(score: Score, make: Any) -> Record:
    """Set a `threading.Timer` for each event: each is a thread that waits."""
    from time import monotonic

    record, timers = Record(monotonic), []
    for number, delay_s, stays in alarms(score):
        began = monotonic()
        due = began + delay_s
        timer = make(delay_s, record.fire, (number, due))
        timer.start()
        if not stays:
            timer.cancel()
            record.cancel(number, due - monotonic(), began)
        timers.append(timer)
    for timer in timers:
        timer.join()
    return record


def by_scheduler(score: Score, make: Any) -> Record:  # noqa: ARG001  it needs no primitive
    """Enter each event into a `sched.scheduler`, which sleeps from one to the next in this thread."""
    from sched import scheduler
    from time import monotonic, sleep

    record, agenda = Record(monotonic), scheduler(monotonic, sleep)
    for number, delay_s, stays in alarms(score):
        began = monotonic()
        due = began + delay_s
        event = agenda.enterabs(due, 1, record.fire, (number, due))
        if not stays:
            agenda.cancel(event)
            record.cancel(number, due - monotonic(), began)
    agenda.run()
    return record


def by_sleeping(score: Score, make: Any) -> Record:  # noqa: ARG001  it needs no primitive
    """Sleep until the time of each event; nothing is set, so that nothing can be cancelled."""
    from time import monotonic, sleep

    record, began = Record(monotonic), monotonic()
    for number, delay_s, _ in alarms(score._replace(cancelled=0)):
        due = began + delay_s
        sleep(max(0.0, due - monotonic()))
        record.fire(number, due)
    return record


async def by_tasks(score: Score, wait_until: Any) -> Record:
    """Start a task for each event that waits until its time, in a scope to cancel it."""
    from anyio import CancelScope, create_task_group, current_time
    from anyio.lowlevel import checkpoint

    record = Record(current_time)
    async with create_task_group() as group:
        for number, delay_s, stays in alarms(score):
            began = current_time()
            due, scope = began + delay_s, CancelScope()
            group.start_soon(_alarm, number, due, wait_until, scope, record)
            if not stays:
                await checkpoint()  # the task begins to wait
                scope.cancel()
                left_s = due - current_time()
                await checkpoint()  # the task ends
                record.cancel(number, left_s, began)
    return record


async def _alarm(number: int, due: float, wait_until: Any, scope: "CancelScope", record: Record) -> None:
    with scope:
        await wait_until(due)
        record.fire(number, due)


async def by_calls(score: Score, make: Any) -> Record:  # noqa: ARG001  it needs no primitive
    """Give each event to the event loop's `call_later`; on a loop that has none, such as trio's, to a task."""
    import asyncio

    from anyio import sleep_until

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # another kind of loop is running
        return await by_tasks(score, sleep_until)
    record, all_fired = Record(loop.time), asyncio.Event()

    def fire(number: int, due: float) -> None:
        record.fire(number, due)
        if len(record.fired) == score.events:
            all_fired.set()

    for number, delay_s, stays in alarms(score):
        began = loop.time()
        due = began + delay_s
        handle = loop.call_later(delay_s, fire, number, due)
        if not stays:
            handle.cancel()
            record.cancel(number, due - loop.time(), began)
    await all_fired.wait()
    return record


async def by_sleeping_async(score: Score, make: Any) -> Record:  # noqa: ARG001  it needs no primitive
    """Sleep until the time of each event, and let other tasks run meanwhile."""
    from anyio import current_time, sleep_until

    record, began = Record(current_time), current_time()
    for number, delay_s, _ in alarms(score._replace(cancelled=0)):
        await sleep_until(began + delay_s)
        record.fire(number, began + delay_s)
    return record


KINDS: dict[str, Callable[[Score, Any], Record]] = {
    "timer": by_threads,
    "sched": by_scheduler,
    "sleep": by_sleeping,
}
"""What a function can do, by name; the second argument is the kit's timer, where that is what is set."""

ASYNC_KINDS: dict[str, Callable[[Score, Any], Coroutine[Any, Any, Record]]] = {
    "timer": by_tasks,
    "call-later": by_calls,
    "sleep": by_sleeping_async,
}
"""What a coroutine can do, by name."""
