"""A name and its parameters as people write them."""

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import UsageError
from comparators.request.variants import Variant, parse_variant

NAMES = st.text([*string.ascii_lowercase, "-", ".", ":", "/"], min_size=1)
VALUES = st.text([*string.ascii_letters, *string.digits, "*", ".", "-"])


def test_spaces_and_empty_brackets_do_not_count() -> None:
    expected = Variant("guarded", (("guard", "lock"), ("count", "3")))
    assert parse_variant(" guarded [ guard = lock ,count=3,] ", option="WORKLOAD") == expected
    assert parse_variant("guarded[]", option="WORKLOAD") == Variant("guarded")


def test_the_error_names_the_option() -> None:
    with pytest.raises(UsageError, match="invalid value 'a]' for 'WORKLOAD'"):
        parse_variant("a]", option="WORKLOAD")


@given(NAMES, st.dictionaries(NAMES, VALUES))
def test_what_is_written_is_read(name: str, parameters: dict[str, str]) -> None:
    text = f"{name}[{','.join(f'{key}={value}' for key, value in parameters.items())}]"
    variant = parse_variant(text, option="x")
    assert (variant.name, variant.parameters) == (name, parameters)


@given(st.text(st.sampled_from([*"ab[]=, é\n'"]), max_size=20))
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(UsageError):
        parse_variant(text, option="x")
