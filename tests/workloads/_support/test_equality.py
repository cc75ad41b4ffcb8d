import collections
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.workloads._support.equality import same

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Plain:
    def __init__(self, value: object) -> None:
        self.value = value


@given(values)
def test_a_pickled_copy_is_the_same(value: object) -> None:
    assert same(value, pickle.loads(pickle.dumps(value)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, 1.0),
        (1, True),
        (1.0, 1.001),
        (1.0, math.nan),
        (math.inf, -math.inf),
        (1e308, math.inf),
        (0.0, 1e-300),
        ([1, 2], [1]),
        ([1, 2], (1, 2)),
        ([1.0, [2.0]], [1.0, [3.0]]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 2}),
        (b"a", "a"),
        (None, 0),
        (Plain(1), Plain(2)),
        (np.zeros(3), np.zeros(4)),
        (np.zeros(3), np.zeros((3, 1))),
        (np.zeros(3), np.array([0, 0, 1.0])),
        (np.zeros(3), np.zeros(3, dtype=np.float32)),
        (np.array([1, 2]), np.array([1, 3])),
        (np.array(["a"], dtype=object), np.array(["b"], dtype=object)),
        (np.zeros(1), [0.0]),
    ],
)
def test_different_values_are_not_the_same(one: object, other: object) -> None:
    assert not same(one, other)
    assert not same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (math.nan, math.nan),
        ([math.nan, math.inf], [math.nan, math.inf]),
        (1.0, 1.0 + 1e-12),
        (1j, 1j + 1e-12),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, {2, 1}),
        (collections.Counter("aab"), collections.Counter("baa")),
        (Plain([1, np.ones(2)]), Plain([1, np.ones(2)])),
        (np.array([1.0, math.nan]), np.array([1.0 + 1e-12, math.nan])),
        (np.array(["a", None], dtype=object), np.array(["a", None], dtype=object)),
        (np.float64(0.5), np.float64(0.5)),
        (np.array(["x"]), np.array(["x"])),
    ],
)
def test_equal_values_are_the_same(one: object, other: object) -> None:
    assert same(one, other)


def test_a_table_says_itself_whether_it_is_equal() -> None:
    class Table:
        def __init__(self, rows: int) -> None:
            self.rows = rows

        def equals(self, other: "Table") -> bool:
            return self.rows == other.rows

    assert same(Table(3), Table(3))
    assert not same(Table(3), Table(4))
