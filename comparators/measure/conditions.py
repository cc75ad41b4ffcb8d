"""The conditions under which a value was taken, read outside its clock."""

import os
import sys
from pathlib import Path

from comparators.parameters import ParameterValue

__all__ = ["Conditions", "run_queue_delay_s", "switches"]


class Conditions:
    """Reads what the system counts when made, and again in `since`; the differences are metadata of the sample."""

    def __init__(self) -> None:
        self._stolen = _stolen_ticks()
        self._pressure = _pressure_us()

    def since(self) -> dict[str, ParameterValue]:
        """Return the metadata of this process and of the time since this object was made.

        Keys: `gil` (whether it is on now: an import can switch it on), `blas_threads` (0 when no BLAS is loaded),
        `steal_s` (CPU seconds that other guests of the machine took), `pressure_s` (seconds in which some task of the
        host waited for a CPU), `switches_voluntary`, `switches_involuntary` (of this process).
        """
        voluntary, involuntary = switches()
        facts: dict[str, ParameterValue] = {
            "gil": "on" if getattr(sys, "_is_gil_enabled", lambda: True)() else "off",
            "blas_threads": _blas_threads(),
            "switches_voluntary": voluntary,
            "switches_involuntary": involuntary,
        }
        stolen, pressure = _stolen_ticks(), _pressure_us()
        if stolen is not None and self._stolen is not None:
            facts["steal_s"] = (stolen - self._stolen) / os.sysconf("SC_CLK_TCK")
        if pressure is not None and self._pressure is not None:
            facts["pressure_s"] = (pressure - self._pressure) / 1e6
        return facts


def switches() -> tuple[int, int]:
    """Return the voluntary and involuntary context switches of this process and its waited-for children."""
    try:
        import resource
    except ImportError:  # Windows counts none
        return 0, 0
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_nvcsw for usage in usages), sum(usage.ru_nivcsw for usage in usages)


def run_queue_delay_s() -> float:
    """Return the seconds in which this process's main thread was ready to run but waited for a CPU; 0 if unknown."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _blas_threads() -> int:
    """Ask BLAS itself, which an environment variable only hints at; only when NumPy is loaded."""
    if "numpy" not in sys.modules:
        return 0
    from threadpoolctl import threadpool_info

    return max((int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"), default=0)


def _stolen_ticks() -> int | None:
    try:
        return int(Path("/proc/stat").read_text().split(maxsplit=9)[8])
    except (OSError, IndexError, ValueError):
        return None


def _pressure_us() -> int | None:
    try:
        return int(Path("/proc/pressure/cpu").read_text().split(maxsplit=5)[4].removeprefix("total="))
    except (OSError, IndexError, ValueError):
        return None
