"""`concurrent.futures.ThreadPoolExecutor`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.executors import ExecutorRunner

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["FuturesThreads"]


@dataclass(kw_only=True, eq=False)
class FuturesThreads(ExecutorRunner):
    """`ThreadPoolExecutor.map`."""

    info = RunnerInfo(
        name="futures-threads",
        model="threads",
        summary="concurrent.futures.ThreadPoolExecutor.map",
        api="ThreadPoolExecutor({workers})",
        simplicity=0,
        initializer=True,
        imports=("concurrent.futures.thread",),
    )

    def _new(self) -> "Executor":
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self.workers, **self._initializer())

    def recipe(self) -> Recipe:
        """Return an executor and its `map`."""
        imports = ("from concurrent.futures import ThreadPoolExecutor",)
        return Recipe(imports, "", f"ThreadPoolExecutor({self.workers}) as pool", "list(pool.map({work}, items))")
