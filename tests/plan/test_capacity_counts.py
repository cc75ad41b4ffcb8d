"""With how many busy processes a run looks at its host."""

from dataclasses import replace

import pytest

from comparators.plan.capacity_counts import ceiling_counts
from comparators.plan.model import Contestant
from tests.journal.records import CONTEST, PLAN, SETTINGS, THREADS


@pytest.mark.parametrize(
    ("cpus", "most", "counts"),
    [(1, 99, (1, 2)), (2, 99, (1, 2, 4)), (3, 99, (1, 2, 4, 6)), (3, 3, (1, 2, 3)), (3, 1, (1,))],
)
def test_they_double_up_to_twice_the_cpus_or_the_most_workers(cpus: int, most: int, counts: tuple[int, ...]) -> None:
    contestant = replace(CONTEST.contestants[0], limit=most)
    contests = (replace(CONTEST, contestants=(contestant,)),)
    settings = replace(SETTINGS, cpus=tuple(range(cpus)))
    assert ceiling_counts(replace(PLAN, settings=settings, contests=contests)) == counts


def test_a_look_at_scaling_adds_its_counts_up_to_four_per_cpu() -> None:
    one = Contestant(THREADS, (1, 3, 8, 9), search=False, limit=9)
    contests = (replace(CONTEST, contestants=(one,)),)
    assert ceiling_counts(replace(PLAN, contests=contests)) == (1, 2, 4)
    scaled = replace(PLAN, contests=contests, settings=replace(SETTINGS, scaling="strong"))
    assert ceiling_counts(scaled) == (1, 2, 3, 4, 8)
