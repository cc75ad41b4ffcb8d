"""Several workers write lines, piece by piece, to one stream."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations
from comparators.workloads._support.checks import check_count

__all__ = ["SEATS", "Script", "Writer", "Written", "most_at_once", "piece_of", "write", "write_async"]

SEATS = 2
"""How many may write at once under the semaphore."""

Written = tuple[int, int]
"""Number of the writer, lines that it wrote."""


class Script(NamedTuple):
    """A task: which writer, to which file, how many lines in how many pieces each."""

    writer: int
    path: str
    lines: int
    pieces: int


def write(script: Script) -> Written:
    """Write all lines, one system call for each piece, letting others run in between."""
    guard = shared() or nullcontext()
    file = _open(script.path)
    try:
        for line in range(script.lines):
            with guard:
                for piece in range(script.pieces):
                    os.write(file, piece_of(script.writer, line, piece, script.pieces))
                    time.sleep(0)
    finally:
        os.close(file)
    return script.writer, script.lines


async def write_async(script: Script) -> Written:
    """Write all lines, one system call for each piece, letting other tasks run in between."""
    from anyio.lowlevel import checkpoint

    guard = shared() or nullcontext()
    file = _open(script.path)
    try:
        for line in range(script.lines):
            async with guard:
                for piece in range(script.pieces):
                    os.write(file, piece_of(script.writer, line, piece, script.pieces))
                    await checkpoint()
    finally:
        os.close(file)
    return script.writer, script.lines


def _open(path: str) -> int:
    """Open a file so that the system puts every write at its end."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))


def piece_of(writer: int, line: int, piece: int, pieces: int) -> bytes:
    """Return one piece: whose it is, of which line, which one; all are of one length, and the last ends the line."""
    return b"%04d.%06d.%03d%s" % (writer, line, piece, b"\n" if piece == pieces - 1 else b" ")


def most_at_once(places: Sequence[tuple[int, int]], pieces: int) -> int:
    """Return how many writers were in the middle of a line at one time, at most.

    Args:
        places: writer, and number of the piece within its line, for each piece in the file.
        pieces: how many pieces a line has.
    """
    writing: set[int] = set()
    most = 0
    for writer, piece in places:
        writing.add(writer)
        most = max(most, len(writing))
        if piece == pieces - 1:
            writing.remove(writer)
    return most


@dataclass(frozen=True)
class Writer(CoordinatedWorkload[Script, Written]):
    """Let every task write lines to one file, each line in several pieces.

    What it teaches: each write of a piece arrives whole, and still the lines are jumbled, because others write between
    two pieces; printing to a terminal or a log file from several workers is no different. A lock held for a whole line
    keeps the lines whole. A semaphore of two keeps no line whole: it limits how many write at once, which is what it
    is for. One worker needs no guard.

    The file is read after the loop: no piece may be missing, with whatever guard, and each writer's are in order.
    """

    name = "writer"
    summary = "lines written to one stream by several workers, jumbled without a guard"
    presets: ClassVar = {
        "tiny": {"count": 3, "lines": 3},
        "quick": {"lines": 50},
        "default": {},
        "full": {"count": 16, "lines": 1_000},
    }
    work = staticmethod(write)
    work_async = staticmethod(write_async)

    guard: str = parameter("none", "what a writer holds for a whole line", choices=("none", "lock", "semaphore"))
    count: int = parameter(8, "how many writers", minimum=1, maximum=10_000)
    lines: int = parameter(200, "how many lines each writes", minimum=1, maximum=1_000_000)
    pieces: int = parameter(4, "pieces of a line", minimum=2, maximum=1_000)
    path: str = field(default_factory=str)  # no parameter: what is in the file before a loop is thrown away

    @property
    def primitives(self) -> tuple[str, ...]:
        """The guard."""
        return () if self.guard == "none" else (self.guard,)

    @contextmanager
    def setup(self) -> Iterator[Self]:
        """Have an empty file to write to."""
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines")  # noqa: PTH118  workers import this module, and need no pathlib
            os.close(os.open(path, os.O_CREAT))
            yield self.with_parameters(path=path)

    def make_shared(self, kit: Kit) -> Any:
        """Make the guard."""
        makers: Mapping[str, tuple[Any, ...]] = {"lock": (), "semaphore": (SEATS,)}
        return None if self.guard == "none" else kit.make(self.guard, *makers[self.guard])

    def reset(self, shared: Any) -> None:  # noqa: ARG002  the guard needs none
        """Empty the file."""
        os.truncate(self.path, 0)

    def tasks(self) -> Sequence[Script]:
        """Return what each writer writes; without a file they can be counted but not done."""
        return [Script(writer, self.path, self.lines, self.pieces) for writer in range(self.count)]

    def combine(self, results: Sequence[Written]) -> object:
        """Return the results, and what is in the file."""
        with open(self.path, "rb") as file:  # noqa: PTH123  see `setup`
            return results, file.read()

    def verify(self, result: object) -> Observations:
        """Check that every piece is there, in its writer's order, and what the guard is for; report jumbled lines."""
        results, data = result if isinstance(result, tuple) else (result, b"")
        for writer, found in enumerate(check_count(results, self.count, "writers")):
            if found != (writer, self.lines):
                raise WrongResult(f"lines of writer {writer}", expected=(writer, self.lines), found=found)
        places = self._places(data)
        jumbled, max_concurrency = self._jumbled(data), most_at_once(places, self.pieces)
        allowed = {"none": self.count, "lock": 1, "semaphore": min(SEATS, self.count)}[self.guard]
        if max_concurrency > allowed:
            raise WrongResult(
                f"writers at once with a {self.guard}", expected=f"at most {allowed}", found=max_concurrency
            )
        total = self.count * self.lines
        return (
            Observation("jumbled lines", jumbled, "lines", wrong=jumbled > 0),
            Observation("share of jumbled lines", 100 * jumbled / total, "%"),
            Observation("writers at once", max_concurrency, "writers"),
        )

    def _places(self, data: bytes) -> list[tuple[int, int]]:
        """Return writer and piece for each piece in the file; every byte of it is what a writer wrote, in its order."""
        width = len(piece_of(0, 0, 0, self.pieces))
        following = {writer: self._pieces(writer) for writer in range(self.count)}
        places = []
        for start in range(0, len(data), width):
            found = data[start : start + width]
            writer = int(found[:4]) if found[:4].isdigit() else -1
            expected, place = next(following.get(writer, iter(())), (b"the piece of a writer", (0, 0)))
            if found != expected:
                raise WrongResult(f"byte {start} of the file and on", expected=expected, found=found)
            places.append(place)
        if len(data) != width * self.count * self.lines * self.pieces:
            raise WrongResult(
                "bytes in the file", expected=width * self.count * self.lines * self.pieces, found=len(data)
            )
        return places

    def _pieces(self, writer: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
        for line in range(self.lines):
            for piece in range(self.pieces):
                yield piece_of(writer, line, piece, self.pieces), (writer, piece)

    def _jumbled(self, data: bytes) -> int:
        """Return how many lines of the file are not one line of one writer."""
        whole = {
            b"".join(piece_of(writer, line, piece, self.pieces) for piece in range(self.pieces))
            for writer in range(self.count)
            for line in range(self.lines)
        }
        return sum(line not in whole for line in data.splitlines(keepends=True))
