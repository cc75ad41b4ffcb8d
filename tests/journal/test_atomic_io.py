"""Bytes on disk: all of them, in place at once, or an error and the file as it was."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comparators.journal.atomic_io import append, replace_file


def failing_at(patch: pytest.MonkeyPatch, call: str, number: int, code: int = errno.ENOSPC) -> None:
    """Make the n-th call of one of the functions of `os` fail."""
    original: Callable[..., Any] = getattr(os, call)
    calls = iter(range(10_000))

    def failing(*arguments: Any, **options: Any) -> Any:
        if next(calls) == number:
            raise OSError(code, os.strerror(code))
        return original(*arguments, **options)

    patch.setattr(os, call, failing)


def noting(done: list[str], name: str) -> Callable[..., Any]:
    original: Callable[..., Any] = getattr(os, name)

    def noted(*arguments: Any) -> Any:
        done.append(name)
        return original(*arguments)

    return noted


def test_what_is_written_in_parts_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:3]))
    replace_file(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_nothing_returns_before_it_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(os, name, noting(done, name))
    replace_file(tmp_path / "file", b"content")
    assert done == ["write", "fsync", "replace"]
    with (tmp_path / "file").open("ab", buffering=0) as stream:
        append(stream.fileno(), b" and more")
    assert done[3:] == ["write", "fsync"]
    assert (tmp_path / "file").read_bytes() == b"content and more"


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES])
def test_a_failure_leaves_the_old_file_and_nothing_aside(tmp_path: Path, call: str, code: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.MonkeyPatch.context() as patch:
        failing_at(patch, call, 0, code)
        with pytest.raises(OSError, match=os.strerror(code)):
            replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_nothing_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "file", b"content")
    assert list(tmp_path.iterdir()) == []


def test_links_are_replaced_and_not_followed(tmp_path: Path) -> None:
    precious, path = tmp_path / "precious", tmp_path / "file"
    precious.write_bytes(b"precious")
    path.symlink_to(precious)
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    aside.symlink_to(precious)
    replace_file(path, b"content")
    assert (precious.read_bytes(), path.read_bytes(), path.is_symlink()) == (b"precious", b"content", False)
    assert sorted(tmp_path.iterdir()) == [path, precious]
