"""The thread pool with the interface of `multiprocessing.Pool`."""

from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners.start import default_chunk
from comparators.runners.thread_kit import ThreadKit

__all__ = ["ThreadPool"]


@dataclass(kw_only=True, eq=False)
class ThreadPool(Runner):
    """`multiprocessing.pool.ThreadPool` and its `map`, which cuts the tasks into chunks of its own choice."""

    info = RunnerInfo(
        name="threadpool",
        family="threads",
        summary="multiprocessing.pool.ThreadPool.map, in chunks of its own choice",
        imports=("multiprocessing.pool",),
        kit=ThreadKit,
    )

    @property
    def chunk(self) -> int:
        """As many tasks as `map` puts into a chunk."""
        return default_chunk(len(self.tasks), self.workers)

    def __enter__(self) -> Self:
        """Start the threads."""
        from multiprocessing import pool

        self._pool = pool.ThreadPool(self.workers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the threads, as the pool's own with statement does, and join them."""
        self._pool.terminate()
        self._pool.join()

    def repeat(self, loops: int) -> Timing:
        """Map the work over all tasks, `loops` times."""
        parts: list[Any] = []
        started = perf_counter()
        for _ in range(loops):
            parts = self._pool.map(self.work, self.tasks)
        return Timing(perf_counter() - started, parts)

    def recipe(self) -> Recipe:
        """Return a pool in a with statement."""
        return Recipe(("from multiprocessing.pool import ThreadPool",), _RECIPE.replace("{workers}", str(self.workers)))


_RECIPE = """\
def run(tasks):
    with ThreadPool({workers}) as pool:
        return pool.map({work}, tasks)
"""
