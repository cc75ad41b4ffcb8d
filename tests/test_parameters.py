"""Parameters: read from text, checked from Python, told with their range."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import InvalidParameter, UnknownName
from comparators.parameters import (
    Parameter,
    ParameterValue,
    check_parameters,
    parameter,
    parameters_of,
    parse_parameters,
)


@dataclass(frozen=True)
class Sample:
    """One parameter of each type, and a field that is none."""

    machinery: object
    steps: int = parameter(10, "how many", minimum=1, maximum=10**9)
    seconds: float = parameter(0.5, minimum=0)
    method: str = parameter("map", choices=("map", "imap"))
    shuffled: bool = parameter(False)
    plain: int = 3


WHOLE = Parameter("n", int, 0)
REAL = Parameter("x", float, 0.0)


def test_parameters_are_the_fields_with_a_default_in_order() -> None:
    assert [each.name for each in parameters_of(Sample)] == ["steps", "seconds", "method", "shuffled", "plain"]
    assert parameters_of(Sample)[0] == Parameter("steps", int, 10, "how many", 1, 10**9)
    assert parameters_of(Sample)[4] == Parameter("plain", int, 3)


def test_a_field_of_another_type_is_a_mistake_of_the_author() -> None:
    @dataclass
    class Wrong:
        sizes: tuple[int, ...] = ()

    with pytest.raises(TypeError, match=r"parameter 'sizes' of .*Wrong must be int, float, str or bool"):
        parameters_of(Wrong)


@given(st.integers(-(10**15), 10**15))
def test_every_whole_number_survives_text(number: int) -> None:
    assert WHOLE.parse(str(number), owner="w") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_survives_text(number: float) -> None:
    assert REAL.parse(repr(number), owner="w") == number


@given(st.integers(0, 9), st.integers(0, 12))
def test_large_counts_may_be_powers(base: int, exponent: int) -> None:
    assert WHOLE.parse(f"{base}**{exponent}", owner="w") == base**exponent


@pytest.mark.parametrize(("text", "number"), [("1_000", 1000), ("1e8", 10**8), (" 7 ", 7), ("-3", -3), ("-2**3", -8)])
def test_whole_numbers_are_written_in_many_ways(text: str, number: int) -> None:
    assert WHOLE.parse(text, owner="w") == number


@pytest.mark.parametrize(
    "text", ["", "x", "1.5", "nan", "inf", "1e400", "10**-2", "10**999", "10**", "**2", "0x10", "9" * 5000 + "**9"]
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        WHOLE.parse(text, owner="w")


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "1e400", "1,5"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        REAL.parse(text, owner="w")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for declared in parameters_of(Sample):
        try:
            value = declared.parse(text, owner="sample")
        except InvalidParameter:
            continue
        assert type(value) is declared.kind


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ({"steps": "-3"}, "invalid value '-3' for 'steps' of 'sample': must be an int from 1 to 1,000,000,000"),
        ({"steps": "x"}, "invalid value 'x' for 'steps' of 'sample': must be an int from 1 to 1,000,000,000"),
        ({"seconds": "-1"}, "invalid value '-1' for 'seconds' of 'sample': must be a finite number of at least 0"),
        ({"method": "pam"}, "invalid value 'pam' for 'method' of 'sample': must be one of map, imap"),
        ({"shuffled": "perhaps"}, "invalid value 'perhaps' for 'shuffled' of 'sample': must be a bool (true or false)"),
    ],
)
def test_a_wrong_value_is_told_with_parameter_owner_and_range(assignment: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_parameters(Sample, assignment, owner="sample")
    assert caught.value.message == message


def test_an_unknown_parameter_gets_a_suggestion() -> None:
    with pytest.raises(UnknownName) as caught:
        parse_parameters(Sample, {"step": "1"}, owner="sample")
    assert (caught.value.message, caught.value.tip) == (
        "unknown parameter 'step' of 'sample'",
        "did you mean 'steps'?",
    )


@pytest.mark.parametrize(
    ("text", "truth"), [("true", True), ("Yes", True), ("1", True), ("FALSE", False), ("no", False)]
)
def test_truths_are_words(text: str, truth: bool) -> None:
    assert parse_parameters(Sample, {"shuffled": text}, owner="sample") == {"shuffled": truth}


def test_an_int_widens_to_a_float_and_nothing_else_changes_type() -> None:
    sample = Sample(None, seconds=2)
    check_parameters(sample, owner="sample")
    assert type(sample.seconds) is float
    wrong: list[dict[str, ParameterValue]] = [{"steps": 2.0}, {"steps": True}, {"method": 1}, {"seconds": math.nan}]
    for values in wrong:
        with pytest.raises(InvalidParameter):
            check_parameters(Sample(None, **values), owner="sample")  # type: ignore[arg-type]  # that is the point
