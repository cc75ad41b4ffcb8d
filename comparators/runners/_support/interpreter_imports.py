"""How work from people's own files gets into interpreters that cannot be told where to look for modules."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["added_folders", "importable"]


def importable(work: Callable[[Any], Any], folders: list[str]) -> "Callable[[Any], Any] | _Located":
    """Return what to send for the work: itself, if a fresh interpreter of this process can import it.

    An interpreter begins with the `sys.path` that the program began with. Where folders were added since then, the
    result adds them there when it is unpickled, and is unpickled as the work itself: nothing wraps it when it runs.

    Args:
        work: what a task runs.
        folders: those that were added since then, see `added_folders`.
    """
    return _Located(work, folders) if folders else work


class _Located:
    """Stands for a function on the way into another interpreter."""

    def __init__(self, work: Callable[[Any], Any], folders: list[str]) -> None:
        import pickle

        self.pickled = pickle.dumps(work)
        self.folders = folders

    def __reduce__(self) -> tuple[Any, ...]:
        return _locate, (self.pickled, self.folders)


def _locate(pickled: bytes, folders: list[str]) -> Callable[[Any], Any]:
    import pickle

    if sys.path[-len(folders) :] != folders:
        sys.path.extend(folders)
    work: Callable[[Any], Any] = pickle.loads(pickled)  # noqa: S301  made above, in this process
    return work


def added_folders() -> list[str]:
    """Return the entries of `sys.path` that are neither the program's, nor Python's own, nor from the environment.

    Looking for them takes most of a millisecond.
    """
    import sysconfig
    from pathlib import Path  # here: an interpreter that only unpickles starts without it

    own = Path(__file__).resolve().parents[3]
    known = {str(own), *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    standard = {str(Path(sysconfig.get_path(name)).parent) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    added = [entry for entry in sys.path[1:] if entry not in known and not entry.startswith(tuple(standard))]
    linked = _linked(Path(sysconfig.get_path("purelib"))) if added else set()
    return [entry for entry in added if entry not in linked]


def _linked(site_packages: "Path") -> set[str]:
    """Return the folders that `.pth` files name, as editable installs do: every interpreter begins with them.

    They are left out because a function that is not sent as it is costs anyio a millisecond per task.
    """
    lines = [line for file in site_packages.glob("*.pth") for line in file.read_text("utf-8", "replace").splitlines()]
    return {os.path.normpath(site_packages / line.strip()) for line in lines if line.strip()}
