"""Knows from outside which processes a command has left: they all become children of the observer."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comparators.supervision.process_tree import PR_SET_CHILD_SUBREAPER, _children_by_scan, _is_subreaper, prctl

__all__ = ["Observed", "observed"]

PATIENCE_S = 10.0
"""What is on its way out may take a moment; only a test that fails waits so long."""


@dataclass
class Observed:
    """A command that has ended.

    Attributes:
        code: exit code.
        output: standard output.
        errors: standard error.
        left: processes that did not end after it; they were killed afterwards.
    """

    code: int
    output: str
    errors: str
    left: list[int] = field(default_factory=list)


def observed(command: Sequence[str | Path], folder: Path, seconds: float, patience_s: float = PATIENCE_S) -> Observed:
    """Run a command and see what it leaves."""
    with _adopting():
        before = set(_children_by_scan(os.getpid()))
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
        ) as process:
            try:
                output, errors = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Observed(process.returncode, output, errors, leftovers(before, patience_s))


@contextmanager
def _adopting() -> Iterator[None]:
    was = _is_subreaper()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, int(was))


def leftovers(before: set[int], patience_s: float = PATIENCE_S) -> list[int]:
    """Return the children that do not end by themselves, and kill them."""
    until = time.monotonic() + patience_s
    while left := [pid for pid in _children_by_scan(os.getpid()) if pid not in before and not _collected(pid)]:
        if time.monotonic() > until:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            return left
        select.select([], [], [], 0.01)
    return []


def _collected(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] == pid
