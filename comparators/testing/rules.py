"""What rules have in common: how one is broken, and how its name becomes part of the error."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from comparators.errors import ContractViolation
from comparators.parameters import parameters_of

__all__ = ["Broken", "applied", "require", "require_name", "require_readable_parameters", "require_reason"]

_SLUG = re.compile(r"[A-Za-z0-9]\w*([.-]\w+)*", re.ASCII)
NAME_LONGEST = 60
SUMMARY_LONGEST = 120
REASON_LONGEST = 120


class Broken(Exception):
    """A rule is broken; how."""


def require(condition: object, what: str) -> None:
    """Raise `Broken` unless the condition holds."""
    if not condition:
        raise Broken(what)


@contextmanager
def applied(rule: str, cls: type) -> Iterator[None]:
    """Name the class and the rule in whatever goes wrong inside.

    Raises:
        ContractViolation: the rule is broken, or the class raised something that no rule allows.
    """
    try:
        yield
    except Broken as broken:
        raise ContractViolation(cls.__qualname__, rule, str(broken)) from broken.__cause__
    except Exception as error:
        raise ContractViolation(cls.__qualname__, rule, f"{type(error).__name__}: {error}") from error


def require_name(name: object, summary: object) -> None:
    """Require a name that can stand in a command line, a table and a file name, and a summary of one line."""
    require(
        isinstance(name, str) and _SLUG.fullmatch(name) and len(name) <= NAME_LONGEST,
        f"the name {name!r:.80} is not made of letters and digits, with '-', '_' or '.' between them, at most 60",
    )
    require(
        isinstance(summary, str) and summary.strip() and "\n" not in summary and len(summary) <= SUMMARY_LONGEST,
        f"the summary {summary!r:.80} is not one line of 1 to {SUMMARY_LONGEST} characters",
    )


def require_readable_parameters(instance: object) -> None:
    """Require that each parameter's value survives being written as text and read again, and is in its range."""
    cls = type(instance)
    for declared in parameters_of(cls):
        value = getattr(instance, declared.name)
        read = declared.parse(str(value), owner=cls.__qualname__)
        require(type(read) is type(value) and read == value, f"{declared.name}={value!r} is read from text as {read!r}")
        require(
            declared.check(declared.default, owner=cls.__qualname__) == declared.default,
            f"the default of {declared.name} changes when it is checked",
        )


def require_reason(reason: object, what: str) -> None:
    """Require a reason that fits into a line of a report."""
    require(
        isinstance(reason, str) and reason.strip() and "\n" not in reason and len(reason) <= REASON_LONGEST,
        f"the reason {what} is not one line of 1 to {REASON_LONGEST} characters",
    )
