"""Times relative to each other, within a test and across tests."""

import math

import pytest

from comparators.stats.interval import Interval
from comparators.stats.sequential import AtLeast
from comparators.verdict.times import SAME, Times, combined, inverse, recentred

MODEL = [{"loop": 1.0, "a/40": 0.1}, {"loop": 2.0, "a/40": 0.2}, {"loop": 4.0, "a/40": 0.41}]
WORKERS = [{"a/40": 0.1, "a/20": 0.2}, {"a/40": 0.3, "a/20": 0.6}]


def test_drift_of_the_host_cancels_within_a_block() -> None:
    ratio = Times(MODEL).ratio("loop", "a/40")
    assert ratio is not None
    assert ratio.ratio == pytest.approx((10 * 10 * 4 / 0.41) ** (1 / 3))
    assert ratio.low is not None
    assert ratio.low > 9


def test_cells_of_different_tests_are_linked_through_one_that_both_have() -> None:
    times = Times([*MODEL, *WORKERS])
    direct, linked = times.ratio("loop", "a/40"), times.ratio("loop", "a/20")
    assert direct is not None
    assert linked is not None
    assert linked.ratio == pytest.approx(direct.ratio / 2)


def test_cells_that_nothing_links_have_no_ratio() -> None:
    assert Times([{"a": 1.0}, {"b": 1.0}]).ratio("a", "b") is None


def test_what_was_stopped_has_a_bound_and_no_ratio() -> None:
    times = Times([{"a": 1.0, "b": 4.0}, {"a": 1.0, "b": AtLeast(3.0)}])
    assert times.ratio("b", "a") is None
    assert times.at_least("b", "a") == pytest.approx(math.sqrt(12))
    assert times.at_least("a", "b") is None
    assert times.samples("b") == 1


def test_a_bound_reaches_over_tests() -> None:
    times = Times([{"loop": AtLeast(3.0), "a/40": 1.0}, {"loop": AtLeast(3.0), "a/40": 1.0}, *WORKERS])
    assert times.at_least("loop", "a/20") == pytest.approx(1.5)


def test_what_failed_has_no_times() -> None:
    times = Times(MODEL, failed=("loop",))
    assert "loop" not in times
    assert times.seconds("loop") is None


def test_one_block_gives_no_interval() -> None:
    ratio = Times([{"a": 2.0, "b": 1.0}]).ratio("a", "b")
    assert ratio == Interval(2.0, None, None, 0.95)


def test_errors_of_linked_ratios_add_up() -> None:
    both = combined(Interval(2.0, 1.0, 4.0, 0.95), Interval(3.0, 1.5, 6.0, 0.95))
    assert both.ratio == pytest.approx(6)
    assert both.low == pytest.approx(6 / 2 ** math.sqrt(2))
    assert both.high == pytest.approx(6 * 2 ** math.sqrt(2))
    assert combined(SAME, both) is both


def test_turned_round_and_moved() -> None:
    assert inverse(Interval(2.0, 1.0, 4.0, 0.95)) == Interval(0.5, 0.25, 1.0, 0.95)
    moved = recentred(Interval(2.0, 1.0, 4.0, 0.95), 4.0)
    assert moved.ratio == 4.0
    assert moved.low == pytest.approx(2.0)
    assert moved.high == pytest.approx(8.0)
