"""One run per directory: the system frees the lock however the process ends, so a dead run blocks no later one."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from comparators.errors import OutputError, UsageError
from comparators.journal.atomic_io import NO_LINK

__all__ = ["LOCK_NAME", "locked"]

LOCK_NAME = ".lock"


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold a run directory for this process.

    Raises:
        UsageError: another process holds it; names that process.
        OutputError: the lock cannot be written.
    """
    path = directory / LOCK_NAME
    try:
        import fcntl
    except ImportError:  # Windows: two runs into one directory are not noticed there
        yield
        return
    with _made(path) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"'{directory}' is being written by process {_holder(stream)}",
                tip="wait for it to end, or choose another folder with '--output RUN'",
            ) from error
        except OSError as error:
            raise _unusable(path, error) from error
        if not _is_still(path, stream):  # the run that held it ended, and removed it, before the lock was ours
            raise UsageError(f"'{directory}' was in use until now", tip="run the same command again")
        try:
            _sign(path, stream)
            yield
        finally:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _made(path: Path) -> TextIO:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o666)
    except OSError as error:
        raise _unusable(path, error) from error
    return os.fdopen(descriptor, "r+", encoding="ascii", errors="replace")


def _sign(path: Path, stream: TextIO) -> None:
    """Write who holds the lock."""
    try:
        stream.truncate(0)
        os.write(stream.fileno(), str(os.getpid()).encode())
    except OSError as error:
        raise _unusable(path, error) from error


def _holder(stream: TextIO) -> str:
    with contextlib.suppress(OSError):
        stream.seek(0)
        text = stream.read(20).strip()
        if text.isdecimal():
            return text
    return "unknown"


def _unusable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write '{path}': {error.strerror or error}; nothing was measured",
        tip="make room, or choose another folder with '--output RUN'",
    )


def _is_still(path: Path, stream: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False
