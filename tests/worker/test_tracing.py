"""What instruments see of tasks."""

import asyncio
import os
import pickle
import sys
import threading
from multiprocessing.pool import MaybeEncodingError  # type: ignore[attr-defined]  # typeshed has it not
from operator import neg
from typing import Any

import pytest

from comparators.worker.tracing import AsyncProbe, Probe, Span, in_one_line, trace_of, traces_of


def span(
    started: float, ended: float, *, cpu: tuple[float, float] = (0.0, 0.0), hand: tuple[int, int] = (1, 1)
) -> Span:
    return Span(None, None, started, ended, *cpu, *hand)


def leave(task: int) -> int:
    sys.exit(3)


def fail(task: int) -> int:
    raise LookupError(f"no {task}")


async def fail_async(task: int) -> int:
    raise LookupError(f"no {task}")


async def double_async(task: int) -> int:
    await asyncio.sleep(0)
    return 2 * task


async def cancel_itself(task: int) -> int:
    raise asyncio.CancelledError


def test_a_probe_gives_the_part_and_says_who_did_it() -> None:
    seen = Probe(neg)(3)
    assert (seen.result, seen.error) == (-3, None)
    assert (seen.process, seen.thread) == (os.getpid(), threading.get_ident())
    assert seen.started <= seen.ended
    assert seen.cpu_started <= seen.cpu_ended


def test_a_span_looks_like_the_part_in_it() -> None:
    assert repr([Probe(neg)(3)]) == "[-3]"


def test_what_a_pool_says_of_a_result_begins_with_the_reason() -> None:
    error = MaybeEncodingError(TypeError("cannot pickle 'module' object"), ["two\nlines"])
    error.value = "[array([1,\n      2])]"
    assert in_one_line(error) == (
        "MaybeEncodingError: TypeError(\"cannot pickle 'module' object\") in sending the result [array([1, 2])]"
    )


def fail_with_an_essay(task: int) -> int:
    try:
        fail(task)
    except LookupError as error:
        raise ImportError("\n\nPLEASE READ THIS\n\nand this") from error
    return task


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (fail, "LookupError: no 3"),
        (leave, "SystemExit: 3"),
        (fail_with_an_essay, "ImportError: PLEASE READ THIS (caused by LookupError: no 3)"),
    ],
)
def test_a_tasks_exception_is_put_into_words(work: Any, words: str) -> None:
    seen = Probe(work)(3)
    assert seen.result is None
    assert seen.error is not None
    assert seen.error.words == words
    assert work.__name__ in seen.error.trace


def test_a_coroutines_exception_is_put_into_words() -> None:
    seen = asyncio.run(AsyncProbe(fail_async)(3))
    assert seen.error is not None
    assert seen.error.words == "LookupError: no 3"


def test_a_coroutines_part() -> None:
    assert asyncio.run(AsyncProbe(double_async)(3)).result == 6


def test_cancellation_passes() -> None:
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(AsyncProbe(cancel_itself)(3))


@pytest.mark.parametrize("value", [Probe(fail), AsyncProbe(fail_async), Probe(fail)(3), Probe(neg)(3)])
def test_probes_and_spans_travel_between_processes(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


def test_tasks_one_after_the_other() -> None:
    traces = traces_of([span(1.0, 2.0), span(2.0, 5.0)], share_a_thread=False)
    assert (traces.wall_s, traces.busy_s, traces.longest_s) == (4.0, 4.0, 3.0)
    assert (traces.peak, traces.workers_seen, traces.idle_tail_s) == (1, 1, 0.0)


def test_overlapping_tasks_of_several_hands() -> None:
    spans = [
        span(0.0, 4.0, hand=(1, 1)),
        span(1.0, 3.0, hand=(1, 2)),
        span(2.0, 8.0, hand=(2, 1)),  # the same thread number in another process is another hand
        span(4.5, 5.0, hand=(1, 2)),
    ]
    traces = traces_of(spans, share_a_thread=False)
    assert (traces.wall_s, traces.busy_s, traces.longest_s) == (8.0, 12.5, 6.0)
    assert (traces.peak, traces.workers_seen) == (3, 3)
    assert traces.idle_tail_s == 4.0  # the first hand had nothing more to do after 4.0


def test_cpu_seconds_of_threads_add_up() -> None:
    spans = [span(0, 1, cpu=(5.0, 5.5), hand=(1, 1)), span(0, 1, cpu=(1.0, 1.25), hand=(1, 2))]
    assert traces_of(spans, share_a_thread=False).task_cpu_s == 0.75


def test_cpu_seconds_of_coroutines_are_those_of_their_thread() -> None:
    spans = [span(0, 9, cpu=(5.0, 5.5)), span(1, 9, cpu=(5.25, 6.0))]
    assert traces_of(spans, share_a_thread=True).task_cpu_s == 1.0


def test_an_exception_that_is_its_own_cause_is_named() -> None:
    error = ZeroDivisionError("division by zero")
    error.__cause__ = error
    assert in_one_line(error) == "ZeroDivisionError: division by zero"
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__cause__ = second, first
    assert in_one_line(first) == "ValueError: first (caused by KeyError: 'second')"


def test_an_exception_that_quotes_its_data_is_shortened() -> None:
    error = ValueError("x" * 1_000_000)
    assert len(in_one_line(error)) < 1_100
    assert len(trace_of(error)) <= 20_000
