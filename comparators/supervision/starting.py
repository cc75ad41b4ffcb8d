"""A child process whose start cannot keep its parent for ever. Standard library only.

Whoever starts a process waits until it has become its program. One that is stopped just before that, or a program on a
disk that does not answer, stops who started it, too: somebody else has to end it.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from comparators.supervision.family import children_of, command_line_of

__all__ = ["STARTS_S", "Child"]

STARTS_S = 3.0
"""A process has this long to become its program, which takes milliseconds."""

_change = threading.Lock()


class Child(subprocess.Popen[bytes]):
    """A process that is killed when it has not become its program in time; it then looks as if it had ended at once.

    Args:
        command: program and arguments.
        **options: those of `subprocess.Popen`.
    """

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        self._starter = threading.get_native_id()
        self._siblings = frozenset(children_of(os.getpid(), self._starter))
        started = threading.Event()
        watch = threading.Thread(target=self._watch, args=(started,), daemon=True)
        watch.start()
        try:
            with _without_vfork():
                super().__init__(command, **options)
        finally:
            started.set()
            watch.join()

    def _watch(self, started: threading.Event) -> None:
        """End the child again and again until it has started: on a busy machine it may not be there the first time."""
        while not started.wait(STARTS_S):
            for pid in self._unstarted():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _unstarted(self) -> Collection[int]:
        """Return the child. Who has called vfork does not know it yet, but it still bears this process's name."""
        pid = getattr(self, "pid", None)
        if pid is not None:
            return (pid,)
        own = command_line_of(os.getpid())
        new = set(children_of(os.getpid(), self._starter)) - self._siblings
        return [each for each in new if own and command_line_of(each) == own]


@contextlib.contextmanager
def _without_vfork() -> Iterator[None]:
    """Fork as of old where that can be had: Python 3.11 keeps its lock in vfork, and the watch could not strike.

    Python 3.14 has no such switch; it lets other threads run meanwhile.
    """
    with _change:
        before = getattr(subprocess, "_USE_VFORK", None)
        if before is None:
            yield
            return
        setattr(subprocess, "_USE_VFORK", False)  # noqa: B010  documented to be set, declared to be final
        try:
            yield
        finally:
            setattr(subprocess, "_USE_VFORK", before)  # noqa: B010  as above
