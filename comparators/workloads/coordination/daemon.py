"""How workers end that are at work when their program ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, NamedTuple

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations, Workload
from comparators.workloads._support.checks import check_count

__all__ = ["EVENTS", "OUTCOMES", "Daemon", "Ending", "Exit", "leave", "leave_async"]

PATIENCE_S = 60.0
"""Seconds that a program may take, and that a worker works which is cut off before its end."""

PROGRAM = Path(__file__).parent / "_support" / "daemon_program.py"

EVENTS = ("started", "finished", "cleaned up", "exit handler")
"""What can happen to a worker: it begins, comes to its end, runs its `finally`, and what it gave to `atexit` is run."""

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "thread": ("started", "exit handler"),
    "process": ("started",),
    "pool-thread": EVENTS,
    "pool-process": EVENTS,
    "asyncio": ("started", "cleaned up", "exit handler"),
}
"""What CPython documents for each kind of worker.

threading: daemon threads are abruptly stopped at shutdown. multiprocessing: a process terminates its daemonic children
when it exits, and exit handlers and finally clauses are not executed. concurrent.futures: the interpreter waits for
all pending futures before it exits. asyncio.run: the remaining tasks are cancelled.
"""


class Exit(NamedTuple):
    """A task: its number, the kind of worker that is left behind, and how long that still works."""

    number: int
    model: str
    seconds: float


class Ending(NamedTuple):
    """How a program ended: its exit code, what happened to its worker, and what it said on standard error."""

    number: int
    code: int
    happened: tuple[str, ...]
    said: str


def leave(task: Exit) -> Ending:
    """Run a program that ends with its worker at work, and wait for it."""
    import subprocess

    with TemporaryDirectory() as folder:
        marks = Path(folder, "marks")
        ran = subprocess.run(
            _command(task, marks), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False
        )
        return _ending(task, marks, ran.returncode, ran.stderr)


async def leave_async(task: Exit) -> Ending:
    """Run a program that ends with its worker at work, and let other tasks run until it has ended."""
    import subprocess

    from anyio import fail_after, run_process

    with TemporaryDirectory() as folder:
        marks = Path(folder, "marks")
        with fail_after(PATIENCE_S):
            ran = await run_process(_command(task, marks), stdin=subprocess.DEVNULL, check=False)
        return _ending(task, marks, ran.returncode, ran.stderr or b"")


def _command(task: Exit, marks: Path) -> list[str]:
    import sys

    return [sys.executable, "-P", "-S", str(PROGRAM), task.model, str(marks), str(task.seconds)]


def _ending(task: Exit, marks: Path, code: int, said: bytes) -> Ending:
    happened = marks.read_text(encoding="ascii").splitlines() if marks.exists() else []
    return Ending(task.number, code, tuple(sorted(happened)), said.decode(errors="replace").strip())


@dataclass(frozen=True)
class Daemon(Workload[Exit, Ending]):
    """Run programs that end while a worker is still at work, and see how that worker ends.

    What it teaches: the end of a program is not the same for all workers. A daemon thread is cut off in the middle:
    its `finally` does not run. A daemon process is terminated: neither `finally` nor its exit handlers run. A task of
    an event loop is cancelled, and can clean up. Workers of an executor are waited for: they finish, and the program
    ends that much later. Leave nothing to daemons that has to be written, closed or given back.

    Each task is a fresh program of its own, so that it makes no difference which runner waits for them: the time is
    that of starting and ending programs.
    """

    name = "daemon"
    summary = "programs that end with a worker at work: cut off, cancelled or waited for"
    nature = "coordination"
    timed = False
    independent = False
    presets: ClassVar = {
        "tiny": {"count": 2, "left_s": 0.01},
        "quick": {"count": 2},
        "default": {},
        "full": {"count": 40},
    }
    work = staticmethod(leave)
    work_async = staticmethod(leave_async)

    model: str = parameter("thread", "what the worker is", choices=tuple(OUTCOMES))
    count: int = parameter(8, "how many programs", minimum=1, maximum=100_000)
    left_s: float = parameter(0.05, "seconds of work left, for workers that may finish it", minimum=0, maximum=50)

    def tasks(self) -> Sequence[Exit]:
        """Return the programs; a worker that is to be cut off has more to do than anyone waits for."""
        seconds = self.left_s if "finished" in OUTCOMES[self.model] else PATIENCE_S
        return [Exit(number, self.model, seconds) for number in range(self.count)]

    def verify(self, result: object) -> Observations:
        """Check that every worker ended as documented, and report how: 1 for what happened, 0 for what did not."""
        expected = tuple(sorted(OUTCOMES[self.model]))
        for number, found in enumerate(check_count(result, self.count, "programs")):
            if not isinstance(found, Ending) or found[:3] != (number, 0, expected):
                raise WrongResult(f"end of program {number}", expected=Ending(number, 0, expected, ""), found=found)
        return tuple(Observation(event, float(event in expected), "") for event in EVENTS)
