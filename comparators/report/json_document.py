"""`verdicts.json`: the analysis of a run as one JSON document; `json_schema` says what is in it.

Field by field what the dataclasses hold, so that a new finding is in the document as soon as it is in the analysis.
What is unknown is null, never NaN or zero. The samples are in `results.json`.
"""

import math
from collections.abc import Mapping

from comparators.plan.model import Cell, RunnerSpec
from comparators.verdict.analysis import Analysis, Verdict

__all__ = ["NAME", "OMITTED", "VERSION", "to_document"]

NAME = "comparators-verdicts"
VERSION = 2
"""Raised when a field is removed or changes its meaning; new fields do not raise it."""

OMITTED: frozenset[tuple[type, str]] = frozenset({(Verdict, "samples")})
"""Fields that only pictures need; pyperf's file has them in full."""


def to_document(analysis: Analysis) -> dict[str, object]:
    """Return the document as plain dicts, lists, numbers and text."""
    return {"schema": NAME, "version": VERSION, **_fields(analysis)}


def _fields(value: object) -> dict[str, object]:
    found = {name: _plain(getattr(value, name)) for name in _names(value)}
    return {"label": value.label, **found} if isinstance(value, RunnerSpec) else found


def _names(value: object) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, faster than `dataclasses.fields`; empty for every other value."""
    names = getattr(value, "__dataclass_fields__", ())
    return tuple(name for name in names if (type(value), name) not in OMITTED)


def _plain(value: object) -> object:
    """Return a value as JSON knows it; a cell is its key, which is the benchmark's name in `results.json`."""
    if value is None or type(value) in (str, int, bool):  # most values, so they are asked first
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Cell):
        return value.key
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return _fields(value) if _names(value) else value
