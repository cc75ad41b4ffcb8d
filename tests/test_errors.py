"""The error tree: messages, tips and exit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators import errors


def test_every_error_has_the_documented_exit_code() -> None:
    codes = {name: getattr(errors, name).exit_code for name in errors.__all__ if name != "shortened"}
    assert codes == {
        "ComparatorsError": 1,
        "ContractViolation": 1,
        "InvalidParameter": 2,
        "NothingSelected": 4,
        "OutputError": 5,
        "UnknownName": 2,
        "UnreadableInput": 2,
        "UsageError": 2,
        "WrongResult": 1,
    }


@pytest.mark.parametrize(
    ("name", "known", "tip"),
    [
        ("thredpool", ["threadpool", "threading", "serial"], "did you mean 'threadpool'?"),
        ("--wrkers", ["--workers", "--runner", "--preset"], "did you mean '--workers'?"),
        ("SERIAL", ["serial", "asyncio"], "did you mean 'serial'?"),
        ("qqqq", ["b", "a"], "known things: a, b"),
        ("qqqq", [], None),
        ("", ["a"], "known things: a"),
    ],
)
def test_a_near_miss_gets_a_suggestion_and_nothing_else_a_guess(name: str, known: list[str], tip: str | None) -> None:
    error = errors.UnknownName("thing", name, known)
    assert (error.message, error.tip) == (f"unknown thing '{name}'", tip)


@given(st.text(), st.lists(st.text()))
def test_any_names_can_be_compared(name: str, known: list[str]) -> None:
    assert errors.UnknownName("thing", name, known).message == f"unknown thing '{name}'"


def test_where_follows_the_name() -> None:
    assert errors.UnknownName("name", "x", [], where="in 'y'").message == "unknown name 'x' in 'y'"


def test_a_wrong_result_shortens_what_is_long() -> None:
    error = errors.WrongResult("digest", expected="a" * 1000, found=3)
    assert error.message == f"digest: expected {'a' * 200}… (1000 characters), found 3"
