"""What the sandbox answers is untrusted: it has the expected form, or it is refused."""

from dataclasses import asdict, dataclass
from typing import Literal

import pytest

from comparators.sandbox.answers import LONGEST_LIST, LONGEST_TEXT, ImplausibleAnswer, structure


@dataclass(frozen=True)
class Inner:
    name: str
    values: tuple[tuple[str, int | float | str | bool], ...] = ()


@dataclass(frozen=True)
class Outer:
    kind: Literal["a", "b"]
    inner: tuple[Inner, ...]
    limit_s: float | None = None
    flag: bool = False
    count: int = 0
    both: tuple[int, str] = (1, "x")


WHOLE = Outer("a", (Inner("one", (("n", 1), ("f", 0.5), ("t", "x"), ("b", True))),), 2.0, flag=True, count=3)


def as_json(value: object) -> object:
    """Return a value as JSON would hand it over: lists instead of tuples."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, tuple) else value


def test_a_value_comes_back_as_it_was() -> None:
    assert structure(Outer, as_json(asdict(WHOLE))) == WHOLE
    assert structure(Outer, {"kind": "b", "inner": [], "limit_s": 3}) == Outer("b", (), 3.0)


def deep(levels: int) -> object:
    found: object = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "c"},
        {"kind": ["a"]},
        {"kind": True},
        {"inner": "text"},
        {"inner": [{"name": 1}]},
        {"inner": [{}]},
        {"inner": [{"name": "x", "more": 1}]},
        {"inner": [{"name": "x" * (LONGEST_TEXT + 1)}]},
        {"inner": [{"name": "x"}] * (LONGEST_LIST + 1)},
        {"inner": [{"name": "x", "values": [["n"]]}]},
        {"inner": [{"name": "x", "values": [["n", None]]}]},
        {"inner": deep(900)},
        {"limit_s": float("nan")},
        {"limit_s": float("inf")},
        {"limit_s": "2"},
        {"limit_s": True},
        {"flag": 1},
        {"count": True},
        {"count": 1.0},
        {"count": 2**64},
        {"both": [1, "x", 2]},
    ],
)
def test_what_is_not_of_the_form_is_refused(change: dict[str, object]) -> None:
    whole = as_json(asdict(WHOLE))
    assert isinstance(whole, dict)
    with pytest.raises(ImplausibleAnswer):
        structure(Outer, {**whole, **change})


@pytest.mark.parametrize("answer", [None, [], "x", 1, {"inner": []}])
def test_what_is_no_such_value_at_all_is_refused(answer: object) -> None:
    with pytest.raises(ImplausibleAnswer):
        structure(Outer, answer)
