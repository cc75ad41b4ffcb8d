"""The command's side of the supervisor: run a worker, get back how it ended.

A worker is a fresh process, or, where the platform and what is imported allow it, a process that a warm interpreter
forks. Standard library only.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from comparators.supervision.exchange import Generation, Reply, Request
from comparators.supervision.process_tree import Orphans
from comparators.supervision.starting import Child

__all__ = ["Supervised"]

SILENT_S = 4.0
"""Seconds after a deadline in which the supervisor must have ended everything; later it is stuck and is killed."""
ENDS_S = 4.0
"""Seconds that a supervisor has to end when asked to."""
LAST_S = 0.5
"""The same for one that was silent for too long: what is left of the five seconds after a deadline."""
BEHIND_S = 1.0
"""The command waits this many seconds longer than the worker took only when it was stopped itself."""


class Supervised:
    """A supervisor process, started when first needed and again if it was killed; not again once it was left.

    It may be left while another thread waits for a worker: the worker is killed, and the thread gets a reply.

    Args:
        memory_bytes: what all processes of a worker may use together; None for no limit.
        isolate: give the supervisor and all under it a process-id namespace.
    """

    def __init__(self, memory_bytes: int | None = None, *, isolate: bool = False) -> None:
        self._memory_bytes = memory_bytes
        self._isolate = isolate
        self._process: _Supervisor | None = None
        self._left = False
        self._change = threading.Lock()  # guards the two above

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._left = True
        self.close()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float, cap_s: float | None = None
    ) -> tuple[Reply, bytes | None]:
        """Run a fresh worker to its end; return how it ended and the content of its result file, if there is one.

        The worker finds its result file's path as its last argument and `TMPDIR` set to a folder of its own, which is
        removed afterwards.

        Args:
            arguments: command line.
            environment: complete environment.
            deadline_s: seconds after which the worker is killed.
            cap_s: seconds that its value may take, see `Request`; None for no cap.
        """
        request = Request(list(arguments), dict(environment), deadline_s, self._memory_bytes, cap_s)
        return self._answer(request)

    def run_warm(
        self, generation: Generation, job: str, deadline_s: float, cap_s: float | None = None
    ) -> tuple[Reply, bytes | None]:
        """Run a worker that a warm interpreter forks, which is started first where it is not there.

        Args:
            generation: the interpreter. One of another generation is ended first.
            job: what to do, for the interpreter's module.
            deadline_s: seconds after which the worker is killed; the interpreter's start does not count.
            cap_s: as for `run`.

        Returns:
            The same as `run`. `Reply.lost` says that the interpreter is gone: do it again. `Reply.fork_unsafe` says
            that it must not fork: run a fresh worker.
        """
        if not hasattr(os, "pidfd_open"):
            return Reply(code=None, fork_unsafe="only Linux can fork and watch a process safely"), None
        return self._answer(Request((), {}, deadline_s, self._memory_bytes, cap_s, generation, job))

    def _answer(self, request: Request) -> tuple[Reply, bytes | None]:
        try:
            process = self._started()
        except OSError as error:
            return Reply.never_ran(f"cannot start the supervisor process: {error.strerror}", unsupervised=True), None
        if process is None:
            return Reply.never_ran("the supervisor process was ended"), None
        began = time.monotonic()
        line = process.ask(request)
        if not line:
            self.close()
            return Reply.never_ran("the supervisor process was killed", unsupervised=not self._left), None
        reply = Reply.from_json(line)
        if request.generation is not None:
            process.generation = "" if reply.lost or reply.fork_unsafe else request.generation.key
        if time.monotonic() - began > reply.elapsed_s + reply.start_s + BEHIND_S:
            reply = replace(reply, disturbances=[*reply.disturbances, "the command was stopped"])
        result = None if reply.result is None else reply.result.encode("utf-8", "surrogateescape")
        return replace(reply, result=None), result

    def close(self) -> None:
        """End the supervisor; whatever still runs under it is killed."""
        with self._change:
            process, self._process = self._process, None
        if process is not None:
            process.end()

    def _started(self) -> "_Supervisor | None":
        with self._change:
            if self._process is None and not self._left:
                self._process = _Supervisor(isolate=self._isolate)
            return self._process


class _Supervisors:
    """All supervisors of this process.

    While there is one, this process is the subreaper of its descendants: when a supervisor is killed, what ran under it
    comes here and is ended here.
    """

    def __init__(self) -> None:
        self._pids: set[int] = set()
        self._change = threading.Lock()  # guards the set above and who is whose child
        self._orphans: Orphans | None = None

    def start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with self._change:
            if self._orphans is None:
                self._orphans = Orphans(self._pids.__contains__)
            process = Child(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # Ctrl-C reaches the command, which decides
            )
            self._pids.add(process.pid)
            return process

    def reap(self, process: "subprocess.Popen[bytes]") -> None:
        """Forget a supervisor that has ended; end what it has left."""
        with self._change:
            self._pids.discard(process.pid)
            if self._orphans is None:
                return
            if process.returncode != 0:
                self._orphans.end(grace_s=0)
            if not self._pids:
                self._orphans.disown()
                self._orphans = None


_supervisors = _Supervisors()


class _Supervisor:
    """One supervisor process.

    Attributes:
        pid: its process id.
        generation: key of the warm interpreter that it has; empty for none.
    """

    def __init__(self, *, isolate: bool) -> None:
        self._folder = Path(tempfile.gettempdir(), f"comparators-{uuid.uuid4().hex[:12]}")
        command = [
            sys.executable,
            "-P",
            "-m",
            "comparators.supervision.supervisor",
            str(os.getpid()),
            str(self._folder),
        ]
        self._process = _supervisors.start([*command, "--isolate"] if isolate else command)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._replies = self._process.stdin, self._process.stdout
        os.set_blocking(self._requests.fileno(), False)
        self.pid = self._process.pid
        self.generation = ""
        self._ends_s = ENDS_S
        self._asking, self._sending, self._ending = threading.Lock(), threading.Lock(), threading.Lock()

    def ask(self, request: Request) -> bytes:
        """Send a request and wait for the reply; nothing when the supervisor is gone, or stuck."""
        until = time.monotonic() + self._start_s(request) + request.deadline_s + SILENT_S
        try:
            with self._asking:
                self._send(request.to_json().encode() + b"\n", until)
                line = self._line(until)
                if not line and time.monotonic() >= until:
                    self._ends_s = min(LAST_S, ENDS_S)
                return line
        except (OSError, ValueError):  # it was killed, or ended by another thread
            return b""

    def _start_s(self, request: Request) -> float:
        """Return how long the start of a warm interpreter may take before the worker: nothing for one that is there."""
        if request.generation is None or request.generation.key == self.generation:
            return 0.0
        return request.generation.start_s

    def _send(self, line: bytes, until: float) -> None:
        with self._sending:
            rest = memoryview(line)
            while rest and _ready(self._requests.fileno(), select.POLLOUT, until):
                rest = rest[os.write(self._requests.fileno(), rest) :]

    def _line(self, until: float) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            part = _ready(self._replies.fileno(), select.POLLIN, until) and os.read(self._replies.fileno(), 1 << 20)
            if not part:
                return b""
            line += part
        return line

    def end(self) -> None:
        """Let it end everything that runs under it, or do that here if it cannot."""
        with self._ending:
            if self._process.returncode is None:
                self._end_process()
                _supervisors.reap(self._process)
                shutil.rmtree(self._folder, ignore_errors=True)
                with self._asking:  # a thread that waits for a reply has seen the end by now
                    self._replies.close()

    def _end_process(self) -> None:
        if self._sending.acquire(timeout=BEHIND_S):
            self._requests.close()
            self._sending.release()
            self._process.send_signal(signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self._ends_s)
        self._process.kill()
        self._process.wait()
        self._requests.close()


def _ready(descriptor: int, event: int, until: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, until - time.monotonic()) * 1000))
