"""Try plugins in a child process before this one imports them: whatever they do there, this process hears of it.

One child tries all of them, one after the other. When it ends early, by an exit, a signal or its deadline, the plugin
that it was at is to blame, and another child tries those that are left.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from comparators.plugins import IN_TRIAL, Kind

__all__ = ["causes"]

DEADLINE_S = 20.0
"""Seconds for the import of one plugin; large libraries take a few."""

START_S = 60.0
"""Seconds until a child begins with its first plugin."""

LOOK_S = 0.2
"""Seconds between looks at how far a child has come."""

CHILD = """\
import json, sys
task = json.loads(sys.argv[1])
sys.path[:] = task["path"]
from comparators.trial import main
main(task["plugins"], task["report"])
"""


def causes(plugins: Sequence[tuple[Kind, str]]) -> tuple[str, ...]:
    """Return for each plugin why it cannot be used, or nothing when it can.

    Args:
        plugins: kind and target of each.
    """
    found: dict[int, str] = {}
    left = list(range(len(plugins))) if IN_TRIAL not in os.environ else []
    while left:
        ended, end = _try([plugins[number] for number in left])
        found.update(zip(left, ended, strict=False))
        if len(ended) < len(left):
            found[left[len(ended)]] = end
        left = left[len(ended) + 1 :]
    return tuple(found.get(number, "") for number in range(len(plugins)))


def _try(plugins: Sequence[tuple[Kind, str]]) -> tuple[list[str], str]:
    """Let a child try plugins; return the causes of those that it came through with, and how it ended."""
    with tempfile.TemporaryDirectory(prefix="comparators-", ignore_cleanup_errors=True) as folder:
        report = Path(folder, "report")
        report.touch()
        task = json.dumps({"path": sys.path, "plugins": plugins, "report": str(report)})
        with Path(folder, "output").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", CHILD, task],
                env={**os.environ, IN_TRIAL: "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,  # a file: what the child leaves running cannot keep anybody waiting
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                in_time = _wait(process, report)
            finally:
                _kill(process)
        return [json.loads(line)["cause"] for line in _lines(report) if "cause" in line], _end(process, in_time)


def _wait(process: "subprocess.Popen[bytes]", report: Path) -> bool:
    """Wait for a child; say whether it ended, rather than made no progress for too long."""
    while True:
        seen = report.stat()
        limit_s = DEADLINE_S if seen.st_size else START_S
        left_s = limit_s - (time.time() - seen.st_mtime)
        if left_s <= 0:
            return process.poll() is not None
        with suppress(subprocess.TimeoutExpired):
            process.wait(min(left_s, LOOK_S))
            return True


def _lines(report: Path) -> list[str]:
    """Return the lines of a report: one when a plugin is begun, one with its cause when it ended."""
    return report.read_text(encoding="utf-8").splitlines()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)  # also what it started, if anything is left
        else:
            process.kill()
    process.wait()


def _end(process: "subprocess.Popen[bytes]", in_time: bool) -> str:  # noqa: FBT001  one of two facts about an end
    if not in_time:
        return f"its import takes longer than {DEADLINE_S:g} s"
    code = process.returncode
    if code >= 0:
        return f"its import ends the process with exit code {code}"
    with suppress(ValueError):
        return f"its import ends the process by {signal.Signals(-code).name}"
    return f"its import ends the process by signal {-code}"
