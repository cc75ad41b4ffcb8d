"""How much memory a sample may have."""

import types
from pathlib import Path

import psutil
import pytest

from comparators.supervision import free_memory
from comparators.supervision.free_memory import SHARE, memory_share

FREE = 10 << 30


@pytest.fixture(autouse=True)
def _free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_memory, "MEMINFO", Path("/nowhere"))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: types.SimpleNamespace(available=FREE))


def test_linux_says_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  9 kB\nMemAvailable:   1024 kB\n")
    monkeypatch.setattr(free_memory, "MEMINFO", meminfo)
    assert memory_share(tmp_path / "none", tmp_path) == int(SHARE * (1 << 20))


def group(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text + "\n")


def share(tmp_path: Path, membership: str) -> int:
    (tmp_path / "membership").write_text(membership)
    return memory_share(tmp_path / "membership", tmp_path)


def test_without_groups_it_is_nine_tenths_of_what_is_free(tmp_path: Path) -> None:
    assert memory_share(tmp_path / "none", tmp_path) == int(SHARE * FREE)


def test_the_narrowest_group_above_counts(tmp_path: Path) -> None:
    group(tmp_path / "a" / "b", memory__max="max", memory__current="1")
    group(tmp_path / "a", memory__max=str(3 << 30), memory__current=str(1 << 30))
    assert share(tmp_path, "0::/a/b\n") == int(SHARE * (2 << 30))


def test_the_first_version_of_groups_counts(tmp_path: Path) -> None:
    group(tmp_path / "memory" / "c", memory__limit_in_bytes=str(2 << 30), memory__usage_in_bytes=str(3 << 30))
    assert share(tmp_path, "4:memory:/c\n0::/\n") == 0


def test_no_limit_is_none(tmp_path: Path) -> None:
    group(tmp_path / "memory", memory__limit_in_bytes="9223372036854771712", memory__usage_in_bytes="5")
    assert share(tmp_path, "4:memory:/c\n1:cpu:/c\n") == int(SHARE * FREE)
