"""The table of mistakes: what is lost without a guard, and nothing with one."""

from dataclasses import replace

from comparators.coordination.report.grids import Entry, Grid
from comparators.coordination.report.mistakes import correctness_grid
from comparators.workload import Observation
from tests.example_costs import coordination_run
from tests.examples import example_run

RUN = coordination_run()


def entry_of(grid: Grid, place: int, runner: str) -> Entry:
    entry = grid.rows[place].entries[grid.runners.index(runner)]
    assert entry is not None
    return entry


def test_losses_and_their_absence_stand_below_each_other() -> None:
    grid = correctness_grid(RUN, several_pythons=False)
    assert [row.headings for row in grid.rows] == [("lost updates", "noop"), ("lost updates", "sleep")]
    lost = entry_of(grid, 0, "mp-pool")
    assert (lost.value.text, lost.extra, lost.alarm) == ("4,000", "40 %", True)
    for place, runner in ((0, "serial"), (1, "mp-pool")):
        none = entry_of(grid, place, runner)
        assert (none.value.text, none.extra, none.alarm) == ("0", "", False)
    refused = entry_of(grid, 0, "futures-interpreters")
    assert refused.note is not None
    assert grid.notes[refused.note - 1] == refused.hover


def test_the_pythons_of_a_workload_stand_side_by_side() -> None:
    grid = correctness_grid(coordination_run(pythons=("3.11", "3.13t")), several_pythons=True)
    assert [row.headings[1:] for row in grid.rows] == [
        ("noop", "3.11"),
        ("noop", "3.13t"),
        ("sleep", "3.11"),
        ("sleep", "3.13t"),
    ]


def test_the_range_over_the_samples() -> None:
    samples = [
        replace(one, observations=(Observation("jumbled lines", float(number % 3), "lines"),))
        for number, one in enumerate(RUN.samples)
    ]
    grid = correctness_grid(replace(RUN, samples=tuple(samples)), several_pythons=False)
    assert {row.headings[0] for row in grid.rows} == {"jumbled lines"}
    shared = [
        replace(one, observations=(*one.observations, Observation("share of jumbled lines", number % 3, "%")))
        for number, one in enumerate(samples)
    ]
    other = correctness_grid(replace(RUN, samples=tuple(shared)), several_pythons=False)
    assert entry_of(other, 0, "threading").extra == "up to 2 %"
    assert entry_of(grid, 0, "threading").value.text == "0–2"


def test_a_run_without_mistakes_to_count_has_no_rows() -> None:
    assert correctness_grid(example_run(workloads=("hash",)), several_pythons=False).rows == ()
