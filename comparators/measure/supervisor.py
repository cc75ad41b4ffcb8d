"""The process between the command and the workers: starts one worker at a time, ends it, and leaves nothing running.

    python -P -m comparators.measure.supervisor

Standard library only. Reads one request per line from standard input, writes one reply per line to standard output
(both JSON, see `Request` and `Reply`). The end of standard input means that the command is gone: everything is killed.

On Linux it is the subreaper of all its descendants, so that also a process that called setsid, forked twice or cleared
its environment becomes its child when its parent dies, and is found. Elsewhere it kills the worker's process group.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Reply", "Request", "main"]

TICK_S = 0.25  # how often an unfinished worker's result and output are looked at
HUNG_EXIT_S = 5.0  # a worker that has left its result may take this long to end
DUMP_S = 0.5  # a worker past its deadline may take this long to write its stacks
LEFTOVERS_S = 0.5  # helpers such as multiprocessing's resource tracker end by themselves within this time
OUTPUT_CAP = 1_000_000  # bytes of a worker's output that are kept at most
TAIL = 20_000  # bytes of it that are passed on

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Request:
    """One worker to run.

    Attributes:
        arguments: command line.
        environment: complete environment.
        folder: existing folder for its output; the caller removes it.
        result: file that the worker creates, whole, when it has its result.
        deadline_s: seconds after which it is killed.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    result: str
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Reply:
    """How a worker ended.

    Attributes:
        code: exit code; negative for a signal; None when it never ended by itself.
        timed_out: the deadline passed without a result.
        hung_exit: it had left its result but did not end.
        cancelled: the command took the request back.
        leftovers: processes that had to be killed after it.
        elapsed_s: from its start until nothing of it was left.
        cpu_s: CPU seconds of all its processes.
        output: end of its standard output and error.
    """

    code: int | None
    timed_out: bool
    hung_exit: bool
    cancelled: bool
    leftovers: int
    elapsed_s: float
    cpu_s: float
    output: str

    @classmethod
    def never_ran(cls, reason: str) -> "Reply":
        """Say why there is nothing to tell of a worker."""
        return cls(
            code=None,
            timed_out=False,
            hung_exit=False,
            cancelled=False,
            leftovers=0,
            elapsed_s=0.0,
            cpu_s=0.0,
            output=reason,
        )


class _CommandGone(Exception):
    """Standard input ended."""


def main() -> None:
    """Serve requests until standard input ends."""
    guard = _parent_death_guard()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    family = _Family()
    try:
        while line := _read_line():
            request = Request(**json.loads(line))
            try:
                reply = _Worker(request, family, guard).run()
            except OSError as error:
                reply = Reply.never_ran(f"cannot start '{request.arguments[0]}': {error.strerror}")
            os.write(1, json.dumps(asdict(reply)).encode() + b"\n")
    except (_CommandGone, BrokenPipeError):
        pass
    finally:
        family.end(grace_s=0)


class _Worker:
    """One worker from start to end."""

    def __init__(self, request: Request, family: "_Family", guard: Callable[[], None] | None) -> None:
        self.request = request
        self.family = family
        self.guard = guard
        self.timed_out = self.hung_exit = self.cancelled = False

    def run(self) -> Reply:
        started = time.monotonic()
        output = Path(self.request.folder, "output")
        with output.open("ab") as stream:
            self.process = subprocess.Popen(
                self.request.arguments,
                env=self.request.environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                preexec_fn=self.guard,  # noqa: PLW1509  this process has a single thread
            )
            code = self._wait(started + self.request.deadline_s, stream.fileno())
        leftovers, cpu_s = self.family.end(grace_s=LEFTOVERS_S if code is not None else 0)
        return Reply(
            code=code,
            timed_out=self.timed_out,
            hung_exit=self.hung_exit,
            cancelled=self.cancelled,
            leftovers=leftovers,
            elapsed_s=time.monotonic() - started,
            cpu_s=cpu_s,
            output=_tail(output),
        )

    def _wait(self, deadline: float, output: int) -> int | None:
        """Wait for the worker's own end; kill it when it must not go on. Returns its exit code."""
        ended = _Ended(self.process.pid)
        try:
            while not ended.wait(min(TICK_S, max(0.0, deadline - time.monotonic()))):
                if os.fstat(output).st_size > OUTPUT_CAP:
                    os.ftruncate(output, 0)
                if not self.hung_exit and Path(self.request.result).exists():
                    self.hung_exit, deadline = True, time.monotonic() + HUNG_EXIT_S
                if self.cancelled or time.monotonic() >= deadline:
                    self._kill()
                    return None
                self.cancelled = ended.command_spoke and bool(_read_line())
        finally:
            ended.close()
        self.hung_exit = False
        code, cpu_s = _reap(self.process)
        self.family.cpu_s += cpu_s
        return code

    def _kill(self) -> None:
        self.timed_out = not self.hung_exit and not self.cancelled
        if self.timed_out:  # the worker's fault handler writes the stacks of all its threads, then it dies
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGABRT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(DUMP_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class _Ended:
    """Waits for a process to end and watches standard input meanwhile."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.command_spoke = False
        self.handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN)
        if self.handle is not None:
            self.poll.register(self.handle, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        if self.handle is None:
            seconds = min(seconds, 0.005)
        ready = {descriptor for descriptor, _ in self.poll.poll(seconds * 1000)}
        self.command_spoke = 0 in ready
        if self.handle is not None:
            return self.handle in ready
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def close(self) -> None:
        if self.handle is not None:
            os.close(self.handle)


class _Family:
    """All descendants of this process."""

    def __init__(self) -> None:
        self.subreaper = sys.platform == "linux" and _prctl(_PR_SET_CHILD_SUBREAPER)
        self.cpu_s = 0.0

    def end(self, *, grace_s: float) -> tuple[int, float]:
        """Wait until no descendant is left, killing after `grace_s`. Returns how many were killed, and CPU seconds."""
        killed: set[int] = set()
        deadline = time.monotonic() + grace_s
        while self._reap_all():
            if time.monotonic() >= deadline:
                for pid in _children():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            time.sleep(0.001)
        cpu_s, self.cpu_s = self.cpu_s, 0.0
        return len(killed), cpu_s

    def _reap_all(self) -> bool:
        """Collect every child that has ended; say whether one is left."""
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.cpu_s += usage.ru_utime + usage.ru_stime


def _children() -> list[int]:
    found = []
    for listing in Path("/proc/self/task").glob("*/children"):
        found += [int(pid) for pid in listing.read_text().split()]
    return found


def _reap(process: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """Collect an ended worker with the CPU seconds of it and the children it waited for."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def _tail(path: Path) -> str:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - TAIL))
        return stream.read().decode("utf-8", "replace")


def _read_line() -> str:
    """Read one line from standard input, unbuffered, so that polling it sees what is left."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 65536)
        if not byte:
            raise _CommandGone
        line += byte
    return line.decode()


def _prctl(option: int, value: int = 1) -> bool:
    return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)


def _parent_death_guard() -> Callable[[], None] | None:
    """Return what a new worker runs first: on Linux it asks to be killed when this process dies."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return lambda: library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main()
