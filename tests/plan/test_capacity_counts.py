"""With how many busy processes a run looks at its host."""

from dataclasses import replace

import pytest

from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.model import Candidate
from tests.journal.records import COMPARISON, PLAN, SETTINGS, THREADS


@pytest.mark.parametrize(
    ("cpus", "most", "counts"),
    [(1, 99, (1, 2)), (2, 99, (1, 2, 4)), (3, 99, (1, 2, 4, 6)), (3, 3, (1, 2, 3)), (3, 1, (1,))],
)
def test_they_double_up_to_twice_the_cpus_or_the_most_workers(cpus: int, most: int, counts: tuple[int, ...]) -> None:
    candidate = replace(COMPARISON.candidates[0], limit=most)
    comparisons = (replace(COMPARISON, candidates=(candidate,)),)
    settings = replace(SETTINGS, cpus=tuple(range(cpus)))
    assert capacity_counts(replace(PLAN, settings=settings, comparisons=comparisons)) == counts


def test_a_look_at_scaling_adds_its_counts_up_to_four_per_cpu() -> None:
    one = Candidate(THREADS, counts=(1, 3, 8, 9), fewest=1, limit=9)
    comparisons = (replace(COMPARISON, candidates=(one,)),)
    assert capacity_counts(replace(PLAN, comparisons=comparisons)) == (1, 2, 4)
    scaled = replace(PLAN, comparisons=comparisons, settings=replace(SETTINGS, scaling="strong"))
    assert capacity_counts(scaled) == (1, 2, 3, 4, 8)
