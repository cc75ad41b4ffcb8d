"""What the second wing shows in a report."""

from dataclasses import replace

import pytest

from comparators.coordination.mistakes import mistakes_of
from comparators.coordination.tables import tables
from comparators.verdict.analyse import analyse
from comparators.workload import Observation
from tests.coordination.runs import coordination_run, observed_run
from tests.verdict.builder import make_run, merge_runs, times


def test_costs_have_a_row_per_operation_a_unit_and_a_column_per_runner() -> None:
    costs, _ = tables(coordination_run())
    assert costs.headings == ("primitive", "operation", "unit", "serial", "threadpool", "mp-pool")
    (row,) = costs.rows
    assert row[:3] == ("lock", "uncontended", "µs")
    assert row[3].startswith("0.100 (0.")
    assert row[5].startswith("4.01 (3.")
    assert costs.text_columns == 3
    assert costs.notes == ("asyncio: needs an rlock: anyio has none",)
    assert "3 samples" in costs.help


def test_mistakes_are_counted_as_a_range_over_the_samples() -> None:
    _, mistakes = tables(coordination_run())
    assert mistakes.headings == ("mistake", "workload", "serial", "threadpool", "mp-pool")
    assert mistakes.rows == (("lost updates", "race", "0", "0–12", "3,000–4,000"),)
    assert mistakes.notes == ()


def test_a_guard_that_lets_nothing_through_stands_beside_the_race() -> None:
    guarded = observed_run("writer", {"serial": [(Observation("lost updates", 0, "updates"),)]})
    _, mistakes = tables(merge_runs(coordination_run(), guarded))
    assert [row[1:3] for row in mistakes.rows] == [("race", "0"), ("writer", "0")]


def test_nothing_wrong_is_no_table() -> None:
    seen = {"serial": [(Observation("lost updates", 0, "updates"),)]}
    assert mistakes_of(observed_run("guarded", seen)) == ()
    assert tables(make_run(model={"serial": times(0.1)})) == ()


def test_several_pythons_have_a_column_and_one_unit() -> None:
    costs, mistakes = tables(merge_runs(coordination_run("3.11"), coordination_run("3.14")))
    assert costs.headings[:4] == ("primitive", "operation", "Python", "unit")
    assert [row[2:4] for row in costs.rows] == [("3.11", "µs"), ("3.14", "µs")]
    assert [row[2] for row in mistakes.rows] == ["3.11", "3.14"]


def test_one_operation_of_two_workloads_names_them() -> None:
    run = coordination_run()
    other = observed_run("writer", {"serial": [one.observations for one in run.samples if one.observations][:1]})
    costs, _ = tables(merge_runs(run, other))
    assert [row[1] for row in costs.rows] == ["uncontended in guarded", "uncontended in writer"]


def test_rows_of_one_primitive_stand_together_in_the_order_of_operations() -> None:
    contended = Observation("cost", 1.0, "µs", "", "lock", "contended")
    start = Observation("cost", 1.0, "ms", "", "worker", "start")
    plain = replace(contended, operation="uncontended")
    costs = tables(observed_run("guarded", {"serial": [(contended, start, plain)]}))[0]
    assert [row[:3] for row in costs.rows] == [
        ("lock", "uncontended", "µs"),
        ("lock", "contended", "µs"),
        ("worker", "start and end", "ms"),
    ]
    assert "1 sample" in costs.help


@pytest.mark.parametrize("title", ["What coordination costs", "Mistakes without a guard"])
def test_the_analysis_holds_them(title: str) -> None:
    assert title in [table.title for table in analyse(coordination_run()).tables]
