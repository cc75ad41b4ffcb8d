"""Several workers add to one number, and nothing guards it: updates are lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import sleep
from typing import Any, ClassVar, NamedTuple

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations
from comparators.workloads._support.checks import check_count
from comparators.workloads.coordination._support.switch_interval import switch_interval

__all__ = ["WINDOWS", "Burst", "Done", "Race", "Tally", "burst", "burst_async"]

WINDOWS = ("none", "call", "sleep")


class Burst(NamedTuple):
    """A task: its number, how often it adds one, what is between reading and writing, and the switch interval."""

    number: int
    operations: int
    window: str
    switch_interval_us: int


Done = tuple[int, int]
"""Number of the task, how often it added one."""


class Tally(NamedTuple):
    """What the tasks say they did, and what the counter says."""

    results: Sequence[Any]
    final: Any


def burst(task: Burst) -> Done:
    """Add one, again and again: read, then write."""
    with switch_interval(task.switch_interval_us):
        _LOOPS[task.window](shared(), task.operations)
    return task.number, task.operations


async def burst_async(task: Burst) -> Done:
    """Do the same; between reading and writing is an `await`, or nothing that could let another task run."""
    from anyio import sleep as pause

    if task.window != "sleep":
        return burst(task)
    counter = shared()
    for _ in range(task.operations):
        value = counter.value
        await pause(0)
        counter.value = value + 1
    return task.number, task.operations


def _without_window(counter: Any, operations: int) -> None:
    for _ in range(operations):
        counter.value += 1


def _with_call(counter: Any, operations: int) -> None:
    for _ in range(operations):
        counter.value = _successor(counter.value)


def _successor(value: int) -> int:
    return value + 1


def _with_sleep(counter: Any, operations: int) -> None:
    for _ in range(operations):
        value = counter.value
        sleep(0)
        counter.value = value + 1


_LOOPS = {"none": _without_window, "call": _with_call, "sleep": _with_sleep}


@dataclass(frozen=True)
class Race(CoordinatedWorkload[Burst, Done]):
    """Let every task add one to the same number, `operations` times, without a guard.

    What it teaches: `counter.value += 1` is a read, then a write. Who writes what it read before another one wrote
    takes that update back. Workers that run at the same moment lose updates: processes on shared memory, interpreters,
    threads without the GIL. With the GIL it depends on what is between the read and the write: nothing at all, and
    CPython happens not to switch there; the call of a function, and it may; something that lets go of the GIL, and it
    does. Coroutines lose updates when there is an `await` between the two, and never otherwise.

    Lost updates are no failure here but what is measured. `guarded` shows what it costs to lose none.
    """

    name = "race"
    summary = "unguarded increments of one shared number: how many updates are lost"
    presets: ClassVar = {
        "tiny": {"count": 2, "operations": 50},
        "quick": {"operations": 50_000},
        "default": {},
        "full": {"count": 8, "operations": 1_000_000},
    }
    work = staticmethod(burst)
    work_async = staticmethod(burst_async)

    count: int = parameter(4, "how many tasks", minimum=1, maximum=10_000)
    operations: int = parameter(200_000, "how often each task adds one", minimum=1, maximum=10**9)
    window: str = parameter(
        "call",
        "what is between reading and writing: nothing, the call of a function, or sleep(0), which takes long",
        choices=WINDOWS,
    )
    switch_interval_us: int = parameter(
        0, "microseconds after which Python lets another thread go on; 0: Python's own 5000", minimum=0, maximum=10**7
    )

    @property
    def primitives(self) -> tuple[str, ...]:
        """A counter."""
        return ("counter",)

    def make_shared(self, kit: Kit) -> Any:
        """Make the counter."""
        return kit.make("counter")

    def reset(self, shared: Any) -> None:
        """Set the counter to zero."""
        shared.value = 0

    def tasks(self) -> Sequence[Burst]:
        """Return tasks that are all alike but for their numbers."""
        return [Burst(number, self.operations, self.window, self.switch_interval_us) for number in range(self.count)]

    def finalize(self, results: Sequence[Done], shared: Any) -> Tally:
        """Read the counter."""
        return Tally(results, shared.value)

    def verify(self, result: object) -> Observations:
        """Check that every task did its share and that the count is one that a race can leave; report what is lost."""
        if not isinstance(result, Tally):
            raise WrongResult("result", expected="a Tally", found=result)
        for number, found in enumerate(check_count(result.results, self.count, "results")):
            if found != (number, self.operations):
                raise WrongResult(f"result {number}", expected=(number, self.operations), found=found)
        done = self.count * self.operations
        least = self.operations if self.count == 1 else min(self.operations, 2)
        if not isinstance(result.final, int) or not least <= result.final <= done:
            raise WrongResult("final count", expected=f"from {least} to {done}", found=result.final)
        lost = done - result.final
        return (
            Observation("lost updates", lost, "updates", wrong=lost > 0),
            Observation("lost share", 100 * lost / done, "%"),
        )
