"""Descendants of a process: find them and end them, whatever they did to detach. Standard library only.

On Linux a process can be the subreaper of its descendants: one that called setsid, forked twice or cleared its
environment still becomes its child when its parent dies, and is found. Elsewhere only a worker's process group is.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import NamedTuple

__all__ = [
    "Orphans",
    "ProcessTree",
    "Status",
    "children_of",
    "command_line_of",
    "cpu_seconds_of",
    "descendants_of",
    "prctl",
    "status_of",
    "tree_cpu_s",
]

DUMP_S = 0.5
"""Seconds that processes past their deadline have to write their stacks."""
HELPERS_S = 1.0
"""Seconds that helpers have to clean up after the other processes are gone."""
GIVE_UP_S = 3.0
"""Seconds after which a process that SIGKILL does not end is given up: it waits for a device, uninterruptibly."""
LOOK_S = 0.02
"""Seconds between two looks at processes of which none has ended: others may have been started meanwhile."""

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_GET_CHILD_SUBREAPER = 37


class Status(NamedTuple):
    """What /proc says about a process: its state in one letter, and its memory in bytes."""

    state: str
    parent: int
    session: int
    resident: int


class ProcessTree:
    """All descendants of this process.

    Attributes:
        subreaper: whether orphaned descendants become children of this process.
        cpu_s: CPU seconds of those that were collected since the last call of `cpu_used_s`.
        spared: children that `end` leaves alone, with their own descendants. One that is collected is dropped here.
    """

    def __init__(self) -> None:
        self.subreaper = prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.cpu_s = 0.0
        self.spared: set[int] = set()

    def end(self, *, grace_s: float, dump: bool = False) -> int:
        """Wait until no descendant is left, kill them after `grace_s`, and return how many had to be killed.

        The oldest generation goes first, so that none restarts the dead. multiprocessing's resource tracker goes last:
        it removes the semaphores and shared memory that the others have left.

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
            _wait_for_an_end(members, min(LOOK_S, kill_at - now) if now < kill_at else LOOK_S)
        return len(killed | asked)

    def cpu_used_s(self) -> float:
        """Return the CPU seconds of those that were collected since the last call."""
        used_s, self.cpu_s = self.cpu_s, 0.0
        return used_s

    def _remaining(self) -> Collection[int] | None:
        """Collect the dead and return the living children, None when there are none but those spared.

        The list is complete: only this process, which has a single thread, removes entries from it, and the children
        of a process have come here before it can be collected.
        """
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return None
            if pid == 0:
                break
            self.spared.discard(pid)
            self.cpu_s += usage.ru_utime + usage.ru_stime
        members = [pid for pid in children_of(os.getpid()) if pid not in self.spared] if self.subreaper else []
        return None if self.spared and not members else members


class Orphans(ProcessTree):
    """Those descendants that this process did not start itself: their supervisor died and left them.

    This process may be a user's program with children of its own. Orphans are told apart by their session, which
    workers never share with it, and by not having been there before.

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
        """Let orphans go again where they went before this object was made."""
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
        # not Path: this is on the way of every sample
        threads = os.listdir(f"/proc/{pid}/task") if thread is None else (thread,)  # noqa: PTH208
        for each in threads:
            with contextlib.suppress(OSError):
                found += map(int, _read(f"/proc/{pid}/task/{each}/children").split())
    return found


def descendants_of(pid: int, children: list[int] | None = None) -> list[int]:
    """Return a process's children, their children and so on, without those that detached by double forking.

    Args:
        pid: the process.
        children: its children, where they are known.
    """
    found: list[int] = []
    generation = children_of(pid) if children is None else children
    while generation:
        found += generation
        generation = [child for each in generation for child in children_of(each) if child not in found]
    return found


def status_of(pid: int) -> Status | None:
    """Return what /proc says about a process, None when it is gone."""
    fields = _stat(pid)
    if fields is None:
        return None
    return Status(fields[0].decode(), int(fields[1]), int(fields[3]), int(fields[21]) * _page_bytes())


def command_line_of(pid: int) -> bytes:
    """Return a process's arguments, each followed by a null byte; nothing when it is gone."""
    try:
        return _read(f"/proc/{pid}/cmdline")
    except OSError:
        return b""


def tree_cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and its living descendants; 0 where there is no /proc."""
    return cpu_seconds_of(pid) + sum(cpu_seconds_of(each) for each in descendants_of(pid))


def cpu_seconds_of(pid: int) -> float:
    """Return the CPU seconds of a living process and of the children it has waited for; 0 when it is gone.

    The ticks in `stat` are a hundredth of a second. The counters of its threads are exact, but lack those of threads
    that have ended: the larger of the two counts.
    """
    fields = _stat(pid)
    if fields is None:
        return 0.0
    user, system, ended_user, ended_system = (int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:15])
    return max(user + system, _threads_cpu_s(pid)) + ended_user + ended_system


def prctl(option: int, value: int) -> bool:
    """Set an attribute of this process; say whether the system has it."""
    if sys.platform != "linux":
        return False
    return bool(_library().prctl(option, value, 0, 0, 0) == 0)


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _is_subreaper() -> bool:
    answer = ctypes.c_int(0)
    return sys.platform == "linux" and (
        _library().prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0) == 0 and answer.value == 1
    )


def _stat(pid: int) -> list[bytes] | None:
    """Return the fields of /proc/PID/stat from the state on, None when the process is gone."""
    try:
        text = _read(f"/proc/{pid}/stat")
    except OSError:
        return None
    return text[text.rindex(b")") + 2 :].split()  # the name before may hold anything


def _threads_cpu_s(pid: int) -> float:
    total_s = 0.0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  as above
            total_s += int(_read(f"/proc/{pid}/task/{thread}/schedstat").split()[0]) / 1e9
    return total_s


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
    """Say whether the kernel was built to list children; not every one is."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # noqa: PTH110  as above


@cache
def _page_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE")


def _is_helper(pid: int) -> bool:
    """Say whether this is a resource tracker, multiprocessing's or another's: it ends when all its clients have."""
    return b"resource_tracker" in command_line_of(pid)


def _wait_for_an_end(pids: Collection[int], seconds: float) -> None:
    """Wait until one of some children ends, or the time has passed."""
    handles = list(_handles(pids))
    if not handles:
        time.sleep(0.001)
        return
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    poll.poll(max(0.0, seconds) * 1000)
    for handle in handles:
        os.close(handle)


def _handles(pids: Collection[int]) -> Iterator[int]:
    if hasattr(os, "pidfd_open"):
        for pid in pids:
            with contextlib.suppress(OSError):
                yield os.pidfd_open(pid)


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
