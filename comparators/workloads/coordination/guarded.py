"""Several workers add to one number and lose nothing: what each kind of guard costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from comparators.coordination.kit import Kit
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations, Operation
from comparators.workloads._support.checks import check_count
from comparators.workloads._support.spin import spun
from comparators.workloads.coordination._support.guarded_loops import GUARDS, Added, Job, add, add_async

__all__ = ["Guarded", "Sum"]

LATEST_S = 10
"""How long the number may take to come back through a queue when all workers are done."""


class Sum(NamedTuple):
    """What the tasks say, and what they have added up to."""

    results: Sequence[Any]
    final: Any


@dataclass(frozen=True)
class Guarded(CoordinatedWorkload[Job, Added]):
    """Let every task add one to the same number, `operations` times, so that no update is lost.

    What it teaches: what it costs to be right. An uncontended lock is cheap; one that all want makes them
    wait in line, and more workers make it slower, not faster. What helps is to hold it for a smaller share of the time
    (`inside`), or to need none: each worker counts alone and the counts are added in the end (`atomic-per-worker`).

    - `lock`, `rlock`, `semaphore`: held while adding.
    - `condition`: held while adding, and one who might wait for it is notified.
    - `queue`: holds nothing but the number; who has taken it out may change it, and puts it back.

    How often a guard is contended depends on how the model lets workers run. Two parameters make it certain:
    `candidates=1` is one task, whose guard is uncontended; with `candidates=2` and more, that many tasks begin
    together, and each lets the others run while it holds the guard, so that they come and find it taken. What one
    operation then costs are the costs of an uncontended and of a contended one.
    """

    name = "guarded"
    summary = "increments of one shared number that lose nothing: what a guard costs"
    presets: ClassVar = {
        "tiny": {"count": 2, "operations": 20},
        "quick": {"operations": 2_000},
        "default": {},
        "full": {"count": 8, "operations": 100_000},
    }
    work = staticmethod(add)
    work_async = staticmethod(add_async)

    guard: str = parameter("lock", "what makes it right", choices=GUARDS)
    count: int = parameter(4, "how many tasks", minimum=1, maximum=10_000)
    operations: int = parameter(10_000, "how often each task adds one", minimum=1, maximum=10**9)
    candidates: int = parameter(
        0,
        "this many tasks instead of `count`, all at once and in each other's way; 0: as the workers take them",
        minimum=0,
        maximum=1_000,
    )
    spins: int = parameter(0, "turns of pure-Python work that come with each addition", minimum=0, maximum=10**9)
    inside: float = parameter(0.5, "share of that work which is done while the guard is held", minimum=0, maximum=1)

    @property
    def min_concurrency(self) -> int:
        """Candidates are all in progress at once."""
        return max(1, self.candidates)

    @property
    def primitives(self) -> tuple[str, ...]:
        """The guard and what it guards, and where candidates meet."""
        return (*self._of_guard(), *(("array",) if self._meeting and self.guard != "atomic-per-worker" else ()))

    def _of_guard(self) -> tuple[str, ...]:
        match self.guard:
            case "queue":
                return ("queue",)
            case "atomic-per-worker":
                return ("array",)
            case _:
                return (self.guard, "counter")

    @property
    def _meeting(self) -> bool:
        return self.candidates > 1

    @property
    def _number(self) -> int:
        """How many tasks there are."""
        return self.candidates or self.count

    def make_shared(self, kit: Kit) -> Any:
        """Make the guard and what it guards, and a place for each candidate to say that it is there."""
        guarded = self._guard(kit)
        return (guarded, kit.make("array", "q", self.candidates)) if self._meeting else guarded

    def _guard(self, kit: Kit) -> Any:
        match self.guard:
            case "queue":
                return kit.make("queue", 1)
            case "atomic-per-worker":
                return kit.make("array", "q", self._number)
            case "semaphore":
                return kit.make("semaphore", 1), kit.make("counter")
            case _:
                return kit.make(self.guard), kit.make("counter")

    def reset(self, shared: Any) -> None:
        """Begin at zero, before any task has arrived."""
        guarded = shared
        if self._meeting:
            guarded, arrived = shared
            for place in range(self.candidates):
                arrived[place] = 0
        match self.guard:
            case "queue":
                _exchange(guarded, 0)
            case "atomic-per-worker":
                for place in range(self._number):
                    guarded[place] = 0
            case _:
                guarded[1].value = 0

    def tasks(self) -> Sequence[Job]:
        """Return tasks that are all alike but for their numbers."""
        inside = round(self.spins * self.inside)
        how = (self.operations, self.guard, inside, self.spins - inside, self.candidates)
        return [Job(number, *how) for number in range(self._number)]

    def finalize(self, results: Sequence[Added], shared: Any) -> Sum:
        """Read what all have added up to."""
        guarded = shared[0] if self._meeting else shared
        match self.guard:
            case "queue":
                final = _exchange(guarded)
            case "atomic-per-worker":
                final = sum(guarded)
            case _:
                final = guarded[1].value
        return Sum(results, final)

    def verify(self, result: object) -> Observations:
        """Check every task and the sum, which must be exact; report the cost of an operation.

        That is the time from the first task's start to the last one's end, divided by all operations of all tasks. It
        is the cost of a contended operation only if at some moment all candidates were at work.
        """
        if not isinstance(result, Sum):
            raise WrongResult("result", expected="a Sum", found=result)
        for number, found in enumerate(check_count(result.results, self._number, "results")):
            self._check(number, found)
        done = self._number * self.operations
        if result.final != done:
            raise WrongResult("final count", expected=done, found=result.final)
        starts, ends = [found.started for found in result.results], [found.ended for found in result.results]
        cost = (max(ends) - min(starts)) / done * 1e9
        operation = self._act(all_at_once=max(starts) < min(ends))
        primitive = self._of_guard()[0] if operation else ""
        return (
            Observation("cost per operation", cost, "ns", primitive=primitive, operation=operation),
            Observation("lost updates", 0, "updates"),
        )

    def _act(self, *, all_at_once: bool) -> Operation | None:
        if self.candidates == 1 and not self.spins:
            return "uncontended"
        return "contended" if self._meeting and all_at_once and not self.spins else None

    def _check(self, number: int, result: object) -> None:
        expected = spun(number + 1, self.operations * self.spins)
        match result:
            case Added(found, value, started, ended) if (found, value) == (number, expected) and started <= ended:
                return
        raise WrongResult(f"result {number}", expected=(number, expected), found=result)


def _exchange(queue: Any, replacement: int | None = None) -> int | None:
    """Return the number in a queue, None if there is none, and leave another in its place, or itself."""
    found = _taken_async(queue[1]) if isinstance(queue, tuple) else _taken(queue)
    left = found if replacement is None else replacement
    if left is not None:
        queue[0].send_nowait(left) if isinstance(queue, tuple) else queue.put(left)
    return found


def _taken(queue: Any) -> int | None:
    from queue import Empty

    try:
        number: int | None = queue.get(timeout=LATEST_S) if queue.full() else None
    except Empty:
        return None
    return number


def _taken_async(receiver: Any) -> int | None:
    number: int | None = receiver.receive_nowait() if receiver.statistics().current_buffer_used else None
    return number
