"""What the two pools of `multiprocessing` share: the choice of method, chunks, and how a pool ends."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from comparators.errors import InvalidParameter
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, Timing
from comparators.runners._support.loops import timed_loops
from comparators.runners._support.pool_methods import METHODS
from comparators.runners._support.start_method import default_chunk

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["PoolRunner"]


@dataclass(kw_only=True, eq=False)
class PoolRunner(Runner):
    """A pool and one of its methods."""

    method: str = parameter("map", "how the pool hands out the tasks", choices=tuple(METHODS))
    chunksize: int = parameter(
        0, "tasks sent at a time, where the method has a choice; 0 for the library's own default", minimum=0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._method = METHODS[self.method]
        if self.chunksize and self._method.chunks == "never":
            wrong = f"invalid value '{self.chunksize}' for 'chunksize' of '{self.info.name}'"
            raise InvalidParameter(
                f"{wrong}: '{self.method}' has no chunks",
                tip="leave 'chunksize' out, or use 'method=map_async'",
            )

    @property
    def chunk_size(self) -> int:
        """As many tasks as were asked for, or as the method puts into a chunk by itself."""
        if self._method.chunks == "several":
            return self.chunksize or default_chunk(len(self.tasks), self.workers)
        return self.chunksize or 1

    @property
    def max_concurrency(self) -> int:
        """The workers, but for a method that waits for each task."""
        return 1 if self._method.one_by_one else self.workers

    def __enter__(self) -> Self:
        """Start the workers."""
        self._work = self._numbering() if self._method.numbered else self.work
        self._pool = self._new()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers, as the pool's own with statement does, and join them."""
        self._pool.terminate()
        self._pool.join()

    def run(self, loops: int) -> Timing:
        """Hand out all tasks, `loops` times."""
        hand_out, pool, work = self._method.hand_out, self._pool, self._work
        return timed_loops(lambda: hand_out(pool, work, self.tasks, self.chunksize), loops)

    @abstractmethod
    def _new(self) -> "Pool":
        """Start a pool."""

    @abstractmethod
    def _numbering(self) -> Callable[[Any], Any]:
        """Return a function that does the work of `(number, task)` in a worker and returns `(number, result)`."""

    def _recipe(self, line: str, pool: str) -> Recipe:
        """Return the recipe of the method for a pool that `line` imports and the expression `pool` makes."""
        chunks = f", chunksize={self.chunksize}" if self.chunksize else ""
        method = self._method
        functions, call = (text.replace("{chunks}", chunks) for text in (method.functions, method.call))
        return Recipe((*method.imports, line), functions, f"{pool} as pool", call)
