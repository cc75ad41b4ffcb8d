"""The executors of `concurrent.futures`: one interface for threads, processes and interpreters."""

import pickle
import sys
from abc import abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from comparators.coordination.kit import Kit, install
from comparators.coordination.kits.interpreters import InterpreterKit
from comparators.coordination.kits.processes import ProcessKit
from comparators.coordination.kits.threads import ThreadKit
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners._support.loops import Held, held, repeated
from comparators.runners._support.recipe_shared import handing_over
from comparators.runners._support.start_method import POOL_MAXIMUM, start_parameter

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["FuturesInterpreters", "FuturesProcesses", "FuturesThreads"]


class Futures(Runner):
    """What all executors share: `map` over the tasks, `shutdown` in the end."""

    def __enter__(self) -> Self:
        """Make the executor; it starts workers when tasks come."""
        self._executor = self._new()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Join the workers; after an error, drop tasks that nobody took."""
        self._executor.shutdown(cancel_futures=error is not None)

    def run(self, loops: int) -> Timing:
        """Map the work over all tasks, `loops` times."""
        return repeated(self._loop, loops)

    @abstractmethod
    def _new(self) -> "Executor": ...

    def _loop(self) -> Held:
        return held(self._executor.map(self.work, self.tasks))


@dataclass(kw_only=True, eq=False)
class FuturesThreads(Futures):
    """`ThreadPoolExecutor.map`."""

    info = RunnerInfo(
        name="futures-threads",
        model="threads",
        summary="concurrent.futures.ThreadPoolExecutor.map",
        imports=("concurrent.futures.thread",),
        kit=ThreadKit,
    )

    def _new(self) -> "Executor":
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self.workers)

    def recipe(self) -> Recipe:
        """Return an executor in a with statement."""
        body = _RECIPE.replace("{executor}", f"ThreadPoolExecutor({self.workers})")
        return Recipe(("from concurrent.futures import ThreadPoolExecutor",), body)


@dataclass(kw_only=True, eq=False)
class FuturesProcesses(Futures):
    """`ProcessPoolExecutor.map`."""

    info = RunnerInfo(
        name="futures-processes",
        model="processes",
        summary="concurrent.futures.ProcessPoolExecutor.map",
        pickles=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("concurrent.futures.process",),
        kit=ProcessKit,
    )

    chunksize: int = parameter(0, "tasks sent at a time; 0 for the library's own default, 1", minimum=0)
    start: str = start_parameter()

    @property
    def chunk_size(self) -> int:
        """As many tasks as were asked for."""
        return self.chunksize or 1

    def new_kit(self) -> Kit:
        """Return a kit of the start method's own context."""
        return ProcessKit(self.start)

    def _new(self) -> "Executor":
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        context = get_context(self.start)
        if self.shared is None:
            return ProcessPoolExecutor(self.workers, mp_context=context)
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=install, initargs=(self.shared,))

    def _loop(self) -> Held:
        return held(self._executor.map(self.work, self.tasks, chunksize=self.chunksize or 1))

    def recipe(self) -> Recipe:
        """Return an executor in a with statement."""
        if self.shared is None:
            executor = f'ProcessPoolExecutor({self.workers}, mp_context=get_context("{self.start}"))'
            body = _RECIPE.replace("{executor}", executor)
        else:
            body = _SHARING_RECIPE.replace("{start}", self.start).replace("{workers}", str(self.workers))
        if self.chunksize:
            body = body.replace(", tasks))", f", tasks, chunksize={self.chunksize}))")
        return Recipe(
            ("from concurrent.futures import ProcessPoolExecutor", "from multiprocessing import get_context"), body
        )


@dataclass(kw_only=True, eq=False)
class FuturesInterpreters(Futures):
    """`InterpreterPoolExecutor.map`: threads with an interpreter, and a GIL, of their own."""

    info = RunnerInfo(
        name="futures-interpreters",
        model="interpreters",
        summary="concurrent.futures.InterpreterPoolExecutor.map",
        pickles=True,
        python=(3, 14),
        imports=("concurrent.futures.interpreter",),
        kit=InterpreterKit,
    )

    def _new(self) -> "Executor":
        from concurrent.futures import InterpreterPoolExecutor  # type: ignore[attr-defined]  # checked as Python 3.11

        # An interpreter begins with the sys.path that the program began with: without folders added since then.
        script = f"import sys; sys.path[:] = {sys.path!r}"
        if self.shared is not None:
            script += _INSTALL.replace("{pickled}", repr(pickle.dumps(self.shared)))
        executor: Executor = InterpreterPoolExecutor(self.workers, initializer=exec, initargs=(script,))
        return executor

    def recipe(self) -> Recipe:
        """Return an executor in a with statement."""
        shared = "" if self.shared is None else ", initializer=begin, initargs=(shared,)"
        body = _RECIPE.replace("{executor}", f"InterpreterPoolExecutor({self.workers}{shared})")
        if self.shared is not None:
            body = _BEGIN + handing_over(body, self.shared)
        return Recipe(("from concurrent.futures import InterpreterPoolExecutor",), body)


_INSTALL = """
import pickle
from comparators.coordination.kit import install
install(pickle.loads({pickled}))
"""

_BEGIN = """\
def begin(shared):
    from comparators.coordination import kit  # the module of this interpreter, which has its own

    kit.install(shared)


"""

_SHARING_RECIPE = """\
def run(tasks, shared):
    context = get_context("{start}")
    with ProcessPoolExecutor({workers}, context, install, (shared,)) as executor:
        return list(executor.map({work}, tasks))
"""

_RECIPE = """\
def run(tasks):
    with {executor} as executor:
        return list(executor.map({work}, tasks))
"""
