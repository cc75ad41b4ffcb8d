"""Simulated waiting: each task sleeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations, Workload
from comparators.workloads._support.checks import check_count, check_wait

__all__ = ["Nap", "Sleep", "Slept", "doze", "nap"]

Nap = tuple[int, float]
"""Number of the task, seconds to sleep."""

Slept = tuple[int, float]
"""Number of the task, seconds from before to after the sleep."""


def nap(task: Nap) -> Slept:
    """Sleep, and block the thread while sleeping."""
    from time import monotonic, sleep

    number, seconds = task
    start = monotonic()
    sleep(seconds)
    return number, monotonic() - start


async def doze(task: Nap) -> Slept:
    """Sleep, and let other tasks run meanwhile."""
    from time import monotonic

    from anyio import sleep

    number, seconds = task
    start = monotonic()
    await sleep(seconds)
    return number, monotonic() - start


@dataclass(frozen=True)
class Sleep(Workload[Nap, Slept]):
    """Sleep in every task.

    What it teaches: waiting needs no CPU. As many workers as tasks make the whole take as long as one task, until
    starting the workers costs more than the waiting: a process costs most, then a thread, a coroutine least. You
    can use thousands of threads; `count=10000` shows what they cost.
    """

    name = "sleep"
    summary = "simulated waiting: every task sleeps"
    nature = "wait"
    presets: ClassVar = {
        "tiny": {"count": 4, "seconds": 0.001},
        "quick": {"count": 20},
        "default": {},
        "full": {"count": 10_000, "seconds": 0.002},
    }
    work = staticmethod(nap)
    work_async = staticmethod(doze)

    count: int = parameter(80, "how many tasks", minimum=1, maximum=10**6)
    seconds: float = parameter(0.01, "seconds that each task sleeps", minimum=0, maximum=3600)

    def tasks(self) -> Sequence[Nap]:
        """Return the number and the seconds of each sleep."""
        return [(number, self.seconds) for number in range(self.count)]

    def verify(self, result: object) -> Observations:
        """Check that every task slept at least its time, and report the longest lateness."""
        sleeps = check_count(result, self.count, "sleeps")
        lateness_s = max(self._lateness_s(number, found) for number, found in enumerate(sleeps))
        return (Observation("longest lateness", lateness_s * 1e3, "ms"),)

    def _lateness_s(self, number: int, result: object) -> float:
        match result:
            case (found, waited_s) if found == number:
                return check_wait(f"sleep of task {number}", self.seconds, waited_s)
        raise WrongResult(f"result {number}", expected=f"the sleep of task {number}", found=result)
