"""Errors that travel from the child to the command."""

import traceback
from dataclasses import dataclass
from typing import Self

from comparators import errors
from comparators.errors import ComparatorsError, UsageError

__all__ = ["ErrorInChild", "TraceInChild", "trace_of"]

LONGEST_MESSAGE = 5_000
"""Characters of a message."""
LONGEST_TRACE = 5_000
"""Characters of a traceback, from its end."""


class TraceInChild(Exception):
    """An exception in a child, as text: the cause of an error, for '--debug' and for callers of `compare`."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@dataclass(frozen=True, slots=True)
class ErrorInChild:
    """An error as data.

    Attributes:
        kind: its class in `comparators.errors`.
        message, tip: what it says.
        trace: its traceback; empty where it has no cause.
    """

    kind: str
    message: str
    tip: str | None = None
    trace: str = ""

    @classmethod
    def of(cls, error: ComparatorsError) -> Self:
        """Return an error as data."""
        trace = trace_of(error) if error.__cause__ is not None else ""
        return cls(type(error).__name__, error.message[:LONGEST_MESSAGE], error.tip, trace)

    def restored(self) -> ComparatorsError:
        """Return the error again, of the same class."""
        known = getattr(errors, self.kind, UsageError)
        cls = known if isinstance(known, type) and issubclass(known, ComparatorsError) else UsageError
        error: ComparatorsError = cls.__new__(cls)  # its constructor may take something else
        ComparatorsError.__init__(error, self.message, tip=self.tip)
        error.__cause__ = TraceInChild(self.trace) if self.trace else None
        return error


def trace_of(error: BaseException) -> str:
    """Return the end of an exception's traceback."""
    return "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
