"""What a child process does with plugins, see `comparators.sandbox.plugins`: import each, check it, and report."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from comparators.errors import UsageError
from comparators.registry.catalogue import load_runner, load_workload
from comparators.registry.entry_points import Kind

__all__ = ["main"]


def main(plugins: Sequence[tuple[Kind, str]], report: str, output: str) -> None:
    """Try each plugin, and end at once: a thread that one of them started cannot keep the process."""
    os.dup2(os.open(output, os.O_RDWR | os.O_CREAT), 1)
    for kind, target in plugins:
        _append(report, {"begun": target})
        cause = _cause(kind, target)
        _append(report, {"cause": cause})
    os._exit(0)


def _cause(kind: Kind, target: str) -> str:
    """Load a plugin; return why it cannot be used, or nothing."""
    try:
        load_workload(target) if kind == "workload" else load_runner(target)
    except UsageError as error:
        return error.message
    except BaseException as error:  # noqa: BLE001  a third-party class may raise anything when it is looked at
        return f"cannot use '{target}': {type(error).__name__}: {error}".splitlines()[0]
    if _has_printed():
        return "its import writes to standard output, which would spoil '--json'"
    return ""


def _has_printed() -> bool:
    """Say whether anything has arrived at standard output since the last look, and forget it."""
    sys.stdout.flush()
    printed = os.fstat(1).st_size > 0
    os.ftruncate(1, 0)
    os.lseek(1, 0, os.SEEK_SET)
    return printed


def _append(report: str, entry: dict[str, str]) -> None:
    with Path(report).open("a", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(json.dumps(entry) + "\n")
