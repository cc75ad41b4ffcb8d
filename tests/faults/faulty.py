"""Workloads that go wrong in one way each, and runners that do; worker processes import this file."""

import ctypes
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.pool import Pool, ThreadPool
from pathlib import Path
from typing import Any, ClassVar, Self, cast

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.workload import Nature, Observations, Workload

__all__ = ["FAULTS", "GREED", "Sound", "target"]

GREED = 600 * 2**20
"""Bytes that a greedy task takes."""


def target(name: str) -> str:
    """Return how a class of this file is named on the command line."""
    return f"{__file__}:{name}"


@dataclass(frozen=True)
class Sound(Workload[int, Any]):
    """Four numbers that come back as they are; the faults happen in the second."""

    name = "sound"
    summary = "for tests"
    nature: ClassVar[Nature] = "wait"
    presets: ClassVar = {"tiny": {}, "quick": {}, "default": {}, "full": {}}

    @staticmethod
    def work(task: int) -> Any:
        """Return the task."""
        return task

    work_async = None

    def tasks(self) -> Sequence[int]:
        return range(4)

    def verify(self, result: object) -> Observations:
        if result != list(range(4)):
            raise WrongResult("numbers", expected="0 to 3", found=result)
        return ()


class CannotBeSent(Exception):
    """Cannot be sent."""

    def __init__(self) -> None:
        super().__init__("a reason")
        self.inside = lambda: None


class CannotBeReceived(Exception):
    """Can be sent but not received: its constructor wants what it does not tell."""

    def __init__(self, reason: str, number: int) -> None:
        super().__init__(f"{reason} {number}")


def raising(task: int) -> Any:
    raise ValueError(f"a reason in task {task}")


def unpicklable(task: int) -> Any:
    raise CannotBeSent


def unloadable(task: int) -> Any:
    raise CannotBeReceived("a reason", 5)


def no_result(task: int) -> Any:
    return lambda: task


def exiting(task: int) -> Any:
    sys.exit(3)


def interrupting(task: int) -> Any:
    raise KeyboardInterrupt


def leaving(task: int) -> Any:
    os._exit(3)


def leaving_well(task: int) -> Any:
    os._exit(0)


def killed(task: int) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def crashing(task: int) -> Any:
    ctypes.string_at(0)


def endless(task: int) -> Any:
    os.nice(19)  # the others have something to do
    while True:
        pass


def holding_the_gil(task: int) -> Any:
    ctypes.PyDLL(None).sleep(3600)


def deadlocked(task: int) -> Any:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def stopped(task: int) -> Any:
    os.kill(os.getpid(), signal.SIGSTOP)


def deaf(task: int) -> Any:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).signal(signal.SIGTERM, ctypes.c_void_p(1))  # also where there is no main thread of Python's
    while True:
        time.sleep(3600)


def losing_a_sibling(task: int) -> Any:
    """Let the first task take no notice of SIGTERM, and kill the process of the second one then."""
    heard = Path(tempfile.gettempdir(), "deaf")
    if task == 0:
        ctypes.CDLL(None).signal(signal.SIGTERM, ctypes.c_void_p(1))
        heard.touch()
        while True:
            time.sleep(3600)
    while not heard.exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)


def killing_its_parent(task: int) -> Any:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(0.1)
    return task


def greedy(task: int) -> Any:
    taken = b"x" * GREED
    while taken:
        time.sleep(3600)


def noisy(task: int) -> Any:
    for number in (1, 2):
        os.write(number, b"noise " * 50_000)
    return task


def leaving_a_thread(task: int) -> Any:
    threading.Thread(target=threading.Event().wait).start()
    return task


def leaving_a_process(task: int) -> Any:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.environ.clear()
            os.closerange(3, 256)
            while True:
                signal.pause()
        os._exit(0)
    return task


def pooling(task: int) -> Any:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.map(abs, [task])[0]


held = threading.Lock()


def needing_a_lock(task: int) -> Any:
    with held:
        return task


FAULTS: dict[str, Callable[[int], Any]] = {
    each.__name__: each
    for each in (
        raising,
        unpicklable,
        unloadable,
        no_result,
        exiting,
        interrupting,
        leaving,
        leaving_well,
        killed,
        crashing,
        endless,
        holding_the_gil,
        deadlocked,
        stopped,
        deaf,
        losing_a_sibling,
        killing_its_parent,
        greedy,
        noisy,
        leaving_a_thread,
        leaving_a_process,
        pooling,
        needing_a_lock,
    )
}
"""What can go wrong in a task, by name."""

AFFECTED = {"needing_a_lock": range(4), "losing_a_sibling": range(2)}
"""Tasks in which it goes wrong; the second one only unless said here."""


@dataclass(frozen=True)
class Holding(Sound):
    """A thread holds a lock while the workers start, and gives it back a little later."""

    def setup(self) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def holding() -> Any:
            held.acquire()
            threading.Timer(0.3, held.release).start()
            yield self

        return holding()


class AsLambda(Sound):
    """Its work has no name by which it could be imported."""

    name = "as_lambda"
    work = staticmethod(lambda task: task)


def _faulty(name: str, base: type[Sound]) -> type[Sound]:
    fault = FAULTS[name]

    def work(task: int) -> Any:
        return fault(task) if task in AFFECTED.get(name, (1,)) else task

    async def work_async(task: int) -> Any:
        return work(task)

    for function in (work, work_async):
        function.__qualname__ = f"{name}_{function.__name__}"
        function.__name__ = function.__qualname__
        globals()[function.__name__] = function
    members = {"name": name, "work": staticmethod(work), "work_async": staticmethod(work_async)}
    return type(name.title().replace("_", ""), (base,), {**members, "__doc__": f"One task is {name}."})


for _name in FAULTS:
    _class = _faulty(_name, Holding if _name == "needing_a_lock" else Sound)
    globals()[_class.__name__] = _class


def _fail() -> None:
    raise RuntimeError("a reason to fail")


POOLS: dict[str, Callable[[int], Any]] = {
    "mp-pool": lambda workers: multiprocessing.get_context("fork").Pool(workers, _fail),
    "threadpool": lambda workers: ThreadPool(workers, _fail),
    "futures-threads": lambda workers: ThreadPoolExecutor(workers, initializer=_fail),
    "futures-processes": lambda workers: ProcessPoolExecutor(
        workers, multiprocessing.get_context("fork"), initializer=_fail
    ),
}


@dataclass(kw_only=True, eq=False)
class Failing(Runner):
    """A pool whose workers cannot be prepared; some start new ones for ever."""

    info = RunnerInfo(name="failing", model="processes", summary="for tests", pickles=True)

    pool: str = parameter("none", choices=("none", *POOLS))

    def __enter__(self) -> Self:
        self._pool = POOLS[self.pool](self.workers)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if isinstance(self._pool, Pool):
            self._pool.terminate()
            self._pool.join()
        else:
            self._pool.shutdown()

    def run(self, loops: int) -> Timing:
        collect = self._pool.imap if isinstance(self._pool, Pool) else self._pool.map
        return Timing(1.0, list(collect(self.work, self.tasks)))

    def recipe(self) -> Recipe:
        return Recipe((), "", "", "")


LIES: dict[str, Callable[[list[Any]], Any]] = {
    "negative": lambda results: Timing(-1.0, results),
    "zero": lambda results: Timing(0.0, results),
    "nan": lambda results: Timing(float("nan"), results),
    "infinite": lambda results: Timing(float("inf"), results),
    "words": lambda results: Timing(cast(float, "long"), results),
    "fewer": lambda results: Timing(1.0, results[1:]),
    "more": lambda results: Timing(1.0, [*results, 4]),
    "wrong": lambda results: Timing(1.0, results[::-1]),
    "nothing": lambda results: None,
}
"""What a runner may say that cannot be."""


@dataclass(kw_only=True, eq=False)
class Lying(Runner):
    """Does its work and says something else."""

    info = RunnerInfo(name="lying", model="loop", summary="for tests", workers_maximum=1)

    lie: str = parameter("none", choices=("none", *LIES))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass

    def run(self, loops: int) -> Timing:
        said: Timing = LIES[self.lie]([self.work(task) for task in self.tasks])
        return said

    def recipe(self) -> Recipe:
        return Recipe((), "", "", "")
