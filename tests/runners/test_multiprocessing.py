"""What raw processes do when a worker or what travels to it is broken."""

import os
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any

import pytest

from comparators.runners._support.process_workers import QueueWorkers, WorkerDied
from comparators.runners.multiprocessing import Multiprocessing
from tests.runners import support

CHANNELS = pytest.mark.parametrize("channel", ["queue", "pipe"])


@CHANNELS
def test_a_dead_worker_is_named(channel: str) -> None:
    with (
        pytest.raises(WorkerDied, match=r"worker process '.+' died in the middle of its work, with exit code 3"),
        Multiprocessing(work=support.exit_at_once, tasks=[3] * 4, workers=2, channel=channel) as runner,
    ):
        runner.run(1)


@CHANNELS
def test_a_task_that_cannot_be_pickled(channel: str) -> None:
    with (
        pytest.raises(Exception, match="lambda"),
        Multiprocessing(work=support.nothing, tasks=[1, lambda: 2, 3], workers=2, channel=channel) as runner,
    ):
        runner.run(1)


@CHANNELS
def test_a_part_that_cannot_be_pickled(channel: str) -> None:
    with (
        pytest.raises(Exception, match="lambda"),
        Multiprocessing(work=support.unpicklable, tasks=[1, 2, 3], workers=2, channel=channel) as runner,
    ):
        runner.run(1)


@CHANNELS
def test_an_exception_that_cannot_be_unpickled_is_told_in_words(channel: str) -> None:
    with (
        pytest.raises(RuntimeError, match="TwoArguments: a and b"),
        Multiprocessing(work=support.fail_with_two, tasks=[1], workers=1, channel=channel) as runner,
    ):
        runner.run(1)


@CHANNELS
def test_large_tasks_and_parts_do_not_block_each_other(channel: str) -> None:
    tasks = [bytes(300_000)] * 12  # larger than what a pipe holds, both ways
    with Multiprocessing(work=support.same, tasks=tasks, workers=2, channel=channel) as runner:
        assert runner.run(2).results == tasks


@CHANNELS
def test_the_workers_own_traceback_is_kept_as_a_note(channel: str) -> None:
    with (
        pytest.raises(ValueError, match="task 2 is wrong") as caught,
        Multiprocessing(work=support.fail, tasks=[2], workers=1, channel=channel) as runner,
    ):
        runner.run(1)
    assert "in fail" in caught.value.__notes__[0]


class Dying:
    """A process whose end can be seen, but which is there until somebody waits for it."""

    name = "dying"
    exitcode: int | None = None

    def __init__(self) -> None:
        self.sentinel, writing = os.pipe()
        os.close(writing)

    def join(self, timeout: float) -> None:
        os.close(self.sentinel)
        self.exitcode = 3


def test_a_process_that_is_not_quite_gone_when_its_end_is_seen_is_named() -> None:
    crew: Any = QueueWorkers(get_context("spawn"), abs)
    crew.processes, crew.done, crew.ending = [Dying()], SimpleQueue(), False
    crew._watch()
    index, error = crew.done.get_nowait()
    assert index is None
    assert str(error) == "worker process 'dying' died in the middle of its work, with exit code 3"
