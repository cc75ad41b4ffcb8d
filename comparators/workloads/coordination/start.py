"""Workers that do next to nothing: what is left is to start them, and to end them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations
from comparators.workloads._support.checks import check_count
from comparators.workloads.coordination._support.rendezvous import meet, meet_async

__all__ = ["Start", "arrive", "arrive_async"]


def arrive(number: int) -> int:
    """Wait until every worker is there, so that none can do the task of another."""
    meet(shared(), number, 1)
    return number


async def arrive_async(number: int) -> int:
    """Do the same in a coroutine."""
    await meet_async(shared(), number, 1)
    return number


@dataclass(frozen=True)
class Start(CoordinatedWorkload[int, int]):
    """Start `count` workers, wait until all are there, and end them.

    What it teaches: a worker is not free, and the models are orders of magnitude apart: a coroutine is an object, a
    thread is a stack and a call of the system, an interpreter is most of Python, a process is all of it. Who starts one
    for each small task pays more for the start than for the task; pools exist because of that.

    The cold time divided by `count` is the cost of one worker: started, given one task, ended. It holds what comes
    once per program, too, such as the server that starts processes, shared out over the workers. A warm run shows only
    what it takes the workers to meet.
    """

    name = "start"
    summary = "workers that do next to nothing: what it costs to start and end one"
    presets: ClassVar = {"tiny": {"count": 2}, "quick": {}, "default": {}, "full": {"count": 16}}
    work = staticmethod(arrive)
    work_async = staticmethod(arrive_async)

    count: int = parameter(4, "how many workers", minimum=1, maximum=10_000)

    @property
    def min_concurrency(self) -> int:
        """All workers wait for each other."""
        return self.count

    @property
    def workers_started(self) -> int:
        """Each task has a worker of its own."""
        return self.count

    @property
    def primitives(self) -> tuple[str, ...]:
        """Where they meet."""
        return ("array",)

    def make_shared(self, kit: Kit) -> Any:
        """Make a place for each worker to say that it is there."""
        return kit.make("array", "q", self.count)

    def reset(self, shared: Any) -> None:
        """No worker is there."""
        for place in range(self.count):
            shared[place] = 0

    def tasks(self) -> Sequence[int]:
        """Return a number for each worker."""
        return range(self.count)

    def verify(self, result: object) -> Observations:
        """Check that every worker came."""
        for number, found in enumerate(check_count(result, self.count, "workers")):
            if found != number:
                raise WrongResult(f"worker {number}", expected=number, found=found)
        return ()
