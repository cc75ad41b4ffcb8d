"""Several workers add to one number and lose nothing: what each kind of guard costs."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, NamedTuple

from comparators.errors import WrongResult
from comparators.kit import Kit, shared
from comparators.parameters import parameter
from comparators.workload import Observation, Observations, Workload
from comparators.workloads.checks import check_count
from comparators.workloads.spin import spin, spun

__all__ = ["Added", "Guarded", "Job", "Sum", "add", "add_async"]

LATEST_S = 10
"""How long the number may take to come back through a queue when all workers are done."""


class Job(NamedTuple):
    """A task: its number, how often it adds one and under which guard, and the turns of work inside and outside."""

    number: int
    operations: int
    guard: str
    inside: int
    outside: int


class Added(NamedTuple):
    """What a task says: its number, what its own work came to, `perf_counter` seconds at its start and end."""

    number: int
    value: int
    started: float
    ended: float


class Sum(NamedTuple):
    """What the tasks say, and what they have added up to."""

    parts: Sequence[Any]
    final: Any


def add(job: Job) -> Added:
    """Add one, again and again, and never without the guard."""
    started = perf_counter()
    value = _LOOPS[job.guard](shared(), job)
    return Added(job.number, value, started, perf_counter())


async def add_async(job: Job) -> Added:
    """Do the same with guards that are awaited."""
    started = perf_counter()
    value = await _ASYNC_LOOPS[job.guard](shared(), job)
    return Added(job.number, value, started, perf_counter())


def _holding(parts: Any, job: Job) -> int:
    guard, counter = parts
    if not job.inside and not job.outside:  # to look for work takes a tenth of the time of a lock that nobody holds
        for _ in range(job.operations):
            with guard:
                counter.value += 1
        return job.number + 1
    value, inside, outside = job.number + 1, job.inside, job.outside
    for _ in range(job.operations):
        with guard:
            counter.value += 1
            if inside:
                value = spin(value, inside)
        if outside:
            value = spin(value, outside)
    return value


def _notifying(parts: Any, job: Job) -> int:
    condition, counter = parts
    value, inside, outside = job.number + 1, job.inside, job.outside
    for _ in range(job.operations):
        with condition:
            counter.value += 1
            if inside:
                value = spin(value, inside)
            condition.notify()
        if outside:
            value = spin(value, outside)
    return value


def _passing_on(queue: Any, job: Job) -> int:
    value, inside, outside = job.number + 1, job.inside, job.outside
    for _ in range(job.operations):
        number = queue.get()
        if inside:
            value = spin(value, inside)
        queue.put(number + 1)
        if outside:
            value = spin(value, outside)
    return value


def _apart(counts: Any, job: Job) -> int:
    value, place, turns = job.number + 1, job.number, job.inside + job.outside
    for _ in range(job.operations):
        counts[place] += 1
        if turns:
            value = spin(value, turns)
    return value


async def _holding_async(parts: Any, job: Job) -> int:
    guard, counter = parts
    if not job.inside and not job.outside:
        for _ in range(job.operations):
            async with guard:
                counter.value += 1
        return job.number + 1
    value, inside, outside = job.number + 1, job.inside, job.outside
    for _ in range(job.operations):
        async with guard:
            counter.value += 1
            if inside:
                value = spin(value, inside)
        if outside:
            value = spin(value, outside)
    return value


async def _notifying_async(parts: Any, job: Job) -> int:
    condition, counter = parts
    value, inside, outside = job.number + 1, job.inside, job.outside
    for _ in range(job.operations):
        async with condition:
            counter.value += 1
            if inside:
                value = spin(value, inside)
            condition.notify()
        if outside:
            value = spin(value, outside)
    return value


async def _passing_on_async(ends: Any, job: Job) -> int:
    sender, receiver = ends
    value, inside, outside = job.number + 1, job.inside, job.outside
    for _ in range(job.operations):
        number = await receiver.receive()
        if inside:
            value = spin(value, inside)
        await sender.send(number + 1)
        if outside:
            value = spin(value, outside)
    return value


async def _apart_async(counts: Any, job: Job) -> int:
    return _apart(counts, job)


_LOOPS: dict[str, Callable[[Any, Job], int]] = {
    "lock": _holding,
    "rlock": _holding,
    "semaphore": _holding,
    "condition": _notifying,
    "queue": _passing_on,
    "atomic-per-worker": _apart,
}
_ASYNC_LOOPS: dict[str, Callable[[Any, Job], Coroutine[Any, Any, int]]] = {
    "lock": _holding_async,
    "rlock": _holding_async,
    "semaphore": _holding_async,
    "condition": _notifying_async,
    "queue": _passing_on_async,
    "atomic-per-worker": _apart_async,
}


@dataclass(frozen=True)
class Guarded(Workload[Job, Added]):
    """Let every task add one to the same number, `operations` times, so that no update is lost.

    What it teaches: what it costs to be right. A lock that nobody else wants is cheap; one that all want makes them
    wait in line, and more workers make it slower, not faster. What helps is to hold it for a smaller share of the time
    (`inside`), or to need none: each worker counts alone and the counts are added in the end (`atomic-per-worker`).

    - `lock`, `rlock`, `semaphore`: held while adding.
    - `condition`: held while adding, and one who might wait for it is notified.
    - `queue`: holds nothing but the number; who has taken it out may change it, and puts it back.

    With one worker the guard is never contended; compare with more.
    """

    name = "guarded"
    summary = "increments of one shared number that lose nothing: what a guard costs"
    nature = "coordination"
    presets: ClassVar = {
        "tiny": {"count": 2, "operations": 20},
        "quick": {"operations": 5_000},
        "default": {},
        "full": {"count": 8, "operations": 100_000},
    }
    work = staticmethod(add)
    work_async = staticmethod(add_async)

    guard: str = parameter("lock", "what makes it right", choices=tuple(_LOOPS))
    count: int = parameter(4, "how many tasks", minimum=1, maximum=10_000)
    operations: int = parameter(10_000, "how often each task adds one", minimum=1, maximum=10**9)
    spins: int = parameter(0, "turns of pure-Python work that come with each addition", minimum=0, maximum=10**9)
    inside: float = parameter(0.5, "share of that work which is done while the guard is held", minimum=0, maximum=1)

    @property
    def primitives(self) -> tuple[str, ...]:
        """The guard and what it guards."""
        match self.guard:
            case "queue":
                return ("queue",)
            case "atomic-per-worker":
                return ("array",)
            case _:
                return (self.guard, "counter")

    def share(self, kit: Kit) -> Any:
        """Make the guard and what it guards."""
        match self.guard:
            case "queue":
                return kit.make("queue", 1)
            case "atomic-per-worker":
                return kit.make("array", "q", self.count)
            case "semaphore":
                return kit.make("semaphore", 1), kit.make("counter")
            case _:
                return kit.make(self.guard), kit.make("counter")

    def reset(self, shared: Any) -> None:
        """Begin at zero."""
        match self.guard:
            case "queue":
                _exchange(shared, 0)
            case "atomic-per-worker":
                for place in range(self.count):
                    shared[place] = 0
            case _:
                shared[1].value = 0

    def tasks(self) -> Sequence[Job]:
        """Return tasks that are all alike but for their numbers."""
        inside = round(self.spins * self.inside)
        return [Job(number, self.operations, self.guard, inside, self.spins - inside) for number in range(self.count)]

    def settle(self, parts: Sequence[Added], shared: Any) -> Sum:
        """Read what all have added up to."""
        match self.guard:
            case "queue":
                final = _exchange(shared)
            case "atomic-per-worker":
                final = sum(shared)
            case _:
                final = shared[1].value
        return Sum(parts, final)

    def verify(self, result: object) -> Observations:
        """Check every task and the sum, which must be exact; report the cost of an operation.

        That is the time from the first task's start to the last one's end, divided by all operations of all tasks.
        """
        if not isinstance(result, Sum):
            raise WrongResult("result", expected="a Sum", found=result)
        for number, part in enumerate(check_count(result.parts, self.count, "parts")):
            self._check(number, part)
        done = self.count * self.operations
        if result.final != done:
            raise WrongResult("final count", expected=done, found=result.final)
        seconds = max(part.ended for part in result.parts) - min(part.started for part in result.parts)
        return (Observation("cost per operation", seconds / done * 1e9, "ns"),)

    def _check(self, number: int, part: object) -> None:
        expected = spun(number + 1, self.operations * self.spins)
        match part:
            case Added(found, value, started, ended) if (found, value) == (number, expected) and started <= ended:
                return
        raise WrongResult(f"part {number}", expected=(number, expected), found=part)


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
