"""Which timers are set, and what is noted of them; by fakes that obey at once, and by the real ones."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.workloads.coordination._support import timers
from comparators.workloads.coordination._support.timers import (
    ASYNC_KINDS,
    KINDS,
    Alarm,
    Cancelled,
    Fired,
    Record,
    Score,
    alarms,
)

SHORT = Score(events=3, cancelled=2, every_s=0.002)


class Clock:
    """A clock that stands still unless it is told the time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 50), st.integers(0, 50))
def test_timers_lie_one_after_the_other_and_those_that_are_cancelled_between(events: int, cancelled: int) -> None:
    found = list(alarms(Score(events, cancelled, 0.5)))
    assert [alarm.delay_s for alarm in found] == sorted(alarm.delay_s for alarm in found)
    assert [alarm[:2] for alarm in found if alarm.stays] == [(n, (n + 1) * 0.5) for n in range(events)]
    assert [alarm.number for alarm in found if not alarm.stays] == list(range(events, events + cancelled))
    assert found[-1] == Alarm(events - 1, events * 0.5, True)


def test_what_fires_and_what_is_cancelled_is_noted_with_the_times() -> None:
    clock = Clock()
    record = Record(clock)
    record.fire(4, 99.5)
    clock.now = 101.0
    record.fire(5, 101.25)
    record.cancel(6, 2.0, 100.75)
    assert record.fired == [Fired(4, 0.5), Fired(5, -0.25)]
    assert record.cancelled == [Cancelled(6, 2.0, 0.25)]


@pytest.mark.parametrize("kind", KINDS)
def test_functions_let_all_fire_but_those_that_are_cancelled(kind: str) -> None:
    import threading

    check(kind, KINDS[kind](SHORT, threading.Timer))


@pytest.mark.parametrize("library", ["asyncio", "trio"])
@pytest.mark.parametrize("kind", ASYNC_KINDS)
def test_coroutines_let_all_fire_but_those_that_are_cancelled(kind: str, library: str) -> None:
    async def main() -> Record:
        return await ASYNC_KINDS[kind](SHORT, anyio.sleep_until)

    check(kind, anyio.run(main, backend=library))


def check(kind: str, record: Record) -> None:
    too_late = {one.number for one in record.cancelled if one.left_s <= 0}
    assert sorted(one.number for one in record.fired if one.number not in too_late) == [0, 1, 2]
    assert sorted(one.number for one in record.cancelled) == ([] if kind == "sleep" else [3, 4])
    assert all(one.late_s >= -1e-6 for one in record.fired)
    assert all(one.took_s > 0 for one in record.cancelled)


class Fake:
    """A `threading.Timer` that fires when it is joined, at its time plus 3 ms, unless it is cancelled."""

    def __init__(self, delay_s: float, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.fire, self.arguments = function, arguments
        self.started = self.cancelled = False

    def start(self) -> None:
        self.started = True

    def cancel(self) -> None:
        assert self.started
        self.cancelled = True

    def join(self) -> None:
        if not self.cancelled:
            self.fire(*self.arguments)


def test_lateness_is_counted_from_the_moment_a_timer_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([10.0, 20.0, 20.5, 21.0, 30.0, 31.0, 40.0])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    record = timers.by_threads(Score(events=2, cancelled=1, every_s=4.0), Fake)
    # set at 10 for 14; at 20 for 24, cancelled at 20.5, at 21 that is noted; at 30 for 38; fired at 31 and 40
    assert record.fired == [Fired(0, 17.0), Fired(1, 2.0)]
    assert record.cancelled == [Cancelled(2, 3.5, 1.0)]
