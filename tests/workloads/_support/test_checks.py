import pytest

from comparators.errors import WrongResult
from comparators.workloads._support.checks import CLOCK_ROUNDING_S, check_count, check_wait


def test_the_right_number_of_parts_is_returned() -> None:
    assert check_count([1, 2], 2, "results") == [1, 2]


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([1], "number of results: expected 2, found 1"),
        ([1, 2, 3], "number of results: expected 2, found 3"),
        (None, "number of results: expected 2, found no sequence but NoneType"),
        ({1, 2}, "number of results: expected 2, found no sequence but set"),
    ],
)
def test_another_number_says_what_was_found(results: object, said: str) -> None:
    with pytest.raises(WrongResult) as raised:
        check_count(results, 2, "results")
    assert raised.value.message == said


def test_a_long_enough_wait_gives_its_lateness() -> None:
    assert check_wait("wait", 0.5, 0.75) == 0.25


def test_the_rounding_of_the_clock_is_no_fault() -> None:
    assert check_wait("wait", 0.5, 0.5 - CLOCK_ROUNDING_S / 2) < 0


@pytest.mark.parametrize("waited", [0.4, 0.0, -1.0, float("nan"), None, "1"])
def test_a_shorter_wait_is_wrong(waited: object) -> None:
    with pytest.raises(WrongResult, match=r"nap 3: expected at least 0\.5 s, found"):
        check_wait("nap 3", 0.5, waited)
