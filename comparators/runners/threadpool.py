"""The thread pool with the interface of `multiprocessing.Pool`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.pool_base import PoolRunner

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["ThreadPool"]


@dataclass(kw_only=True, eq=False)
class ThreadPool(PoolRunner):
    """`multiprocessing.pool.ThreadPool`; tasks are handed over in chunks where the method has them."""

    info = RunnerInfo(
        name="threadpool",
        model="threads",
        summary="multiprocessing.pool.ThreadPool, by default map in chunks of its own choice",
        api="multiprocessing.pool.ThreadPool({workers})",
        simplicity=1,
        initializer=True,
        imports=("multiprocessing.pool",),
    )

    def _new(self) -> "Pool":
        from multiprocessing import pool

        return pool.ThreadPool(self.workers, *(self.initializer or ()))

    def _numbering(self) -> Callable[[Any], Any]:
        work = self.work

        def numbered(item: tuple[int, Any]) -> tuple[int, Any]:
            index, task = item
            return index, work(task)

        return numbered

    def recipe(self) -> Recipe:
        """Return a pool and its method."""
        return self._recipe("from multiprocessing.pool import ThreadPool", f"ThreadPool({self.workers})")
