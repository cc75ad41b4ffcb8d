"""The memory of a tree of processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from comparators.supervision import process_tree
from comparators.worker import memory
from comparators.worker.memory import tree_memory

STATUS = "Name:\tpython\nVmHWM:\t  {peak} kB\nVmRSS:\t  {now} kB\n"


@pytest.fixture
def tree(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Stand in for /proc: files by path; process 1 is this one, 2 and 3 are its children, 4 that of 3."""
    files: dict[str, str] = {}

    def read_text(path: Path, *arguments: object, **options: object) -> str:
        if str(path) not in files:
            raise FileNotFoundError(path)
        return files[str(path)]

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(process_tree, "children_of", lambda pid: {1: [2, 3], 3: [4]}.get(pid, []))
    return files


def test_shares_are_summed_and_what_was_given_back_is_added(tree: dict[str, str]) -> None:
    for pid, (peak, now, share) in {1: (100, 80, 70), 2: (50, 50, 20), 3: (60, 40, 10), 4: (30, 30, 5)}.items():
        tree[f"/proc/{pid}/status"] = STATUS.format(peak=peak, now=now)
        tree[f"/proc/{pid}/smaps_rollup"] = f"00-ff ---p 0\nRss: {now} kB\nPss: {share} kB\nPss_Anon: 1 kB\n"
    assert tree_memory() == ((70 + 20 + 20 + 10 + 20 + 5) * 1024, "PSS")


def test_where_no_share_is_told_the_whole_counts_and_it_is_said(tree: dict[str, str]) -> None:
    for pid in (1, 2):
        tree[f"/proc/{pid}/status"] = STATUS.format(peak=100, now=80)
    tree["/proc/1/smaps_rollup"] = "Pss: 70 kB\n"
    assert tree_memory() == ((70 + 20 + 100) * 1024, "RSS")


def test_a_process_that_has_gone_counts_nothing(tree: dict[str, str]) -> None:
    tree["/proc/1/status"] = STATUS.format(peak=100, now=100)
    tree["/proc/1/smaps_rollup"] = "Pss: 70 kB\n"
    assert tree_memory() == (70 * 1024, "PSS")


def test_elsewhere_psutil_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_process", lambda pid: None)
    used, kind = tree_memory()
    assert used > 1_000_000
    assert kind == "RSS"


def test_a_real_child_adds_to_it() -> None:
    before, _ = tree_memory()
    command = [sys.executable, "-S", "-c", "held = bytearray(b'x') * 50_000_000; print(1, flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        after, _ = tree_memory()
        child.communicate(b"\n")
    assert 45_000_000 < after - before < 150_000_000
