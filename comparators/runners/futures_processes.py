"""`concurrent.futures.ProcessPoolExecutor`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comparators.parameters import parameter
from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.executors import ExecutorRunner
from comparators.runners._support.loops import LoopResults, take
from comparators.runners._support.start_method import POOL_MAXIMUM, START_METHODS, start_parameter

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["FuturesProcesses"]


@dataclass(kw_only=True, eq=False)
class FuturesProcesses(ExecutorRunner):
    """`ProcessPoolExecutor.map`."""

    info = RunnerInfo(
        name="futures-processes",
        model="processes",
        summary="concurrent.futures.ProcessPoolExecutor.map",
        api="ProcessPoolExecutor({workers})",
        simplicity=0,
        pickles=True,
        initializer=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("concurrent.futures.process",),
    )

    chunksize: int = parameter(0, "tasks sent at a time; 0 for the library's own default, 1", minimum=0)
    start: str = start_parameter()

    @property
    def chunk_size(self) -> int:
        """As many tasks as were asked for."""
        return self.chunksize or 1

    def _new(self) -> "Executor":
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        return ProcessPoolExecutor(self.workers, mp_context=get_context(self.start), **self._initializer())

    def _loop(self) -> LoopResults:
        return take(self._executor.map(self.work, self.tasks, chunksize=self.chunk_size))

    def recipe(self) -> Recipe:
        """Return an executor and its `map`."""
        chunks = f", chunksize={self.chunksize}" if self.chunksize else ""
        imports = ["from concurrent.futures import ProcessPoolExecutor"]
        context = ""
        if self.start != START_METHODS[0]:
            imports.append("from multiprocessing import get_context")
            context = f', mp_context=get_context("{self.start}")'
        pool = f"ProcessPoolExecutor({self.workers}{context}) as pool"
        return Recipe(tuple(imports), "", pool, f"list(pool.map({{work}}, items{chunks}))")
