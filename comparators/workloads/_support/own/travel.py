"""Can a value be sent to another process? If not, why, in words that name the value."""

import pickle
import re

__all__ = ["cannot_travel"]

LONGEST = 200
"""Characters of an exception's text that are quoted."""


def cannot_travel(value: object) -> str:
    """Say why a value cannot be pickled, such as "a lambda cannot be sent to another process"; empty when it can."""
    try:
        pickle.dumps(value)
    except Exception as error:  # noqa: BLE001  pickling runs the value's own code
        return f"{_what(value, str(error)[:2_000])} cannot be sent to another process"
    return ""


def _what(value: object, reason: str) -> str:
    """Name the value, or the part of it, that pickle stumbled over."""
    if "<lambda>" in reason:
        return "a lambda"
    inner = re.search(r"local object '?([\w.<>]+)|([\w.]+\.<locals>\.[\w.<>]+)", reason)
    if inner is not None:
        return f"a function or class that is made inside another function ('{inner[1] or inner[2]}')"
    part = re.search(r"cannot pickle '([\w.]+)' object", reason)
    if part is not None:
        name = part[1].removeprefix("_thread.").rpartition(".")[2]
        within = "" if type(value).__name__ == name else f", in a {type(value).__name__}"
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}{within}"
    return f"a {type(value).__name__} ({' '.join(reason.split())[:LONGEST]})"
