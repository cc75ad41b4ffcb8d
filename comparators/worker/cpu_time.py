"""The CPU seconds that this process and its descendants use between two moments."""

import os
import time
from pathlib import Path

__all__ = ["CpuMeter"]


class CpuMeter:
    """Reads what the system counts, the own process closest to what is measured."""

    def __init__(self) -> None:
        self._before_s = 0.0

    def start(self) -> None:
        """Begin."""
        others_s = _others_s()
        self._before_s = others_s + time.process_time()

    def stop(self) -> float:
        """Return the seconds since the beginning; what a process did that nobody waited for is not in them."""
        own_s = time.process_time()
        return max(0.0, own_s + _others_s() - self._before_s)


def _others_s() -> float:
    """Return what descendants have used: those that were waited for, and those that live."""
    from comparators.supervision.process_tree import children_of

    ended = os.times()
    total_s = ended.children_user + ended.children_system
    if not Path("/proc/self/stat").exists():
        return total_s + _living_by_psutil()
    waiting = children_of(os.getpid())
    while waiting:
        pid = waiting.pop()
        total_s += _process_s(pid)
        waiting += children_of(pid)
    return total_s


def _process_s(pid: int) -> float:
    """Return the CPU seconds of a living process and of the children it has waited for; 0 when it is gone.

    Ticks hold a hundredth of a second, threads' own counters all of it, but not those of threads that have ended.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        tick_s = 1 / os.sysconf("SC_CLK_TCK")
        user, system, ended_user, ended_system = (int(field) * tick_s for field in fields[11:15])
    except (OSError, ValueError):
        return 0.0
    return max(user + system, _threads_s(pid)) + ended_user + ended_system


def _threads_s(pid: int) -> float:
    total_s = 0.0
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total_s += int((thread / "schedstat").read_text("ascii").split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
    return total_s


def _living_by_psutil() -> float:
    import psutil

    total_s = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            spent = process.cpu_times()
        except psutil.Error:
            continue
        total_s += spent.user + spent.system
    return total_s
