"""The files of a report: the only place that writes them. A reader sees an old or a new file, never a part of one."""

import errno
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from comparators.errors import OutputError
from comparators.journal.atomic_io import replace_file
from comparators.verdict.analysis import Analysis

__all__ = ["DOCUMENTS", "Document", "figure_files", "write_documents"]

FIGURES = "figures"
INDEX = "index.json"
"""Lists the figures of a report with title, text alternative and digest: what is listed and unchanged is ours."""

Document = Callable[[Analysis], Iterator[tuple[str, bytes]]]
"""Makes files from an analysis: yields path within the run directory and content."""


def write_documents(
    analysis: Analysis, directory: Path, documents: Sequence[Document] | None = None
) -> tuple[Path, ...]:
    """Write `verdicts.json`, `summary.md`, `report.html` and the figures of a run, and return their paths.

    Everything is made before the first file is written. Figures of an earlier report that this one does not have are
    removed, unless somebody changed them.

    Args:
        analysis: of the run.
        directory: the run directory.
        documents: what to write; all by default.

    Raises:
        OutputError: a file could not be written; files already there are whole, old or new.
    """
    contents = {name: content for make in documents or DOCUMENTS for name, content in make(analysis)}
    stale = [] if (directory / FIGURES).is_symlink() else _stale(directory / FIGURES, contents)
    written: list[Path] = []
    for name, content in contents.items():
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


def _verdicts(analysis: Analysis) -> Iterator[tuple[str, bytes]]:
    from comparators.report.json_document import to_document

    yield "verdicts.json", _json(to_document(analysis))


def _summary(analysis: Analysis) -> Iterator[tuple[str, bytes]]:
    from comparators.report.markdown import markdown_summary

    yield "summary.md", _text(markdown_summary(analysis))


def _page(analysis: Analysis) -> Iterator[tuple[str, bytes]]:
    """Make the figures and the page that shows them."""
    from comparators.report.figures import draw
    from comparators.report.html import html_report

    pictures = draw(analysis)
    yield from figure_files({one.name: (one.title, one.alt, one.png) for one in pictures})
    yield "report.html", _text(html_report(analysis, pictures))


DOCUMENTS: tuple[Document, ...] = (_verdicts, _summary, _page)
"""What a report consists of; another output format is one more entry."""


def figure_files(figures: Mapping[str, tuple[str, str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of figures given by name with title, text alternative and PNG, and the list of them."""
    index = {}
    for name, (title, alt, png) in figures.items():
        file = f"{Path(name).name}.png"
        index[file] = {"title": title, "alt": alt, "sha256": _digest(png)}
        yield f"{FIGURES}/{file}", png
    yield f"{FIGURES}/{INDEX}", _json(index)


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


def _stale(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Return the figures that an earlier report listed, that are as it wrote them, and that are no longer made."""
    try:
        listed = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        found = []
        for name, entry in listed.items():
            path = folder / Path(name).name
            if f"{FIGURES}/{path.name}" not in contents and _digest(path.read_bytes()) == entry["sha256"]:
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
