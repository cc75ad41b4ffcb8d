"""What this package registers: one line for each workload and each runner. Data only; `comparators list` prints it.

The metadata repeats what the classes say about themselves, because `comparators list` cannot import thirty modules and
be quick. Tests compare every line with its class, print the line as it should be, and hold the README's tables to it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # data needs no interfaces
    from comparators.workload import Model

__all__ = ["RUNNERS", "WORKLOADS", "RunnerEntry", "WorkloadEntry"]


@dataclass(frozen=True, slots=True)
class WorkloadEntry:
    """A built-in workload.

    Attributes:
        name, summary: as its class says.
        target: object reference of its class.
        work: the kind of work in plain words, for tables: "computing in Python", "waiting".
        suite: the suite that it belongs to. Those of `models` are measured with their presets; another suite says
            itself with which parameters, see `comparators.registry.suites`.
    """

    name: str
    target: str
    work: str
    summary: str
    suite: str = "models"


@dataclass(frozen=True, slots=True)
class RunnerEntry:
    """A built-in runner.

    Attributes:
        name, model, summary, python, modules, extra, platforms: as its `RunnerInfo` says.
        target: object reference of its class.
    """

    name: str
    target: str
    model: "Model"
    summary: str
    python: tuple[int, int] = (3, 11)
    modules: tuple[str, ...] = ()
    extra: str | None = None
    platforms: tuple[str, ...] = ()


WORKLOADS: tuple[WorkloadEntry, ...] = (
    WorkloadEntry(
        "integrate",
        "comparators.workloads.integrate:Integrate",
        "computing in Python",
        "left Riemann sum of x² over [0, 10] in pure Python",
    ),
    WorkloadEntry(
        "integrate-numpy",
        "comparators.workloads.integrate_numpy:IntegrateNumpy",
        "computing in NumPy",
        "the same sum with NumPy, in blocks that fit into the cache",
    ),
    WorkloadEntry(
        "hash",
        "comparators.workloads.hash:Hash",
        "computing in C",
        "digests of long messages by hashlib, which lets go of the GIL",
    ),
    WorkloadEntry("sleep", "comparators.workloads.sleep:Sleep", "waiting", "simulated waiting: every task sleeps"),
    WorkloadEntry(
        "echo",
        "comparators.workloads.echo:Echo",
        "waiting for a server",
        "requests over real TCP sockets to a service that takes its time",
    ),
    WorkloadEntry(
        "mixed",
        "comparators.workloads.mixed:Mixed",
        "computing, then waiting",
        "computing in pure Python, then waiting, in every task",
    ),
    WorkloadEntry(
        "noop",
        "comparators.workloads.noop:Noop",
        "tiny tasks",
        "empty tasks: what handing out one task costs",
    ),
    WorkloadEntry(
        "transfer",
        "comparators.workloads.transfer:Transfer",
        "moving data",
        "tasks that take and return data: what a megabyte costs",
    ),
    WorkloadEntry(
        "uneven",
        "comparators.workloads.uneven:Uneven",
        "tasks of uneven length",
        "pure-Python tasks whose lengths differ 100-fold, to see load balancing",
    ),
    WorkloadEntry(
        "race",
        "comparators.workloads.coordination.race:Race",
        "sharing without a guard",
        "unguarded increments of one shared number: how many updates are lost",
        suite="coordination",
    ),
    WorkloadEntry(
        "guarded",
        "comparators.workloads.coordination.guarded:Guarded",
        "sharing with a guard",
        "increments of one shared number that lose nothing: what a guard costs",
        suite="coordination",
    ),
    WorkloadEntry(
        "deadlock",
        "comparators.workloads.coordination.deadlock:Deadlock",
        "taking two locks",
        "two locks taken in opposed order, and three ways out",
        suite="coordination",
    ),
    WorkloadEntry(
        "writer",
        "comparators.workloads.coordination.writer:Writer",
        "writing to one stream",
        "lines written to one stream by several workers, jumbled without a guard",
        suite="coordination",
    ),
    WorkloadEntry(
        "producer-consumer",
        "comparators.workloads.coordination.producer_consumer:ProducerConsumer",
        "handing items over",
        "items handed from producers to consumers through a queue with a bound: cost and latency",
        suite="coordination",
    ),
    WorkloadEntry(
        "ping-pong",
        "comparators.workloads.coordination.ping_pong:PingPong",
        "taking turns",
        "two workers that answer each other: the time of a round trip",
        suite="coordination",
    ),
    WorkloadEntry(
        "daemon",
        "comparators.workloads.coordination.daemon:Daemon",
        "ending a program",
        "programs that end with a worker at work: cut off, cancelled or waited for",
        suite="coordination",
    ),
    WorkloadEntry(
        "barrier",
        "comparators.workloads.coordination.barrier:Barrier",
        "waiting for all",
        "phases of work with a barrier after each: what it costs to wait for all",
        suite="coordination",
    ),
    WorkloadEntry(
        "timer",
        "comparators.workloads.coordination.timer:Timer",
        "timers",
        "timers beside work and alone: how late they fire, and what cancels them",
        suite="coordination",
    ),
    WorkloadEntry(
        "shared-array",
        "comparators.workloads.coordination.shared_array:SharedArray",
        "sharing an array",
        "one large array changed in place by several workers: what a megabyte costs",
        suite="coordination",
    ),
    WorkloadEntry(
        "start",
        "comparators.workloads.coordination.start:Start",
        "starting workers",
        "workers that do next to nothing: what it costs to start and end one",
        suite="coordination",
    ),
)
"""The built-in workloads, in the order in which they run and are reported; tests hold each line to its class."""

RUNNERS: tuple[RunnerEntry, ...] = (
    RunnerEntry("serial", "comparators.runners.serial:Serial", "loop", "a plain loop, one task after the other"),
    RunnerEntry(
        "threading",
        "comparators.runners.threading:Threading",
        "threads",
        "raw threading.Thread workers, a queue for tasks and one for results",
    ),
    RunnerEntry(
        "threadpool",
        "comparators.runners.threadpool:ThreadPool",
        "threads",
        "multiprocessing.pool.ThreadPool, by default map in chunks of its own choice",
    ),
    RunnerEntry(
        "futures-threads",
        "comparators.runners.futures_threads:FuturesThreads",
        "threads",
        "concurrent.futures.ThreadPoolExecutor.map",
    ),
    RunnerEntry(
        "multiprocessing",
        "comparators.runners.multiprocessing:Multiprocessing",
        "processes",
        "raw multiprocessing.Process workers, fed over queues or a pipe each",
    ),
    RunnerEntry(
        "mp-pool",
        "comparators.runners.mp_pool:MpPool",
        "processes",
        "multiprocessing.Pool, by default map in chunks of its own choice",
    ),
    RunnerEntry(
        "futures-processes",
        "comparators.runners.futures_processes:FuturesProcesses",
        "processes",
        "concurrent.futures.ProcessPoolExecutor.map",
    ),
    RunnerEntry(
        "futures-interpreters",
        "comparators.runners.futures_interpreters:FuturesInterpreters",
        "interpreters",
        "concurrent.futures.InterpreterPoolExecutor.map",
        python=(3, 14),
    ),
    RunnerEntry(
        "asyncio",
        "comparators.runners.asyncio:Asyncio",
        "async",
        "asyncio.TaskGroup, one coroutine per task",
    ),
    RunnerEntry(
        "anyio",
        "comparators.runners.anyio:Anyio",
        "async",
        "anyio task group on asyncio, one coroutine per task",
    ),
    RunnerEntry(
        "anyio-trio",
        "comparators.runners.anyio_trio:AnyioTrio",
        "async",
        "anyio task group on trio, one coroutine per task",
        modules=("trio",),
        extra="trio",
    ),
    RunnerEntry(
        "anyio-threads",
        "comparators.runners.anyio_threads:AnyioThreads",
        "threads",
        "anyio.to_thread.run_sync, awaited by coroutines",
    ),
    RunnerEntry(
        "anyio-processes",
        "comparators.runners.anyio_processes:AnyioProcesses",
        "processes",
        "anyio.to_process.run_sync, awaited by coroutines",
    ),
    RunnerEntry(
        "anyio-interpreters",
        "comparators.runners.anyio_interpreters:AnyioInterpreters",
        "interpreters",
        "anyio.to_interpreter.run_sync, awaited by coroutines",
        python=(3, 13),
    ),
)
"""The built-in runners, in the order in which they are reported; tests hold each line to its class."""
