"""Numbers in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.stats.interval import Interval
from comparators.verdict.text_format import (
    at_least,
    bytes_size,
    change,
    count,
    duration,
    ends,
    faster,
    joined,
    model_words,
    number,
    percent,
    plural,
    ratio,
    rough,
    round_up,
    seconds,
    short_seconds,
    short_size,
    takes,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.00"),
        (1.846, "1.85"),
        (0.5, "0.50"),
        (0.0949, "0.095"),
        (0.0123, "0.012"),
        (0.0, "0"),
        (9.996, "10.0"),
        (12.345, "12.3"),
        (1234.5, "1,234"),
        (2e6, "over 1,000,000"),
        (math.nan, "unknown"),
    ],
)
def test_ratios(value: float, text: str) -> None:
    assert ratio(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.84, "1.8"), (0.64, "0.64"), (0.0123, "0.012"), (9.96, "10"), (99.6, "100"), (48_379.0, "48,000")],
)
def test_ratios_without_an_interval_have_two_digits(value: float, text: str) -> None:
    assert rough(value) == text


@pytest.mark.parametrize(
    ("bound", "text"),
    [(3.0, "3"), (2.999, "2.9"), (0.0567, "0.056"), (128.0, "120"), (1_290_000.0, "1,200,000"), (math.nan, "unknown")],
)
def test_a_bound_is_rounded_down(bound: float, text: str) -> None:
    assert at_least(bound) == text


@given(st.floats(1e-3, 1e9))
def test_a_bound_is_never_rounded_up(bound: float) -> None:
    assert float(at_least(bound).replace(",", "")) <= bound * (1 + 1e-9)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.05, "5 %"),
        (0.005, "0.5 %"),
        (0.125, "12.5 %"),
        (0.02513, "2.5 %"),
        (0.09964, "10 %"),
        (0.98432, "98 %"),
        (1.0, "100 %"),
        (math.nan, "unknown"),
    ],
)
def test_shares(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 s"),
        (5e-8, "50.0 ns"),
        (1.234e-6, "1.23 µs"),
        (9.996e-4, "1.00 ms"),
        (0.0123, "12.3 ms"),
        (0.99949, "999 ms"),
        (0.9996, "1.00 s"),
        (12.345, "12.3 s"),
        (12345.6, "12,346 s"),
        (-0.002, "-2.00 ms"),
        (math.nan, "unknown"),
        (math.inf, "unknown"),
    ],
)
def test_seconds_have_three_digits_and_the_unit_that_fits(value: float, text: str) -> None:
    assert seconds(value) == text


@given(st.floats(min_value=1e-9, max_value=1e6))
def test_seconds_read_back_within_half_a_percent(value: float) -> None:
    digits, unit = seconds(value).replace(",", "").split(" ")
    assert float(digits) * {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit] == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 s"),
        (0.2, "less than 1 s"),
        (45, "45 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (math.nan, "unknown"),
    ],
)
def test_durations_are_for_planning(value: float, text: str) -> None:
    assert duration(value) == text


@pytest.mark.parametrize(("value", "rounded"), [(9, 9), (20, 20), (21, 30), (101, 150), (161, 200), (377, 400)])
def test_an_estimated_count_claims_no_precision(value: int, rounded: int) -> None:
    assert round_up(value) == rounded


def test_counts_numbers_and_memory() -> None:
    assert (count(10_000), plural(0, "block"), plural(1, "worker"), plural(1_000, "worker")) == (
        "10,000",
        "0 blocks",
        "1 worker",
        "1,000 workers",
    )
    assert plural(2, "process", "processes") == "2 processes"
    assert (bytes_size(1), bytes_size(1536), bytes_size(8 * 2**30)) == ("1 byte", "1.50 KiB", "8.00 GiB")
    assert (number(0), number(0.01234), number(math.inf)) == ("0", "0.0123", "unknown")


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(17.2, 16.1, 18.3, 0.95), "17 times faster (16 to 18)"),
        (Interval(1.94, 1.88, 1.97, 0.95), "1.9 times faster (1.9 to 2.0)"),
        (Interval(17.75, 17.71, 17.79, 0.95), "17.8 times faster (17.7 to 17.8)"),
        (Interval(1.07, 0.98, 1.164, 0.95), "1.07 times faster (0.980 to 1.16)"),
        (Interval(17.2, None, None, 0.95), "about 17 times faster"),
        (Interval(2.0, 1e-9, 1e9, 0.95), "2.0 times faster"),
        (Interval(3e9, 2e9, 4e9, 0.95), "over 1,000,000 times faster"),
    ],
)
def test_gains(interval: Interval, text: str) -> None:
    assert faster(interval) == text


@pytest.mark.parametrize(
    ("before_s", "after_s", "text"),
    [
        (0.89, 0.0519, "0.89 s → 0.052 s"),
        (1.02, 0.97, "1.02 s → 0.970 s"),
        (0.012, 0.0064, "12 ms → 6.4 ms"),
        (5.0, 2e-4, "5 s → 200 µs"),
    ],
)
def test_changes_of_seconds(before_s: float, after_s: float, text: str) -> None:
    assert change(before_s, after_s) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1 s"), (0.0894, "89 ms"), (5e-6, "5 µs"), (65.2, "65 s"), (0, "0 s"), (math.nan, "unknown")],
)
def test_short_seconds(value: float, text: str) -> None:
    assert short_seconds(value) == text


def test_short_sizes() -> None:
    assert [short_size(one) for one in (8e6, 25_400, 120, 3.2e9)] == ["8 MB", "25 kB", "120 bytes", "3.2 GB"]


def test_models_and_their_verbs() -> None:
    assert model_words("loop") == "the loop"
    assert [takes(one, "takes", "take") for one in ("async", "threads")] == ["takes", "take"]


def test_words_are_joined_as_people_do() -> None:
    assert [joined(list("abc"[:number])) for number in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert joined(["a", "b"], "or") == "a or b"


def test_only_whole_intervals_have_ends() -> None:
    assert ends(Interval(1.8432, 1.801, 1.884, 0.95)) == ("1.80", "1.88")
    assert ends(Interval(1.84, None, None, 0.95)) is None
    assert ends(Interval(1.84, 1.0, math.inf, 0.95)) is None
