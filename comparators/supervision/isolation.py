"""A process-id namespace for all that runs under a supervisor: the kernel ends it with the supervisor, whatever it did.

    python -P -m comparators.supervision.isolation     tries it, and says why it is not possible

Standard library only. Linux only, without any privilege where user namespaces are allowed. In the namespace the
supervisor is process 1. It has a /proc of its own, and shared memory of its own that goes when it goes.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from comparators.errors import UsageError
from comparators.supervision.process_tree import PR_SET_PDEATHSIG, prctl

__all__ = ["enter", "require"]

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x8, 0x4000, 0x40000
SHARED_MEMORY = "/dev/shm"  # noqa: S108  it is mounted there, not written to
SECONDS = 30.0
"""How long trying it may take; it takes milliseconds."""


def enter() -> None:
    """Go on as process 1 of new namespaces; the process that called stays outside and ends when that one has.

    Raises:
        OSError: the system does not allow it, or has no such thing.
    """
    if sys.platform != "linux":
        raise OSError(0, "only Linux has process-id namespaces")
    user, group = os.getuid(), os.getgid()
    _call("unshare", CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    outside, held = os.pipe()  # the end that is held closes when the process outside dies
    inside = os.fork()
    if inside:
        os.close(outside)
        _stay_outside(inside)
    os.close(held)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([outside], [], [], 0)[0]:
        os._exit(1)
    os.close(outside)
    _mount(b"none", b"/", None, MS_REC | MS_PRIVATE)
    _mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    _mount(b"tmpfs", SHARED_MEMORY.encode(), b"tmpfs", MS_NOSUID | MS_NODEV)


def require() -> None:
    """Check that workers can be isolated here.

    Raises:
        UsageError: they cannot; the message says why.
    """
    command = [sys.executable, "-P", "-m", "comparators.supervision.isolation"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise UsageError(
            f"'--isolate' is not possible here: {reason}",
            tip="leave it out: nothing is left running without it either; many containers forbid namespaces",
        )


def _stay_outside(inside: int) -> NoReturn:
    """Wait for the process inside, and see to it that it does not outlive the command."""
    command = os.getppid()

    def command_or_one_of_its_threads_is_gone(*_: object) -> None:
        if os.getppid() != command:
            os.kill(inside, signal.SIGKILL)

    signal.signal(signal.SIGUSR1, command_or_one_of_its_threads_is_gone)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prctl(PR_SET_PDEATHSIG, signal.SIGUSR1)
    _, status = os.waitpid(inside, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _mount(source: bytes, target: bytes, kind: bytes | None, flags: int) -> None:
    _call("mount", source, target, kind, flags, None)


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _main() -> int:
    try:
        enter()
    except OSError as error:
        sys.stderr.write(f"{error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
