"""The executors of `concurrent.futures`: one interface for threads, processes and interpreters."""

import sys
from abc import abstractmethod
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners.start import POOL_MAXIMUM, start_parameter

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

    def repeat(self, loops: int) -> Timing:
        """Map the work over all tasks, `loops` times."""
        parts: list[Any] = []
        started = perf_counter()
        for _ in range(loops):
            parts = self._loop()
        return Timing(perf_counter() - started, parts)

    @abstractmethod
    def _new(self) -> "Executor": ...

    def _loop(self) -> list[Any]:
        return list(self._executor.map(self.work, self.tasks))


@dataclass(kw_only=True, eq=False)
class FuturesThreads(Futures):
    """`ThreadPoolExecutor.map`."""

    info = RunnerInfo(
        name="futures-threads",
        family="threads",
        summary="concurrent.futures.ThreadPoolExecutor.map",
        imports=("concurrent.futures.thread",),
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
        family="processes",
        summary="concurrent.futures.ProcessPoolExecutor.map",
        pickles=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("concurrent.futures.process",),
    )

    chunksize: int = parameter(0, "tasks sent at a time; 0 for the library's own default, 1", minimum=0)
    start: str = start_parameter()

    def _new(self) -> "Executor":
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        return ProcessPoolExecutor(self.workers, mp_context=get_context(self.start))

    def _loop(self) -> list[Any]:
        return list(self._executor.map(self.work, self.tasks, chunksize=self.chunksize or 1))

    def recipe(self) -> Recipe:
        """Return an executor in a with statement."""
        executor = f'ProcessPoolExecutor({self.workers}, mp_context=get_context("{self.start}"))'
        body = _RECIPE.replace("{executor}", executor)
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
        family="interpreters",
        summary="concurrent.futures.InterpreterPoolExecutor.map",
        pickles=True,
        python=(3, 14),
        imports=("concurrent.futures.interpreter",),
    )

    def _new(self) -> "Executor":
        from concurrent.futures import InterpreterPoolExecutor  # type: ignore[attr-defined]  # checked as Python 3.11

        # An interpreter begins with the sys.path that the program began with: without folders added since then.
        script = f"import sys; sys.path[:] = {sys.path!r}"
        executor: Executor = InterpreterPoolExecutor(self.workers, initializer=exec, initargs=(script,))
        return executor

    def recipe(self) -> Recipe:
        """Return an executor in a with statement."""
        body = _RECIPE.replace("{executor}", f"InterpreterPoolExecutor({self.workers})")
        return Recipe(("from concurrent.futures import InterpreterPoolExecutor",), body)


_RECIPE = """\
def run(tasks):
    with {executor} as executor:
        return list(executor.map({work}, tasks))
"""
