"""Workers as the supervisor sees them: a process of its own, or one that a warm interpreter has forked.

Standard library only.
"""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from comparators.supervision.exchange import Request
from comparators.supervision.process_tree import ProcessTree
from comparators.supervision.starting import start

__all__ = ["STOPPED", "FreshProcess", "WorkerProcess", "own_environment"]

STOPPED = "a process was stopped"


class WorkerProcess(Protocol):
    """One worker.

    Attributes:
        pid: its process id.
        code: its exit code, negative for a signal; None until it has ended.
        disturbances: what happened to it that makes its clock worthless.
    """

    pid: int
    code: int | None
    disturbances: list[str]

    @property
    def lost(self) -> str:
        """Why nothing more can be known about it; empty when it is under control."""
        ...

    @property
    def channels(self) -> Sequence[int]:
        """Descriptors that become readable when there is news of it, beside the signal for a child's end."""
        ...

    def has_ended(self) -> bool:
        """Take in what is new about the worker; say whether it has ended, or is lost."""
        ...

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        ...


class FreshProcess:
    """A worker that is a child of the supervisor.

    Args:
        request: what to start.
        tree: adds up CPU seconds.
        folder: its folder for temporary files.
        result: path of its result file.
        output: descriptor that gets what it writes.

    Raises:
        OSError: it cannot be started.
    """

    lost = ""
    channels: Sequence[int] = ()

    def __init__(self, request: Request, tree: ProcessTree, folder: Path, result: Path, output: int) -> None:
        self.pid = start([*request.arguments, str(result)], own_environment(request.environment, folder), output)
        self.code: int | None = None
        self.disturbances: list[str] = []
        self._tree = tree

    def has_ended(self) -> bool:
        """Collect what is new about the process: that it was stopped, that it goes on, that it has ended."""
        while self.code is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if pid == 0:
                break
            if os.WIFSTOPPED(status) or os.WIFCONTINUED(status):
                self.disturbances.append(STOPPED)
                continue
            self.code = os.waitstatus_to_exitcode(status)
            self._tree.cpu_s += usage.ru_utime + usage.ru_stime
        return self.code is not None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has been collected."""
        if self.code is None:
            os.kill(self.pid, number)


def own_environment(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return an environment in which temporary files go to a folder."""
    return {**environment, "TMPDIR": str(folder)}
