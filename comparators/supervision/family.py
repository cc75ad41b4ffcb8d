"""Descendants of this process: how they are found and ended, whatever they did to get lost. Standard library only.

On Linux a process can be the subreaper of its descendants: also one that called setsid, forked twice or cleared its
environment becomes its child when its parent dies, and is found. Elsewhere only a worker's process group is.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import NamedTuple

__all__ = ["Family", "Orphans", "Status", "children_of", "command_line_of", "prctl", "status_of"]

DUMP_S = 0.5  # processes past their deadline may take this long to write their stacks
HELPERS_S = 1.0  # helpers that clean up after the others may take this long when the others are gone
GIVE_UP_S = 3.0  # a process that SIGKILL does not end waits for a device: nobody can do anything about it

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_GET_CHILD_SUBREAPER = 37


class Status(NamedTuple):
    """What /proc says about a process: its state in one letter, and its memory in bytes."""

    state: str
    parent: int
    session: int
    resident: int


class Family:
    """All descendants of this process."""

    def __init__(self) -> None:
        self.subreaper = prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.cpu_s = 0.0

    def end(self, *, grace_s: float, dump: bool = False) -> int:
        """Wait until no descendant is left, killing after `grace_s`; return how many were killed.

        The oldest generation goes first, so that nobody replaces the dead. multiprocessing's resource tracker goes
        last: it removes the semaphores and shared memory that the others have left.

        Args:
            grace_s: seconds in which they may end by themselves.
            dump: ask them first, by SIGABRT, to write their stacks.
        """
        killed: set[int] = set()
        asked: set[int] = set()
        kill_at = time.monotonic() + grace_s
        while (members := self._remaining()) is not None:
            now = time.monotonic()
            others = [pid for pid in members if not _is_helper(pid)]
            if dump and now < kill_at:
                _send(signal.SIGABRT, set(others) - asked)
                asked |= set(others)
            elif now >= kill_at:
                doomed = others or (members if now >= kill_at + HELPERS_S else ())
                _send(signal.SIGKILL, doomed)
                killed |= set(doomed)
            if now >= kill_at + GIVE_UP_S:
                break
            time.sleep(0.001)
        return len(killed | asked)

    def cpu_used_s(self) -> float:
        """Return the CPU seconds of those that were collected since the last call."""
        used_s, self.cpu_s = self.cpu_s, 0.0
        return used_s

    def _remaining(self) -> Collection[int] | None:
        """Collect the dead and return the living children, None when there is none."""
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return None
            if pid == 0:
                return children_of(os.getpid()) if self.subreaper else ()
            self.cpu_s += usage.ru_utime + usage.ru_stime


class Orphans(Family):
    """Those descendants that this process did not start itself: their supervisor died and left them.

    This process may be somebody's program with children of its own. They are told apart by their session, which
    workers never share with it, and by having been there before.

    Args:
        own: says whether a child is one that was started on purpose.
    """

    def __init__(self, own: Callable[[int], bool]) -> None:
        self._was_subreaper = _is_subreaper()
        super().__init__()
        self._own = own
        self._before = frozenset(_children_by_scan(os.getpid()))
        self._session = os.getsid(0)

    def disown(self) -> None:
        """Leave orphans to whom they went before this object was made."""
        if not self._was_subreaper:
            prctl(PR_SET_CHILD_SUBREAPER, 0)

    def _remaining(self) -> Collection[int] | None:
        found, collected = [], False
        for pid in _children_by_scan(os.getpid()):
            if pid in self._before or self._own(pid):
                continue
            status = status_of(pid)
            if status is None or status.session == self._session:
                continue
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    found.append(pid)
                else:
                    collected = True  # its own children may have come here after this scan had passed them
        return found if found or collected else None


def children_of(pid: int, thread: int | None = None) -> list[int]:
    """Return the children of a process: of one of its threads where the kernel tells them apart, or of all."""
    if not _kernel_lists_children():
        return _children_by_scan(pid)
    found: list[int] = []
    with contextlib.suppress(OSError):
        # no Path, as this is asked several times a second
        threads = os.listdir(f"/proc/{pid}/task") if thread is None else (thread,)  # noqa: PTH208
        for each in threads:
            with contextlib.suppress(OSError):
                found += map(int, _read(f"/proc/{pid}/task/{each}/children").split())
    return found


def status_of(pid: int) -> Status | None:
    """Return what /proc says about a process, None when it is gone."""
    try:
        text = _read(f"/proc/{pid}/stat")
    except OSError:
        return None
    fields = text[text.rindex(b")") + 2 :].split()  # the name before may hold anything
    return Status(fields[0].decode(), int(fields[1]), int(fields[3]), int(fields[21]) * _page_bytes())


def command_line_of(pid: int) -> bytes:
    """Return a process's arguments, each followed by a null byte; nothing when it is gone."""
    try:
        return _read(f"/proc/{pid}/cmdline")
    except OSError:
        return b""


def prctl(option: int, value: int) -> bool:
    """Set an attribute of this process; say whether the system has it."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)


def _is_subreaper() -> bool:
    answer = ctypes.c_int(0)
    return sys.platform == "linux" and (
        ctypes.CDLL(None).prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0) == 0 and answer.value == 1
    )


def _children_by_scan(parent: int) -> list[int]:
    found = []
    for pid in _all_pids():
        status = status_of(pid)
        if status is not None and status.parent == parent:
            found.append(pid)
    return found


def _all_pids() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208  as above


@cache
def _kernel_lists_children() -> bool:
    """Say whether the kernel was built to list children, which not every one is."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # noqa: PTH110  as above


@cache
def _page_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE")


def _is_helper(pid: int) -> bool:
    """Say whether this is a resource tracker, multiprocessing's or another's: it ends when all its clients have."""
    return b"resource_tracker" in command_line_of(pid)


def _send(number: signal.Signals, pids: Collection[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(descriptor, 65536):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)
