"""How many CPUs a run may really use."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["usable_cpus"]


def usable_cpus() -> tuple[int, ...]:
    """Return the CPUs of this process's affinity, as many as its cgroup quotas allow.

    A quota of 1.5 CPUs counts as 2: more workers than that would be throttled, fewer would waste some of it.
    """
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    quota = min(_quotas(), default=math.inf)
    return tuple(allowed[: max(1, math.ceil(quota))] if quota < len(allowed) else allowed)


def _quotas() -> Iterator[float]:
    """Yield the CPU quota of every cgroup from this process's own up to the root (cgroup v2)."""
    membership = Path("/proc/self/cgroup")
    if not membership.exists():
        return
    own = next((line[3:] for line in membership.read_text().splitlines() if line.startswith("0::")), None)
    if own is None:
        return
    root = Path("/sys/fs/cgroup")
    group = root / own.lstrip("/")
    for folder in (group, *group.parents):
        limits = folder / "cpu.max"
        if limits.is_file():
            quota, period = limits.read_text().split()
            if quota != "max":
                yield int(quota) / int(period)
        if folder == root:
            return
