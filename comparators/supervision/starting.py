"""Start a child process without being kept waiting by it. Standard library only.

A start waits until the child has become its program. A child that is stopped just before that, or a program on a disk
that does not answer, would keep its parent waiting for ever: it is killed when that takes too long. Both starters know
the child's process id while they wait, so that they never have to guess which process is meant.
"""

import contextlib
import errno
import os
import select
import signal
import subprocess
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from comparators.supervision.process_tree import PR_SET_PDEATHSIG, prctl

__all__ = ["STARTS_S", "Child", "die_with", "start"]

STARTS_S = 3.0
"""Seconds a child has to become its program, which takes milliseconds."""
RESTORED = [getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name)]
"""Signals that Python ignores and that a program it starts must not inherit as ignored."""


class Child(subprocess.Popen[bytes]):
    """A child of a program that may have many threads; killed when it has not become its program in time.

    It then looks as if it had ended at once.

    Args:
        command: program and arguments.
        **options: those of `subprocess.Popen`.
    """

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        started = threading.Event()
        watch = threading.Thread(target=self._watch, args=(started,), daemon=True)
        watch.start()
        try:
            # With a user given, even the present one, the child comes from fork instead of vfork: `pid` is set before
            # it becomes its program, and other threads run meanwhile.
            super().__init__(command, user=os.geteuid(), **options)
        finally:
            started.set()
            watch.join()

    def _watch(self, started: threading.Event) -> None:
        """Kill the child when its start takes too long; as long as it takes, for it may not be there the first time."""
        while not started.wait(STARTS_S):
            if getattr(self, "pid", None) is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)  # not collected before the start is over


def start(
    arguments: Sequence[str], environment: Mapping[str, str], output: int, inherited: Collection[int] = ()
) -> int:
    """Start a program and return its process id; only for a process that has a single thread.

    The child has a session of its own and dies with this process. Its standard input is empty.

    Args:
        arguments: program, looked for in the environment's `PATH`, and arguments.
        environment: complete environment.
        output: descriptor that gets its standard output and error.
        inherited: descriptors that it keeps open.

    Raises:
        TimeoutError: it did not become its program in time and was killed.
        OSError: it cannot be started.
    """
    parent = os.getpid()
    failure, report = os.pipe()  # the child's end closes when it becomes its program, or dies
    pid = os.fork()
    if pid == 0:
        _become(arguments, environment, output, inherited, report, parent)
    os.close(report)
    try:
        said = _first_bytes(failure)
    finally:
        os.close(failure)
    if said == b"":
        return pid
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if said is None:
        raise TimeoutError(errno.ETIMEDOUT, "it was stopped before it began")
    raise OSError(int(said), os.strerror(int(said)))


def _first_bytes(descriptor: int) -> bytes | None:
    """Wait for what a starting child says; nothing when it has started, None when the time is up."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return os.read(descriptor, 16) if poll.poll(STARTS_S * 1000) else None


def _become(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: int,
    inherited: Collection[int],
    report: int,
    parent: int,
) -> NoReturn:
    number = errno.EINVAL
    try:
        os.setsid()
        die_with(parent)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(output, stream)
        for descriptor in inherited:
            os.set_inheritable(descriptor, True)  # noqa: FBT003  it takes no keyword
        for each in RESTORED:
            signal.signal(each, signal.SIG_DFL)
        os.execvpe(arguments[0], list(arguments), dict(environment))  # noqa: S606  no shell is meant
    except OSError as error:
        number = error.errno or number
    finally:
        os.write(report, str(number).encode())
        os._exit(127)


def die_with(parent: int) -> None:
    """Have this process killed when its parent dies, also when that has happened already; on Linux only."""
    if prctl(PR_SET_PDEATHSIG, signal.SIGKILL) and os.getppid() != parent:
        os._exit(1)
