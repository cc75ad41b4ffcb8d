"""Timers that are to fire at their time: how late they are, alone and beside work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, NamedTuple

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Model, Observation, Observations
from comparators.workloads._support.checks import check_count, clock_rounding_s
from comparators.workloads._support.spin import spin, spun
from comparators.workloads.coordination._support.timers import ASYNC_KINDS, KINDS, Cancelled, Fired, Record, Score

__all__ = ["PATIENCE_S", "Computed", "Duty", "Kept", "Series", "Timer", "attend", "attend_async"]

PATIENCE_S = 60
"""How long tasks wait for each other, beyond what the timers need."""

PAUSE_S = 0.0005

BEGUN, ENDED = 1, 2
"""What a task that computes says in its place of the shared array; in the first place, `ENDED` stops it."""


class Duty(NamedTuple):
    """A task: its number, the kind of timer, what is set, how many tasks compute, and turns between two looks.

    The first task, number 0, keeps the timers; the others compute.
    """

    number: int
    kind: str
    score: Score
    beside: int
    turns: int


class Series(NamedTuple):
    """What became of the timers of one series, and when it began and ended in `perf_counter` seconds."""

    fired: tuple[Fired, ...]
    cancelled: tuple[Cancelled, ...]
    began: float
    ended: float


class Kept(NamedTuple):
    """What the task that keeps the timers says: a series beside work, if there was some, and one alone."""

    number: int
    series: tuple[Series, ...]


class Computed(NamedTuple):
    """What a computing task returns: its value after `turns` turns, and when it began and ended."""

    number: int
    value: int
    turns: int
    started: float
    ended: float


def attend(duty: Duty) -> Kept | Computed:
    """Keep the timers, or compute until they have all fired."""
    make, places = shared() or (None, None)
    return _keep(duty, make, places) if duty.number == 0 else _compute(duty, places)


async def attend_async(duty: Duty) -> Kept | Computed:
    """Do the same, and let other tasks run while waiting, and now and then while computing."""
    make, places = shared() or (None, None)
    return await (_keep_async(duty, make, places) if duty.number == 0 else _compute_async(duty, places))


def _keep(duty: Duty, make: Any, places: Any) -> Kept:
    from time import sleep

    def series() -> Series:
        began = perf_counter()
        return _series(KINDS[duty.kind](duty.score, make), began)

    def wait_for(state: int) -> None:
        for _ in _until(duty, places, state):
            sleep(PAUSE_S)

    beside = []
    if duty.beside:
        try:
            wait_for(BEGUN)
            beside.append(series())
        finally:
            places[0] = ENDED
        wait_for(ENDED)
    return Kept(duty.number, (*beside, series()))


async def _keep_async(duty: Duty, make: Any, places: Any) -> Kept:
    from anyio import sleep

    async def series() -> Series:
        began = perf_counter()
        return _series(await ASYNC_KINDS[duty.kind](duty.score, make), began)

    async def wait_for(state: int) -> None:
        for _ in _until(duty, places, state):
            await sleep(PAUSE_S)

    beside = []
    if duty.beside:
        try:
            await wait_for(BEGUN)
            beside.append(await series())
        finally:
            places[0] = ENDED
        await wait_for(ENDED)
    return Kept(duty.number, (*beside, await series()))


def _series(record: Record, began: float) -> Series:
    return Series(tuple(record.fired), tuple(record.cancelled), began, perf_counter())


def _until(duty: Duty, places: Any, state: int) -> Iterator[None]:
    """Yield until every task that computes is in a state.

    Raises:
        TimeoutError: one does not come; fewer run at once than `min_concurrency` says, or it has died.
    """
    deadline = perf_counter() + PATIENCE_S
    while any(places[number] < state for number in range(1, duty.beside + 1)):
        if perf_counter() > deadline:
            raise TimeoutError(f"the work beside the timers did not {'begin' if state == BEGUN else 'end'}")
        yield


def _compute(duty: Duty, places: Any) -> Computed:
    value, rounds, started = duty.number, 0, perf_counter()
    for _ in _while_wanted(duty, places):
        value = spin(value, duty.turns)
        rounds += 1
    return Computed(duty.number, value, rounds * duty.turns, started, perf_counter())


async def _compute_async(duty: Duty, places: Any) -> Computed:
    from anyio.lowlevel import checkpoint

    value, rounds, started = duty.number, 0, perf_counter()
    for _ in _while_wanted(duty, places):
        value = spin(value, duty.turns)
        rounds += 1
        await checkpoint()
    return Computed(duty.number, value, rounds * duty.turns, started, perf_counter())


def _while_wanted(duty: Duty, places: Any) -> Iterator[None]:
    """Yield until the timers have fired; the place of the task says that it has begun, and then that it has ended."""
    deadline = perf_counter() + duty.score.events * duty.score.every_s + PATIENCE_S
    places[duty.number] = BEGUN
    try:
        while places[0] != ENDED and perf_counter() < deadline:
            yield
    finally:
        places[duty.number] = ENDED


@dataclass(frozen=True)
class Timer(CoordinatedWorkload[Duty, Kept | Computed]):
    """Set timers, cancel some of them, and see how late the others fire: beside work, then alone.

    What it teaches: a timer fires when its time has come and somebody is free to call it. Alone, it is late by what the
    system needs to wake a thread; an asyncio loop rounds its waiting up to the next millisecond. Beside work in pure
    Python, a thread that wakes must first get the GIL, which takes up to the switch interval of 5 ms; an event loop
    calls nothing until the coroutine that computes awaits something, after `turns` turns here. A process or an
    interpreter has a GIL of its own, and without a GIL there is nothing to wait for, as long as a CPU is free.

    - `timer`: the kit's own. `threading.Timer` is a thread that waits; under an event loop, a task that waits.
    - `sched`: `sched.scheduler` keeps a list, and sleeps in the thread that runs it. An event loop would stand still.
    - `call-later`: the event loop's own. trio has none; a task that waits, then calls, does the same there.
    - `sleep`: sleep until each time. Nothing is set, so nothing can be cancelled.

    Who reads a clock when a timer fires sees all of the lateness. No timer may fire before its time; one that was
    cancelled in time may never fire. How long a loop takes is given by the times that are set: compare the lateness,
    not the seconds. With `beside=0` the timers are alone only, and runners with one worker can do it, too.
    """

    name = "timer"
    summary = "timers beside work and alone: how late they fire, and what cancels them"
    timed = False
    presets: ClassVar = {
        "tiny": {"events": 3, "cancelled": 1, "every_ms": 1, "turns": 500},
        "quick": {"events": 4, "cancelled": 1},
        "default": {},
        "full": {"events": 400, "cancelled": 100},
    }
    work = staticmethod(attend)
    work_async = staticmethod(attend_async)

    kind: str = parameter("timer", "what is set", choices=("timer", "sched", "call-later", "sleep"))
    events: int = parameter(40, "how many timers fire, one after the other", minimum=1, maximum=10_000)
    cancelled: int = parameter(10, "how many more are set and cancelled, but not by sleep", minimum=0, maximum=10_000)
    every_ms: float = parameter(6.0, "milliseconds from one to the next", minimum=0.01, maximum=60_000)
    beside: int = parameter(1, "how many tasks compute beside the timers", minimum=0, maximum=1_000)
    turns: int = parameter(
        20_000, "turns of pure-Python work before a task that computes lets others run", minimum=1, maximum=10**9
    )

    @property
    def primitives(self) -> tuple[str, ...]:
        """The kit's timer, if that is what is set; an array, for tasks to say to each other how far they are."""
        return (*(("timer",) if self.kind == "timer" else ()), *(("array",) if self.beside else ()))

    @property
    def unsupported_on(self) -> Mapping[Model, str]:
        """What blocks has no place in an event loop, and only an event loop has its own timers."""
        match self.kind:
            case "sched":
                return {"async": "sched.scheduler sleeps in its thread, and the event loop would stand still"}
            case "call-later":
                others: tuple[Model, ...] = ("loop", "threads", "processes", "interpreters")
                return dict.fromkeys(others, "only an event loop has call_later")
            case _:
                return {}

    @property
    def min_concurrency(self) -> int:
        """The task that keeps the timers, and those that compute meanwhile."""
        return 1 + self.beside

    def make_shared(self, kit: Kit) -> Any:
        """Take the kit's timer and make a place for each task."""
        return (
            kit.make("timer") if self.kind == "timer" else None,
            kit.make("array", "b", 1 + self.beside) if self.beside else None,
        )

    def reset(self, shared: Any) -> None:
        """Let no task have begun."""
        if self.beside:
            for place in range(1 + self.beside):
                shared[1][place] = 0

    def tasks(self) -> Sequence[Duty]:
        """Return the task that keeps the timers, then those that compute."""
        score = Score(self.events, self._cancelled, self.every_ms / 1e3)
        return [Duty(number, self.kind, score, self.beside, self.turns) for number in range(1 + self.beside)]

    def verify(self, result: object) -> Observations:
        """Check that each timer fired once and not too early, or was cancelled; report how late they were.

        And that the work beside them was right, and went on from the first one's setting to the last one's firing.
        """
        kept, *computed = check_count(result, 1 + self.beside, "results")
        if not isinstance(kept, Kept) or kept.number != 0 or len(kept.series) != 1 + bool(self.beside):
            raise WrongResult("result 0", expected=f"{1 + bool(self.beside)} series of timers", found=kept)
        for number, found in enumerate(computed, 1):
            self._check_computed(number, found, kept.series[0])
        named = dict(zip((", beside work", "")[-len(kept.series) :], kept.series, strict=True))
        for name, series in named.items():
            self._check_series(f"timers{name or ', alone'}", series)
        seen = [observed for name in ("", *list(named)[:-1]) for observed in _lateness(named[name], name)]
        return (*seen, *self._cost(named[""]))

    @property
    def _cancelled(self) -> int:
        return 0 if self.kind == "sleep" else self.cancelled

    def _check_computed(self, number: int, result: object, series: Series) -> None:
        if not isinstance(result, Computed) or result.number != number or result.value != spun(number, result.turns):
            raise WrongResult(f"result {number}", expected=f"what task {number} computes", found=result)
        if not result.started <= series.began <= series.ended <= result.ended:
            raise WrongResult(
                f"task {number}",
                expected="at work as long as timers are to fire beside it",
                found=f"{(result.started - series.began) * 1e3:+.3f} ms from the first timer's setting to "
                f"{(result.ended - series.ended) * 1e3:+.3f} ms from the last one's firing",
            )

    def _check_series(self, what: str, series: Series) -> None:
        planned = list(range(self.events, self.events + self._cancelled))
        cancelled = sorted(one.number for one in series.cancelled)
        if cancelled != planned:
            raise WrongResult(f"{what}: those cancelled", expected=planned, found=cancelled)
        too_late = {one.number for one in series.cancelled if one.left_s <= 0}
        fired = sorted(one.number for one in series.fired)
        wrong = [number for number in fired if number in planned and number not in too_late]
        if wrong:
            raise WrongResult(f"{what}: those cancelled that fired", expected=[], found=wrong)
        staying = [number for number in fired if number not in too_late]
        if staying != list(range(self.events)):
            raise WrongResult(f"{what}: those that fired", expected=f"0 to {self.events - 1}, once each", found=staying)
        for number, late_s in series.fired:
            if not late_s >= -clock_rounding_s():
                raise WrongResult(
                    f"{what}: number {number}", expected="not before its time", found=f"{late_s * 1e6:.3g} µs late"
                )

    def _cost(self, series: Series) -> Observations:
        """Report what setting a timer and cancelling it takes, for none that was interrupted so long that it fired."""
        from statistics import median

        took_s = [one.took_s for one in series.cancelled if one.left_s > 0]
        if not took_s:
            return ()
        cost = Observation("setting and cancelling", median(took_s) * 1e6, "µs")
        if self.kind != "timer":
            return (cost,)
        return (Observation(cost.name, cost.value, cost.unit, primitive="timer", operation="uncontended"),)


def _lateness(series: Series, name: str) -> Observations:
    """Report how late timers were; the percentile is by nearest rank: the longest, where they are fewer than 100."""
    from math import ceil
    from statistics import median

    late_us = sorted(late_s * 1e6 for _, late_s in series.fired)
    return (
        Observation(f"median lateness{name}", median(late_us), "µs"),
        Observation(f"99th percentile of lateness{name}", late_us[ceil(0.99 * len(late_us)) - 1], "µs"),
        Observation(f"longest lateness{name}", late_us[-1], "µs"),
    )
