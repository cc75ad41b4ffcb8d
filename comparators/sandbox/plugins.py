"""Try plugins in a child process before this one imports them: whatever they do there, this process hears of it.

One child tries all of them, one after the other. When it ends early, by an exit, a signal or its deadline, the plugin
that it was at is to blame, and another child tries those that are left. The child has a supervisor, which ends whatever
a plugin has started.
"""

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from comparators.registry.entry_points import IN_SANDBOX, Kind
from comparators.registry.object_references import folders
from comparators.supervision.exchange import Reply

__all__ = ["causes", "end_of"]

DEADLINE_S = 20.0
"""Seconds for the import of one plugin; large libraries take a few."""

START_S = 60.0
"""Seconds until a child begins with its first plugin."""

LOOK_S = 0.2
"""Seconds between looks at how far a child has come."""

LONGEST_S = 3600.0
"""Seconds for all plugins together, were each of them slow."""

CHILD = """\
import json, sys
task = json.loads(sys.argv[1])
sys.path[:] = task["path"]
from comparators.sandbox.plugin_imports import main
main(task["plugins"], task["report"], task["output"])
"""


def causes(plugins: Sequence[tuple[Kind, str]]) -> tuple[str, ...]:
    """Return for each plugin why it cannot be used, or nothing when it can.

    Args:
        plugins: kind and target of each.
    """
    found: dict[int, str] = {}
    left = list(range(len(plugins))) if IN_SANDBOX not in os.environ else []
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
        report, output = Path(folder, "report"), Path(folder, "output")
        report.touch()
        task = {"path": folders(), "plugins": plugins, "report": str(report), "output": str(output)}
        reply = _run([sys.executable, "-P", "-c", CHILD, json.dumps(task)], report)
        return [json.loads(line)["cause"] for line in _lines(report) if "cause" in line], _end(reply)


def _run(command: Sequence[str], report: Path) -> Reply | None:
    """Run a child under a supervisor; return how it ended, None when it made no progress for too long."""
    from comparators.supervision.supervised import Supervised

    replies: list[Reply] = []
    with Supervised() as supervised:

        def run() -> None:
            replies.append(supervised.run(command, {**os.environ, IN_SANDBOX: "1"}, LONGEST_S)[0])

        child = threading.Thread(target=run, daemon=True)
        child.start()
        in_time = _wait(child, report)
    child.join()
    return replies[0] if in_time else None


def _wait(child: threading.Thread, report: Path) -> bool:
    """Wait for a child; say whether it ended, rather than made no progress for too long."""
    while child.is_alive():
        seen = report.stat()
        left_s = (DEADLINE_S if seen.st_size else START_S) - (time.time() - seen.st_mtime)
        if left_s <= 0:
            return False
        child.join(min(left_s, LOOK_S))
    return True


def _lines(report: Path) -> list[str]:
    """Return the lines of a report: one when a plugin is begun, one with its cause when it ended."""
    return report.read_text(encoding="utf-8").splitlines()


def _end(reply: Reply | None) -> str:
    return f"its import {end_of(reply)}" if reply is not None else f"its import takes longer than {DEADLINE_S:g} s"


def end_of(reply: Reply) -> str:
    """Say how a child has ended that was to go on."""
    code = reply.code
    if code is None:
        return f"could not be tried: {reply.output.strip() or 'nobody saw what became of it'}"
    if code >= 0:
        return f"ends the process with exit code {code}"
    with suppress(ValueError):
        return f"ends the process by {signal.Signals(-code).name}"
    return f"ends the process by signal {-code}"
