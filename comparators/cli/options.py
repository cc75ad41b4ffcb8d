"""Types of option values, with the project's own error messages."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from comparators.errors import UnknownName

__all__ = ["OneOf", "Read", "split_names"]


class Read(click.ParamType):
    """A value read by a function `read(text, option="--name")` that raises `UsageError`."""

    def __init__(self, name: str, read: Callable[..., Any]) -> None:
        self.name = name
        self.read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a text; what is not a text has been read before."""
        return self.read(value, option=_name(param)) if isinstance(value, str) else value

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Name the kind of value in the help."""
        return self.name


class OneOf(click.ParamType):
    """One of a few words; a near miss gets a suggestion."""

    def __init__(self, kind: str, choices: Sequence[str]) -> None:
        self.name = kind
        self.choices = tuple(choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the word itself."""
        if value not in self.choices:
            raise UnknownName(self.name, value, self.choices, where=f"for '{_name(param)}'")
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """List the words in the help."""
        return "|".join(self.choices)


def split_names(texts: Sequence[str]) -> tuple[str, ...]:
    """Split `a,b[x=1,y=2]` at the commas outside brackets: both `--runner a --runner b` and `--runner a,b` work."""
    names: list[str] = []
    for text in texts:
        depth, start = 0, 0
        for place, each in enumerate(text):
            depth += (each == "[") - (each == "]")
            if each == "," and depth == 0:
                names.append(text[start:place])
                start = place + 1
        names.append(text[start:])
    return tuple(name.strip() for name in names)


def _name(param: click.Parameter | None) -> str:
    return max(param.opts, key=len) if param else "value"
