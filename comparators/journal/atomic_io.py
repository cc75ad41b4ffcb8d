"""Bytes that are on disk when a call returns, and files that are old or new but never a part.

The functions of `os` are called by their names there, one system call each, so that a test can let any of them fail.
"""

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["BINARY", "NO_LINK", "append", "replace_file"]

BINARY = getattr(os, "O_BINARY", 0)
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""Refuse links where a file is to be written: a folder may come from elsewhere, and a link in it lead anywhere."""


def append(descriptor: int, content: bytes) -> None:
    """Write all of some bytes to the end of an open file and wait until they are on disk.

    Raises:
        OSError: they are not, or not all of them.
    """
    _write(descriptor, content)
    os.fsync(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file aside, make it durable and put it in place at once; on failure leave nothing aside.

    A link in its place is replaced, not followed.

    Raises:
        OSError: the file is as it was before.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with suppress(OSError):
        os.unlink(aside)  # noqa: PTH108  see above
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY | NO_LINK, 0o666)
        try:
            append(descriptor, content)
        finally:
            os.close(descriptor)
        os.replace(aside, path)  # noqa: PTH105  see above
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)  # noqa: PTH108  see above
        raise


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
