"""What every runner must do, whatever its model."""

import gc
import multiprocessing
import os
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from comparators.coordination.kit import install
from comparators.coordination.kit_choice import kit_class_of, kit_of
from comparators.parameters import parameters_of
from comparators.registry.built_in import RUNNERS
from comparators.runners._support.loops import TaskCancelled
from tests.runners import support
from tests.runners.gate import Gate
from tests.runners.variants import CHOICES, DEFAULTS, TARGETS, VARIANTS, Variant

HANGS_ON_EXIT = {"threadpool", "mp-pool"}
"""Models that wait for ever when a task raises SystemExit or KeyboardInterrupt."""


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    threads = set(threading.enumerate())
    yield
    gc.collect()  # what is in cycles ends here, not in the middle of a later test
    assert set(threading.enumerate()) - threads == set()
    assert multiprocessing.active_children() == []
    _, remaining = psutil.wait_procs(_workers(), timeout=10)
    assert remaining == []


def _workers() -> list[psutil.Process]:
    """Return all descendants but multiprocessing's own helpers, which end with this process."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if process.is_running() and not _is_helper(process)
    ]


def _is_helper(process: psutil.Process) -> bool:
    try:
        words = " ".join(process.cmdline())
        return process.ppid() == os.getpid() and any(name in words for name in ("forkserver", "resource_tracker"))
    except psutil.Error:
        return True


@pytest.mark.parametrize("variant", VARIANTS)
def test_parts_come_in_task_order(variant: Variant) -> None:
    with variant.make(variant.pick(support.double, support.double_async), range(11), variant.workers(3)) as runner:
        first, more = runner.run(1), runner.run(3)
    assert list(first.results) == list(more.results) == [2 * task for task in range(11)]
    assert first.seconds > 0
    assert more.seconds > 0
    for timing in (first, more):
        assert timing.first_s is not None
        assert 0 < timing.first_s <= timing.seconds


@pytest.mark.parametrize("variant", DEFAULTS)
@pytest.mark.parametrize("count", [0, 1])
def test_more_workers_than_tasks(variant: Variant, count: int) -> None:
    work = variant.pick(support.nothing, support.nothing_async)
    with variant.make(work, ["task"] * count, variant.workers(3)) as runner:
        assert list(runner.run(2).results) == [None] * count


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("wanted", [1, 3])
def test_as_many_tasks_in_progress_as_workers(variant: Variant, wanted: int) -> None:
    work = variant.pick(support.meet, support.meet_async)
    workers = variant.make(work, range(100), variant.workers(wanted)).max_concurrency
    tasks = 4 * workers
    with (
        Gate(workers, tasks, again=not variant.chunked) as gate,
        variant.make(work, [gate.port] * tasks, workers) as runner,
    ):
        loops = [_hands(variant, runner.run(1).results) for _ in range(2)]
    assert not gate.failed
    assert gate.most == workers
    if not variant.info.asynchronous:  # coroutines have no workers
        assert loops[0] == loops[1], "the workers of the first loop did the second one"
        assert len(loops[0]) == workers


def _hands(variant: Variant, places: object) -> set[int]:
    """Return who did the tasks, by what a worker of this model is."""
    member = {"processes": "process", "interpreters": "interpreter"}.get(variant.info.model, "thread")
    assert isinstance(places, list)
    return {getattr(place, member) for place in places}


@pytest.mark.parametrize("variant", DEFAULTS)
def test_more_tasks_than_forty_are_in_progress(variant: Variant) -> None:
    """Forty is the limit of anyio's own threads; more that wait for each other would wait for ever."""
    if variant.info.model not in {"threads", "async"}:
        pytest.skip("so many processes or interpreters take long to start")
    work = variant.pick(support.meet, support.meet_async)
    with Gate(50, 50) as gate, variant.make(work, [gate.port] * 50, 50) as runner:
        runner.run(1)
    assert gate.most == 50


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_exception_of_a_task_comes_out(variant: Variant) -> None:
    work = variant.pick(support.fail, support.fail_async)
    with (
        pytest.raises(ValueError, match="task 2 is wrong"),
        variant.make(work, range(9), variant.workers(2)) as runner,
    ):
        runner.run(1)


# A SystemExit stops the event loop at once: anyio leaves its processes and their pipes to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("variant", DEFAULTS)
@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_exceptions_that_end_programs_come_out(variant: Variant, kind: type[BaseException]) -> None:
    if variant.name in HANGS_ON_EXIT:
        pytest.skip("the model itself waits for ever")
    if kind is SystemExit:
        work = variant.pick(support.leave, support.leave_async)
    else:
        work = variant.pick(support.interrupt, support.interrupt_async)
    with pytest.raises(kind), variant.make(work, range(3), variant.workers(2)) as runner:
        runner.run(1)
    del runner
    gc.collect()  # here, where its warnings are expected, not in a later test


@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize("name", ["asyncio", "anyio", "anyio-threads"])
def test_a_task_that_is_cancelled_is_a_failure_and_no_result(name: str, workers: int) -> None:
    variant = Variant(name, {})
    work = variant.pick(support.cancel, support.cancel_async)
    with pytest.raises(TaskCancelled, match="task 1 was cancelled"), variant.make(work, range(3), workers) as runner:
        runner.run(1)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_shared_reaches_every_worker(variant: Variant) -> None:
    wanted = [name for name in ("lock", "counter", "array", "queue") if kit_class_of(variant.info).offers(name)]
    if not wanted:
        pytest.skip("nothing can be shared")
    workers = variant.workers(2)
    runner = variant.make(variant.pick(support.arrive, support.arrive_async), range(3), workers)
    arguments = {"array": ("q", 3)}
    with kit_of(runner) as kit:
        things = {name: kit.make(name, *arguments.get(name, ())) for name in wanted}
        runner.initializer = (install, (things,))
        install(things)
        try:
            with runner:
                assert list(runner.run(1).results) == [0, 1, 2]
                assert sorted(_received(things["queue"]) for _ in range(3)) == [0, 1, 2]
        finally:
            install(None)
        assert things["counter"].value == (3 if "lock" in wanted else 1)
        assert list(things["array"]) == [10, 11, 12]


def _received(queue: Any) -> int:
    found: int = queue[1].receive_nowait() if isinstance(queue, tuple) else queue.get(timeout=30)
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_tasks_that_need_each_other_find_each_other_with_as_many_workers(variant: Variant) -> None:
    workers = variant.make(support.nothing, range(100), variant.workers(4)).max_concurrency
    with Gate(workers, workers, again=False) as gate:
        work = variant.pick(support.meet, support.meet_async)
        with variant.make(work, [gate.port] * workers, workers) as runner:
            if runner.chunk_size > 1:
                pytest.skip(f"hands one worker {runner.chunk_size} tasks together, which the plan knows")
            runner.run(2)
    assert not gate.failed
    assert gate.most == workers


def test_every_choice_of_every_runner_is_tried() -> None:
    assert [one.name for one in RUNNERS] == list(TARGETS)
    for one in RUNNERS:
        name, target = one.name, one.target
        cls = Variant(name, {}).cls
        assert cls.info.name == name, target
        for declared in parameters_of(cls):
            tried = {choice.get(declared.name, declared.default) for choice in [{}, *CHOICES.get(name, [])]}
            assert tried >= set(declared.choices), (name, declared.name)
            assert len(tried) > 1, (name, declared.name)
