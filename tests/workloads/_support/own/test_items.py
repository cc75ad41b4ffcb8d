"""Items are read within limits, once, and always the same."""

import itertools
from types import ModuleType
from typing import Any

import pytest

from comparators.errors import UsageError
from comparators.workloads._support.own import items
from comparators.workloads._support.own.items import items_in


def module(**names: Any) -> ModuleType:
    made = ModuleType("mine")
    vars(made).update(names)
    return made


def endless_texts() -> Any:
    return ("x" * 1_000_000 + str(number) for number in itertools.count())


def slow_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(step=items.MOST_S + 1)
    monkeypatch.setattr(items.time, "monotonic", lambda: next(ticks))


@pytest.mark.parametrize(
    ("endless", "reason"),
    [
        (itertools.count, "it has more than 5,000 items"),
        (endless_texts, "items take more than 64 MB"),
    ],
)
def test_items_without_an_end_are_refused(monkeypatch: pytest.MonkeyPatch, endless: Any, reason: str) -> None:
    monkeypatch.setattr(items, "MOST_ITEMS", 5_000)
    with pytest.raises(UsageError, match=reason) as refused:
        items_in(module(ITEMS=endless), "ITEMS", "work", 0)
    assert "--first 1000" in str(refused.value.tip)


def test_items_that_take_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_clock(monkeypatch)
    with pytest.raises(UsageError, match="its first 1,023 items take longer than 3 s"):
        items_in(module(ITEMS=itertools.count()), "ITEMS", "work", 0)


def test_the_beginning_of_an_endless_row_is_taken() -> None:
    assert items_in(module(ITEMS=itertools.count), "ITEMS", "work", 3) == [0, 1, 2]


def test_what_says_its_length_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST_ITEMS", 5)
    assert len(items_in(module(ITEMS=range(100)), "ITEMS", "work", 0)) == 100


def test_a_function_is_asked_once() -> None:
    calls = []

    def made() -> list[int]:
        calls.append(1)
        return [1, 2]

    mine = module(ITEMS=made)
    assert items_in(mine, "ITEMS", "work", 0) is items_in(mine, "ITEMS", "work", 0)
    assert calls == [1]
