from dataclasses import dataclass

from comparators.report.columns import Column
from comparators.report.html_tables import MOST_ROWS, column_table
from comparators.report.values import NOTHING, Value


@dataclass(frozen=True)
class Row:
    name: str
    number: float | None = None


COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "name", "Its <name>.", lambda row: Value(row.name), name=True),
    Column(
        "number",
        "number",
        "Its number.",
        lambda row: NOTHING if row.number is None else Value(f"{row.number:g} s", row.number),
        "right",
    ),
    Column("status", "result", "How it came out.", lambda row: Value("best", mark="best")),
)


def test_a_cell_has_its_text_and_the_number_to_sort_by() -> None:
    table = column_table("Rows", COLUMNS, (Row("a & b", 0.5), Row("c")), "rows")
    assert '<th scope="row"><code>a &amp; b</code></th><td class="number" data-key="0.5">0.5 s</td>' in table
    assert '<td class="number">–</td>' in table
    assert '<span class="badge best">best</span>' in table


def test_a_table_is_named_and_its_columns_are_explained() -> None:
    table = column_table("<All> rows", COLUMNS, (Row("a"),), "rows")
    assert 'aria-labelledby="rows"' in table
    assert '<caption id="rows">&lt;All&gt; rows</caption>' in table
    assert 'title="Its &lt;name&gt;."' in table


def test_a_column_without_any_value_is_left_out() -> None:
    assert "number" not in column_table("Rows", COLUMNS, (Row("a"), Row("b")), "rows")


def test_rows_lead_to_their_places() -> None:
    table = column_table("Rows", COLUMNS, (Row("a"), Row("b")), "rows", anchors=("c1", "c2"))
    assert '<a href="#c2"><code>b</code></a>' in table


def test_a_long_table_says_how_much_is_left_out() -> None:
    table = column_table("Rows", COLUMNS, tuple(Row(f"r{number}") for number in range(MOST_ROWS + 3)), "rows")
    assert "(3 more rows are in verdicts.json)" in table
    assert table.count("<tr>") == MOST_ROWS + 1
