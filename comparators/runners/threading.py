"""Raw threads: `threading.Thread`, tasks and results over queues."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from comparators.coordination.kits.threads import ThreadKit
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import Held, repeated

__all__ = ["Threading"]


@dataclass(frozen=True, slots=True)
class Channels:
    """The queues between the main thread and its workers.

    Attributes:
        rounds: True lets a worker work for one loop, False ends it.
        pending: numbered tasks; None ends the loop for the worker that takes it.
        done: numbered results.
        finished: a worker's end of the loop: None, or the exception of a task. The main thread waits for these
            only, not for every result: being woken for each one would cost more than the hand-over itself.
    """

    rounds: SimpleQueue[bool] = field(default_factory=SimpleQueue)
    pending: SimpleQueue[tuple[int, Any] | None] = field(default_factory=SimpleQueue)
    done: SimpleQueue[tuple[int, Any]] = field(default_factory=SimpleQueue)
    finished: SimpleQueue[BaseException | None] = field(default_factory=SimpleQueue)


def serve(channels: Channels, work: Callable[[Any], Any]) -> None:
    """Do tasks, loop by loop; an exception is passed on, whatever its kind."""
    get, put = channels.pending.get, channels.done.put
    while channels.rounds.get():
        try:
            while (item := get()) is not None:
                index, task = item
                put((index, work(task)))
        except BaseException as error:  # noqa: BLE001  also SystemExit: lost in a thread, it would look like success
            channels.finished.put(error)
        else:
            channels.finished.put(None)


class Worker(threading.Thread):
    """A thread as a subclass: what it needs are its attributes."""

    def __init__(self, channels: Channels, work: Callable[[Any], Any]) -> None:
        super().__init__()
        self.channels, self.work = channels, work

    def run(self) -> None:
        """Do tasks, loop by loop."""
        serve(self.channels, self.work)


@dataclass(kw_only=True, eq=False)
class Threading(Runner):
    """Threads made by hand, fed by one queue, with a queue for the results."""

    info = RunnerInfo(
        name="threading",
        model="threads",
        summary="raw threading.Thread workers, a queue for tasks and one for results",
        kit=ThreadKit,
    )

    style: str = parameter(
        "function",
        "how the thread gets its code: as a target function or as a subclass",
        choices=("function", "subclass"),
    )

    def __enter__(self) -> Self:
        """Start the threads."""
        self._channels = Channels()
        self._threads: list[threading.Thread] = []
        try:
            for _ in range(self.workers):
                thread = self._new()
                thread.start()
                self._threads.append(thread)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop tasks that nobody took, let the threads finish theirs and join them."""
        self._stop()

    def run(self, loops: int) -> Timing:
        """Put every task into the queue, wait for the workers and collect the results, `loops` times."""
        return repeated(self._loop, loops)

    def recipe(self) -> Recipe:
        """Return threads that end when they take None from the queue."""
        body = _SUBCLASS if self.style == "subclass" else _FUNCTION
        return Recipe(
            ("from queue import SimpleQueue", "from threading import Thread"),
            body.replace("{workers}", str(self.workers)),
        )

    def _new(self) -> threading.Thread:
        if self.style == "subclass":
            return Worker(self._channels, self.work)
        return threading.Thread(target=serve, args=(self._channels, self.work))

    def _loop(self) -> Held:
        channels, put = self._channels, self._channels.pending.put
        for item in enumerate(self.tasks):
            put(item)
        for _ in self._threads:
            put(None)
            channels.rounds.put(item=True)
        for _ in self._threads:
            if (error := channels.finished.get()) is not None:
                raise error
        results = dict(channels.done.get_nowait() for _ in self.tasks)
        return [results[index] for index in range(len(results))], perf_counter()

    def _stop(self) -> None:
        with suppress(Empty):
            while True:
                self._channels.pending.get_nowait()
        for _ in self._threads:
            self._channels.pending.put(None)
            self._channels.rounds.put(item=False)
        for thread in self._threads:
            thread.join()


_COLLECT = """\
    for item in [*enumerate(tasks), *[None] * {workers}]:  # a None ends one thread
        pending.put(item)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = dict(done.get_nowait() for _ in tasks)
    return [results[index] for index in range(len(tasks))]
"""

_FUNCTION = (
    """\
def serve(pending, done):
    while (item := pending.get()) is not None:
        index, task = item
        done.put((index, {work}(task)))


def run(tasks):
    pending, done = SimpleQueue(), SimpleQueue()
    threads = [Thread(target=serve, args=(pending, done)) for _ in range({workers})]
"""
    + _COLLECT
)

_SUBCLASS = (
    """\
class Worker(Thread):
    def __init__(self, pending, done):
        super().__init__()
        self.pending, self.done = pending, done

    def run(self):
        while (item := self.pending.get()) is not None:
            index, task = item
            self.done.put((index, {work}(task)))


def run(tasks):
    pending, done = SimpleQueue(), SimpleQueue()
    threads = [Worker(pending, done) for _ in range({workers})]
"""
    + _COLLECT
)
