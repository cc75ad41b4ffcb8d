"""Recorded `/proc` and `/sys`, in small."""

from collections.abc import Mapping
from pathlib import Path

from comparators.doctor.system import System

__all__ = ["LAPTOP", "tree"]

LAPTOP = {
    "proc/loadavg": "0.20 0.30 0.25 1/500 1234\n",
    "proc/pressure/cpu": "some avg10=0.50 avg60=1.00 avg300=0.02 total=5\nfull avg10=0.00 avg60=0.00 total=7\n",
    "proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "proc/cpuinfo": "processor: 0\nflags\t\t: fpu vme sse2\n",
    "proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable:    8388608 kB\n",
    "proc/sys/kernel/threads-max": "96365\n",
    "proc/self/cgroup": "0::/user/job\n",
    "sys/devices/system/cpu/isolated": "\n",
    "sys/devices/system/cpu/intel_pstate/no_turbo": "1\n",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    **{f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list": f"{cpu}\n" for cpu in range(4)},
    **{f"sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor": "performance\n" for cpu in range(4)},
}
"""A quiet machine with four cores, on which all is well."""


def tree(
    folder: Path,
    files: Mapping[str, str | None] | None = None,
    *,
    cpus: tuple[int, ...] = (0, 1, 2, 3),
    base: Mapping[str, str] = LAPTOP,
) -> System:
    """Write a recorded system below a folder; `files` are added to it, or missing from it where they are None."""
    for name, text in {**base, **(files or {})}.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return System(cpus, folder / "proc", folder / "sys", "linux")
