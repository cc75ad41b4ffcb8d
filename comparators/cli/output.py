"""What the command line writes, and where: results on standard output, all the rest on standard error."""

import codecs
import io
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from comparators.errors import ComparatorsError

if TYPE_CHECKING:  # rich is loaded by the commands that draw
    from rich.console import Console

__all__ = [
    "CLOSED_PIPE",
    "columns",
    "console",
    "note",
    "prepare_streams",
    "say",
    "say_error",
    "silence",
    "warn",
    "warn_all",
]

CLOSED_PIPE = 128 + 13
"""Exit code of a program whose reader has gone, as the shell reports it: 128 + SIGPIPE."""

LONGEST = 1000
"""Characters of a message; what a module said when its import failed can be long."""


def prepare_streams() -> None:
    """Make every character printable: on a stream that is not Unicode, by ASCII glyphs; on a missing one, nowhere."""
    codecs.register_error("comparators", _nearest_glyph)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  lives as long as the process
        elif isinstance(stream, io.TextIOWrapper) and not codecs.lookup(stream.encoding).name.startswith("utf"):
            stream.reconfigure(errors="comparators")


def silence() -> None:
    """Point both streams nowhere, so that what is left in them cannot fail when Python exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # a stream without a descriptor has nothing to fail with
            continue
    os.close(nowhere)


def say(text: str) -> None:
    """Write a result. Not by `click.echo`, which writes UTF-8 where ASCII is asked for."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Write what is no result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def say_error(error: ComparatorsError) -> None:
    """Write an error in the form that all errors have."""
    from comparators.report.escaping import one_line

    note(f"error: {one_line(error.message, longest=LONGEST)}")
    if error.tip:
        note(f"tip: {one_line(error.tip, longest=LONGEST)}")


def warn(text: str) -> None:
    """Write a warning."""
    from comparators.report.escaping import one_line

    note(f"warning: {one_line(text, longest=LONGEST)}")


def console(stream: TextIO) -> "Console":
    """Return rich's view of a stream; it knows about terminals, widths and NO_COLOR.

    Its own answer to a reader that has gone is exit code 1 on the spot; here that is an exception like any other.
    """
    from rich.console import Console

    class Raising(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704  rich calls this while it handles the error

    return Raising(file=stream, highlight=False, markup=False, emoji=False)


def _nearest_glyph(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from comparators.report.escaping import ascii_only

    return ascii_only(error.object[error.start : error.end]), error.end


def warn_all(warnings: Iterable[str]) -> None:
    """Print warnings."""
    for warning in warnings:
        warn(warning)


def columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Line up all columns but the last."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
