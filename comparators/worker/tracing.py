"""Instruments for passes that are not timed: what each task did, and its exception as text whatever the model does."""

import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from comparators.worker.run_queue import run_queue_delay_s, watch_thread

__all__ = ["AsyncProbe", "Probe", "Span", "TaskError", "Traces", "in_one_line", "traces_of"]


class TaskError(NamedTuple):
    """A task's exception, in words: exceptions themselves may not survive the way between processes."""

    words: str
    trace: str


class Span(NamedTuple):
    """One task as it happened.

    Attributes:
        result: what it returned, None when it failed.
        error: what it raised.
        started, ended: `time.perf_counter` seconds, one clock for all processes of a host.
        cpu_started, cpu_ended: CPU seconds of the thread, `time.thread_time`.
        process, thread: who ran it.
        delayed_s: seconds since the thread's last span in which it could have run but had no CPU.
    """

    result: Any
    error: TaskError | None
    started: float
    ended: float
    cpu_started: float
    cpu_ended: float
    process: int
    thread: int
    delayed_s: float = 0.0

    def __repr__(self) -> str:
        """Show what the task returned: libraries quote what cannot travel, and people know nothing of spans."""
        return repr(self.result)


@dataclass(frozen=True, slots=True)
class Probe:
    """Calls the task function and returns a `Span`; travels by pickle like the function itself."""

    work: Callable[[Any], Any]

    def __call__(self, task: Any) -> Span:
        """Do the task and say how it went."""
        watch_thread()
        started, cpu_started = time.perf_counter(), time.thread_time()
        try:
            result, error = self.work(task), None
        except BaseException as raised:  # noqa: BLE001  also SystemExit: it is the task's own and must be named
            result, error = None, _in_words(raised)
        return _span(result, error, started, cpu_started)


@dataclass(frozen=True, slots=True)
class AsyncProbe:
    """The same for a coroutine function."""

    work: Callable[[Any], Any]

    async def __call__(self, task: Any) -> Span:
        """Do the task and say how it went."""
        watch_thread()
        started, cpu_started = time.perf_counter(), time.thread_time()
        try:
            result, error = await self.work(task), None
        except Exception as raised:  # noqa: BLE001  cancellation must pass, an event loop depends on it
            result, error = None, _in_words(raised)
        return _span(result, error, started, cpu_started)


def _span(result: Any, error: TaskError | None, started: float, cpu_started: float) -> Span:
    ended, cpu_ended = time.perf_counter(), time.thread_time()
    delayed_s = run_queue_delay_s(started, ended)
    return Span(result, error, started, ended, cpu_started, cpu_ended, os.getpid(), threading.get_ident(), delayed_s)


def _in_words(error: BaseException) -> TaskError:
    return TaskError(in_one_line(error), "".join(traceback.format_exception(error)))


def in_one_line(error: BaseException) -> str:
    """Name an exception and what caused it in the end, with the first line of each one's text."""
    origin, seen = error, {id(error)}
    while (cause := origin.__cause__) is not None and id(cause) not in seen:  # an exception may be its own cause
        if type(cause).__name__.endswith("RemoteTraceback"):
            break  # where process pools keep a worker's traceback: it is no cause
        origin = cause
        seen.add(id(cause))
    return _line(error) if origin is error else f"{_line(error)} (caused by {_line(origin)})"


def _line(error: BaseException) -> str:
    name, lines = type(error).__name__, _text(error).strip().splitlines()
    return f"{name}: {lines[0].strip()}" if lines else name


def _text(error: BaseException) -> str:
    """Return what an exception says; the reason first where a pool quotes a whole result before it."""
    if type(error).__name__ != "MaybeEncodingError":
        return str(error)
    reason, result = getattr(error, "exc", error), getattr(error, "value", "")
    return f"{reason} in sending the result {' '.join(str(result).split())}"


@dataclass(frozen=True, slots=True)
class Traces:
    """What the spans of one loop say together; see `comparators.journal.records.Evidence`."""

    wall_s: float
    busy_s: float
    task_cpu_s: float
    peak: int
    workers_seen: int
    longest_s: float
    idle_tail_s: float
    delayed_s: float


def traces_of(spans: Sequence[Span], *, share_a_thread: bool) -> Traces:
    """Sum up the spans of one loop.

    Args:
        spans: one per task, at least one.
        share_a_thread: whether tasks overlap within a thread, as coroutines do; a thread's CPU seconds then cannot be
            told apart by task.
    """
    last_by_hand: dict[tuple[int, int], float] = {}
    for span in spans:
        hand = (span.process, span.thread)
        last_by_hand[hand] = max(span.ended, last_by_hand.get(hand, span.ended))
    ended = max(span.ended for span in spans)
    if share_a_thread:
        cpu = max(span.cpu_ended for span in spans) - min(span.cpu_started for span in spans)
    else:
        cpu = sum(span.cpu_ended - span.cpu_started for span in spans)
    return Traces(
        wall_s=ended - min(span.started for span in spans),
        busy_s=sum(span.ended - span.started for span in spans),
        task_cpu_s=cpu,
        peak=_peak(spans),
        workers_seen=len(last_by_hand),
        longest_s=max(span.ended - span.started for span in spans),
        idle_tail_s=ended - min(last_by_hand.values()),
        delayed_s=sum(span.delayed_s for span in spans),
    )


def _peak(spans: Iterable[Span]) -> int:
    changes = sorted([(span.started, 1) for span in spans] + [(span.ended, -1) for span in spans])
    running = most = 0
    for _, change in changes:
        running += change
        most = max(most, running)
    return most
