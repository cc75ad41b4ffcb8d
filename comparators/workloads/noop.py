"""Nothing to do: what remains is the cost of handing out tasks and collecting the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count

__all__ = ["Noop", "answer", "answer_async"]


def answer(number: int) -> int:
    """Return the task's own number."""
    return number


async def answer_async(number: int) -> int:
    """Return the task's own number."""
    return number


@dataclass(frozen=True)
class Noop(Workload[int, int]):
    """Do nothing, many times.

    What it teaches: every model has a cost per task. Divide the time by `count`: work that takes less than that
    per task cannot get faster with this model. Larger tasks, or a larger `chunksize` where the model has one, are
    the way out.
    """

    name = "noop"
    summary = "empty tasks: what handing out one task costs"
    nature = "cpu"
    presets: ClassVar = {
        "tiny": {"count": 10},
        "quick": {"count": 1_000},
        "default": {},
        "full": {"count": 50_000},
    }
    work = staticmethod(answer)
    work_async = staticmethod(answer_async)

    count: int = parameter(5_000, "how many tasks", minimum=1, maximum=10**8)

    def tasks(self) -> Sequence[int]:
        """Return the numbers of the tasks."""
        return range(self.count)

    def verify(self, result: object) -> Observations:
        """Check that every task answered once, with its own number."""
        for number, found in enumerate(check_count(result, self.count, "answers")):
            if found != number:
                raise WrongResult(f"answer {number}", expected=number, found=found)
        return ()
