"""Numbers in words."""

import pytest

from comparators.report.text import times
from comparators.verdict import words
from comparators.verdict.model import Interval


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.0, "1.00"),
        (1.846, "1.85"),
        (0.5, "0.50"),
        (0.0123, "0.012"),
        (0.0, "0"),
        (12.345, "12.3"),
        (1234.5, "1,234"),
        (2e6, "over 1,000,000"),
    ],
)
def test_ratios(ratio: float, text: str) -> None:
    assert words.times(ratio) == text


@pytest.mark.parametrize(
    "ratio", [0.00095, 0.0123, 0.064, 0.5, 0.999, 1.0, 1.89, 6.0, 9.96, 15.7, 99.6, 111.0, 48_379.0]
)
def test_ratios_without_an_interval_are_written_as_in_tables(ratio: float) -> None:
    assert f"{words.about(ratio)}×" == times(Interval(ratio, None, None, 0.95))


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.05, "5 %"), (0.025, "2.5 %"), (0.984, "98 %"), (1.0, "100 %")]
)
def test_shares(share: float, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2 s"),
        (0.0123, "12.3 ms"),
        (4.5e-6, "4.5 µs"),
        (8.04e-7, "804 ns"),
        (0.0, "0 ns"),
        (0.9996, "1 s"),
        (9.9996e-4, "1 ms"),
        (4321.4, "4,321 s"),
    ],
)
def test_durations(value: float, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 bytes"), (857, "857 bytes"), (24_880, "24.9 kB"), (8e6, "8 MB"), (2.5e9, "2.5 GB")]
)
def test_sizes(number: float, text: str) -> None:
    assert words.size(number) == text


def test_counts_and_rates() -> None:
    assert [words.count(number, "block") for number in (0, 1, 1_000)] == ["0 blocks", "1 block", "1,000 blocks"]
    assert [words.rate(value) for value in (1.934, 987.6)] == ["1.93", "988"]


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
    assert words.listing(labels) == text
