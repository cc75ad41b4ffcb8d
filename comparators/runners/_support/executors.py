"""What the executors of `concurrent.futures` have in common: `map` over the tasks, `shutdown` at the end."""

from abc import abstractmethod
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from comparators.runner import Runner, Timing
from comparators.runners._support.loops import LoopResults, take, timed_loops

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["ExecutorRunner"]


class ExecutorRunner(Runner):
    """A runner whose workers are those of an executor."""

    def __enter__(self) -> Self:
        """Make the executor; it starts workers when tasks come."""
        self._executor = self._new()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Join the workers; after an error, drop tasks that have not begun."""
        self._executor.shutdown(cancel_futures=error is not None)

    def run(self, loops: int) -> Timing:
        """Map the work over all tasks, `loops` times."""
        return timed_loops(self._loop, loops)

    @abstractmethod
    def _new(self) -> "Executor":
        """Make the executor."""

    def _loop(self) -> LoopResults:
        return take(self._executor.map(self.work, self.tasks))

    def _initializer(self) -> dict[str, Any]:
        """Return the executor's arguments for `Runner.initializer`."""
        if self.initializer is None:
            return {}
        function, arguments = self.initializer
        return {"initializer": function, "initargs": arguments}
