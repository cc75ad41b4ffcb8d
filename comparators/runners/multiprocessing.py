"""Raw processes: `multiprocessing.Process`, tasks and results over queues or pipes."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from comparators.coordination.kit import Kit
from comparators.coordination.kits.processes import ProcessKit
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import repeated
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
        pickles=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("multiprocessing.connection", "multiprocessing.queues", "multiprocessing.synchronize"),
        kit=ProcessKit,
    )

    channel: str = parameter(
        "queue", "how tasks and results travel: over two shared queues or one pipe per worker", choices=("queue", "pipe")
    )
    start: str = start_parameter()

    def new_kit(self) -> Kit:
        """Return a kit of the start method's own context."""
        return ProcessKit(self.start)

    def __enter__(self) -> Self:
        """Start the processes."""
        from multiprocessing import get_context

        kind = QueueWorkers if self.channel == "queue" else PipeWorkers
        self._workers_pool = kind(get_context(self.start), self.work, self.shared)
        try:
            self._workers_pool.start(self.workers)
        except BaseException:
            self._workers_pool.abort()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes and join them; after an error, in the middle of their work."""
        if error is None:
            self._workers_pool.stop()
        else:
            self._workers_pool.abort()

    def run(self, loops: int) -> Timing:
        """Send every task and collect as many results, `loops` times.

        Raises:
            WorkerDied: a process ended in the middle of its work.
        """
        return repeated(lambda: self._workers_pool.loop(self.tasks), loops)

    def recipe(self) -> Recipe:
        """Return processes that end when they are sent None."""
        imports = ["from multiprocessing import get_context", "from multiprocessing.connection import wait"]
        if self.channel == "queue":
            imports.append("from threading import Thread")
        body = _PIPE if self.channel == "pipe" else _QUEUE
        for marker, (alone, sharing) in _SHARING.items():
            body = body.replace(marker, alone if self.shared is None else sharing)
        return Recipe(tuple(imports), body.replace("{start}", self.start).replace("{workers}", str(self.workers)))


_SHARING = {
    "{shared}": ("", ", shared"),
    "{or shared}": (",", ", shared"),
    "{install}": ("", "    install(shared)\n"),
}
"""What stands in a recipe without, and with, something that the workers share."""

_QUEUE = """\
def serve(pending, done{shared}):
{install}\
    for index, task in iter(pending.get, None):
        try:
            done.put((index, {work}(task), None))
        except Exception as error:
            done.put((index, None, error))


def run(tasks{shared}):
    context = get_context("{start}")
    pending, done = context.Queue(), context.SimpleQueue()
    processes = [context.Process(target=serve, args=(pending, done{shared})) for _ in range({workers})]
    for process in processes:
        process.start()

    def watch():  # or get() below would wait for ever for what a dead process was at
        wait([process.sentinel for process in processes])
        done.put((None, None, RuntimeError("a worker process died")))

    Thread(target=watch, daemon=True).start()
    for item in enumerate(tasks):
        pending.put(item)
    results = [None] * len(tasks)
    for index, result, error in (done.get() for _ in tasks):
        if error:
            pending.cancel_join_thread()  # nobody will take the tasks that are left
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
def serve(connection{shared}):
{install}\
    for index, task in iter(connection.recv, None):
        connection.send((index, {work}(task)))


def run(tasks{shared}):
    context = get_context("{start}")
    processes, connections = [], []
    for _ in range({workers}):
        ours, theirs = context.Pipe()
        processes.append(context.Process(target=serve, args=(theirs{or shared})))
        processes[-1].start()
        theirs.close()  # so that recv() below fails when the process dies
        connections.append(ours)
    pending = iter(enumerate(tasks))
    for connection, item in zip(connections, pending):
        connection.send(item)
    results = {}
    try:
        while len(results) < len(tasks):
            for connection in wait(connections):
                index, results[index] = connection.recv()
                if (item := next(pending, None)) is not None:
                    connection.send(item)
    except EOFError:  # a process died, perhaps of its task's error; the others would wait for ever
        for process in processes:
            process.terminate()
        raise
    for connection, process in zip(connections, processes):
        connection.send(None)
        process.join()
    return [results[index] for index in range(len(tasks))]
"""
