"""Ending descendants: those that come while others are being looked for are ended, too."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from comparators.supervision import process_tree
from comparators.supervision.process_tree import Orphans

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")


@pytest.fixture
def loose() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Return a process that has ended and one that never ends, both in sessions of their own."""
    codes = ("", "import signal; signal.pause()")
    started = [subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True) for code in codes]
    os.waitid(os.P_PID, started[0].pid, os.WEXITED | os.WNOWAIT)
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_who_comes_when_its_parent_is_collected_is_ended(
    loose: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan may pass a child before it comes to the parent, which has just died: the next scan finds the child."""
    parent, child = (process.pid for process in loose)
    monkeypatch.setattr(process_tree, "_children_by_scan", lambda of: [])
    orphans = Orphans(own=lambda pid: False)
    scans = iter([[parent]])
    monkeypatch.setattr(
        process_tree, "_children_by_scan", lambda of: next(scans, [child] if process_tree.status_of(child) is not None else [])
    )
    try:
        assert orphans.end(grace_s=0) == 1
    finally:
        orphans.disown()
    assert process_tree.status_of(child) is None
