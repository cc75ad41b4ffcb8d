"""The command line, called in this process or in one of its own."""

import io
import sys
from dataclasses import dataclass

import pytest

from comparators.cli import main
from comparators.report.escaping import ascii_only

__all__ = ["COMPARATORS", "Answer", "call", "same_in_ascii"]

COMPARATORS = (sys.executable, "-m", "comparators")
"""The command line as a process."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> Answer:
    """Call the command line."""
    capsys.readouterr()
    code = main(arguments)
    return Answer(code, *capsys.readouterr())


def same_in_ascii(capsys: pytest.CaptureFixture[str], answer: Answer, *arguments: str) -> None:
    """Call the command line where standard error takes only ASCII, and check that it says the same.

    Raises:
        AssertionError: it does not, or it uses a character that is not ASCII.
    """
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="ascii", write_through=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        code = main(arguments)
    capsys.readouterr()
    assert code == answer.code
    assert said(written.getvalue().decode("ascii")) == said(ascii_only(answer.err))


def said(stderr: str) -> list[str]:
    """Return the lines of errors, warnings and tips; a table before them is drawn in another way in ASCII."""
    lines = [line for line in stderr.splitlines() if line.startswith(("error: ", "warning: ", "tip: "))]
    assert lines, stderr
    return lines
