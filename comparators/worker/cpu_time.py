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
        """Return the seconds since the beginning; what a process did that was not waited for is not in them."""
        own_s = time.process_time()
        return max(0.0, own_s + _others_s() - self._before_s)


def _others_s() -> float:
    """Return what descendants have used: those that were waited for, and those that live."""
    from comparators.supervision import process_tree

    ended = os.times()
    total_s = ended.children_user + ended.children_system
    if not Path("/proc/self/stat").exists():
        return total_s + _living_by_psutil()
    return total_s + sum(map(process_tree.cpu_seconds_of, process_tree.descendants_of(os.getpid())))


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
