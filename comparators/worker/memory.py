"""How much memory this process and its descendants have used at most. Read outside every clock, while they all live."""

import os
import re
from pathlib import Path

__all__ = ["tree_memory"]

_FIELD = re.compile(r"^(Pss|VmHWM|VmRSS):\s+(\d+) kB", re.MULTILINE)


def tree_memory() -> tuple[int, str]:
    """Return bytes and how they were counted, "PSS" or "RSS".

    PSS counts a page that four processes share as a quarter in each, so that the sum is what the tree takes from the
    machine. The system keeps no peak of it; what a process once had in RSS beyond what it has now is added. Where there
    is no PSS, the sum of RSS counts shared pages several times.
    """
    from comparators.supervision.process_tree import children_of

    total, kind = 0, "PSS"
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        found = _process(pid)
        if found is None and not total:
            return _by_psutil(), "RSS"
        if found is not None:
            total += found[0]
            kind = "RSS" if found[1] == "RSS" else kind
            waiting += children_of(pid)
    return total, kind


def _process(pid: int) -> tuple[int, str] | None:
    """Return the peak of one process; None when it is gone, or no process says."""
    try:
        status = dict(_FIELD.findall(Path(f"/proc/{pid}/status").read_text("utf-8", "replace")))
        peak, now = int(status["VmHWM"]), int(status["VmRSS"])
    except (OSError, KeyError):
        return None
    try:
        shares = dict(_FIELD.findall(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii", "replace")))
        return (int(shares["Pss"]) + max(0, peak - now)) * 1024, "PSS"
    except (OSError, KeyError):
        return peak * 1024, "RSS"


def _by_psutil() -> int:
    import psutil

    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += int(process.memory_info().rss)
        except psutil.Error:
            continue
    return total
