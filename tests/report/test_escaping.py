import math

from hypothesis import given
from hypothesis import strategies as st

from comparators.report.escaping import ascii_only, clean, day, one_line, spans


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
