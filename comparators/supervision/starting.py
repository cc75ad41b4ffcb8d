"""A child process whose start cannot keep its parent for ever. Standard library only.

Whoever starts a process waits until it has become its program. One that is stopped just before that, or a program on a
disk that does not answer, stops who started it, too: somebody else has to end it.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from typing import Any

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
        watch = threading.Timer(STARTS_S, self._end_unstarted)
        watch.daemon = True
        watch.start()
        try:
            with _without_vfork():
                super().__init__(command, **options)
        finally:
            watch.cancel()
            watch.join()

    def _end_unstarted(self) -> None:
        pid = getattr(self, "pid", None)  # there as soon as the child is
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def _without_vfork() -> Iterator[None]:
    """Fork as of old: a parent that has called vfork sleeps with all its threads, and the watch could not strike."""
    with _change:
        before = getattr(subprocess, "_USE_VFORK", True)
        setattr(subprocess, "_USE_VFORK", False)  # noqa: B010  documented to be set, declared to be final
        try:
            yield
        finally:
            setattr(subprocess, "_USE_VFORK", before)  # noqa: B010  as above
