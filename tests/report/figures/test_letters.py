from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.report.figures.letters import Words, outline, shorten, wide, wrap

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)


def drawn_points(words: Words) -> Any:
    """Return an outline's points, without those that only close it."""
    from matplotlib.path import Path

    vertices, codes = outline(words)
    return vertices[codes != Path.CLOSEPOLY]


def test_widths_are_those_of_the_font() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    text = "Hamburgefonstiv 0123"
    ink = TextPath((0, 0), text, prop=FontProperties(family=["DejaVu Sans"], size=10)).get_extents()
    assert wide(text, 10) == pytest.approx(ink.x1, rel=0.02)
    assert wide(text, 10, bold=True) > wide(text, 10)


def test_an_outline_stands_on_its_baseline_where_it_is_aligned() -> None:
    left = drawn_points(Words("HH", 100, 50, 10, "black"))
    right = drawn_points(Words("HH", 100, 50, 10, "black", align="right"))
    centre = drawn_points(Words("HH", 100, 50, 10, "black", align="center"))
    assert left[:, 0].min() > 100 > right[:, 0].max()
    assert (centre[:, 0].min() + centre[:, 0].max()) / 2 == pytest.approx(100, abs=0.2)
    assert left[:, 1].max() == pytest.approx(50)
    assert left[:, 1].min() < 44


def test_a_turned_outline_goes_up() -> None:
    points = drawn_points(Words("llll", 0, 0, 10, "black", rotation=90))
    assert points[:, 1].min() < -8
    assert abs(points[:, 0]).max() < 10


def test_spaces_have_width_and_no_outline() -> None:
    vertices, codes = outline(Words("  ", 0, 0, 10, "black"))
    assert len(vertices) == len(codes) == 0
    assert wide("  ", 10) > 5


def test_both_ends_of_a_long_name_stay() -> None:
    short = shorten("mp-pool[method=imap_unordered,chunksize=1024]", 90, 9)
    assert short.startswith("mp-p")
    assert short.endswith("24]")
    assert "…" in short
    assert shorten("mp-pool", 90, 9) == "mp-pool"


@given(PRINTABLE, st.floats(20, 200))
def test_a_shortened_text_fits(text: str, points: float) -> None:
    short = shorten(text, points, 9)
    assert wide(short, 9) <= points or len(short) <= 3


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=400), st.integers(1, 4))
def test_wrapped_lines_fit(text: str, lines: int) -> None:
    wrapped = wrap(text, 200, 10, lines=lines)
    assert len(wrapped) <= lines
    assert all(wide(line, 10) <= 200 + wide(" …", 10) for line in wrapped)
    if not any(line.endswith("…") or "…" in line for line in wrapped):
        assert " ".join(wrapped).split() == text.split()
