"""The thread pool with the interface of `multiprocessing.Pool`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from comparators.coordination.kits.threads import ThreadKit
from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.pool_base import Pooled

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["ThreadPool"]


@dataclass(kw_only=True, eq=False)
class ThreadPool(Pooled):
    """`multiprocessing.pool.ThreadPool`; tasks are handed over in chunks where the method has them."""

    info = RunnerInfo(
        name="threadpool",
        model="threads",
        summary="multiprocessing.pool.ThreadPool, by default map in chunks of its own choice",
        imports=("multiprocessing.pool",),
        kit=ThreadKit,
    )

    def _new(self) -> "Pool":
        from multiprocessing import pool

        return pool.ThreadPool(self.workers)

    def _numbering(self) -> Callable[[Any], Any]:
        work = self.work

        def numbered(item: tuple[int, Any]) -> tuple[int, Any]:
            index, task = item
            return index, work(task)

        return numbered

    def recipe(self) -> Recipe:
        """Return a pool in a with statement."""
        imports = (*self._method.imports, "from multiprocessing.pool import ThreadPool")
        return Recipe(imports, self._body(f"ThreadPool({self.workers})"))
