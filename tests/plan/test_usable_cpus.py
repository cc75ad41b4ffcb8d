"""How many CPUs a run may use, from an affinity and a tree of cgroups."""

import os
from pathlib import Path

import pytest

from comparators.plan.usable_cpus import cpu_quota, usable_cpus

CPUS = tuple(range(8))


@pytest.fixture(autouse=True)
def _eight_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(CPUS), raising=False)


def usable(folder: Path, group: str | None, **limits: str) -> tuple[int, ...]:
    """Return the CPUs that a process in `group` may use; `limits` are contents of `cpu.max`, `_` for the root."""
    membership = folder / "membership"
    if group is not None:
        membership.write_text(f"12:cpuset:/elsewhere\n0::{group}\n", encoding="ascii")
    groups = folder / "groups"
    for name, text in limits.items():
        place = groups / name.replace("_", "/").lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        (place / "cpu.max").write_text(text + "\n", encoding="ascii")
    return usable_cpus(membership, groups)


@pytest.mark.parametrize(
    ("quota", "count"),
    [
        ("max 100000", 8),
        ("300000 100000", 3),
        ("150000 100000", 2),
        ("50000 100000", 1),
        ("1000 100000", 1),
        ("800000 100000", 8),
        ("9000000 100000", 8),
        ("100000 50000", 2),
    ],
)
def test_a_quota_is_rounded_up_to_whole_cpus(tmp_path: Path, quota: str, count: int) -> None:
    assert usable(tmp_path, "/job", job=quota) == CPUS[:count]


def test_the_smallest_quota_of_all_ancestors_counts(tmp_path: Path) -> None:
    assert usable(tmp_path, "/a/b/c", a="500000 100000", a_b="200000 100000", a_b_c="max 100000") == (0, 1)


def test_the_roots_own_quota_counts(tmp_path: Path) -> None:
    assert usable(tmp_path, "/", _="200000 100000") == (0, 1)


def test_a_group_that_is_not_mounted_here_leaves_the_roots_quota(tmp_path: Path) -> None:
    assert usable(tmp_path, "/of/the/host", _="300000 100000") == (0, 1, 2)


def test_a_neighbours_quota_does_not_count(tmp_path: Path) -> None:
    assert usable(tmp_path, "/job", job="max 100000", other="100000 100000") == CPUS


@pytest.mark.parametrize("group", [None, "/job"])
def test_without_a_quota_the_affinity_counts(tmp_path: Path, group: str | None) -> None:
    assert usable(tmp_path, group) == CPUS


@pytest.mark.parametrize("mount", ["cpu", "cpu,cpuacct"])
def test_the_smallest_quota_of_all_ancestors_counts_in_cgroups_of_the_first_version(tmp_path: Path, mount: str) -> None:
    membership = "4:cpu,cpuacct:/a/b\n3:cpuset:/elsewhere\n0::/a\n"
    (tmp_path / "membership").write_text(membership, encoding="ascii")
    for group, quota in (("", "-1"), ("a", "150000"), ("a/b", "300000")):
        folder = tmp_path / "groups" / mount / group
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cpu.cfs_quota_us").write_text(quota + "\n", encoding="ascii")
        (folder / "cpu.cfs_period_us").write_text("100000\n", encoding="ascii")
    assert usable_cpus(tmp_path / "membership", tmp_path / "groups") == CPUS[:2]
    assert cpu_quota(tmp_path / "membership", tmp_path / "groups") == 1.5


@pytest.mark.parametrize("text", ["", "x", "max", "1 0", "-1 100000", "9" * 10_000, "\xff"])
def test_a_limit_that_is_none_limits_nothing(tmp_path: Path, text: str) -> None:
    assert usable(tmp_path, "/job", job=text.encode("ascii", "replace").decode()) == CPUS


def test_gaps_in_the_affinity_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {9, 2, 5})
    assert usable(tmp_path, "/job", job="200000 100000") == (2, 5)


def test_without_affinities_all_cpus_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert usable(tmp_path, None) == (0, 1, 2)


def test_this_hosts_own_tree_can_be_read() -> None:
    assert usable_cpus()
