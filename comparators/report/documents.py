"""The files of a report: the only place that writes them. Whoever reads one sees the old or the new, never a part."""

import errno
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from comparators.errors import OutputError
from comparators.journal.atomic_io import replace_file
from comparators.journal.records import Run
from comparators.verdict.model import Verdict

__all__ = ["write_documents"]

FIGURES = "figures"
INDEX = "index.json"
"""Lists the figures of a report with title, text alternative and digest: what is listed and unchanged is ours."""


def write_documents(run: Run, verdicts: tuple[Verdict, ...], directory: Path) -> tuple[Path, ...]:
    """Write `verdicts.json`, `summary.md`, `report.html` and the figures of a run, and return their paths.

    Everything is made before the first file is written. Figures of an earlier report that this one does not have are
    removed, unless somebody changed them.

    Raises:
        OutputError: a file could not be written; files already there are whole, old or new.
    """
    documents = dict(_documents(run, verdicts))
    stale = [] if (directory / FIGURES).is_symlink() else _stale(directory / FIGURES, documents)
    written: list[Path] = []
    for name, content in documents.items():
        path = directory / name
        try:
            _require_own_folder(path.parent, directory)
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content)
        except OSError as error:
            raise _failed(error, path, directory, written) from error
        written.append(path)
    for path in stale:
        with suppress(OSError):
            path.unlink()
    return tuple(path for path in written if path.name != INDEX)


def _documents(run: Run, verdicts: tuple[Verdict, ...]) -> Iterator[tuple[str, bytes]]:
    """Make the contents of all files, by path within the run directory."""
    from comparators.report.figures import draw_figures
    from comparators.report.html import html_report
    from comparators.report.json_document import to_document
    from comparators.report.markdown import markdown_summary

    yield "verdicts.json", _json(to_document(run, verdicts))
    yield "summary.md", _text(markdown_summary(run, verdicts))
    pictures = draw_figures(run, verdicts)
    index = {}
    for picture in pictures:
        name = Path(picture.name).name
        index[f"{name}.png"] = {"title": picture.title, "alt": picture.alt, "sha256": _digest(picture.png)}
        yield f"{FIGURES}/{name}.png", picture.png
    yield f"{FIGURES}/{INDEX}", _json(index)
    yield "report.html", _text(html_report(run, verdicts, pictures))


def _json(document: Mapping[str, Any]) -> bytes:
    return _text(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n")


def _text(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _require_own_folder(folder: Path, directory: Path) -> None:
    """Refuse a folder of figures that is a link: it may lead to files of somebody else.

    Raises:
        OSError: it is one.
    """
    if folder != directory and folder.is_symlink():
        raise OSError(errno.ELOOP, "it is a link to another folder", str(folder))


def _stale(folder: Path, documents: Mapping[str, bytes]) -> list[Path]:
    """Return the figures that an earlier report listed, that are as it wrote them, and that are no longer made."""
    try:
        listed = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        found = []
        for name, entry in listed.items():
            path = folder / Path(name).name
            if f"{FIGURES}/{path.name}" not in documents and _digest(path.read_bytes()) == entry["sha256"]:
                found.append(path)
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return []  # no list of ours, so nothing to remove
    return found


def _failed(error: OSError, path: Path, directory: Path, written: list[Path]) -> OutputError:
    kept = f"the measurements are kept in '{directory / 'journal.jsonl'}'"
    if written:
        kept += f", written are {', '.join(sorted({one.name for one in written}))}"
    return OutputError(
        f"cannot write '{path}': {error.strerror or error}; {kept}",
        tip=f"make room or change the permissions, then 'comparators report {directory}'",
    )
