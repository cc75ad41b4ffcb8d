"""`multiprocessing.Pool` and its ways to hand out tasks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from comparators.coordination.kit import Kit, install
from comparators.coordination.kits.processes import ProcessKit
from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.pool_base import Pooled
from comparators.runners._support.pool_worker import keep, numbered
from comparators.runners._support.recipe_shared import handing_over
from comparators.runners._support.start_method import POOL_MAXIMUM, start_parameter

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["MpPool"]


@dataclass(kw_only=True, eq=False)
class MpPool(Pooled):
    """A pool of processes; tasks travel in chunks where the method has them."""

    info = RunnerInfo(
        name="mp-pool",
        model="processes",
        summary="multiprocessing.Pool, by default map in chunks of its own choice",
        pickles=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("multiprocessing.pool", "multiprocessing.queues", "multiprocessing.synchronize"),
        kit=ProcessKit,
    )

    start: str = start_parameter()

    def new_kit(self) -> Kit:
        """Return a kit of the start method's own context."""
        return ProcessKit(self.start)

    def _new(self) -> "Pool":
        from multiprocessing import get_context

        context = get_context(self.start)
        if self._method.numbered:
            return context.Pool(self.workers, keep, (self.work, self.shared))
        if self.shared is not None:
            return context.Pool(self.workers, install, (self.shared,))
        return context.Pool(self.workers)

    def _numbering(self) -> Callable[[Any], Any]:
        return numbered

    def recipe(self) -> Recipe:
        """Return a pool in a with statement."""
        shared = "" if self.shared is None else ", install, (shared,)"
        body = handing_over(self._body(f'get_context("{self.start}").Pool({self.workers}{shared})'), self.shared)
        if self.shared is not None:
            body = _ending_in_order(body)
        return Recipe((*self._method.imports, "from multiprocessing import get_context"), body)


def _ending_in_order(body: str) -> str:
    """Let the workers of a recipe end by themselves: the with statement stops them in whatever they do."""
    lines = body.replace("\n        return ", "\n        results = ").splitlines()
    if not lines[-1].startswith("    return "):
        lines.append("    return results")
    lines[-1:-1] = [
        "        pool.close()",
        "        pool.join()  # a stopped process loses what it put but has not sent yet",
    ]
    return "\n".join(lines) + "\n"
