"""No processes in the sandbox: a file that starts some as it is imported lacks the guard.

With the start methods `spawn` and `forkserver` each worker process imports the file again, and would start others.
"""

import sys
import sysconfig
from types import FrameType
from typing import Any, NoReturn

from comparators.errors import UsageError

__all__ = ["GUARD", "forbid_processes"]

GUARD = "if __name__ == '__main__':"
"""The line under which belongs what must not run on import."""


def forbid_processes() -> None:
    """Let `multiprocessing`, and all that is built on it, raise instead of starting a process; for the child only."""
    from multiprocessing.process import BaseProcess

    def refuse(_: Any) -> NoReturn:
        place, importing = _place(sys._getframe(1))  # noqa: SLF001  nothing else knows whose call it is
        when = "when the file is imported" if importing else "while its tasks are planned"
        raise UsageError(f"{place} starts a process {when}", tip=f"what must not run on import goes under: {GUARD}")

    BaseProcess.start = refuse  # type: ignore[assignment,method-assign]  # in this process only


def _place(frame: FrameType | None) -> tuple[str, bool]:
    """Return the innermost line that is not of a library or this package, and whether a module runs it on import."""
    libraries = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), "<")
    place, importing = "", False
    while frame is not None:
        if not frame.f_code.co_filename.startswith(libraries) and not _is_ours(frame):
            place = place or f"'{frame.f_code.co_filename}', line {frame.f_lineno},"
            importing = importing or frame.f_code.co_name == "<module>"
        frame = frame.f_back
    return place or "third-party code", importing


def _is_ours(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name.startswith("comparators.") or name == "__main__"
