"""The conditions under which a value was taken, read outside its clock."""

import os
import sys
from functools import cache
from pathlib import Path

from comparators.parameters import ParameterValue
from comparators.supervision.process_tree import children_of

__all__ = ["HostCounters", "gil_is_on", "pressure_us", "stolen_ticks", "switches"]

PROC = Path("/proc")


class HostCounters:
    """Reads what the system counts when made, and again in `since`; the differences are metadata of the sample."""

    def __init__(self) -> None:
        self._stolen = stolen_ticks()
        self._pressure = pressure_us()
        self._throttled = _throttled_s()
        self._children = _children()

    def since(self) -> dict[str, ParameterValue]:
        """Return the metadata of this process and of the time since this object was made.

        Keys: `gil` (whether it is on now: an import can switch it on), `blas_threads` (0 when no BLAS is loaded),
        `steal_s` (CPU seconds that other guests of the machine took), `pressure_s` (seconds in which some task of the
        host waited for a CPU), `throttled_s` (seconds in which a quota kept CPUs from this process),
        `switches_voluntary`, `switches_involuntary` (of this process).
        """
        voluntary, involuntary = switches()
        facts: dict[str, ParameterValue] = {
            "gil": "on" if gil_is_on() else "off",
            "blas_threads": _blas_threads(),
            "switches_voluntary": voluntary,
            "switches_involuntary": involuntary,
        }
        stolen, pressure = stolen_ticks(), pressure_us()
        if stolen is not None and self._stolen is not None:
            facts["steal_s"] = (stolen - self._stolen) / os.sysconf("SC_CLK_TCK")
        if pressure is not None and self._pressure is not None:
            facts["pressure_s"] = (pressure - self._pressure) / 1e6
        throttled = _throttled_s()
        if throttled is not None and self._throttled is not None:
            facts["throttled_s"] = throttled - self._throttled
        return facts

    def process_was_replaced(self) -> bool:
        """Say whether a child of this process died and another took its place: what was timed then is not the work."""
        now = _children()
        return bool(self._children - now and now - self._children)


def gil_is_on() -> bool:
    """Say whether the GIL is on in this process now; a Python that cannot say has one."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def switches() -> tuple[int, int]:
    """Return the voluntary and involuntary context switches of this process and its waited-for children."""
    try:
        import resource
    except ImportError:  # Windows counts none
        return 0, 0
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_nvcsw for usage in usages), sum(usage.ru_nivcsw for usage in usages)


def _blas_threads() -> int:
    """Ask BLAS itself, which an environment variable only hints at; only when NumPy is loaded."""
    if "numpy" not in sys.modules:
        return 0
    from threadpoolctl import threadpool_info

    return max((int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"), default=0)


def _children() -> frozenset[int]:
    """Return the ids of this process's children; none where the system does not list them."""
    return frozenset(children_of(os.getpid()))


def _throttled_s() -> float | None:
    """Return the seconds for which quotas have kept CPUs from this process's cgroup and those around it."""
    try:
        membership = Path("/proc/self/cgroup").read_text()
    except OSError:
        return None
    found = [_throttled_in(file) for file in _cpu_statistics(membership)]
    return sum(seconds for seconds in found if seconds is not None) if any(found) or None not in found else None


@cache  # paths take longer to put together than the files to read
def _cpu_statistics(membership: str) -> tuple[Path, ...]:
    """Return the statistics files of the cgroups that `/proc/self/cgroup` names, and of those around them."""
    found: list[Path] = []
    for line in membership.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in {"", "cpu", "cpu,cpuacct"}:
            root = Path("/sys/fs/cgroup", controllers)
            group = root / path.lstrip("/")
            found += [each / "cpu.stat" for each in (group, *group.parents) if each.is_relative_to(root)]
    return tuple(found)


def _throttled_in(file: Path) -> float | None:
    try:
        words = file.read_text().split()
    except OSError:
        return None
    counts = dict(zip(words[::2], words[1::2], strict=False))
    if "throttled_usec" in counts:
        return int(counts["throttled_usec"]) / 1e6
    return int(counts["throttled_time"]) / 1e9 if "throttled_time" in counts else None


def stolen_ticks(proc: Path = PROC) -> int | None:
    """Return the clock ticks that other guests of the machine took so far; None if unknown."""
    try:
        return int((proc / "stat").read_text().split(maxsplit=9)[8])
    except (OSError, IndexError, ValueError):
        return None


def pressure_us(proc: Path = PROC) -> int | None:
    """Return the microseconds in which some task of the host waited for a CPU so far; None if unknown."""
    try:
        return int((proc / "pressure/cpu").read_text().split(maxsplit=5)[4].removeprefix("total="))
    except (OSError, IndexError, ValueError):
        return None
