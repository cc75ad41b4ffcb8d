"""Raw threads: `threading.Thread`, tasks and parts over queues."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners.thread_kit import ThreadKit

__all__ = ["Threading"]

Pending = SimpleQueue[tuple[int, Any] | None]
"""Numbered tasks; None ends the worker that takes it."""

Done = SimpleQueue[tuple[int | None, Any]]
"""Numbered parts; the number None comes with the exception of a task."""


def serve(pending: Pending, done: Done, work: Callable[[Any], Any]) -> None:
    """Do tasks until None comes; an exception is a result too, whatever its kind."""
    while (item := pending.get()) is not None:
        index, task = item
        try:
            done.put((index, work(task)))
        except BaseException as error:  # noqa: BLE001  also SystemExit: lost in a thread, it would look like success
            done.put((None, error))


class Worker(threading.Thread):
    """A thread as a subclass: what it needs are its attributes."""

    def __init__(self, pending: Pending, done: Done, work: Callable[[Any], Any]) -> None:
        super().__init__()
        self.pending, self.done, self.work = pending, done, work

    def run(self) -> None:
        """Do tasks until None comes."""
        serve(self.pending, self.done, self.work)


@dataclass(kw_only=True, eq=False)
class Threading(Runner):
    """Threads made by hand, fed by one queue, with a queue for the results."""

    info = RunnerInfo(
        name="threading",
        family="threads",
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
        self._pending: Pending = SimpleQueue()
        self._done: Done = SimpleQueue()
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

    def repeat(self, loops: int) -> Timing:
        """Put every task into the queue and collect as many parts, `loops` times."""
        parts: list[Any] = []
        started = perf_counter()
        for _ in range(loops):
            parts = self._loop()
        return Timing(perf_counter() - started, parts)

    def recipe(self) -> Recipe:
        """Return threads that end when they take None from the queue."""
        body = _SUBCLASS if self.style == "subclass" else _FUNCTION
        return Recipe(
            ("from queue import SimpleQueue", "from threading import Thread"),
            body.replace("{workers}", str(self.workers)),
        )

    def _new(self) -> threading.Thread:
        if self.style == "subclass":
            return Worker(self._pending, self._done, self.work)
        return threading.Thread(target=serve, args=(self._pending, self._done, self.work))

    def _loop(self) -> list[Any]:
        put, get = self._pending.put, self._done.get
        parts: list[Any] = [None] * len(self.tasks)
        for item in enumerate(self.tasks):
            put(item)
        for _ in parts:
            index, part = get()
            if index is None:
                raise part
            parts[index] = part
        return parts

    def _stop(self) -> None:
        try:
            while True:
                self._pending.get_nowait()
        except Empty:
            pass
        for _ in self._threads:
            self._pending.put(None)
        for thread in self._threads:
            thread.join()


_COLLECT = """\
    for item in [*enumerate(tasks), *[None] * {workers}]:  # a None ends one thread
        pending.put(item)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    parts = dict(done.get_nowait() for _ in tasks)
    return [parts[index] for index in range(len(tasks))]
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
