"""How many CPUs a run may really use."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["GROUPS", "MEMBERSHIP", "affinity", "cpu_quota", "group_limits", "usable_cpus"]

MEMBERSHIP = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")


def usable_cpus(membership: Path = MEMBERSHIP, groups: Path = GROUPS) -> tuple[int, ...]:
    """Return the CPUs of this process's affinity, as many as its cgroup quotas allow.

    A quota of 1.5 CPUs counts as 2: more workers than that would be throttled, fewer would waste some of it.

    Args:
        membership: file that names this process's cgroup.
        groups: where the tree of cgroups is mounted.
    """
    allowed = affinity()
    quota = cpu_quota(membership, groups)
    return allowed[: max(1, math.ceil(quota))] if quota < len(allowed) else allowed


def affinity() -> tuple[int, ...]:
    """Return the CPUs that this process may run on; all of them where a system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def cpu_quota(membership: Path = MEMBERSHIP, groups: Path = GROUPS) -> float:
    """Return how many CPUs' worth of time the cgroups allow, the least of all ancestors; infinite without a quota."""
    limits = (*group_limits("cpu.max", membership, groups), *_old_limits(membership, groups))
    return min(_quotas(limits), default=math.inf)


def group_limits(file: str, membership: Path = MEMBERSHIP, groups: Path = GROUPS) -> Iterator[str]:
    """Yield what a file says in every cgroup from this process's own up to the root (cgroup v2)."""
    own = _own_group(membership, "")
    if own is not None:
        yield from _upwards(groups, own, file)


def _old_limits(membership: Path, groups: Path) -> Iterator[str]:
    """Yield `quota period` of every cgroup of version 1, in which each controller has a tree of its own."""
    own = _own_group(membership, "cpu")
    if own is None:
        return
    for name in ("cpu", "cpu,cpuacct"):
        quotas = _upwards(groups / name, own, "cpu.cfs_quota_us")
        periods = _upwards(groups / name, own, "cpu.cfs_period_us")
        for quota, period in zip(quotas, periods, strict=False):
            yield f"{quota} {period}"


def _own_group(membership: Path, controller: str) -> str | None:
    """Return the path of this process's cgroup; of the one tree of version 2 when no controller is named."""
    try:
        lines = membership.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if (number == "0" and not controllers) if not controller else controller in controllers.split(","):
            return path
    return None


def _upwards(root: Path, own: str, file: str) -> Iterator[str]:
    group = root / own.lstrip("/")
    for folder in (group, *group.parents):
        with suppress(OSError):  # the group of the host is not mounted here, or sets no such limit
            yield (folder / file).read_text(encoding="ascii", errors="replace").strip()
        if folder == root:
            return


def _quotas(limits: Iterable[str]) -> Iterator[float]:
    for limit in limits:
        quota, _, period = limit.partition(" ")
        try:
            share = int(quota) / int(period)
        except (ValueError, ArithmeticError):  # "max"
            continue
        if share > 0:  # -1 for no limit
            yield share
