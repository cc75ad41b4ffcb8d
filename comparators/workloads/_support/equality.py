"""Are two results of the same function equal? `==` alone does not say for arrays, tables, NaN and plain objects."""

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["same"]

FLOAT_DIGITS_KEPT = 2.0**-26
"""Relative difference at which half of a float's 53 bits agree: libraries may add in another order when they like."""


def same(expected: object, found: object) -> bool:
    """Say whether two results are equal; floats, also in arrays, may differ in the second half of their digits."""
    if expected is found:
        return True
    if type(expected) is not type(found):
        return False
    if isinstance(expected, float | complex):
        return _close(expected, found)
    if isinstance(expected, list | tuple):
        return _same_items(expected, found)
    if isinstance(expected, Mapping):
        return _same_mappings(expected, found)
    return _same_objects(expected, found)


def _same_items(expected: Any, found: Any) -> bool:
    return len(expected) == len(found) and all(map(same, expected, found))


def _same_mappings(expected: Any, found: Any) -> bool:
    return bool(expected.keys() == found.keys()) and all(same(expected[key], found[key]) for key in expected)


def _close(expected: Any, found: Any) -> bool:
    if expected != expected or found != found:  # noqa: PLR0124  NaN is the one value that differs from itself
        return bool(expected != expected and found != found)  # noqa: PLR0124  as above
    if math.isinf(abs(expected)) or math.isinf(abs(found)):
        return bool(expected == found)
    return bool(abs(expected - found) <= FLOAT_DIGITS_KEPT * max(abs(expected), abs(found)))


def _same_objects(expected: Any, found: Any) -> bool:
    if hasattr(expected, "__array__") and hasattr(expected, "dtype"):
        return _same_arrays(expected, found)
    if hasattr(expected, "equals"):  # tables of pandas, polars and pyarrow
        return bool(expected.equals(found))
    comparison: object = type(expected).__eq__
    if comparison is object.__eq__:  # a copy from another process is never the same object
        return same(getattr(expected, "__dict__", None), getattr(found, "__dict__", None))
    return bool(expected == found)


def _same_arrays(expected: Any, found: Any) -> bool:
    import numpy as np

    left, right = np.asarray(expected), np.asarray(found)
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if left.dtype.hasobject:
        return _same_items(left.ravel().tolist(), right.ravel().tolist())
    if np.issubdtype(left.dtype, np.inexact):
        half = float(np.sqrt(np.finfo(left.dtype).eps))
        return bool(np.allclose(left, right, rtol=half, atol=0.0, equal_nan=True))
    return bool(np.array_equal(left, right))
