"""Facts about the machine, recorded once per run."""

import os
import platform
from pathlib import Path

from comparators.parameters import ParameterValue
from comparators.plan.hostcpus import usable_cpus

__all__ = ["host_facts"]


def host_facts() -> dict[str, ParameterValue]:
    """Return name, system, machine, CPU model, CPU counts and memory in bytes."""
    return {
        "name": platform.node(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpu_model": _cpu_model(),
        "cpus": os.cpu_count() or 1,
        "cpus_usable": len(usable_cpus()),
        "memory_bytes": _memory_bytes(),
    }


def _cpu_model() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _memory_bytes() -> int:
    import psutil

    return int(psutil.virtual_memory().total)
