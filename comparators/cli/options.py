"""Reading of option values, with the project's own error messages; used as click callbacks."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from comparators.errors import UnknownName

__all__ = ["RUNNERS", "SUITES", "WORKLOADS", "one_of", "read_by", "split_names"]

WORKLOADS, RUNNERS, SUITES = "workloads", "runners", "suites"
"""What `comparators list` can be asked for."""

Callback = Callable[[click.Context, click.Parameter, Any], Any]


def read_by(read: Callable[..., Any]) -> Callback:
    """Return a callback for a value that `read(text, option="--name")` reads; it raises `UsageError` by itself."""

    def callback(_context: click.Context, param: click.Parameter, value: str | None) -> Any:
        return None if value is None else read(value, option=_name(param))

    return callback


def one_of(kind: str, choices: Sequence[str]) -> Callback:
    """Return a callback for one of a few words; a near miss gets a suggestion."""

    def callback(_context: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None and value not in choices:
            raise UnknownName(kind, value, choices, where=f"for '{_name(param)}'")
        return value

    return callback


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


def _name(param: click.Parameter) -> str:
    if isinstance(param, click.Argument):
        return param.make_metavar(click.get_current_context())
    return max(param.opts, key=len)
