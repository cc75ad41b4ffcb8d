"""What is remembered of the host: until the next boot, per CPUs and workers, and never in the way of a run."""

import json
from pathlib import Path

import pytest

from comparators.campaign import host_cache
from comparators.campaign.host_cache import known_capacity, remember_capacity


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the cache, which does not exist yet; the host has just been booted."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(host_cache, "BOOT_ID", tmp_path / "boot-id")
    boot(tmp_path, "first")
    return tmp_path / "comparators" / host_cache.FILE_NAME


def boot(folder: Path, name: str) -> None:
    (folder / "boot-id").write_text(f"{name}\n", encoding="ascii")


def test_nothing_is_known_at_first() -> None:
    assert known_capacity(2, (0, 1)) is None


def test_what_was_measured_is_known_for_the_same_cpus_and_workers_only() -> None:
    remember_capacity(2, (0, 1), 1.9)
    remember_capacity(2, (2, 3), 1.2)
    remember_capacity(4, (0, 1), 1.8)
    assert known_capacity(2, (0, 1)) == 1.9
    assert known_capacity(2, (2, 3)) == 1.2
    assert known_capacity(4, (0, 1)) == 1.8
    assert known_capacity(3, (0, 1)) is None


def test_another_boot_may_be_another_host(tmp_path: Path, cache: Path) -> None:
    remember_capacity(2, (0, 1), 1.9)
    boot(tmp_path, "second")
    assert known_capacity(2, (0, 1)) is None
    remember_capacity(2, (0, 1), 1.5)
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1  # the cache does not grow from boot to boot


def test_without_a_boot_id_nothing_is_kept(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "boot-id").unlink()
    remember_capacity(2, (0, 1), 1.9)
    assert not cache.exists()
    assert known_capacity(2, (0, 1)) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'"x"', b"\xff", b"[" * 100_000],
    ids=["empty", "cut", "list", "text", "bytes", "deep"],
)
def test_a_damaged_cache_is_measured_anew(cache: Path, content: bytes) -> None:
    cache.parent.mkdir()
    cache.write_bytes(content)
    assert known_capacity(2, (0, 1)) is None
    remember_capacity(2, (0, 1), 1.9)
    assert known_capacity(2, (0, 1)) == 1.9


@pytest.mark.parametrize("speedup", [0.0, -1.0, 3.1, 1e9, float("nan"), float("inf"), "2", None, True, 10**400])
def test_a_number_that_no_host_reaches_is_measured_anew(cache: Path, speedup: object) -> None:
    remember_capacity(2, (0, 1), 1.9)
    (name,) = json.loads(cache.read_text(encoding="utf-8"))
    cache.write_text(json.dumps({name: speedup}), encoding="utf-8")
    assert known_capacity(2, (0, 1)) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "comparators").write_text("a file where the folder should be", encoding="utf-8")
    remember_capacity(2, (0, 1), 1.9)
    assert known_capacity(2, (0, 1)) is None


def test_it_is_in_the_users_cache_folder_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    remember_capacity(2, (0, 1), 1.9)
    assert (tmp_path / "home" / ".cache" / "comparators" / host_cache.FILE_NAME).exists()
