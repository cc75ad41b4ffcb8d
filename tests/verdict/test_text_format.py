"""Numbers in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.stats.interval import Interval
from comparators.verdict.text_format import (
    at_least,
    between,
    bytes_size,
    count,
    duration,
    ends,
    listing,
    number,
    percent,
    plural,
    ratio,
    ratio_of,
    rough,
    round_up,
    seconds,
    size,
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
    ("interval", "told", "within"),
    [
        (Interval(1.8432, 1.801, 1.884, 0.95), "1.84", " (95 % interval 1.80 to 1.88)"),
        (Interval(12.34, 9.5, 14.2, 0.95), "12.3", " (95 % interval 9.50 to 14.2)"),
        (Interval(0.0341, 0.03, 0.04, 0.975), "0.034", " (97.5 % interval 0.030 to 0.040)"),
        (Interval(1.84, None, None, 0.95), "about 1.8", ""),
        (Interval(1.84, 1.0, math.inf, 0.95), "about 1.8", ""),
        (Interval(math.nan, 1.0, 2.0, 0.95), "about unknown", ""),
    ],
)
def test_ratios_carry_their_interval_or_say_about(interval: Interval, told: str, within: str) -> None:
    assert (ratio_of(interval), between(interval)) == (told, within)
    assert (ends(interval) is None) == (within == "")


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


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (857, "857 bytes"), (24_880, "24.9 kB"), (8e6, "8.00 MB"), (2.5e9, "2.50 GB")],
)
def test_what_is_moved_is_counted_in_thousands(amount: float, text: str) -> None:
    assert size(amount) == text


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
    ("labels", "text"),
    [
        ([], ""),
        (["a"], "`a`"),
        (["a", "b"], "`a` and `b`"),
        (list("abcd"), "`a`, `b`, `c` and `d`"),
        (list("abcde"), "`a`, `b`, `c` and 2 more"),
    ],
)
def test_lists(labels: list[str], text: str) -> None:
    assert listing(labels) == text
