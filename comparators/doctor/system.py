"""What the system says about itself, read below roots that a test can replace by recorded trees."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["System", "cpu_list", "number", "whole_number"]


@dataclass(frozen=True, slots=True)
class System:
    """Where to look.

    Attributes:
        proc, sysfs: where Linux shows its state; folders that are not there say nothing.
        cpus: CPUs that this process may use: affinity and cgroup quotas together.
        platform: as `sys.platform`.
    """

    cpus: tuple[int, ...]
    proc: Path = Path("/proc")
    sysfs: Path = Path("/sys")
    platform: str = sys.platform

    def proc_text(self, name: str) -> str | None:
        """Return what a file below `/proc` says; None where there is none, or it cannot be read."""
        return _text(self.proc / name)

    def sys_text(self, name: str) -> str | None:
        """Return what a file below `/sys` says, in the same way."""
        return _text(self.sysfs / name)

    def cpu_text(self, cpu: int, name: str) -> str | None:
        """Return what `/sys` says about one CPU."""
        return self.sys_text(f"devices/system/cpu/cpu{cpu}/{name}")

    def proc_number(self, name: str) -> int | None:
        """Return a file that holds one whole number."""
        return whole_number(self.proc_text(name))


def whole_number(text: str | None) -> int | None:
    """Read a number as the kernel writes it; None for anything else, `max` for one."""
    return int(text) if text is not None and len(text) <= 20 and text.isascii() and text.isdecimal() else None


def number(text: str | None) -> float | None:
    """Read a finite number with a decimal point; None for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def cpu_list(text: str | None) -> tuple[int, ...]:
    """Read a list of CPUs as Linux writes it, `0-2,5`; what is no such list names none."""
    found: list[int] = []
    for part in (text or "").split(","):
        first, dash, last = part.strip().partition("-")
        low, high = whole_number(first), whole_number(last if dash else first)
        if low is not None and high is not None:
            found += range(low, min(high, low + 10_000) + 1)
    return tuple(found)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except (OSError, ValueError):  # not on this system, or not for us
        return None
