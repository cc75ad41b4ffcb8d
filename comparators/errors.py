"""The errors of this package, one tree.

    ComparatorsError            exit code
    ├── UsageError              2   a name, an option, a parameter or an input file is wrong
    │   ├── UnknownName         2   with the nearest names
    │   ├── InvalidParameter    2   with type and range
    │   └── UnreadableInput     2   a file is not what it was taken for; with file and line
    ├── NothingSelected         4   every cell was not applicable
    ├── OutputError             5   a result could not be written
    └── WrongResult             1   a workload's result failed its own check

Every error has one line that says what is wrong, with the offending value in quotes, and may have a tip:
what to type next.
"""

from collections.abc import Iterable
from typing import ClassVar

__all__ = [
    "ComparatorsError",
    "InvalidParameter",
    "NothingSelected",
    "OutputError",
    "UnknownName",
    "UnreadableInput",
    "UsageError",
    "WrongResult",
]


class ComparatorsError(Exception):
    """Base of all errors raised on purpose. `message` is one line, `tip` the next thing to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, tip: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.tip = tip


class UsageError(ComparatorsError):
    """What was asked for cannot be done as asked."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not in a list of names; suggests the nearest, or gives the list, never a wild guess."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str = "") -> None:
        import difflib

        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
        if near:
            tip = "did you mean " + " or ".join(f"'{match}'" for match in near) + "?"
        elif names:
            tip = f"known {kind}s: " + ", ".join(names)
        else:
            tip = None
        super().__init__(f"unknown {kind} '{name}'" + (f" {where}" if where else ""), tip=tip)


class InvalidParameter(UsageError):
    """A parameter's value has the wrong type or is out of range."""


class UnreadableInput(UsageError):
    """A file from outside could not be understood."""


class NothingSelected(ComparatorsError):
    """Nothing is left to measure; the message says why."""

    exit_code = 4


class OutputError(ComparatorsError):
    """A result could not be written; the message says what was kept, and where."""

    exit_code = 5


class WrongResult(ComparatorsError):
    """A workload's result failed its own check.

    Args:
        what: what was checked, in a few words.
        expected: the expected value or range.
        found: the value found.
    """

    LONGEST: ClassVar[int] = 200

    def __init__(self, what: str, *, expected: object, found: object) -> None:
        super().__init__(f"{what}: expected {self._short(expected)}, found {self._short(found)}")

    @classmethod
    def _short(cls, value: object) -> str:
        text = value if isinstance(value, str) else repr(value)
        return text if len(text) <= cls.LONGEST else f"{text[: cls.LONGEST]}… ({len(text)} characters)"
