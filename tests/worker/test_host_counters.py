"""The conditions under which a value was taken."""

import builtins
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from comparators.worker import host_counters
from comparators.worker.host_counters import HostCounters, switches


def contents(
    monkeypatch: pytest.MonkeyPatch, stat: str | None, pressure: str | None, schedstat: str | None = None
) -> None:
    """Let `/proc` say this; None for a file that is not there."""
    files = {"/proc/stat": stat, "/proc/pressure/cpu": pressure, "/proc/self/schedstat": schedstat}

    def read_text(path: Path, *arguments: object, **options: object) -> str:
        text = files.get(str(path))
        if text is None:
            raise FileNotFoundError(path)
        return text

    monkeypatch.setattr(Path, "read_text", read_text)


def stat(stolen: int) -> str:
    return f"cpu  1 2 3 4 5 6 7 {stolen} 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n"


def pressure(microseconds: int) -> str:
    return f"some avg10=0.00 avg60=1.00 avg300=0.02 total={microseconds}\nfull avg10=0.00 avg60=0.00 avg300=0 total=7\n"


def test_steal_and_pressure_are_those_of_the_time_between(monkeypatch: pytest.MonkeyPatch) -> None:
    contents(monkeypatch, stat(100), pressure(5_000_000))
    before = HostCounters()
    contents(monkeypatch, stat(100 + os.sysconf("SC_CLK_TCK")), pressure(5_250_000))
    facts = before.since()
    assert facts["steal_s"] == 1.0
    assert facts["pressure_s"] == 0.25


@pytest.mark.parametrize(
    ("stat_text", "pressure_text"),
    [(None, None), ("", ""), ("cpu 1 2 3", "some avg10=0"), ("cpu a b c d e f g h i j", "some a b c total=x")],
)
def test_what_the_system_does_not_count_is_left_out(
    monkeypatch: pytest.MonkeyPatch, stat_text: str | None, pressure_text: str | None
) -> None:
    contents(monkeypatch, stat_text, pressure_text)
    assert set(HostCounters().since()) == {"gil", "blas_threads", "switches_voluntary", "switches_involuntary"}


@pytest.mark.parametrize(("enabled", "word"), [(True, "on"), (False, "off")])
def test_whether_the_gil_is_on_now(monkeypatch: pytest.MonkeyPatch, enabled: bool, word: str) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: enabled, raising=False)
    assert HostCounters().since()["gil"] == word


def test_a_python_that_cannot_say_has_a_gil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "_is_gil_enabled", raising=False)
    assert HostCounters().since()["gil"] == "on"


def test_no_blas_is_asked_where_none_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    monkeypatch.delitem(sys.modules, "threadpoolctl", raising=False)
    assert HostCounters().since()["blas_threads"] == 0
    assert "threadpoolctl" not in sys.modules


@pytest.mark.parametrize(
    ("pools", "threads"),
    [
        ([], 0),
        ([{"user_api": "openmp", "num_threads": 9}], 0),
        ([{"user_api": "blas", "num_threads": 2}, {"user_api": "blas", "num_threads": 4}], 4),
    ],
)
def test_blas_itself_is_asked(monkeypatch: pytest.MonkeyPatch, pools: list[dict[str, Any]], threads: int) -> None:
    import threadpoolctl

    monkeypatch.setitem(sys.modules, "numpy", sys)
    monkeypatch.setattr(threadpoolctl, "threadpool_info", lambda: pools)
    assert HostCounters().since()["blas_threads"] == threads


def test_switches_of_waited_for_children_count() -> None:
    before = switches()
    subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(0.001)"], check=True)
    after = switches()
    assert after[0] > before[0]
    assert after[1] >= before[1]


def test_a_system_that_counts_no_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_resource(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "resource":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_resource)
    assert host_counters.switches() == (0, 0)


def cgroups(monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    def read_text(path: Path, *arguments: object, **options: object) -> str:
        if str(path) not in files:
            raise FileNotFoundError(path)
        return files[str(path)]

    monkeypatch.setattr(Path, "read_text", read_text)


@pytest.mark.parametrize(
    ("membership", "folder", "line", "second"),
    [
        ("0::/a/b\n", "/sys/fs/cgroup/a/b", "nr_throttled 3\nthrottled_usec", 1_000_000),
        ("0::/a/b\n", "/sys/fs/cgroup/a", "throttled_usec", 1_000_000),
        ("1:cpu:/a\n0::/\n", "/sys/fs/cgroup/cpu/a", "throttled_time", 1_000_000_000),
    ],
)
def test_what_a_quota_kept_back_is_that_of_the_time_between(
    monkeypatch: pytest.MonkeyPatch, membership: str, folder: str, line: str, second: int
) -> None:
    files = {"/proc/self/cgroup": membership, f"{folder}/cpu.stat": f"nr_periods 9\n{line} {2 * second}\n"}
    cgroups(monkeypatch, files)
    before = HostCounters()
    files[f"{folder}/cpu.stat"] = f"nr_periods 9\n{line} {5 * second}\n"
    assert before.since()["throttled_s"] == 3.0


def children(monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    monkeypatch.setattr(host_counters, "_children", lambda: set(ids))


@pytest.mark.parametrize("after", [("1", "2"), ("1",), (), ("1", "2", "3")])
def test_processes_may_come_or_go(monkeypatch: pytest.MonkeyPatch, after: tuple[str, ...]) -> None:
    children(monkeypatch, "1", "2")
    before = HostCounters()
    children(monkeypatch, *after)
    assert not before.process_was_replaced()


def test_a_process_in_the_place_of_another_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    children(monkeypatch, "1", "2")
    before = HostCounters()
    children(monkeypatch, "1", "3")
    assert before.process_was_replaced()


def test_own_children_are_listed() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in host_counters._children()
