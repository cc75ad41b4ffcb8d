"""The process between the command and the workers: starts one worker at a time, ends it, and leaves nothing behind.

    python -P -m comparators.supervision.supervisor COMMAND FOLDER [--isolate]

Standard library only. COMMAND is the process id of the command, FOLDER the folder to make for temporary files; it is
removed at the end. Reads one request per line from standard input, writes one reply per line to standard output (both
JSON, see `Request` and `Reply`). When standard input or the command ends, everything is killed.

On Linux it is the subreaper of all its descendants, see `Family`, and has a guardian above it, see
`comparators.supervision.guardian`. Elsewhere it kills the worker's process group. With `--isolate` all this happens in
a process-id namespace instead, see `comparators.supervision.isolation`.
"""

import contextlib
import errno
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from comparators.supervision.exchange import Reply, Request
from comparators.supervision.family import DUMP_S, PR_SET_PDEATHSIG, Family, children_of
from comparators.supervision.vitals import Clocks, Vitals, oom_kills

__all__ = ["main"]

TICK_S = 0.25  # how often an unfinished worker's result, output and processes are looked at
PAUSED_S = 1.0  # this process wakes so late only when it was stopped itself, or the machine was
HUNG_EXIT_S = 5.0  # a worker that has left its result may take this long to end
LEFTOVERS_S = 0.5  # helpers such as multiprocessing's resource tracker end by themselves within this time
OUTPUT_CAP = 1_000_000  # bytes of a worker's output that are kept at most
STARTS_S = 3.0  # a process becomes its program within milliseconds
TAIL = 20_000  # bytes of it that are passed on
STOPPED = "a process was stopped"


class _CommandGone(Exception):
    """Standard input, or the command, ended."""


def main() -> None:
    """Serve requests until standard input, or the command, ends."""
    folder = Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(_CommandGone):
        above = _go_below(int(sys.argv[1]), folder, isolate=sys.argv[3:] == ["--isolate"])
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        _work(_Command(above), folder)


def _go_below(command_pid: int, folder: Path, *, isolate: bool) -> list[int]:
    """Put somebody above this process who sees to its end; return descriptors that show the end of those above.

    Raises:
        _CommandGone: it has ended.
    """
    if isolate:
        from comparators.supervision.isolation import enter

        enter()
        return []  # the command has no number in here
    from comparators.supervision.guardian import go_under_guard

    command = _handle(command_pid)
    go_under_guard(folder)
    return [handle for handle in (command, _handle(os.getppid())) if handle is not None]


def _work(command: "_Command", folder: Path) -> None:
    family = Family()
    folder.mkdir(mode=0o700)
    try:
        _serve(command, family, folder)
    except BrokenPipeError:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what follows is what it asks for
        family.end(grace_s=0)
        shutil.rmtree(folder, ignore_errors=True)


def _serve(command: "_Command", family: Family, folder: Path) -> None:
    number = 0
    while True:
        request = Request(**json.loads(command.read()))
        number += 1
        own = folder / str(number)
        try:
            own.mkdir()
            reply = _Worker(request, command, family, own).run()
        except OSError as error:
            family.end(grace_s=0)
            cause = f"cannot start '{request.arguments[0]}': {error.strerror}"
            reply = Reply.never_ran(cause, unsupervised=isinstance(error, TimeoutError))
        shutil.rmtree(own, ignore_errors=True)
        _write(json.dumps(asdict(reply)).encode() + b"\n")


def _write(line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(1, rest) :]


class _Command:
    """The process that asks: what it sends, whether it is there, and, in the same wait, whether a child changed.

    Args:
        above: descriptors that become readable when it, or the guardian, ends.
    """

    def __init__(self, above: Sequence[int]) -> None:
        self._children, wakeup = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK) if hasattr(os, "pipe2") else _pipe()
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll = select.poll()
        self._poll.register(0, select.POLLIN)
        self._poll.register(self._children, select.POLLIN)
        self._above = frozenset(above)
        for handle in above:
            self._poll.register(handle, select.POLLIN)

    def read(self) -> str:
        """Wait for a request.

        Raises:
            _CommandGone: there will be no more.
        """
        line = b""
        while not line.endswith(b"\n"):
            if self.wait(None):
                part = os.read(0, 1 << 20)
                if not part:
                    raise _CommandGone
                line += part
        return line.decode()

    def wait(self, seconds: float | None) -> bool:
        """Wait until the command speaks, a child changes or the time has passed; say whether the command spoke.

        Raises:
            _CommandGone: it ended without closing its end, which another process has inherited; or the guardian did.
        """
        ready = dict(self._poll.poll(None if seconds is None else max(0.0, seconds) * 1000))
        if self._children in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._children, 65536)
        if 0 not in ready and self._above & ready.keys():
            raise _CommandGone
        return 0 in ready


class _Worker:
    """One worker from start to end."""

    def __init__(self, request: Request, command: _Command, family: Family, folder: Path) -> None:
        self.request = request
        self.command = command
        self.family = family
        self.folder = folder
        self.result = folder / "result.json"
        self.code: int | None = None
        self.timed_out = self.hung_exit = self.cancelled = self.ended = False
        self.disturbances: list[str] = []

    def run(self) -> Reply:
        clocks, killed_before = Clocks(), oom_kills()
        started = time.monotonic()
        output = self.folder / "output"
        with output.open("ab") as stream:
            self._start(stream.fileno())
            self._wait(started + self.request.deadline_s, stream.fileno())
        leftovers = self._finish()
        self.disturbances += [*clocks.disturbances(), *([STOPPED] if self.vitals.stopped else [])]
        return Reply(
            code=None if self.timed_out or self.hung_exit or self.vitals.over_bytes else self.code,
            timed_out=self.timed_out,
            hung_exit=self.hung_exit,
            cancelled=self.cancelled,
            leftovers=leftovers,
            elapsed_s=time.monotonic() - started,
            cpu_s=self.family.cpu_used_s(),
            output=_tail(output),
            result=None if self.timed_out or self.vitals.over_bytes else _text(self.result),
            over_memory_bytes=self.vitals.over_bytes,
            memory_limit_bytes=self.request.memory_bytes or 0,
            oom_kills=oom_kills() - killed_before,
            replaced=self.vitals.replaced,
            disturbances=list(dict.fromkeys(self.disturbances)),
        )

    def _start(self, output: int) -> None:
        with _ended_unless_started():
            self.process = subprocess.Popen(
                [*self.request.arguments, str(self.result)],
                env={**self.request.environment, "TMPDIR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_parent_death_guard(),  # noqa: PLW1509  this process has a single thread
            )
        self.vitals = Vitals(self.process.pid, self.request.memory_bytes)

    def _wait(self, deadline: float, output: int) -> None:
        """Wait for the worker's own end; kill it when it must not go on."""
        while not self._has_ended():
            before = time.monotonic()
            pause = min(TICK_S, max(0.0, deadline - before))
            if self.command.wait(pause):
                self.cancelled = bool(self.command.read())
            if time.monotonic() - before > pause + PAUSED_S:
                self.disturbances.append("the supervisor was stopped, or the whole machine")
            if os.fstat(output).st_size > OUTPUT_CAP:
                os.ftruncate(output, 0)
            self.vitals.look()
            if not self.hung_exit and self.result.exists():
                self.hung_exit, deadline = True, time.monotonic() + HUNG_EXIT_S
            if self.cancelled or self.vitals.over_bytes or time.monotonic() >= deadline:
                self._kill()
                return
        self.hung_exit = False

    def _has_ended(self) -> bool:
        """Collect what is new about the worker: that it was stopped, that it goes on, that it has ended."""
        while not self.ended:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if pid == 0:
                break
            if os.WIFSTOPPED(status) or os.WIFCONTINUED(status):
                self.disturbances.append(STOPPED)
                continue
            self.ended = True
            self.code = self.process.returncode = os.waitstatus_to_exitcode(status)
            self.family.cpu_s += usage.ru_utime + usage.ru_stime
        return self.ended

    def _kill(self) -> None:
        self.timed_out = not self.hung_exit and not self.cancelled and not self.vitals.over_bytes
        if self.timed_out:  # the worker's fault handler writes the stacks of all its threads, then it dies
            self._send(signal.SIGABRT)
            until = time.monotonic() + DUMP_S
            while not self._has_ended() and time.monotonic() < until:
                self.command.wait(until - time.monotonic())
        self._send(signal.SIGKILL)
        while not self._has_ended():
            self.command.wait(TICK_S)

    def _send(self, number: signal.Signals) -> None:
        if not self.ended:
            os.kill(self.process.pid, number)

    def _finish(self) -> int:
        """End what is left of the worker's processes; return how many had to be killed."""
        if not self.family.subreaper:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.timed_out:
            return self.family.end(grace_s=DUMP_S, dump=True)
        by_itself = not (self.hung_exit or self.cancelled or self.vitals.over_bytes)
        return self.family.end(grace_s=LEFTOVERS_S if by_itself else 0)


@contextlib.contextmanager
def _ended_unless_started() -> Iterator[None]:
    """Kill a worker that does not become its program, as one that is stopped just before: who starts it waits for that.

    Raises:
        TimeoutError: that happened.
    """
    struck: list[int] = []

    def strike(*_: object) -> None:
        for pid in children_of(os.getpid()):  # there is no other
            struck.append(pid)
            os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, STARTS_S, STARTS_S)  # on a busy machine it may not be there the first time
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if struck:
        raise TimeoutError(errno.ETIMEDOUT, "it was stopped before it began")


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _handle(pid: int) -> int | None:
    """Return a descriptor that becomes readable when a process ends, None where the system has none.

    Raises:
        _CommandGone: the process has ended.
    """
    if not pid or not hasattr(os, "pidfd_open"):
        return None
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        raise _CommandGone from None
    except OSError:
        return None
    if os.getppid() != pid:  # it may be another process of that number by now
        raise _CommandGone
    return handle


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None


def _tail(path: Path) -> str:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - TAIL))
        return stream.read().decode("utf-8", "replace")


def _parent_death_guard() -> Callable[[], None] | None:
    """Return what a new worker runs first: on Linux it asks to be killed when this process dies."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    return lambda: library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main()
