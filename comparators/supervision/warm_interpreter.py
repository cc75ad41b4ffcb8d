"""The supervisor's end of a warm interpreter: start it, have it fork, see how both end. Linux only.

They talk in packets of JSON over a pair of sockets. Supervisor: the folder of a job, which holds the file `job`.
Interpreter: once `{"ready": true}` with `"unsafe": REASON` where it must not fork; then for each job `{"started": PID}`
together with a descriptor of the process, `{"stopped": true}` when it was stopped or goes on, and `{"ended": CODE,
"cpu_s": SECONDS}` with `"spoiled": REASON` where the interpreter is not what it was before.

The process descriptor comes from the parent of the process, which alone can collect it: it never means another one.
"""

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comparators.supervision.command_channel import CommandChannel
from comparators.supervision.exchange import Generation
from comparators.supervision.process_tree import ProcessTree, children_of
from comparators.supervision.starting import start
from comparators.supervision.worker_processes import STOPPED, own_environment

__all__ = ["JOB", "ForkedProcess", "WarmInterpreter"]

JOB = "job"
"""Name of the file that says what to do."""
ANSWERS_S = 2.0
"""Seconds in which the interpreter must answer to what it has nothing to wait for; it takes milliseconds."""
PACKET_BYTES = 65536
PARKED = 1
"""Processes that an interpreter has between two jobs: the one for the next job."""


class WarmInterpreter:
    """One generation.

    Attributes:
        key: see `Generation`.
        pid: its process id.
        fork_unsafe: why it must not fork; empty when it may.
        lost: why it cannot be used any more; empty when it can.
        output: file that holds what it writes itself.

    Args:
        generation: what to start.
        tree: must leave it alone until it is ended.
        folder: its folder for temporary files, removed with it.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, generation: Generation, tree: ProcessTree, folder: Path) -> None:
        import socket  # only supervisors that have a warm interpreter need it

        self.key = generation.key
        self.fork_unsafe = self.lost = ""
        self.ready = False
        self.folder = folder
        self.output = folder / "output"
        self._tree = tree
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)  # noqa: FBT003  it takes no keyword
        environment = own_environment(generation.environment, folder)
        with theirs, self.output.open("ab") as stream:
            arguments = [*generation.arguments, str(theirs.fileno())]
            self.pid = start(arguments, environment, stream.fileno(), [theirs.fileno()])
        tree.spared.add(self.pid)

    @property
    def channel(self) -> int:
        """A descriptor that becomes readable when the interpreter says something, or ends."""
        return self._socket.fileno()

    def has_started(self) -> bool:
        """Take in what it has said while it started; say whether it is ready, or lost."""
        message, _ = self.receive()
        if message.get("ready"):
            self.ready = True
            self.fork_unsafe = str(message.get("unsafe", ""))
        else:
            self.note_end()
        return self.ready or bool(self.lost)

    def fork(self, folder: Path, command: CommandChannel) -> "ForkedProcess":
        """Have it fork a process for the job in a folder, and wait until that has started or the interpreter is lost.

        Raises:
            CommandGone: the command ended meanwhile.
        """
        try:
            self._socket.send(str(folder).encode())
        except OSError:
            self.lost = self.lost or "the warm interpreter takes no more jobs"
        process = ForkedProcess(self, self._tree)
        while not process.has_ended() and not process.pid:
            command.wait(ANSWERS_S, *process.channels)
        return process

    def receive(self) -> tuple[dict[str, Any], int | None]:
        """Return what it says, and the descriptor that comes with it; nothing when there is no news."""
        import socket

        try:
            packet, handles, _, _ = socket.recv_fds(self._socket, PACKET_BYTES, 1)
        except BlockingIOError:
            return {}, None
        except OSError:
            packet, handles = b"", []
        handle = handles[0] if handles else None
        if not packet:
            self.lost = self.lost or f"the warm interpreter {self._end()}"
            return {}, handle
        message: dict[str, Any] = json.loads(packet)
        return message, handle

    def note_end(self) -> None:
        """Note as lost an interpreter that has ended or was stopped."""
        if self.lost:
            return
        try:
            news = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            self.lost = "the warm interpreter has ended"
            return
        if news is not None:
            stopped = news.si_code == os.CLD_STOPPED
            self.lost = f"the warm interpreter {'was stopped' if stopped else self._end()}"

    def is_spoiled(self) -> bool:
        """Say whether it is lost, or has children left between two jobs, and note the reason."""
        self.note_end()
        if not self.lost and len(left := children_of(self.pid)) > PARKED:
            self.lost = f"the warm interpreter was left with {len(left)} processes"
        return bool(self.lost)

    def end(self) -> None:
        """Kill it; what is left of it is for the tree to end."""
        if not self.lost:
            self.lost = "the warm interpreter was ended"
        self._socket.close()
        if self.pid in self._tree.spared:  # otherwise it has been collected
            self._tree.spared.discard(self.pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _end(self) -> str:
        """Say in words how it has ended; it may take a moment between the end of its socket and its own."""
        until = time.monotonic() + ANSWERS_S
        while self.pid in self._tree.spared and time.monotonic() < until:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._tree.spared.discard(pid)
                self._tree.cpu_s += usage.ru_utime + usage.ru_stime
                code = os.waitstatus_to_exitcode(status)
                return f"ended with exit code {code}" if code >= 0 else f"was killed by signal {-code}"
            time.sleep(0.001)
        return "has ended"


class ForkedProcess:
    """A worker that a warm interpreter has forked; see `WorkerProcess`."""

    def __init__(self, interpreter: WarmInterpreter, tree: ProcessTree) -> None:
        self.pid = 0  # of no process until it is known
        self.code: int | None = None
        self.disturbances: list[str] = []
        self._interpreter = interpreter
        self._tree = tree
        self._handle: int | None = None
        self._answers_by: float | None = time.monotonic() + ANSWERS_S

    @property
    def channels(self) -> Sequence[int]:
        """The interpreter's channel."""
        return (self._interpreter.channel,)

    @property
    def lost(self) -> str:
        """Why the interpreter is gone, and this process with it; empty when it is not."""
        return self._interpreter.lost

    def has_ended(self) -> bool:
        """Take in what the interpreter has said; it must answer soon when the process has to start or has ended."""
        while self.code is None and not self.lost:
            message, handle = self._interpreter.receive()
            if not message:
                break
            self._note(message, handle)
        if self.code is None and not self.lost:
            self._require_an_answer()
        if self.lost:
            self.send(signal.SIGKILL)
            self._interpreter.end()
        return self.code is not None or bool(self.lost)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended or has not started."""
        if self._handle is not None and self.code is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def close(self) -> None:
        """Let go of the process descriptor."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _note(self, message: dict[str, Any], handle: int | None) -> None:
        if "started" in message:
            self.pid, self._handle, self._answers_by = int(message["started"]), handle, None
        if "stopped" in message:
            self.disturbances.append(STOPPED)
        if "ended" in message:
            self.code = int(message["ended"])
            self._tree.cpu_s += float(message["cpu_s"])
            self._interpreter.lost = str(message.get("spoiled", ""))

    def _require_an_answer(self) -> None:
        """Note as lost an interpreter that has ended, or says nothing although it should."""
        self._interpreter.note_end()
        if self._answers_by is None and self._handle is not None and _has_news(self._handle):
            self._answers_by = time.monotonic() + ANSWERS_S
        if not self.lost and self._answers_by is not None and time.monotonic() > self._answers_by:
            self._interpreter.lost = "the warm interpreter does not answer"


def _has_news(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
