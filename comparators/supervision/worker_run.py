"""One worker from its start to the end of its last process, within its limits. Standard library only."""

import contextlib
import os
import signal
import time
from pathlib import Path

from comparators.supervision.command_channel import CommandChannel
from comparators.supervision.exchange import Reply, Request
from comparators.supervision.process_tree import DUMP_S, ProcessTree
from comparators.supervision.process_watch import Clocks, ProcessWatch, oom_kills
from comparators.supervision.value_cap import ValueCap
from comparators.supervision.worker_processes import STOPPED, WorkerProcess

__all__ = ["OUTPUT_CAP", "RESULT", "TAIL", "TICK_S", "WorkerRun", "limit_output", "output_tail"]

TICK_S = 0.25
"""Seconds between two looks at an unfinished worker's result, output and processes."""
PAUSED_S = 1.0
"""This process wakes this many seconds late only when it, or the whole machine, was stopped."""
HUNG_EXIT_S = 5.0
"""Seconds that a worker which has left its result has to end."""
LEFTOVERS_S = 0.5
"""Seconds in which helpers such as multiprocessing's resource tracker end by themselves."""
OUTPUT_CAP = 1_000_000
"""Bytes of a worker's output that are kept at most while it runs."""
TAIL = 20_000
"""Bytes of it that are passed on."""
IDLE_SHARE = 0.02
"""CPU seconds per second of a capped value below which it made no progress, so that its stacks are of interest."""
RESULT = "result.json"
"""Name of the result file in the worker's folder."""


class WorkerRun:
    """One worker.

    Args:
        request: its limits.
        process: the worker, started.
        command: may take the request back.
        tree: ends what is left of the worker.
        folder: holds its result and its output.
    """

    def __init__(
        self, request: Request, process: WorkerProcess, command: CommandChannel, tree: ProcessTree, folder: Path
    ) -> None:
        self.request = request
        self.process = process
        self.command = command
        self.tree = tree
        self.result = folder / RESULT
        self.output = folder / "output"
        self.watch = ProcessWatch(process.pid, request.memory_bytes)
        self.cap = ValueCap(process.pid, folder, request.cap_s)
        self.timed_out = self.hung_exit = self.cancelled = False
        self.disturbances: list[str] = []

    def to_its_end(self) -> Reply:
        """Wait for the worker's end, or bring it about; return when none of its processes is left."""
        clocks, killed_before = Clocks(), oom_kills()
        started = time.monotonic()
        self._wait(started + self.request.deadline_s)
        leftovers = self._end_the_rest()
        stopped = [STOPPED] if self.watch.stopped else []
        disturbances = [*self.disturbances, *self.process.disturbances, *clocks.disturbances(), *stopped]
        over_bytes = self.watch.over_bytes
        ended_here = self.timed_out or self.hung_exit or self.cap.passed or over_bytes
        return Reply(
            code=None if ended_here else self.process.code,
            timed_out=self.timed_out,
            hung_exit=self.hung_exit,
            cancelled=self.cancelled,
            leftovers=leftovers,
            elapsed_s=time.monotonic() - started,
            cpu_s=self.tree.cpu_used_s(),
            output=output_tail(self.output),
            result=None if self.timed_out or self.cap.passed or over_bytes else _text(self.result),
            over_memory_bytes=over_bytes,
            memory_limit_bytes=self.request.memory_bytes or 0,
            oom_kills=oom_kills() - killed_before,
            replaced=self.watch.replaced,
            disturbances=list(dict.fromkeys(disturbances)),
            capped=self.cap.passed,
            value_s=self.cap.value_s if self.cap.passed else 0.0,
            value_cpu_s=self.cap.value_cpu_s,
            lost=self.process.lost,
        )

    def _wait(self, deadline: float) -> None:
        """Wait until the worker ends by itself; kill it when it must not go on."""
        while not self.process.has_ended():
            before = time.monotonic()
            pause = max(0.0, min(TICK_S, deadline - before, TICK_S if self.hung_exit else self.cap.wait_s))
            if self.command.wait(pause, *self.process.channels):
                self.cancelled = bool(self.command.read())
            if time.monotonic() - before > pause + PAUSED_S:
                self.disturbances.append("the supervisor was stopped, or the whole machine")
            limit_output(self.output)
            self.watch.look()
            if not self.hung_exit and self.result.exists():
                self.hung_exit, deadline = True, time.monotonic() + HUNG_EXIT_S
            if not self.hung_exit:
                self.cap.look()
            if self.cancelled or self.cap.passed or self.watch.over_bytes or time.monotonic() >= deadline:
                self._kill()
                return
        self.hung_exit = False

    def _kill(self) -> None:
        over = self.hung_exit or self.cancelled or self.watch.over_bytes
        self.timed_out = not over and not self.cap.passed
        idle = self.cap.passed and self.cap.value_cpu_s < IDLE_SHARE * self.cap.value_s
        if self.timed_out or idle:  # the worker's fault handler writes the stacks of all its threads, then it dies
            self.process.send(signal.SIGABRT)
            self._wait_for_death(DUMP_S)
        self.process.send(signal.SIGKILL)
        self._wait_for_death(None)

    def _wait_for_death(self, seconds: float | None) -> None:
        until = None if seconds is None else time.monotonic() + seconds
        while not self.process.has_ended():
            left_s = TICK_S if until is None else until - time.monotonic()
            if left_s <= 0:
                return
            self.command.wait(left_s, *self.process.channels)

    def _end_the_rest(self) -> int:
        """End what is left of the worker's processes; return how many had to be killed."""
        if not self.tree.subreaper:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.timed_out:
            return self.tree.end(grace_s=DUMP_S, dump=True)
        killed = self.hung_exit or self.cancelled or self.watch.over_bytes or self.cap.passed or self.process.lost
        return self.tree.end(grace_s=0 if killed else LEFTOVERS_S)


def output_tail(path: Path) -> str:
    """Return the end of what a process has written."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - TAIL))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def limit_output(path: Path) -> None:
    """Empty a file of output that has grown too large; what is appended later is kept."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > OUTPUT_CAP:
            os.truncate(path, 0)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None
