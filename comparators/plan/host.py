"""Facts about the machine, recorded once per run.

No process is started for them, as platform.platform and platform.processor do: nothing supervises it here.
"""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from comparators.parameters import ParameterValue
from comparators.plan.usable_cpus import usable_cpus

__all__ = ["host_difference", "host_facts"]

IDENTITY = ("name", "machine", "cpu_model", "cpus")
"""Facts that are others on another host; what is usable of it may change from day to day."""


def host_facts() -> dict[str, ParameterValue]:
    """Return name, system, machine, CPU model, CPU counts and memory in bytes."""
    return {
        "name": platform.node(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": platform.machine(),
        "cpu_model": _cpu_model(),
        "cpus": os.cpu_count() or 1,
        "cpus_usable": len(usable_cpus()),
        "memory_bytes": _memory_bytes(),
    }


def host_difference(before: Mapping[str, ParameterValue], now: Mapping[str, ParameterValue]) -> str:
    """Say in which fact two hosts differ; empty when they are one, as far as both are known."""
    for name in IDENTITY:
        if name in before and name in now and before[name] != now[name]:
            return f"its {name} is {before[name]}, not {now[name]}"
    return ""


def _cpu_model() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return os.environ.get("PROCESSOR_IDENTIFIER") or platform.machine() or "unknown"  # the first is there on Windows


def _memory_bytes() -> int:
    import psutil

    return int(psutil.virtual_memory().total)
