"""What is seen of a worker from outside, on paper: processes, memory and clocks that a test writes."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from comparators.supervision import process_tree, process_watch
from comparators.supervision.process_tree import Status
from comparators.supervision.process_watch import Clocks, ProcessWatch, oom_kills

WORKER = 10


class Host:
    """Processes by parent, and what they use."""

    def __init__(self) -> None:
        self.now = 100.0
        self.children: dict[int, list[int]] = {}
        self.used: dict[int, int] = {WORKER: 100}
        self.shares: dict[int, int] = {}
        self.states: dict[int, str] = {}

    def children_of(self, pid: int) -> list[int]:
        return self.children.get(pid, [])

    def status_of(self, pid: int) -> Status | None:
        return Status(self.states.get(pid, "S"), 1, WORKER, self.used[pid]) if pid in self.used else None


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host()
    for module in (process_tree, process_watch):
        monkeypatch.setattr(module, "children_of", host.children_of)
    monkeypatch.setattr(process_watch, "status_of", host.status_of)
    monkeypatch.setattr(process_watch, "_proportional_bytes", lambda pid: host.shares.get(pid, 0))
    monkeypatch.setattr(time, "monotonic", lambda: host.now)
    return host


def look(host: Host, seen: ProcessWatch) -> None:
    host.now += 1.0
    seen.look()


def test_memory_of_the_whole_tree_counts(host: Host) -> None:
    host.children = {WORKER: [11, 12], 12: [13]}
    host.used |= {11: 100, 12: 100, 13: 100}
    seen = ProcessWatch(WORKER, 399)
    host.shares = {WORKER: 100, 11: 100, 12: 100, 13: 100}
    look(host, seen)
    assert seen.over_bytes == 400
    seen = ProcessWatch(WORKER, 400)
    look(host, seen)
    assert seen.over_bytes == 0


def test_pages_that_processes_share_count_once(host: Host) -> None:
    host.children = {WORKER: [11]}
    host.used[11] = 100
    host.shares = {WORKER: 75, 11: 75}
    seen = ProcessWatch(WORKER, 150)
    look(host, seen)
    assert seen.over_bytes == 0


def test_without_a_limit_nothing_is_too_much(host: Host) -> None:
    host.used[WORKER] = 1 << 50
    seen = ProcessWatch(WORKER, None)
    look(host, seen)
    assert seen.over_bytes == 0


def test_a_look_is_taken_now_and_then_only(host: Host) -> None:
    host.states[WORKER] = "T"
    seen = ProcessWatch(WORKER, None)
    seen.look()
    assert not seen.stopped
    look(host, seen)
    assert seen.stopped


def test_looks_are_rarer_by_what_they_cost_and_not_by_how_long_the_machine_kept_them_waiting(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    cost_s = 0.0
    used_s = iter(range(10**6))

    def slow(pid: int) -> list[int]:
        looks.append(host.now)
        host.now += 5.0
        return []

    for module in (process_tree, process_watch):
        monkeypatch.setattr(module, "children_of", slow)
    monkeypatch.setattr(time, "thread_time", lambda: next(used_s) * cost_s)
    seen = ProcessWatch(WORKER, None)
    look(host, seen)
    look(host, seen)
    assert len(looks) == 2
    cost_s = 0.1
    look(host, seen)
    look(host, seen)
    assert len(looks) == 3


def test_a_stopped_descendant_is_seen(host: Host) -> None:
    host.children = {WORKER: [11], 11: [12]}
    host.used |= {11: 1, 12: 1}
    host.states[12] = "T"
    seen = ProcessWatch(WORKER, None)
    look(host, seen)
    assert seen.stopped


def test_processes_that_come_in_the_place_of_others_are_counted(host: Host) -> None:
    seen = ProcessWatch(WORKER, None)
    for children in ([11], [11, 12], [12, 13], [14, 15], [15]):
        host.children = {WORKER: children}
        look(host, seen)
    assert seen.replaced == 3


def test_processes_that_only_come_replace_nobody(host: Host) -> None:
    seen = ProcessWatch(WORKER, None)
    for count in range(9):
        host.children = {WORKER: list(range(11, 11 + count))}
        look(host, seen)
    assert seen.replaced == 0


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    times = {"monotonic": 5.0, "boot": 7.0, "wall": 1e9}
    monkeypatch.setattr(time, "monotonic", lambda: times["monotonic"])
    monkeypatch.setattr(time, "time", lambda: times["wall"])
    monkeypatch.setattr(time, "clock_gettime", lambda clock: times["boot"])
    return times


def passed(clocks: dict[str, float], **seconds: float) -> list[str]:
    before = Clocks()
    for name, passing in seconds.items():
        clocks[name] += passing
    return before.disturbances()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ({"monotonic": 9.0, "boot": 9.0, "wall": 9.0}, []),
        ({"monotonic": 9.0, "boot": 9.05, "wall": 9.3}, []),
        ({"monotonic": 1.0, "boot": 61.0, "wall": 61.0}, ["the machine slept for 60.0 s"]),
        ({"monotonic": 1.0, "boot": 1.0, "wall": 3601.0}, ["the clock was set by +3600.0 s"]),
        ({"monotonic": 1.0, "boot": 1.0, "wall": -2.0}, ["the clock was set by -3.0 s"]),
    ],
)
def test_clocks_that_go_apart(clocks: dict[str, float], seconds: Mapping[str, float], said: list[str]) -> None:
    assert passed(clocks, **seconds) == said


@pytest.mark.parametrize(("text", "count"), [(b"a 1\noom_kill 7\nb 2\n", 7), (b"a 1\n", 0), (None, 0)])
def test_kills_for_lack_of_memory(monkeypatch: pytest.MonkeyPatch, text: bytes | None, count: int) -> None:
    def read_bytes(path: Path) -> bytes:
        if text is None:
            raise FileNotFoundError(path)
        return text

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert oom_kills() == count
