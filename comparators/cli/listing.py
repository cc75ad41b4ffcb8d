"""What the tables of `comparators list` say about this package's own workloads and runners.

It repeats what the classes say about themselves, because importing thirty modules of classes takes longer than
all the rest of the command. A test compares every line with its class and prints the lines as they should be.
"""

from typing import NamedTuple

__all__ = ["LISTED_RUNNERS", "LISTED_WORKLOADS", "ListedRunner"]


class ListedRunner(NamedTuple):
    """What the table shows of a runner, and what its availability depends on; see `comparators.runner.RunnerInfo`."""

    name: str
    model: str
    summary: str
    python: tuple[int, int] = (3, 11)
    modules: tuple[str, ...] = ()
    extra: str | None = None
    platforms: tuple[str, ...] = ()


LISTED_WORKLOADS: tuple[tuple[str, str, str], ...] = (
    ("integrate", "cpu", "left Riemann sum of x² over [0, 10] in pure Python"),
    ("integrate-numpy", "cpu-releases-gil", "the same sum with NumPy, in blocks that fit into the cache"),
    ("hash", "cpu-releases-gil", "digests of long messages by hashlib, which lets go of the GIL"),
    ("sleep", "wait", "simulated waiting: every task sleeps"),
    ("echo", "wait", "requests over real TCP sockets to a service that takes its time"),
    ("mixed", "mixed", "computing in pure Python, then waiting, in every task"),
    ("noop", "cpu", "empty tasks: what handing out one task costs"),
    ("transfer", "transfer", "tasks that take and return data: what a megabyte costs"),
    ("uneven", "cpu", "pure-Python tasks whose lengths differ 100-fold, to see load balancing"),
    ("race", "coordination", "unguarded increments of one shared number: how many updates are lost"),
    ("guarded", "coordination", "increments of one shared number that lose nothing: what a guard costs"),
    ("deadlock", "coordination", "two locks taken in opposed order, and three ways out"),
    ("writer", "coordination", "lines written to one stream by several workers, jumbled without a guard"),
    (
        "producer-consumer",
        "coordination",
        "items handed from producers to consumers through a queue with a bound: cost and latency",
    ),
    ("ping-pong", "coordination", "two workers that answer each other: the time of a round trip"),
    ("daemon", "coordination", "programs that end with a worker at work: cut off, cancelled or waited for"),
    ("barrier", "coordination", "phases of work with a barrier after each: what it costs to wait for all"),
    ("timer", "coordination", "timers beside work and alone: how late they fire, and what cancels them"),
    (
        "shared-array",
        "coordination",
        "one large array changed in place by several workers: what a megabyte costs",
    ),
    ("start", "coordination", "workers that do next to nothing: what it costs to start and end one"),
)
"""Name, nature and summary, in the order of the registry."""

LISTED_RUNNERS: tuple[ListedRunner, ...] = (
    ListedRunner("serial", "loop", "a plain loop, one task after the other"),
    ListedRunner("threading", "threads", "raw threading.Thread workers, a queue for tasks and one for results"),
    ListedRunner(
        "threadpool", "threads", "multiprocessing.pool.ThreadPool, by default map in chunks of its own choice"
    ),
    ListedRunner("futures-threads", "threads", "concurrent.futures.ThreadPoolExecutor.map"),
    ListedRunner("multiprocessing", "processes", "raw multiprocessing.Process workers, fed over queues or a pipe each"),
    ListedRunner("mp-pool", "processes", "multiprocessing.Pool, by default map in chunks of its own choice"),
    ListedRunner("futures-processes", "processes", "concurrent.futures.ProcessPoolExecutor.map"),
    ListedRunner(
        "futures-interpreters",
        "interpreters",
        "concurrent.futures.InterpreterPoolExecutor.map",
        python=(3, 14),
    ),
    ListedRunner("asyncio", "async", "asyncio.TaskGroup, one coroutine per task"),
    ListedRunner("anyio", "async", "anyio task group on asyncio, one coroutine per task"),
    ListedRunner(
        "anyio-trio",
        "async",
        "anyio task group on trio, one coroutine per task",
        modules=("trio",),
        extra="trio",
    ),
    ListedRunner("anyio-threads", "threads", "anyio.to_thread.run_sync, awaited by coroutines"),
    ListedRunner("anyio-processes", "processes", "anyio.to_process.run_sync, awaited by coroutines"),
    ListedRunner(
        "anyio-interpreters",
        "interpreters",
        "anyio.to_interpreter.run_sync, awaited by coroutines",
        python=(3, 13),
    ),
)
"""In the order of the registry."""
