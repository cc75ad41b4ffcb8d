"""The table of what it costs."""

from dataclasses import replace

import pytest

from comparators.coordination.costs import costs_of
from comparators.coordination.report.costs import cost_grid, samples_words, sources_of
from tests.example_costs import coordination_run

RUN = coordination_run()
COSTS = costs_of(RUN)


def test_a_row_for_each_act_and_a_column_for_each_runner() -> None:
    grid = cost_grid(COSTS, several_pythons=False)
    assert grid.headings == ("primitive", "operation", "unit")
    assert [row.headings for row in grid.rows] == [
        ("lock", "uncontended", "µs"),
        ("lock", "contended", "µs"),
        ("worker", "start and end", "ms"),
    ]
    assert set(grid.runners) >= {"serial", "threading", "mp-pool", "asyncio", "futures-interpreters"}


def test_the_pythons_of_a_row_stand_together() -> None:
    costs = costs_of(coordination_run(pythons=("3.11", "3.13t")))
    rows = cost_grid(costs, several_pythons=True).rows
    assert [row.headings[:3] for row in rows[:3]] == [
        ("lock", "uncontended", "3.11"),
        ("lock", "uncontended", "3.13t"),
        ("lock", "contended", "3.11"),
    ]


def test_a_cost_has_its_interval_and_what_has_none_its_reason() -> None:
    grid = cost_grid(COSTS, several_pythons=False)
    contended = dict(zip(grid.runners, grid.rows[1].entries, strict=True))
    entry = contended["threading"]
    assert entry is not None
    low, high = map(float, entry.extra.split("–"))
    assert low < float(entry.value.text) < high
    assert entry.value.key == pytest.approx(float(entry.value.text) * 1e-6, rel=0.01)
    absent = contended["serial"]
    assert absent is not None
    assert absent.note is not None
    assert grid.notes[absent.note - 1] == absent.hover


@pytest.mark.parametrize(("seconds", "unit"), [(5e-8, "ns"), (2e-7, "µs"), (9.9e-5, "µs"), (1.2e-4, "ms"), (0.2, "s")])
def test_the_unit_follows_the_smallest_of_a_row(seconds: float, unit: str) -> None:
    cost = next(one for one in COSTS if one.seconds is not None)
    grid = cost_grid([replace(cost, seconds=seconds)], several_pythons=False)
    assert grid.rows[0].headings[-1] == unit


def test_two_workloads_with_one_cost_are_told_apart() -> None:
    cost = next(one for one in COSTS if one.seconds is not None)
    other = replace(cost, workload="ping-pong[channel=pipe]")
    assert [row.headings[1] for row in cost_grid([cost, other], several_pythons=False).rows] == [
        "uncontended in hash",
        "uncontended in ping-pong",
    ]
    assert sources_of([cost]) == {}


def test_the_number_of_samples_in_words() -> None:
    one = next(cost for cost in COSTS if cost.seconds is not None)
    assert samples_words([replace(one, samples=3), replace(one, samples=5)]) == "3 to 5 samples each"
    assert samples_words([replace(one, samples=1)]) == "1 sample each"
    assert samples_words([]) == "no samples"


def test_the_pythons_of_a_row_have_one_unit() -> None:
    cost = next(one for one in COSTS if one.seconds is not None)
    slower = replace(cost, python="3.13t", seconds=5e-4)
    rows = cost_grid([replace(cost, seconds=5e-8), slower], several_pythons=True).rows
    assert [row.headings[2:] for row in rows] == [("3.11", "ns"), ("3.13t", "ns")]
