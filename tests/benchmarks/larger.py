"""A runner whose work is larger by a known share, and which passes for another model than it is.

Threads under the name of processes: what a comparison of it with plain threads must find is known. With no extra tasks
both models are the same.
"""

from dataclasses import dataclass, replace
from typing import Self

from comparators.parameters import parameter
from comparators.runner import Timing
from comparators.runners.threading import Threading

__all__ = ["Larger"]


@dataclass(kw_only=True, eq=False)
class Larger(Threading):
    """Threads that do some tasks a second time."""

    info = replace(
        Threading.info, name="larger", model="processes", summary="threading, with some tasks done a second time"
    )

    extra: int = parameter(0, "how many tasks are done a second time", minimum=0, maximum=10**6)

    def __enter__(self) -> Self:
        """Add the tasks, then start as the plain one does."""
        self._asked = len(self.tasks)
        self.tasks = [*self.tasks, *self.tasks[: self.extra]]
        return super().__enter__()

    def run(self, loops: int) -> Timing:
        """Do all of them; the results of what was done twice are left out."""
        timing = super().run(loops)
        return timing._replace(results=timing.results[: self._asked])
