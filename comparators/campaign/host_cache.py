"""What was measured of this host and holds until it is booted again: parallel capacity, by CPUs and workers.

Kept in the user's cache folder. A cache that cannot be read or written costs a second of measuring, never the run.
"""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from comparators.errors import OutputError
from comparators.journal.atomic_io import replace_file

__all__ = ["known_capacity", "remember_capacity"]

FILE_NAME = "parallel-capacity.json"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
LARGEST = 1_000_000
"""Bytes of a cache that is read at most; it has a line for each count of workers."""
MOST_PER_WORKER = 1.5
"""Times one process's work that a further process adds at most; more is a disturbed measurement or another's file."""


def known_capacity(workers: int, cpus: Sequence[int]) -> float | None:
    """Return the parallel capacity measured since the last boot on these CPUs; None when there is none."""
    found = _read().get(_key(workers, cpus))
    if not isinstance(found, float) or not 0 < found <= MOST_PER_WORKER * workers:
        return None
    return found


def remember_capacity(workers: int, cpus: Sequence[int], speedup: float) -> None:
    """Keep a parallel capacity for later runs."""
    boot = _boot()
    if not boot:
        return
    current = {name: value for name, value in _read().items() if name.startswith(f"{boot}/")}
    text = json.dumps({**current, _key(workers, cpus): speedup}, indent=1)
    with suppress(OSError, OutputError):
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())


def _read() -> dict[str, object]:
    try:
        with _path().open("rb") as stream:
            document = json.loads(stream.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _key(workers: int, cpus: Sequence[int]) -> str:
    return f"{_boot()}/{','.join(map(str, cpus))}/{workers}"


def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _path() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(folder).expanduser() / "comparators" / FILE_NAME
