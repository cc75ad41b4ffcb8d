from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.report.figures.scale import fit

VALUES = st.lists(st.floats(1e-9, 1e6), min_size=1, max_size=20)


def label(value: float) -> str:
    return f"{value:g}"


@given(VALUES, st.sampled_from([True, False, None]))
def test_every_value_lies_inside_in_order(values: list[float], log: bool | None) -> None:
    scale = fit(values, 100, 400, log=log)
    places = [scale.at(value) for value in sorted(values)]
    assert places == sorted(places)
    assert 100 <= places[0] <= places[-1] <= 400


@given(VALUES, st.sampled_from([True, False, None]))
def test_ticks_lie_inside_and_apart(values: list[float], log: bool | None) -> None:
    places = [place for place, _ in fit(values, 100, 400, log=log).ticks(label, gap=40)]
    assert all(100 <= place <= 400 for place in places)
    assert all(after - before >= 40 for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("values", "log", "labels"),
    [
        ((1, 4), True, ["1", "2", "3", "4"]),
        ((0.01, 100), True, ["0.01", "0.1", "1", "10", "100"]),
        ((0.8, 2.0), False, ["0.75", "1", "1.25", "1.5", "1.75", "2"]),
        ((5.0,), False, ["4.96", "4.98", "5", "5.02", "5.04"]),
    ],
)
def test_ticks_are_round(values: tuple[float, ...], log: bool, labels: list[str]) -> None:
    assert [words for _, words in fit(values, 0, 400, log=log).ticks(label, gap=20)] == labels


def test_a_wide_spread_is_logarithmic() -> None:
    assert fit((1, 10), 0, 1).log
    assert not fit((1, 2), 0, 1).log


def test_a_scale_may_run_upwards() -> None:
    scale = fit((1, 10), 300, 100)
    assert scale.at(1) > scale.at(10)


def test_given_ticks_are_kept() -> None:
    scale = fit((1, 16), 0, 400, log=True)
    assert [words for _, words in scale.ticks(label, gap=10, values=[1, 2, 4, 8, 16])] == ["1", "2", "4", "8", "16"]
