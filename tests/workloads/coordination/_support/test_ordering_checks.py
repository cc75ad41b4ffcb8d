"""The checks of order fail where no order of steps would be right, and nowhere else."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.workloads.coordination._support.ordering_checks import (
    Stay,
    check_each_once,
    check_first_in_first_out,
    check_last_in_first_out,
    check_smallest_first,
    most_waiting,
)

STAYS = st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4, unique=True).map(sorted), max_size=14).map(
    lambda rows: [Stay(key, *map(float, row)) for key, row in enumerate(rows)]
)


def fails(check: object, stays: list[Stay]) -> bool:
    assert callable(check)
    try:
        check("here", stays)
    except WrongResult:
        return True
    return False


def surely_there(other: Stay, taken: Stay) -> bool:
    return other.put_by <= taken.got_after and other.got_after >= taken.got_by


@given(STAYS)
def test_last_in_first_out_is_what_it_says(stays: list[Stay]) -> None:
    wrong = any(
        surely_there(other, taken) and other.put_after >= taken.put_by for taken, other in product(stays, stays)
    )
    assert fails(check_last_in_first_out, stays) == wrong


@given(STAYS)
def test_smallest_first_is_what_it_says(stays: list[Stay]) -> None:
    wrong = any(surely_there(other, taken) and other.key < taken.key for taken, other in product(stays, stays))
    assert fails(check_smallest_first, stays) == wrong


@given(STAYS)
def test_items_wait_from_the_end_of_one_step_to_the_beginning_of_the_other(stays: list[Stay]) -> None:
    moments = [half / 2 for half in range(1, 122, 2)]  # between two readings, which are whole here
    assert most_waiting(stays) == max(sum(stay.put_by < now < stay.got_after for stay in stays) for now in moments)


def test_messages_name_the_two_items() -> None:
    stays = [Stay(0, 1, 2, 5, 6), Stay(1, 2, 3, 7, 8)]
    with pytest.raises(WrongResult) as caught:
        check_last_in_first_out("here", stays)
    assert str(caught.value) == (
        "order of items here: expected last in, first out: item 1 before item 0, which was put in earlier, "
        "found item 0 while item 1 was there"
    )
    with pytest.raises(WrongResult, match="smallest first: item 0 before item 1, found item 1 while item 0 was there"):
        check_smallest_first("here", [Stay(1, 1, 2, 5, 6), Stay(0, 2, 3, 7, 8)])


def test_first_in_first_out_is_for_the_items_of_one_producer() -> None:
    check_first_in_first_out("here", 0, [1, 0, 3, 5, 2], producers=2)
    with pytest.raises(WrongResult) as caught:
        check_first_in_first_out("here", 4, [1, 0, 5, 2, 3], producers=2)
    assert str(caught.value) == (
        "order of producer 1's items at consumer 4 here: expected first in, first out: item 3 before item 5, "
        "found item 5 before item 3"
    )


@given(st.permutations(range(9)))
def test_each_once_in_any_order_is_right(keys: list[int]) -> None:
    check_each_once("here", keys, 9)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([0, 2], "1 lost: 1"),
        ([0, 1, 2, 2], "1 doubled: 2"),
        ([0, 1, -1, 7], "1 lost: 2; 2 never sent: -1, 7"),
        ([], "3 lost: 0, 1, 2"),
    ],
)
def test_what_is_not_there_once_is_named(keys: list[int], said: str) -> None:
    with pytest.raises(WrongResult) as caught:
        check_each_once("here", keys, 3)
    assert str(caught.value) == f"items here: expected each of 3 once, found {said}"


def test_only_some_are_named() -> None:
    with pytest.raises(WrongResult, match=r"found 100 lost: 0, 1, 2, 3, 4, …$"):
        check_each_once("here", [], 100)
