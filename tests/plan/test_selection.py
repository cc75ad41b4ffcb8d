"""From pilot times to the race."""

from dataclasses import replace

import pytest
from comparators.plan.selection import representatives, screened_out

from comparators.plan.model import Cell
from tests.plan.test_model import COMPARISON, POOL, SERIAL, SETTINGS


def cell(runner: str, workers: int) -> Cell:
    return COMPARISON.cell(replace(POOL if runner == "pool" else SERIAL, name=runner), workers)


def test_each_runner_is_represented_by_its_fastest_cell_fastest_first() -> None:
    piloted = {cell("pool", 2): 2.0, cell("slow", 1): 9.0, cell("pool", 4): 1.0, cell("serial", 1): 3.0}
    chosen = representatives(piloted)
    assert list(chosen.values()) == [cell("pool", 4), cell("serial", 1), cell("slow", 1)]
    assert [runner.name for runner in chosen] == ["pool", "serial", "slow"]


def test_of_two_equal_cells_the_one_with_fewer_workers_stands() -> None:
    piloted = {cell("pool", 8): 1.0, cell("pool", 2): 1.0, cell("pool", 4): 1.0}
    assert list(representatives(piloted).values()) == [cell("pool", 2)]


def test_nothing_piloted_nothing_chosen() -> None:
    assert representatives({}) == {}


@pytest.mark.parametrize(
    ("ratio", "samples", "dropped"),
    [
        (1.0, 2, False),
        (1.5, 2, False),
        (1.51, 1, False),
        (1.51, 2, True),
        (2.0, 1, False),
        (2.01, 1, True),
    ],
)
def test_a_runner_is_dropped_when_far_or_twice_clearly_behind(ratio: float, samples: int, dropped: bool) -> None:
    assert (SETTINGS.drop_above, SETTINGS.certain_above) == (1.5, 2.0)
    assert screened_out(4.0 * ratio, 4.0, samples, SETTINGS) is dropped
