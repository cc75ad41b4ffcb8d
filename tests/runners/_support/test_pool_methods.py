"""How the pools of `multiprocessing` converse with whoever uses them, and when other models give their first result."""

import os
import threading
from collections.abc import Iterator
from multiprocessing import TimeoutError as NotYet
from multiprocessing.pool import IMapIterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from comparators.runners import serial
from comparators.runners._support import loops, process_workers
from comparators.runners._support.pool_base import PoolRunner
from comparators.runners._support.pool_methods import METHODS
from comparators.runners.mp_pool import MpPool
from comparators.runners.threadpool import ThreadPool
from comparators.testing import check_runner
from tests.runners import support
from tests.runners.variants import VARIANTS, Variant

TOGETHER = ("map", "map_async", "starmap", "starmap_async")
"""Methods that give all results at once."""

READING_OF_THE_FIRST = 3
"""After those at the start of the measurement and of the loop."""


def test_both_pools_have_the_same_methods() -> None:
    assert MpPool.__dataclass_fields__["method"] is ThreadPool.__dataclass_fields__["method"]
    assert len(METHODS) == 10


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_the_contract(method: str) -> None:
    check_runner(ThreadPool, method=method)


@pytest.fixture
def latch(tmp_path: Path) -> Iterator[Path]:
    """Return a pipe with a name that holds back who reads from it until the clock is read for the first result."""
    path = tmp_path / "latch"
    os.mkfifo(path)
    file = os.open(path, os.O_RDWR)
    yield path
    os.close(file)


@pytest.fixture
def opening_clock(latch: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the clock open the latch when it is read for the first result; return its readings."""
    readings: list[float] = []

    def clock() -> float:
        readings.append(perf_counter())
        if len(readings) == READING_OF_THE_FIRST:
            latch.write_bytes(b".")
        return readings[-1]

    for module in (loops, process_workers, serial):
        monkeypatch.setattr(module, "perf_counter", clock)
    return readings


def _gives_results_one_by_one(variant: Variant) -> bool:
    late = variant.info.asynchronous or variant.name == "threading" or variant.name.startswith("anyio")
    return not late and not variant.chunked and _method(variant) not in TOGETHER


def _method(variant: Variant) -> str | None:
    given = variant.parameters.get("method", "map" if variant.name in {"mp-pool", "threadpool"} else None)
    return None if given is None else str(given)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_first_result_is_in_hand_while_the_second_task_is_at_work(
    variant: Variant, latch: Path, opening_clock: list[float]
) -> None:
    if not _gives_results_one_by_one(variant):
        pytest.skip("gives all results together, in the end")
    with variant.make(support.pass_latch, [(0, ""), (1, str(latch))], 1) as runner:
        timing = runner.run(1)
    assert list(timing.results) == [0, 1]
    assert timing.first_s == opening_clock[2] - opening_clock[1]


@pytest.mark.parametrize("method", TOGETHER)
def test_where_all_results_come_together_the_first_comes_with_the_last(method: str) -> None:
    done: list[float] = []

    def work(task: int) -> int:
        done.append(perf_counter())
        return task

    with ThreadPool(work=work, tasks=range(9), workers=1, method=method) as runner:
        timing = runner.run(1)
    assert timing.first_s is not None
    assert timing.first_s >= done[-1] - done[0]


def test_a_result_that_is_not_there_in_time_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals: list[float] = []
    asked_for = threading.Event()
    ask = IMapIterator.next

    def next_one(self: Any, timeout: float | None = None) -> Any:
        assert timeout is not None
        try:
            return ask(self, timeout)
        except NotYet:
            refusals.append(timeout)
            asked_for.set()
            raise

    def work(task: int) -> int:
        assert asked_for.wait(60)
        return 2 * task

    monkeypatch.setattr(IMapIterator, "next", next_one)
    with ThreadPool(work=work, tasks=range(5), workers=2, method="imap_timeout") as runner:
        assert runner.run(1).results == [0, 2, 4, 6, 8]
    assert refusals


@pytest.mark.parametrize("pool", [MpPool, ThreadPool])
def test_a_task_that_raises_what_means_not_yet_is_not_asked_for_again(pool: type[PoolRunner]) -> None:
    with (
        pytest.raises(NotYet, match=r"^mine$"),
        pool(work=support.give_up, tasks=range(3), workers=1, method="imap_timeout") as runner,
    ):
        runner.run(1)


@pytest.mark.parametrize("method", METHODS)
def test_a_part_that_cannot_be_sent_is_an_error_of_the_caller(method: str) -> None:
    with (
        pytest.raises(Exception, match="lambda"),
        MpPool(work=support.unpicklable, tasks=[1, 2, 3], workers=1, method=method) as runner,
    ):
        runner.run(1)


@pytest.mark.parametrize("method", ["imap_unordered", "apply_async_callback"])
def test_parts_that_come_in_another_order_are_put_into_that_of_the_tasks(method: str) -> None:
    second_is_done = threading.Event()

    def work(task: int) -> int:
        if task == 0:
            assert second_is_done.wait(60)
        else:
            second_is_done.set()
        return task

    with ThreadPool(work=work, tasks=range(4), workers=2, method=method) as runner:
        assert runner.run(1).results == [0, 1, 2, 3]
