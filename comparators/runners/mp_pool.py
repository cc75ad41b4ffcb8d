"""`multiprocessing.Pool` and its ways to hand out tasks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.pool_base import PoolRunner
from comparators.runners._support.pool_worker import keep, numbered
from comparators.runners._support.start_method import POOL_MAXIMUM, START_METHODS, start_parameter

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["MpPool"]


@dataclass(kw_only=True, eq=False)
class MpPool(PoolRunner):
    """A pool of processes; tasks travel in chunks where the method has them."""

    info = RunnerInfo(
        name="mp-pool",
        model="processes",
        summary="multiprocessing.Pool, by default map in chunks of its own choice",
        api="multiprocessing.Pool({workers})",
        simplicity=1,
        pickles=True,
        initializer=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("multiprocessing.pool", "multiprocessing.queues", "multiprocessing.synchronize"),
    )

    start: str = start_parameter()

    def _new(self) -> "Pool":
        from multiprocessing import get_context

        context = get_context(self.start)
        if self._method.numbered:
            return context.Pool(self.workers, keep, (self.work, self.initializer))
        return context.Pool(self.workers, *(self.initializer or ()))

    def _numbering(self) -> Callable[[Any], Any]:
        return numbered

    def recipe(self) -> Recipe:
        """Return a pool and its method."""
        if self.start == START_METHODS[0]:
            return self._recipe("from multiprocessing import Pool", f"Pool({self.workers})")
        line = "from multiprocessing import get_context"
        return self._recipe(line, f'get_context("{self.start}").Pool({self.workers})')
