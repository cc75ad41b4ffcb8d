"""The errors of this package, one tree.

    ComparatorsError            exit code
    ├── UsageError              2   a name, an option, a parameter or an input file is wrong
    │   ├── UnknownName         2   with the nearest names
    │   ├── InvalidParameter    2   with type and range
    │   └── UnreadableInput     2   a file is not what it was taken for; with file and line
    ├── NothingSelected         4   every cell was not applicable
    ├── OutputError             5   a result could not be written
    ├── WrongResult             1   a workload's result failed its own check
    └── ContractViolation       1   a workload or runner breaks a rule of its interface

Every error has one line that says what is wrong, with the offending value in quotes, and may have a tip:
what to type next.
"""

from collections.abc import Iterable
from typing import ClassVar

__all__ = [
    "ComparatorsError",
    "ContractViolation",
    "InvalidParameter",
    "NothingSelected",
    "OutputError",
    "UnknownName",
    "UnreadableInput",
    "UsageError",
    "WrongResult",
    "shortened",
]


LONGEST_QUOTE = 80
"""Characters of a value that a message quotes."""


def shortened(value: object, longest: int = LONGEST_QUOTE) -> str:
    """Return a value as text of at most `longest` characters, for a message."""
    text = str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


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
        names = sorted(known)
        near = _nearest(name, names)
        if near:
            tip = "did you mean " + " or ".join(f"'{match}'" for match in near) + "?"
        elif names:
            tip = f"known {kind}s: " + ", ".join(names)
        else:
            tip = None
        super().__init__(f"unknown {kind} '{shortened(name)}'" + (f" {where}" if where else ""), tip=tip)


def _nearest(name: str, names: list[str]) -> list[str]:
    """Return the names that are close to one, and no others that are much less so; dashes in front do not count."""
    from difflib import SequenceMatcher

    word = name[:LONGEST_QUOTE].lstrip("-").lower()
    likeness = {each: SequenceMatcher(None, each.lstrip("-").lower(), word).ratio() for each in names}
    best = max(likeness.values(), default=0.0)
    return sorted((each for each in names if likeness[each] >= max(0.6, best - 0.1)), key=lambda each: -likeness[each])[
        :3
    ]


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


class ContractViolation(ComparatorsError):
    """A workload or runner breaks a rule of its interface; see `comparators.testing`.

    Args:
        subject: the class.
        rule: name of the rule.
        what: how it is broken.
    """

    def __init__(self, subject: str, rule: str, what: str) -> None:
        super().__init__(f"'{subject}' breaks the rule '{rule}': {what}")
        self.rule = rule
