"""The cap of a value: its clock starts with the value, not with the process. Standard library only.

A worker marks the start of its value in a file beside its result. The supervisor looks at that file often enough to
find it before the cap can have passed, so that nothing happens while the value is taken.
"""

import json
import math
import os
import time
from pathlib import Path

from comparators.supervision.process_tree import tree_cpu_s

__all__ = ["ValueCap", "mark_value_start"]

MARK = "value"
"""Name of the file, in the folder of the worker's result."""


def mark_value_start(folder: Path) -> None:
    """Say that the value starts now, where it has a cap; called by the process that measures, right before its clock.

    Args:
        folder: of the worker's result.
    """
    try:
        descriptor = os.open(folder / MARK, os.O_WRONLY)  # made by `ValueCap`
    except OSError:
        return
    mark = {"cpu_s": tree_cpu_s(os.getpid()), "at": time.monotonic()}
    os.write(descriptor, json.dumps(mark).encode())
    os.close(descriptor)


class ValueCap:
    """How long the value of one worker may take.

    Attributes:
        passed: the value took longer than that.
        value_s, value_cpu_s: seconds since the value started, and CPU seconds of all processes in them, when the cap
            had passed.

    Args:
        pid: the process that measures.
        folder: of its result.
        cap_s: seconds for its value; None for no cap.
    """

    def __init__(self, pid: int, folder: Path, cap_s: float | None) -> None:
        self.passed = False
        self.value_s = self.value_cpu_s = 0.0
        self._pid = pid
        self._mark = folder / MARK
        self._cap_s = math.inf if cap_s is None else cap_s
        self._started_at = math.inf
        self._cpu_before_s = 0.0
        if cap_s is not None:
            self._mark.touch()

    @property
    def wait_s(self) -> float:
        """Seconds until the next look; where the value has not started, one that starts now is found in time."""
        return min(self._cap_s, self._started_at + self._cap_s - time.monotonic())

    def look(self) -> None:
        """Look whether the cap has passed."""
        if self._cap_s == math.inf:
            return
        if self._started_at == math.inf:
            self._find_start()
        now = time.monotonic()
        if now - self._started_at >= self._cap_s:
            self.passed = True
            self.value_s = now - self._started_at
            self.value_cpu_s = max(0.0, tree_cpu_s(self._pid) - self._cpu_before_s)

    def _find_start(self) -> None:
        try:
            mark = json.loads(self._mark.read_text("ascii"))
            self._started_at, self._cpu_before_s = float(mark["at"]), float(mark["cpu_s"])
        except (OSError, ValueError, TypeError, KeyError):  # not there yet, not all of it, or not the worker's
            return
