"""CPU seconds of a tree of processes."""

import os
import time
from collections import namedtuple

import pytest

from comparators.supervision import process_tree
from comparators.worker.cpu_time import CpuMeter
from comparators.worker.resource_usage import ResourceUsage

Times = namedtuple("Times", "children_user children_system")


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Stand in for what the system counts: the own process, the ended children, and processes 2 and its child 3."""
    numbers = {"own": 1.0, "ended": 2.0, "2": 4.0, "3": 8.0}
    monkeypatch.setattr(time, "process_time", lambda: numbers["own"])
    monkeypatch.setattr(os, "times", lambda: Times(numbers["ended"], 0.0))
    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(process_tree, "children_of", lambda pid: {1: [2], 2: [3]}.get(pid, []))
    monkeypatch.setattr(process_tree, "cpu_seconds_of", lambda pid: numbers.get(str(pid), 0.0))
    return numbers


def test_it_is_the_growth_of_all(spent: dict[str, float]) -> None:
    meter = CpuMeter()
    meter.start()
    spent.update(own=1.5, ended=2.25, **{"2": 4.125, "3": 9.0})
    assert meter.stop() == pytest.approx(0.5 + 0.25 + 0.125 + 1.0)


def test_a_child_that_ends_in_between_keeps_what_it_had(spent: dict[str, float]) -> None:
    meter = CpuMeter()
    meter.start()
    spent.update(ended=2.0 + 4.0 + 8.0 + 0.5, **{"2": 0.0, "3": 0.0})
    assert meter.stop() == pytest.approx(0.5)


def test_what_was_lost_is_never_less_than_nothing(spent: dict[str, float]) -> None:
    meter = CpuMeter()
    meter.start()
    del spent["3"]
    assert meter.stop() == 0.0


def test_looking_at_the_memory_is_left_out(spent: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    def memory() -> tuple[int, str]:
        spent["own"] += 0.25
        return 1000, "PSS"

    monkeypatch.setattr("comparators.worker.resource_usage.tree_memory", memory)
    usage = ResourceUsage()
    usage.start()
    spent["own"] += 2.0
    usage.memory()
    usage.stop(4)
    assert usage.facts == {"cpu_s": pytest.approx(0.5), "memory_bytes": 1000, "memory_kind": "PSS"}
