"""Answers from the sandbox: untrusted input, turned into frozen dataclasses or refused.

Types are checked strictly, nothing is converted. Depth follows from the types; texts and lists have limits.
"""

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["LARGEST_ANSWER", "ImplausibleAnswer", "structure"]

LARGEST_ANSWER = 8 << 20
"""Bytes of an answer. The plan of everything that is built in takes 0.2 MB."""
LONGEST_TEXT = 20_000
"""Characters of a text; the longest documentation of a class has about 2,000."""
LONGEST_LIST = 100_000
"""Entries of a list."""
LARGEST_NUMBER = 2**63
"""Whole numbers beyond it count nothing."""

DataT = TypeVar("DataT")


class ImplausibleAnswer(ValueError):
    """An answer is not of the form it must have; the message says in what way."""


def structure(kind: type[DataT], data: object) -> DataT:
    """Turn data from JSON into a value of a type: dataclasses, tuples, optional values, literals, scalars.

    Raises:
        ImplausibleAnswer: it has another form.
    """
    value: DataT = _structure(kind, data)
    return value


def _structure(kind: Any, data: object) -> Any:
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, data)
    if origin is tuple:
        return _tuple(get_args(kind), data)
    if origin is Literal:
        if data not in get_args(kind) or isinstance(data, bool):
            raise ImplausibleAnswer(f"{data!r:.80} is none of {get_args(kind)}")
        return data
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), data)
    return _scalar(kind, data)


def _dataclass(kind: Any, data: object) -> Any:
    hints = _hints(kind)
    if not isinstance(data, Mapping) or not data.keys() <= hints.keys():
        raise ImplausibleAnswer(f"{data!r:.80} has not the fields of {kind.__name__}")
    try:
        return kind(**{name: _structure(hints[name], value) for name, value in data.items()})
    except TypeError as error:
        raise ImplausibleAnswer(f"{kind.__name__}: {error}") from None


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _tuple(kinds: tuple[Any, ...], data: object) -> tuple[Any, ...]:
    if not isinstance(data, list) or len(data) > LONGEST_LIST:
        raise ImplausibleAnswer(f"{data!r:.80} is not a list of at most {LONGEST_LIST:,}")
    if kinds[1:] == (...,):
        return tuple(_structure(kinds[0], one) for one in data)
    if len(data) != len(kinds):
        raise ImplausibleAnswer(f"a list of {len(data)} instead of {len(kinds)}")
    return tuple(_structure(kind, one) for kind, one in zip(kinds, data, strict=True))


def _one_of(kinds: tuple[Any, ...], data: object) -> Any:
    for kind in kinds:
        try:
            return _structure(kind, data)
        except ImplausibleAnswer:
            continue
    raise ImplausibleAnswer(f"{data!r:.80} is not {' or '.join(getattr(one, '__name__', str(one)) for one in kinds)}")


def _scalar(kind: Any, data: object) -> Any:
    if kind is types.NoneType and data is None:
        return None
    if kind is float and type(data) is int and abs(data) <= LARGEST_NUMBER:
        return float(data)
    if type(data) is not kind or kind not in (bool, int, float, str):
        raise ImplausibleAnswer(f"{data!r:.80} is not {getattr(kind, '__name__', kind)}")
    if isinstance(data, str) and len(data) > LONGEST_TEXT:
        raise ImplausibleAnswer(f"a text of {len(data):,} characters")
    if isinstance(data, float) and not isfinite(data):
        raise ImplausibleAnswer(f"{data!r} is not finite")
    if isinstance(data, int) and abs(data) > LARGEST_NUMBER:
        raise ImplausibleAnswer("a number of too many digits")
    return data
