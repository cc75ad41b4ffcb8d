from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.workloads.uneven import Uneven, stretch


@given(count=st.integers(2, 60), shortest=st.integers(1, 10**6), seed=st.integers(0, 5))
def test_the_longest_is_100_times_the_shortest(count: int, shortest: int, seed: int) -> None:
    lengths = sorted(turns for _, turns in Uneven(count=count, shortest=shortest, seed=seed).tasks())
    assert lengths[0] == shortest
    assert lengths[-1] == 100 * shortest


def test_lengths_are_a_geometric_series() -> None:
    lengths = sorted(turns for _, turns in Uneven(count=9, shortest=10_000).tasks())
    factors = [after / before for before, after in pairwise(lengths)]
    assert factors == pytest.approx([100 ** (1 / 8)] * 8, rel=1e-4)


def test_the_order_is_mixed_and_fixed_by_the_seed() -> None:
    first, again, other = (Uneven(seed=seed).tasks() for seed in (1, 1, 2))
    lengths = [turns for _, turns in first]
    assert first == again
    assert first != other
    assert lengths not in (sorted(lengths), sorted(lengths, reverse=True))


def test_one_task_is_enough() -> None:
    workload = Uneven(count=1, shortest=5)
    assert workload.tasks() == [(1, 5)]
    assert workload.verify([stretch((1, 5))]) == ()


def test_a_turn_too_few_is_wrong() -> None:
    workload = Uneven.from_preset("tiny")
    results = [stretch(task) for task in workload.tasks()]
    seed, turns = workload.tasks()[2]
    results[2] = stretch((seed, turns - 1))
    with pytest.raises(WrongResult, match=f"result of task {seed} with {turns} turns"):
        workload.verify(results)
