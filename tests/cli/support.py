"""The command line, called in this process."""

from dataclasses import dataclass

import pytest

from comparators.cli import main

__all__ = ["Answer", "call"]


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
