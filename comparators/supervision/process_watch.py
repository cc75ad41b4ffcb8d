"""Watch a running worker from outside, up to four times a second. Standard library only.

How much memory its processes use, whether one is stopped, whether dead ones are replaced again and again, and whether
the machine was suspended or its clock was set meanwhile.
"""

import re
import time
from pathlib import Path

from comparators.supervision.process_tree import children_of, descendants_of, status_of

__all__ = ["Clocks", "ProcessWatch", "oom_kills"]

LOOK_S = 0.25
"""Seconds between two looks, at least."""
SHARE = 200
"""Seconds between two looks for each CPU second that a look takes: watching may cost half a percent of a CPU."""
SUSPENDED_S = 0.1
"""Boot time and monotonic time drift apart by less than this unless the machine was suspended."""
CLOCK_SET_S = 0.5
"""Seconds by which a wall clock that is corrected smoothly drifts in a sample, at most."""


class ProcessWatch:
    """One worker and its descendants.

    Attributes:
        over_bytes: what they used when that was too much; 0 while it is not.
        stopped: one of them was seen stopped.
    """

    def __init__(self, pid: int, memory_bytes: int | None) -> None:
        self.over_bytes = 0
        self.stopped = False
        self._pid = pid
        self._limit = memory_bytes
        self._seen: set[int] = set()
        self._peak = 0
        self._due = time.monotonic() + LOOK_S

    @property
    def replaced(self) -> int:
        """Children of the worker beyond the most that were there at one time."""
        return len(self._seen) - self._peak

    def look(self) -> None:
        """Look at all processes, unless the last look was a moment ago."""
        if time.monotonic() < self._due:
            return
        began = time.thread_time()  # CPU time: on a busy machine a cheap look may take long
        children = children_of(self._pid)
        self._seen.update(children)
        self._peak = max(self._peak, len(children))
        self._examine([self._pid, *descendants_of(self._pid, children)])
        self._due = time.monotonic() + max(LOOK_S, SHARE * (time.thread_time() - began))

    def _examine(self, pids: list[int]) -> None:
        """Add up the memory; pages that processes share are counted once when that decides."""
        used = 0
        for pid in pids:
            status = status_of(pid)
            if status is not None:
                self.stopped = self.stopped or status.state in "Tt"
                used += status.resident
        if self._limit is not None and used > self._limit:
            used = sum(_proportional_bytes(pid) for pid in pids)
            self.over_bytes = used if used > self._limit else 0


class Clocks:
    """Clocks that drift apart when the machine is suspended or its time is set."""

    def __init__(self) -> None:
        self._asleep_s, self._wall_s = _differences()

    def disturbances(self) -> list[str]:
        """Say what happened since this object was made."""
        asleep_s, wall_s = (now - before for now, before in zip(_differences(), self._both(), strict=True))
        said = []
        if asleep_s > SUSPENDED_S:
            said.append(f"the machine slept for {asleep_s:.1f} s")
        elif abs(wall_s) > CLOCK_SET_S:
            said.append(f"the clock was set by {wall_s:+.1f} s")
        return said

    def _both(self) -> tuple[float, float]:
        return self._asleep_s, self._wall_s


def oom_kills() -> int:
    """Return how many processes this system has killed for lack of memory since it started; 0 where it does not say."""
    try:
        text = Path("/proc/vmstat").read_bytes()
    except OSError:
        return 0
    _, name, count = text.partition(b"\noom_kill ")
    return int(count.partition(b"\n")[0]) if name else 0


def _proportional_bytes(pid: int) -> int:
    """Return a process's share of the memory it has: of pages that four have, a quarter."""
    try:
        found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"), re.MULTILINE)
    except OSError:
        found = None
    if found:
        return int(found[1]) * 1024
    status = status_of(pid)
    return status.resident if status else 0


def _differences() -> tuple[float, float]:
    """Return how far the clock that counts sleep, and the wall clock, are ahead of the monotonic one."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    for _ in range(5):
        before = time.monotonic()
        asleep = time.clock_gettime(boot) if boot is not None else before
        wall = time.time()
        if time.monotonic() - before < 0.001:  # otherwise something came between the readings
            break
    return asleep - before, wall - before
