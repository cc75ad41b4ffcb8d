"""Identity of the code that is compared: a run that mixed two versions of it would give one ratio for both."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from comparators.errors import UsageError

__all__ = ["CodeFile", "CodeWatch", "changed", "files_of"]

CodeFile = tuple[str, str]
"""Absolute path of a file and the digest of its content."""

OURS = "comparators."
"""Start of the references to what comes with this package."""


def files_of(targets: Iterable[str]) -> tuple[CodeFile, ...]:
    """Return the files behind object references, and what they have imported from their folder, with digests.

    To be called where they have been imported. What is installed is not among them: its version is recorded.

    Args:
        targets: object references, see `comparators.registry.object_references`.
    """
    folders = set(_folders(targets))
    found = {
        path
        for module in tuple(sys.modules.values())
        if (path := _path_of(module)) is not None and any(path.is_relative_to(folder) for folder in folders)
    }
    return tuple((str(path), digest) for path in sorted(found) if (digest := _digest(path)))


def changed(files: Iterable[CodeFile]) -> tuple[str, ...]:
    """Return the paths of files that are no longer what they were, those that are gone included."""
    return tuple(path for path, digest in files if _digest(Path(path)) != digest)


class CodeWatch:
    """Notices when code is edited while it is measured, at the cost of one look at each file's time and size.

    Args:
        files: as recorded in the plan.
    """

    def __init__(self, files: Iterable[CodeFile]) -> None:
        self._files = tuple(files)
        self._seen: tuple[tuple[int, int], ...] = ()

    def require_unchanged(self) -> None:
        """Do nothing while every file is what it was.

        Raises:
            UsageError: one has been edited or is gone.
        """
        seen = tuple(_signature(Path(path)) for path, _ in self._files)
        if seen == self._seen:
            return
        if edited := changed(self._files):
            raise UsageError(
                f"'{edited[0]}' has been changed since the run began: two versions of it would be mixed",
                tip="what was measured is kept; run the command again with another '--output'",
            )
        self._seen = seen


def _signature(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size


def _folders(targets: Iterable[str]) -> Iterator[Path]:
    for target in targets:
        if target.startswith(OURS):
            continue
        name = target.partition(":")[0]
        module = sys.modules.get(Path(name).stem if name.endswith(".py") else name)
        path = Path(name) if name.endswith(".py") else _path_of(module)
        if path is not None and not _installed(path):
            yield path.resolve().parent


def _path_of(module: object) -> Path | None:
    file = getattr(module, "__file__", None)
    path = Path(file).resolve() if isinstance(file, str) and file.endswith(".py") else None
    return None if path is None or _installed(path) else path


def _installed(path: Path) -> bool:
    ours, standard = Path(__file__).parents[1], Path(hashlib.__file__).parent
    return "site-packages" in path.parts or path.is_relative_to(ours) or path.is_relative_to(standard.resolve())


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        return ""
