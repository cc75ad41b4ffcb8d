"""Almost nothing to do with a lot of data: what remains is the cost of moving it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations, Workload
from comparators.workloads._support.checks import check_count

__all__ = ["Transfer", "payload", "rotate", "rotate_async"]


def rotate(data: bytes) -> bytes:
    """Return new data as long as that received: its first byte moved to the end."""
    return data[1:] + data[:1]


async def rotate_async(data: bytes) -> bytes:
    """Return what `rotate` returns."""
    return rotate(data)


def payload(number: int, size: int) -> bytes:
    """Return `size` bytes of lines that carry the task's number, different for every task."""
    line = b"%07d\n" % number
    return (line * (size // len(line) + 1))[:size]


@dataclass(frozen=True)
class Transfer(Workload[bytes, bytes]):
    """Hand data to each task and take as much back.

    What it teaches: threads and coroutines share memory, so data costs them nothing. Processes send a copy there and
    a copy back; divide the time by the megabytes moved. Work on large data has to take longer than its journey:
    otherwise send file names, or share the memory.
    """

    name = "transfer"
    summary = "tasks that take and return data: what a megabyte costs"
    nature = "transfer"
    presets: ClassVar = {
        "tiny": {"count": 4, "size": 1_000},
        "quick": {"size": 250_000},
        "default": {},
        "full": {"count": 32, "size": 4_000_000},
    }
    work = staticmethod(rotate)
    work_async = staticmethod(rotate_async)

    count: int = parameter(16, "how many tasks", minimum=1, maximum=10**7)
    size: int = parameter(1_000_000, "bytes that each task takes, and returns", minimum=8, maximum=10**9)

    def tasks(self) -> Sequence[bytes]:
        """Return the data of each task."""
        return [payload(number, self.size) for number in range(self.count)]

    def verify(self, result: object) -> Observations:
        """Check every byte that came back, and report the megabytes moved there and back."""
        for number, found in enumerate(check_count(result, self.count, "answers")):
            expected = rotate(payload(number, self.size))
            if found != expected:
                raise WrongResult(f"data of task {number}", expected=_described(expected), found=_described(found))
        return (Observation("moved", 2 * self.count * self.size / 1e6, "MB"),)


def _described(data: object) -> str:
    if not isinstance(data, bytes):
        return type(data).__name__
    return f"{len(data)} bytes that start with {data[:8]!r}"
