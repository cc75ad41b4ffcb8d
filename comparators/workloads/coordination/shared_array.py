"""Several workers change one large array, each its own part of it, in place."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, repeat
from time import perf_counter
from typing import Any, ClassVar, NamedTuple, Self

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Model, Observation, Observations
from comparators.workloads._support.checks import check_count
from comparators.workloads.coordination._support.shared_memory import memory_of, segment

__all__ = ["ITEM", "Changed", "Final", "SharedArray", "Stretch", "change", "numbers_from"]

ITEM = 8
"""Bytes of a number."""

READS = {"array": (1_000, "ns", 1e9), "manager": (20, "µs", 1e6)}
"""How often one number is read for its cost, where what is shared is a primitive; and the cost's unit, per second."""


class Stretch(NamedTuple):
    """A task: its number, which numbers of the array it changes, and how it gets at them.

    Attributes:
        begin, end: the first, and the one after the last.
        name: of the segment of shared memory, where there is one.
        data: the numbers themselves, where they travel.
    """

    number: int
    via: str
    by: str
    begin: int
    end: int
    name: str
    data: bytes


class Changed(NamedTuple):
    """What a task says: its number, how many numbers it changed, and those themselves, where they travel."""

    number: int
    numbers: int
    data: bytes | bytearray = b""


class Final(NamedTuple):
    """What a loop gave: the results, all bytes of the array, its seconds, and those of reading one number, if any."""

    results: Sequence[Any]
    data: bytes
    seconds: float
    read_s: float | None


@dataclass(slots=True)
class _Start:
    """When the loop began, in `perf_counter` seconds."""

    at: float = 0.0


def change(stretch: Stretch) -> Changed:
    """Add one to every number of a stretch; no other task has any of them, so that nothing guards them."""
    data: bytes | bytearray = b""
    match stretch.via:
        case "shared-memory":
            _change_bytes(memory_of(stretch.name), stretch)
        case "array":
            with memoryview(shared()).cast("B") as whole:
                _change_bytes(whole, stretch)
        case "manager":
            proxy = shared()
            part = proxy[stretch.begin : stretch.end]
            with memoryview(part) as numbers:
                _ADDING[stretch.by](numbers)
            proxy[stretch.begin : stretch.end] = part
        case _:
            data = bytearray(stretch.data)
            with memoryview(data).cast("q") as numbers:
                _ADDING[stretch.by](numbers)
    return Changed(stretch.number, stretch.end - stretch.begin, data)


def _change_bytes(whole: memoryview, stretch: Stretch) -> None:
    with whole[stretch.begin * ITEM : stretch.end * ITEM] as part, part.cast("q") as numbers:
        _ADDING[stretch.by](numbers)


def _add_by_numpy(numbers: memoryview) -> None:
    import numpy as np

    values = np.frombuffer(numbers, dtype=np.int64)
    np.add(values, 1, out=values)


def _add_by_python(numbers: memoryview) -> None:
    for place, value in enumerate(numbers):
        numbers[place] = value + 1


_ADDING = {"numpy": _add_by_numpy, "python": _add_by_python}


@lru_cache(maxsize=2)  # before and after a loop: as many bytes as the array itself, each
def numbers_from(first: int, size: int) -> bytes:
    """Return the bytes of an array of `size` numbers, each one more than the one before."""
    from array import array

    return array("q", range(first, first + size)).tobytes()


@dataclass(frozen=True)
class SharedArray(CoordinatedWorkload[Stretch, Changed]):
    """Add one to every number of a large array: each task has a part of its own, and changes it where it is.

    What it teaches: results that do not overlap need no lock. What decides is how the workers get at their results.
    Shared memory costs nothing per megabyte, whichever worker looks at it. Through a proxy, or with the tasks, every
    byte is pickled, sent and unpickled, there and back, which takes longer than a cheap computation.

    - `shared-memory`: a segment of `multiprocessing.shared_memory`, which each worker attaches to by its name.
    - `array`: the kit's own: `array.array` for threads, `multiprocessing.RawArray` for processes, memory of the process
      for interpreters; workers get it when they start.
    - `manager`: an `array.array` in a process of its own, reached through a proxy: one slice out, one slice in.
    - `pickle`: no array is shared. Each task carries its numbers and returns the changed ones, by pickle where the
      workers are processes or interpreters. To threads both are handed over as they are; that is no sharing either, for
      what they return is new. It shows what the same work costs when nothing has to travel.

    With `by=numpy` the work is one pass through memory, so that mostly the access is measured; threads may do it at
    the same time, for NumPy lets go of the GIL. With `by=python` it is a loop of Python instructions.

    The cost per megabyte is the time from before the loop to after it; in the cold phase with the starting of workers.
    Afterwards each number must be one more than before: one that no task changed, or two tasks, is found.
    """

    name = "shared-array"
    summary = "one large array changed in place by several workers: what a megabyte costs"
    presets: ClassVar = {
        "tiny": {"size": 1_000, "count": 3},
        "quick": {"size": 1_000_000},
        "default": {},
        "full": {"size": 16_000_000},
    }
    work = staticmethod(change)

    via: str = parameter(
        "shared-memory", "how workers get at the numbers", choices=("shared-memory", "array", "manager", "pickle")
    )
    size: int = parameter(4_000_000, "how many numbers, of 8 bytes each", minimum=1, maximum=10**9)
    count: int = parameter(8, "how many tasks; each has an equal part of the array", minimum=1, maximum=10_000)
    by: str = parameter("numpy", "what adds: NumPy, or a loop over a memoryview", choices=tuple(_ADDING))
    segment_name: str = field(default_factory=str)  # no parameter: made by `setup`
    start: _Start = field(default_factory=_Start, compare=False, repr=False)

    @property
    def primitives(self) -> tuple[str, ...]:
        """What is shared, if it is a primitive."""
        return (self.via,) if self.via in READS else ()

    @property
    def unsupported_on(self) -> Mapping[Model, str]:
        """NumPy is for the first interpreter of a process only."""
        if self.by == "python":
            return {}
        return {"interpreters": "NumPy does not support loading in subinterpreters; 'by=python' needs no NumPy"}

    @contextmanager
    def setup(self) -> Iterator[Self]:
        """Have a segment of shared memory, if the workers get at the numbers by way of one."""
        if self.by == "numpy":
            import numpy  # noqa: F401  as a program that uses it has done before it starts anything
        self.start.at = perf_counter()
        if self.via != "shared-memory":
            yield self
            return
        with segment(self.size * ITEM) as name:
            opened = self.with_parameters(segment_name=name)
            opened.reset(None)
            yield opened

    def make_shared(self, kit: Kit) -> Any:
        """Make the array."""
        if self.via == "array":
            return kit.make("array", "q", self.size)
        return kit.make("manager").Array("q", range(self.size))

    def reset(self, shared: Any) -> None:
        """Let each number be its place in the array, and the loop begin."""
        from array import array

        match self.via:
            case "shared-memory":
                memory_of(self.segment_name)[: self.size * ITEM] = numbers_from(0, self.size)
            case "array":
                with memoryview(shared).cast("B") as whole:
                    whole[:] = numbers_from(0, self.size)
            case "manager":
                shared[:] = array("q", numbers_from(0, self.size))
            case _:
                pass  # each task carries the numbers as they were
        self.start.at = perf_counter()

    def tasks(self) -> Sequence[Stretch]:
        """Return results of the array that have no number in common and, together, every one."""
        bounds = [number * self.size // self.count for number in range(self.count + 1)]
        data = numbers_from(0, self.size) if self.via == "pickle" else b""
        return [
            Stretch(number, self.via, self.by, begin, end, self.segment_name, data[begin * ITEM : end * ITEM])
            for number, (begin, end) in enumerate(pairwise(bounds))
        ]

    def combine(self, results: Sequence[Changed]) -> Final:
        """Take the time, then put the array together from the segment or, where there is none, from the results."""
        seconds = perf_counter() - self.start.at
        if self.via == "shared-memory":
            return Final(results, bytes(memory_of(self.segment_name)[: self.size * ITEM]), seconds, None)
        return Final(results, b"".join(result.data for result in results), seconds, None)

    def finalize(self, results: Sequence[Changed], shared: Any) -> Final:
        """Take the time, then read what is shared: the whole array, and one number of it for the cost of that."""
        if self.via not in READS:
            return self.combine(results)
        seconds = perf_counter() - self.start.at
        data = shared[:].tobytes() if self.via == "manager" else bytes(memoryview(shared))
        return Final(results, data, seconds, _read_s(shared, READS[self.via][0]))

    def verify(self, result: object) -> Observations:
        """Check that each number was changed exactly once; report what a megabyte cost, and reading one number."""
        if not isinstance(result, Final):
            raise WrongResult("result", expected="a Final", found=result)
        for task, found in zip(self.tasks(), check_count(result.results, self.count, "results"), strict=True):
            expected = (task.number, task.end - task.begin)
            if not isinstance(found, Changed) or found[:2] != expected:
                raise WrongResult(f"result {task.number}", expected=expected, found=found)
        self._check_numbers(result.data)
        cost = Observation("cost per megabyte", result.seconds * 1e6 / (self.size * ITEM / 1e6), "µs/MB")
        if result.read_s is None:
            return (cost,)
        _, unit, per_s = READS[self.via]
        return (
            cost,
            Observation("reading one number", result.read_s * per_s, unit, primitive=self.via, operation="uncontended"),
        )

    def _check_numbers(self, data: bytes) -> None:
        if len(data) != self.size * ITEM:
            raise WrongResult("bytes in the array", expected=self.size * ITEM, found=len(data))
        if data == numbers_from(1, self.size):
            return
        wrong = [(place, found) for place, found in enumerate(memoryview(data).cast("q")) if found != place + 1]
        place, found = wrong[0]
        raise WrongResult(
            f"number {place} of {self.size}, the first of {len(wrong)} that are wrong",
            expected=f"{place + 1}, changed once",
            found=f"{found}, changed {found - place} times" if 0 <= found - place <= self.count else found,
        )


def _read_s(numbers: Any, times: int) -> float:
    """Return the seconds that reading one number takes, on average; the workers have nothing to do meanwhile."""
    began = perf_counter()
    for _ in repeat(None, times):
        numbers[0]
    return (perf_counter() - began) / times
