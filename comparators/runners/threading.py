"""Raw threads: `threading.Thread`, tasks and results over queues."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from comparators.parameters import parameter
from comparators.runner import Initializer, Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import LoopResults, timed_loops

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


def serve(channels: Channels, work: Callable[[Any], Any], initializer: Initializer | None) -> None:
    """Do tasks, loop by loop; pass an exception on, whatever its kind."""
    get, put = channels.pending.get, channels.done.put
    broken = _initialized(initializer)
    while channels.rounds.get():
        if broken is not None:
            channels.finished.put(broken)
            continue
        try:
            while (item := get()) is not None:
                index, task = item
                put((index, work(task)))
        except BaseException as error:  # noqa: BLE001  also SystemExit: lost in a thread, it would look like success
            channels.finished.put(error)
        else:
            channels.finished.put(None)


def _initialized(initializer: Initializer | None) -> BaseException | None:
    """Call the initializer; return what it raised."""
    if initializer is None:
        return None
    function, arguments = initializer
    try:
        function(*arguments)
    except BaseException as error:  # noqa: BLE001  passed on to the main thread
        return error
    return None


class Worker(threading.Thread):
    """A thread as a subclass: what it needs are its attributes."""

    def __init__(self, channels: Channels, work: Callable[[Any], Any], initializer: Initializer | None) -> None:
        super().__init__()
        self.channels, self.work, self.initializer = channels, work, initializer

    def run(self) -> None:
        """Do tasks, loop by loop."""
        serve(self.channels, self.work, self.initializer)


@dataclass(kw_only=True, eq=False)
class Threading(Runner):
    """Threads made by hand, fed by one queue, with a queue for the results."""

    info = RunnerInfo(
        name="threading",
        model="threads",
        summary="raw threading.Thread workers, a queue for tasks and one for results",
        api="threading.Thread, {workers} of them",
        simplicity=3,
        initializer=True,
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
        """Drop tasks that have not begun, let the threads finish theirs and join them."""
        self._stop()

    def run(self, loops: int) -> Timing:
        """Put every task into the queue, wait for the workers and collect the results, `loops` times."""
        return timed_loops(self._loop, loops)

    def recipe(self) -> Recipe:
        """Return threads that end when they take None from the queue."""
        functions = (_SUBCLASS if self.style == "subclass" else _FUNCTION).replace("{workers}", str(self.workers))
        return Recipe(("from queue import SimpleQueue", "from threading import Thread"), functions, "", "do_all(items)")

    def _new(self) -> threading.Thread:
        if self.style == "subclass":
            return Worker(self._channels, self.work, self.initializer)
        return threading.Thread(target=serve, args=(self._channels, self.work, self.initializer))

    def _loop(self) -> LoopResults:
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


_SERVE = """\
def serve(pending, done):
    while (item := pending.get()) is not None:
        index, task = item
        try:
            done.put((index, {work}(task), None))
        except BaseException as error:
            done.put((index, None, error))
"""

_COLLECT = """\
    for thread in threads:
        thread.start()
    for item in enumerate(items):
        pending.put(item)
    results = [None] * len(items)
    first_error = None
    for _ in items:
        index, results[index], error = done.get()
        first_error = first_error or error
    for _ in threads:
        pending.put(None)  # ends one thread
    for thread in threads:
        thread.join()
    if first_error:
        raise first_error
    return results
"""

_FUNCTION = (
    _SERVE
    + """

def do_all(items):
    pending, done = SimpleQueue(), SimpleQueue()
    threads = [Thread(target=serve, args=(pending, done)) for _ in range({workers})]
"""
    + _COLLECT
)

_SUBCLASS = (
    _SERVE
    + """

class Worker(Thread):
    def __init__(self, pending, done):
        super().__init__()
        self.pending, self.done = pending, done

    def run(self):
        serve(self.pending, self.done)


def do_all(items):
    pending, done = SimpleQueue(), SimpleQueue()
    threads = [Worker(pending, done) for _ in range({workers})]
"""
    + _COLLECT
)
