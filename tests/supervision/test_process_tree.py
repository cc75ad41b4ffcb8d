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
        process_tree,
        "_children_by_scan",
        lambda of: next(scans, [child] if process_tree.status_of(child) is not None else []),
    )
    try:
        assert orphans.end(grace_s=0) == 1
    finally:
        orphans.disown()
    assert process_tree.status_of(child) is None


@pytest.mark.parametrize(
    ("threads", "expected"),
    [
        pytest.param(["300000000 5 1", "200000000 5 1"], 0.5 + 0.25, id="the counters of threads are finer than ticks"),
        pytest.param(["300000000 5 1"], 0.41 + 0.25, id="one that has ended is in the ticks only"),
        pytest.param([], 0.41 + 0.25, id="no counters"),
    ],
)
def test_the_cpu_seconds_of_a_living_process(
    monkeypatch: pytest.MonkeyPatch, threads: list[str], expected: float
) -> None:
    files = {"/proc/7/stat": "7 (a b) c) S 1 1 1 0 -1 0 0 0 0 0 30 11 20 5 20 0 1"}
    files |= {f"/proc/7/task/{number}/schedstat": text for number, text in enumerate(threads)}

    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path].encode()

    monkeypatch.setattr(process_tree, "_read", read)
    monkeypatch.setattr(os, "listdir", lambda path: [str(number) for number in range(len(threads))])
    monkeypatch.setattr(os, "sysconf", lambda name: 100)
    assert process_tree.cpu_seconds_of(7) == pytest.approx(expected)
    assert process_tree.cpu_seconds_of(8) == 0.0
