"""Raw processes: `multiprocessing.Process`, tasks and results over queues or pipes."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import timed_loops
from comparators.runners._support.process_workers import PipeWorkers, QueueWorkers
from comparators.runners._support.start_method import POOL_MAXIMUM, start_parameter

__all__ = ["Multiprocessing"]


@dataclass(kw_only=True, eq=False)
class Multiprocessing(Runner):
    """Processes made by hand. With queues they help themselves; with pipes each one is sent its next task."""

    info = RunnerInfo(
        name="multiprocessing",
        model="processes",
        summary="raw multiprocessing.Process workers, fed over queues or a pipe each",
        api="multiprocessing.Process, {workers} of them",
        simplicity=3,
        pickles=True,
        initializer=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("multiprocessing.connection", "multiprocessing.queues", "multiprocessing.synchronize"),
    )

    channel: str = parameter(
        "queue",
        "how tasks and results travel: over two shared queues or one pipe per worker",
        choices=("queue", "pipe"),
    )
    start: str = start_parameter()

    def __enter__(self) -> Self:
        """Start the processes."""
        from multiprocessing import get_context

        kind = QueueWorkers if self.channel == "queue" else PipeWorkers
        self._processes = kind(get_context(self.start), self.work, self.initializer)
        try:
            self._processes.start(self.workers)
        except BaseException:
            self._processes.abort()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes and join them; after an error, in the middle of their work."""
        if error is None:
            self._processes.stop()
        else:
            self._processes.abort()

    def run(self, loops: int) -> Timing:
        """Send every task and collect as many results, `loops` times.

        Raises:
            WorkerDied: a process ended in the middle of its work.
        """
        return timed_loops(lambda: self._processes.loop(self.tasks), loops)

    def recipe(self) -> Recipe:
        """Return processes that end when they are sent None."""
        functions = (_PIPE if self.channel == "pipe" else _QUEUE).replace("{start}", self.start)
        imports = ["from multiprocessing import get_context", "from multiprocessing.connection import wait"]
        if self.channel == "queue":
            imports.append("from threading import Thread")
        return Recipe(tuple(imports), functions.replace("{workers}", str(self.workers)), "", "do_all(items)")


_QUEUE = """\
def serve(pending, done):
    for index, task in iter(pending.get, None):
        try:
            done.put((index, {work}(task), None))
        except Exception as error:
            done.put((index, None, error))


def do_all(items):
    context = get_context("{start}")
    pending, done = context.Queue(), context.SimpleQueue()
    processes = [context.Process(target=serve, args=(pending, done)) for _ in range({workers})]
    for process in processes:
        process.start()

    def watch():  # or get() below would wait for ever for the result of a dead process
        wait([process.sentinel for process in processes])
        done.put((None, None, RuntimeError("a worker process died")))

    Thread(target=watch, daemon=True).start()
    for item in enumerate(items):
        pending.put(item)
    results = [None] * len(items)
    for index, result, error in (done.get() for _ in items):
        if error:
            pending.cancel_join_thread()  # the tasks that are left will never be taken
            for process in processes:
                process.terminate()
            raise error
        results[index] = result
    for process in processes:
        pending.put(None)  # ends one of them
    for process in processes:
        process.join()
    return results
"""

_PIPE = """\
def serve(connection):
    for index, task in iter(connection.recv, None):
        try:
            connection.send((index, {work}(task), None))
        except Exception as error:
            connection.send((index, None, error))


def do_all(items):
    context = get_context("{start}")
    processes, connections = [], []
    for _ in range({workers}):
        ours, theirs = context.Pipe()
        processes.append(context.Process(target=serve, args=(theirs,)))
        processes[-1].start()
        theirs.close()  # so that recv() below fails when the process dies
        connections.append(ours)
    pending = iter(enumerate(items))
    for connection, item in zip(connections, pending):
        connection.send(item)
    results = {}
    try:
        while len(results) < len(items):
            for connection in wait(connections):
                index, results[index], error = connection.recv()
                if error:
                    raise error
                if (item := next(pending, None)) is not None:
                    connection.send(item)
    except BaseException:  # of a task, or EOFError of a process that died: the others would wait for ever
        for process in processes:
            process.terminate()
        raise
    for connection, process in zip(connections, processes):
        connection.send(None)
        process.join()
    return [results[index] for index in range(len(items))]
"""
