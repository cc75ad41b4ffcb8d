"""Worker processes that live on between loops, and notice when one of them dies.

Both kinds send `(index, task)` and receive `(index, result)`; the index None comes with the exception of a task.
"""

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self, cast

from comparators.errors import ComparatorsError
from comparators.runner import MISSING
from comparators.runners._support.loops import LoopResults
from comparators.runners._support.process_worker_main import serve_pipe, serve_queue

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.queues import SimpleQueue

    from comparators.runner import Initializer

__all__ = ["PipeWorkers", "ProcessWorkers", "QueueWorkers", "WorkerDied"]

CHECK_S = 1.0
"""How often to look for dead workers whose pipe a process of their own still holds open."""

GRACE_S = 2.0
"""How long a worker may take to end after SIGTERM."""


class WorkerDied(ComparatorsError):
    """A worker process ended in the middle of its work."""

    @classmethod
    def of(cls, process: "BaseProcess") -> Self:
        """Say which process it was and how it ended."""
        return cls(f"worker process '{process.name}' died in the middle of its work, {_ending(process.exitcode)}")


class ProcessWorkers(ABC):
    """Processes that do tasks until told to stop; each calls the initializer when it starts."""

    def __init__(
        self, context: "BaseContext", work: Callable[[Any], Any], initializer: "Initializer | None" = None
    ) -> None:
        self.context = context
        self.work = work
        self.initializer = initializer
        self.processes: list[BaseProcess] = []

    @abstractmethod
    def start(self, workers: int) -> None:
        """Start the processes."""

    @abstractmethod
    def loop(self, tasks: Sequence[Any]) -> LoopResults:
        """Do all tasks once and return the results in task order, and when the first of them came.

        Raises:
            BaseException: that of a task.
            WorkerDied: a process ended in the middle of its work.
        """

    @abstractmethod
    def stop(self) -> None:
        """Let the idle processes end, and join them."""

    def abort(self) -> None:
        """End the processes whatever they are doing, and join them."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join(GRACE_S)
            if process.is_alive():
                process.kill()
                process.join()

    def _add(self, target: Callable[..., None], *args: object) -> "BaseProcess":
        process: BaseProcess = self.context.Process(target=target, args=(*args, self.work, self.initializer))  # type: ignore[attr-defined]  # every context has it, typeshed's base class has not
        process.start()
        self.processes.append(process)
        return process


class QueueWorkers(ProcessWorkers):
    """Processes that take tasks from one queue and put results into another."""

    def start(self, workers: int) -> None:
        """Start the processes, a thread that feeds them and one that waits for the first of them to end."""
        self.pending: SimpleQueue[tuple[int, Any] | None] = self.context.SimpleQueue()
        self.done: SimpleQueue[tuple[int | None, Any]] = self.context.SimpleQueue()
        self.outbox: queue.SimpleQueue[tuple[int, Any] | None] = queue.SimpleQueue()
        self.ending = False
        for _ in range(workers):
            self._add(serve_queue, self.pending, self.done)
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self._feed, self._watch)]
        for thread in self.threads:
            thread.start()

    def loop(self, tasks: Sequence[Any]) -> LoopResults:
        """Put every task into the queue, then collect as many results."""
        put = self.outbox.put
        results: list[Any] = [MISSING] * len(tasks)
        for item in enumerate(tasks):
            put(item)
        self._collect(results, min(1, len(tasks)))
        first = perf_counter()
        self._collect(results, len(tasks) - 1)
        return results, first

    def _collect(self, results: list[Any], count: int) -> None:
        get = self.done.get
        for _ in range(count):
            index, result = get()
            if index is None:
                raise result
            results[index] = result

    def stop(self) -> None:
        """Send every process a None, join them and close the queues."""
        self.ending = True
        for _ in self.processes:
            self.outbox.put(None)
        for process in self.processes:
            process.join()
        self._close()

    def abort(self) -> None:
        """End the processes whatever they are doing, join them and close the queues."""
        self.ending = True
        super().abort()
        self._close()

    def _close(self) -> None:
        self.pending.close()
        self.done.close()
        self.outbox.put(None)
        for thread in getattr(self, "threads", ()):
            thread.join(GRACE_S)  # one that waits for a lock which a killed process held would never end

    def _feed(self) -> None:
        """Send tasks from a thread, so that a full pipe of tasks never keeps results from being collected."""
        while not (self.ending and self.outbox.empty()):
            try:
                self.pending.put(self.outbox.get())
            except Exception as error:  # noqa: BLE001  pickling runs a task's own code; a closed queue ends the thread
                if self.ending:
                    return
                self.done.put((None, error))

    def _watch(self) -> None:
        from multiprocessing.connection import wait

        (first, *_) = wait([process.sentinel for process in self.processes])
        if not self.ending:
            dead = next(process for process in self.processes if process.sentinel == first)
            dead.join(GRACE_S)  # its end may be seen a moment before it is gone
            with suppress(OSError):  # closed in the meantime
                self.done.put((None, WorkerDied.of(dead)))


class PipeWorkers(ProcessWorkers):
    """Processes with a pipe each: one that sends a result is sent the next task."""

    def start(self, workers: int) -> None:
        """Start the processes."""
        self.members: dict[Connection[Any, Any], BaseProcess] = {}
        for _ in range(workers):
            ours, theirs = self.context.Pipe()
            self.members[ours] = self._add(serve_pipe, theirs)
            theirs.close()  # otherwise reading from a dead worker would wait for ever

    def loop(self, tasks: Sequence[Any]) -> LoopResults:
        """Send each process a task, and the next one whenever a result comes."""
        from multiprocessing.connection import wait

        connections = list(self.members)
        results: list[Any] = [MISSING] * len(tasks)
        pending = iter(enumerate(tasks))
        missing, first = len(tasks), 0.0
        for connection, item in zip(connections, islice(pending, len(connections)), strict=False):
            self._send(connection, item)
        while missing:
            for ready in wait(connections, CHECK_S) or self._check():
                connection = cast("Connection[Any, Any]", ready)  # nothing else was waited for
                index, result = self._receive(connection)
                if index is None:
                    raise result
                results[index] = result
                if not first:
                    first = perf_counter()
                missing -= 1
                if (following := next(pending, None)) is not None:
                    self._send(connection, following)
        return results, first or perf_counter()

    def stop(self) -> None:
        """Send every process a None, join them and close the pipes."""
        for connection in self.members:
            self._send(connection, None)
        for connection, process in self.members.items():
            process.join()
            connection.close()

    def abort(self) -> None:
        """End the processes whatever they are doing, join them and close the pipes."""
        super().abort()
        for connection in self.members:
            connection.close()

    def _send(self, connection: "Connection[Any, Any]", item: tuple[int, Any] | None) -> None:
        try:
            connection.send(item)
        except OSError as error:
            raise self._died(connection) from error

    def _receive(self, connection: "Connection[Any, Any]") -> tuple[int | None, Any]:
        try:
            received: tuple[int | None, Any] = connection.recv()
        except (EOFError, OSError) as error:
            raise self._died(connection) from error
        return received

    def _died(self, connection: "Connection[Any, Any]") -> WorkerDied:
        process = self.members[connection]
        process.join(GRACE_S)  # its pipe may close a moment before it is gone
        return WorkerDied.of(process)

    def _check(self) -> tuple[()]:
        for process in self.processes:
            if not process.is_alive():
                raise WorkerDied.of(process)
        return ()


def _ending(exitcode: int | None) -> str:
    if exitcode is None:
        return "and is not gone yet"
    if exitcode >= 0:
        return f"with exit code {exitcode}"
    import signal

    try:
        return f"by signal {signal.Signals(-exitcode).name}"
    except ValueError:
        return f"by signal {-exitcode}"
