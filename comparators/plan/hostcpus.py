"""How many CPUs a run may really use."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["usable_cpus"]

MEMBERSHIP = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")


def usable_cpus(membership: Path = MEMBERSHIP, groups: Path = GROUPS) -> tuple[int, ...]:
    """Return the CPUs of this process's affinity, as many as its cgroup quotas allow.

    A quota of 1.5 CPUs counts as 2: more workers than that would be throttled, fewer would waste some of it.

    Args:
        membership: file that names this process's cgroup.
        groups: where the tree of cgroups is mounted.
    """
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    quota = min(_quotas(membership, groups), default=math.inf)
    return tuple(allowed[: max(1, math.ceil(quota))] if quota < len(allowed) else allowed)


def _quotas(membership: Path, groups: Path) -> Iterator[float]:
    """Yield the CPU quota of every cgroup from this process's own up to the root (cgroup v2)."""
    if not membership.exists():
        return
    own = next((line[3:] for line in membership.read_text().splitlines() if line.startswith("0::")), None)
    if own is None:
        return
    group = groups / own.lstrip("/")
    for folder in (group, *group.parents):
        limits = folder / "cpu.max"
        if limits.is_file():
            quota, period = limits.read_text().split()
            if quota != "max":
                yield int(quota) / int(period)
        if folder == groups:
            return
