from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.report.figures.drawing import spread


def test_places_with_room_stay() -> None:
    assert spread([30.0, 0.0, 15.0], 10) == [30.0, 0.0, 15.0]


def test_places_that_touch_move_apart_around_their_middle() -> None:
    assert spread([10.0, 12.0], 10) == pytest.approx([6.0, 16.0])
    assert spread([0.0, 10.0, 11.0], 10) == pytest.approx([-3.0, 7.0, 17.0])


@given(st.lists(st.floats(0, 500), min_size=1, max_size=20))
def test_neighbours_always_have_their_gap_and_keep_their_order(places: list[float]) -> None:
    moved = spread(places, 13)
    order = sorted(range(len(places)), key=lambda place: places[place])
    assert all(moved[after] - moved[before] >= 13 - 1e-6 for before, after in pairwise(order))
