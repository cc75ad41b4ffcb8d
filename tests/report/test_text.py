import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.report.text import (
    ascii_only,
    at_least,
    bytes_size,
    clean,
    count,
    day,
    duration,
    number,
    one_line,
    percent,
    plural,
    seconds,
    spans,
    times,
)
from comparators.verdict.model import Interval


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
    ("interval", "text"),
    [
        (Interval(1.8432, 1.801, 1.884, 0.95), "1.84× (1.80–1.88)"),
        (Interval(12.34, 11.0, 14.2, 0.95), "12.3× (11.0–14.2)"),
        (Interval(0.0341, 0.03, 0.04, 0.95), "0.0341× (0.0300–0.0400)"),
        (Interval(1234.0, 1200.0, 1300.0, 0.95), "1,234× (1,200–1,300)"),
        (Interval(1.84, None, None, 0.95), "about 1.8×"),
        (Interval(123.4, None, None, 0.95), "about 120×"),
        (Interval(1.84, 1.0, math.inf, 0.95), "about 1.8×"),
        (Interval(math.nan, None, None, 0.95), "unknown"),
    ],
)
def test_ratios_carry_their_interval_or_say_about(interval: Interval, text: str) -> None:
    assert times(interval) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(3.0, "≥ 3×"), (2.999, "≥ 2.9×"), (0.0567, "≥ 0.056×"), (128.0, "≥ 120×"), (math.nan, "unknown")],
)
def test_a_bound_is_rounded_down(ratio: float, text: str) -> None:
    assert at_least(ratio) == text


def test_counts_shares_and_sizes() -> None:
    assert (count(10_000), plural(1, "worker"), plural(2, "worker")) == ("10,000", "1 worker", "2 workers")
    assert plural(2, "process", "processes") == "2 processes"
    assert (percent(0.05), percent(0.005), percent(math.nan)) == ("5 %", "0.5 %", "unknown")
    assert (bytes_size(1), bytes_size(1536), bytes_size(8 * 2**30)) == ("1 byte", "1.50 KiB", "8.00 GiB")
    assert (number(0), number(0.01234), number(math.inf)) == ("0", "0.0123", "unknown")


def test_dates_are_in_utc_and_never_raise() -> None:
    assert day(0) == "1970-01-01 00:00 UTC"
    assert day(1e30) == day(math.nan) == "unknown"


def test_control_characters_become_visible() -> None:
    assert clean("\x1b[31mred\a\x7f\x9b\u202e\ud800") == r"\x1b[31mred\x07\x7f\x9b\u202e\ud800"
    assert clean("one\r\ntwo\tthree") == "one\ntwo\tthree"
    assert one_line(" one\n\ttwo ") == "one two"
    assert one_line("abcdef", longest=4) == "abc…"


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_can_be_written_and_steers_nothing(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not any(ord(one) < 32 and one not in "\n\t" for one in cleaned)


@given(st.text())
def test_ascii_text_is_ascii(text: str) -> None:
    assert ascii_only(text).isascii()


def test_ascii_text_keeps_its_meaning() -> None:
    assert ascii_only("≥ 3× in 12 µs (1.8–1.9)…") == ">= 3x in 12 us (1.8-1.9)..."


def test_backticks_mark_names() -> None:
    assert spans("Use `mp-pool[method=imap]` here") == (
        ("Use ", False),
        ("mp-pool[method=imap]", True),
        (" here", False),
    )
    assert spans("one ` alone") == (("one ` alone", False),)
