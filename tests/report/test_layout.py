from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from comparators.report.columns import Column
from comparators.report.layout import Layout, cells
from comparators.report.text_table import table_lines
from comparators.report.values import Value, words

Row = tuple[str, str, str]
COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "name", "Help.", lambda row: words(row[0])),
    Column("number", "number", "Help.", lambda row: Value(row[1], 1.0), "right", detail=True),
    Column("why", "why", "Help.", lambda row: words(row[2])),
)


def lines(columns: tuple[Column[Row], ...], *rows: Row, width: int = 80, most: int = 60) -> list[str]:
    found = table_lines(Layout(width), columns, rows, most=most)
    return ["".join(span.text for span in line).rstrip() for line in found]


def test_cells_are_counted_as_a_terminal_does() -> None:
    for text in ("abc", "待つ", "e\u0301", "█×→"):
        assert cells(text) == cell_len(text)


@given(st.text(), st.integers(1, 60))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    layout = Layout(80)
    wrapped = layout.wrapped(text, width)
    assert all(cells(line) <= max(2, width) for line in wrapped)
    assert "".join(wrapped).replace(" ", "") == layout.text(text).replace(" ", "")


def test_clauses_share_a_line_where_they_fit() -> None:
    found = [
        "".join(span.text for span in line)
        for line in Layout(30).labelled("also", ["one thing", "two", "", "three words here"])
    ]
    assert found == ["also   one thing · two", "       three words here"]
    assert list(Layout(30).labelled("also", [])) == []


def test_prose_wraps_beside_its_row() -> None:
    assert lines(COLUMNS, ("a", "1", "one two three four five six"), width=40) == [
        "  name  number  why",
        "  a          1  one two three four five",
        "                six",
    ]


def test_where_there_is_little_room_details_go_and_words_wrap_before_names() -> None:
    columns = (*COLUMNS[:2], Column("more", "more", "Help.", lambda row: words(row[2]), name=True), COLUMNS[2])
    assert lines(columns, ("one two three four", "1", "five six seven eight"), width=50) == [
        "  name          more                  why",
        "  one two       five six seven eight  five six",
        "  three four                          seven eight",
    ]


def test_what_never_fits_is_left_out() -> None:
    numbers: tuple[Column[Row], ...] = tuple(
        Column(str(place), "n" * 12, "Help.", lambda row: words(row[1]), "right") for place in range(9)
    )
    assert len(lines(numbers, ("a", "1", ""), width=40)[0]) <= 40
    assert len(lines(numbers, ("a", "1", ""), width=40)[0].split()) == 2


def test_empty_columns_are_left_out() -> None:
    assert lines(COLUMNS, ("a", "–", "")) == ["  name", "  a"]
    assert lines(COLUMNS) == []


def test_a_long_table_is_cut() -> None:
    assert lines(COLUMNS, *[("a", "1", "")] * 5, most=3)[-1] == "  and 2 more in the report"
