"""How many processes, threads, files and bytes a run may have."""

from collections.abc import Iterator

from comparators.doctor.model import Finding, Grade
from comparators.doctor.system import System, whole_number
from comparators.plan.usable_cpus import group_limits

__all__ = ["find_files", "find_memory", "find_processes"]

FEW_PROCESSES, MANY_PROCESSES = 100, 1000
FEW_FILES, MANY_FILES = 128, 1024
LITTLE_MEMORY, MUCH_MEMORY = 256 * 2**20, 2**30
"""Below the first number runs fail, below the second some may."""


def find_processes(system: System) -> Finding:
    """Look at how many processes and threads may be started: by the shell's, the cgroups' and the kernel's limits."""
    limits = {
        "ulimit": _soft_limit("RLIMIT_NPROC"),
        "cgroup": _smallest(_left("pids.max", "pids.current", system)),
        "kernel": system.proc_number("sys/kernel/threads-max"),
    }
    most = _smallest(each for each in limits.values() if each is not None)
    if most is None:
        return Finding("processes", "good", "no limit on processes and threads is set", facts=limits)
    by = next(name for name, each in limits.items() if each == most)
    command = {"ulimit": "ulimit -u unlimited", "cgroup": "docker update --pids-limit -1 CONTAINER"}.get(by, "")
    return _graded(
        "processes",
        most,
        (FEW_PROCESSES, MANY_PROCESSES),
        f"{most:,} processes and threads may be started ({by})",
        "models with many workers fail at the limit: raise it, or ask for fewer '--workers'",
        command,
        limits,
    )


def find_files(_system: System) -> Finding:
    """Look at how many files, pipes and sockets a process may have open."""
    most = _soft_limit("RLIMIT_NOFILE")
    if most is None:
        return Finding("files", "good", "no limit on open files is set", facts={"files": None})
    return _graded(
        "files",
        most,
        (FEW_FILES, MANY_FILES),
        f"{most:,} files may be open in a process",
        "pools and sockets take a few each: raise the limit",
        f"ulimit -n {4 * MANY_FILES}",
        {"files": most},
    )


def find_memory(system: System) -> Finding:
    """Look at the memory that is free: on the host, and under the limits of the cgroups and the shell."""
    limits = {
        "host": _available(system),
        "cgroup": _smallest(_left("memory.max", "memory.current", system)),
        "ulimit": _soft_limit("RLIMIT_AS"),
    }
    most = _smallest(each for each in limits.values() if each is not None)
    if most is None:
        return Finding("memory", "note", "the system does not show how much memory is free", facts=limits)
    by = next(name for name, each in limits.items() if each == most)
    return _graded(
        "memory",
        most,
        (LITTLE_MEMORY, MUCH_MEMORY),
        f"{most / 2**30:.3g} GiB of memory are free ({by})",
        "each worker process takes 20 to 100 MiB: end other programs, or ask for fewer '--workers'",
        "",
        limits,
    )


def _graded(
    check: str,
    value: int,
    bounds: tuple[int, int],
    found: str,
    advice: str,
    command: str,
    facts: dict[str, int | None],
) -> Finding:
    grade: Grade = "bad" if value < bounds[0] else "note" if value < bounds[1] else "good"
    if grade == "good":
        return Finding(check, grade, found, facts=facts)
    return Finding(check, grade, found, advice, command, facts)


def _left(most: str, used: str, system: System) -> Iterator[int]:
    """Yield what each cgroup has left of a limit."""
    membership, groups = system.proc / "self/cgroup", system.sysfs / "fs/cgroup"
    for limit, taken in zip(
        group_limits(most, membership, groups), group_limits(used, membership, groups), strict=False
    ):
        most_there, used_there = whole_number(limit), whole_number(taken)
        if most_there is not None and used_there is not None:
            yield max(0, most_there - used_there)


def _smallest(values: Iterator[int]) -> int | None:
    return min(values, default=None)


def _soft_limit(name: str) -> int | None:
    """Return a limit of this process; None without one, or where the system has no such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    which = getattr(resource, name, None)
    if which is None:
        return None
    soft: int = resource.getrlimit(which)[0]
    return None if soft in (resource.RLIM_INFINITY, -1) else soft


def _available(system: System) -> int | None:
    for line in (system.proc_text("meminfo") or "").splitlines():
        name, _, rest = line.partition(":")
        kibibytes = whole_number(rest.removesuffix("kB").strip())
        if name == "MemAvailable" and kibibytes is not None:
            return kibibytes * 1024
    if system.platform == "linux":
        return None
    import psutil

    return int(psutil.virtual_memory().available)
