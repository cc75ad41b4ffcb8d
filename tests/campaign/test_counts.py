"""Which worker counts are tried and how many loops a value has, for any work."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.campaign.counts import (
    GIVEN_MAXIMUM,
    HEAVY_PER_CPU,
    LEAST_CPU_SHARE,
    LOOPS_MAXIMUM,
    expected_s,
    loops_for,
    model_counts,
)
from comparators.journal.records import WAITING_BELOW
from comparators.plan.model import Candidate
from comparators.runner import Model
from tests.campaign.simulated_host import candidate
from tests.journal.records import profile

computes = profile(cpu_share=1.0, tasks=2000)
waits = profile(cpu_share=0.01, tasks=2000)
limits = st.integers(2, 2000)
cpus = st.integers(1, 64)


def threads(**changes: object) -> Candidate:
    return replace(candidate("threads", "threads", limit=1000), **changes)  # type: ignore[arg-type]  # any field


def test_the_plain_loop_has_one_worker() -> None:
    assert model_counts(candidate("serial", "loop", limit=1), waits, cpus=8) == (1,)


@pytest.mark.parametrize(("cpus", "count"), [(1, 2), (2, 2), (8, 8)])
def test_work_that_computes_is_tried_with_as_many_workers_as_cpus_and_two_at_least(cpus: int, count: int) -> None:
    assert model_counts(threads(), computes, cpus) == (count,)


@pytest.mark.parametrize(
    ("cpu_share", "cpus", "counts"),
    [
        pytest.param(0.5, 4, (4, 8), id="half"),
        pytest.param(0.25, 4, (4, 16), id="three quarters"),
        pytest.param(0.7, 4, (4, 8), id="a little: twice as many at least"),
        pytest.param(0.0, 2, (2, 200), id="all of it"),
    ],
)
def test_work_that_waits_is_also_tried_with_as_many_as_keep_the_cpus_busy(
    cpu_share: float, cpus: int, counts: tuple[int, ...]
) -> None:
    assert model_counts(threads(), replace(waits, cpu_share=cpu_share), cpus) == counts


@pytest.mark.parametrize("model", ["processes", "interpreters"])
@pytest.mark.parametrize("cpus", [1, 2, 8])
def test_workers_that_take_long_to_start_are_tried_with_some_for_each_cpu_at_first(model: Model, cpus: int) -> None:
    heavy = candidate("heavy", model, limit=1000)
    assert model_counts(heavy, waits, cpus) == (max(2, cpus), HEAVY_PER_CPU * cpus)
    assert model_counts(heavy, replace(waits, cpu_share=0.5), cpus) == (
        max(2, cpus),
        2 * max(2, cpus),
    )  # fewer do as well
    assert model_counts(replace(heavy, counts=(2, 500)), waits, cpus) == (2, 500)


def test_few_tasks_or_the_host_limit_the_workers() -> None:
    assert model_counts(threads(limit=6), waits, cpus=4) == (4, 6)
    assert model_counts(threads(limit=3), waits, cpus=4) == (3,)
    assert model_counts(threads(limit=3), computes, cpus=4) == (3,)
    assert model_counts(threads(), replace(waits, tasks=64), cpus=2) == (2, 64)
    assert model_counts(threads(), replace(computes, tasks=3), cpus=4) == (3,)


def test_tasks_that_need_each_other_have_enough_workers() -> None:
    assert model_counts(threads(fewest=5), computes, cpus=2) == (5,)


def test_counts_that_were_asked_for_are_taken_as_they_are() -> None:
    assert model_counts(threads(counts=(8, 1, 3)), waits, cpus=2) == (8, 1, 3)


def test_of_many_counts_that_were_asked_for_the_ends_and_the_middle_are_tried() -> None:
    given_counts = tuple(range(1, 102))
    assert model_counts(threads(counts=given_counts), computes, cpus=2) == (1, 21, 41, 61, 81, 101)


@given(st.floats(0, 1), cpus, limits, st.integers(1, 2))
def test_counts_are_possible_few_and_ascending(cpu_share: float, cpus: int, limit: int, fewest: int) -> None:
    found = model_counts(threads(limit=limit, fewest=fewest), replace(waits, cpu_share=cpu_share), cpus)
    assert list(found) == sorted(set(found))
    assert 1 <= len(found) <= (2 if cpu_share < WAITING_BELOW else 1)
    assert all(fewest <= count <= limit for count in found)
    assert max(found) <= max(2, cpus) / max(cpu_share, LEAST_CPU_SHARE) + 2 * max(2, cpus)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40, unique=True))
def test_given_counts_are_never_more_than_is_worth_and_keep_their_ends(counts: list[int]) -> None:
    found = model_counts(threads(counts=tuple(counts)), computes, cpus=2)
    assert set(found) <= set(counts)
    assert {min(counts), max(counts)} <= set(found)
    assert len(found) == min(len(counts), GIVEN_MAXIMUM)


def test_what_waits_goes_on_at_once_and_what_computes_shares_the_cpus() -> None:
    assert expected_s(profile(total_s=8.0, longest_s=0.1, cpu_share=1.0), workers=8, cpus=2) == 4.0
    assert expected_s(profile(total_s=8.0, longest_s=0.1, cpu_share=0.0), workers=8, cpus=2) == 1.0
    assert expected_s(profile(total_s=8.0, longest_s=0.1, cpu_share=0.25), workers=8, cpus=2) == 1.0
    assert expected_s(profile(total_s=8.0, longest_s=5.0, cpu_share=0.0), workers=8, cpus=2) == 5.0
    assert expected_s(profile(total_s=8.0, longest_s=5.0), workers=1, cpus=2) == 8.0


@given(st.floats(0, 1e3), st.floats(0, 1), st.integers(1, 500), cpus)
def test_more_workers_are_never_expected_to_take_longer(
    total_s: float, cpu_share: float, workers: int, cpus: int
) -> None:
    seen = profile(total_s=total_s, longest_s=total_s / 10, cpu_share=cpu_share)
    fewer, more = (expected_s(seen, count, cpus) for count in (workers, workers + 1))
    assert 0 < more <= max(fewer, seen.longest_s)


@given(st.floats(0, 1e6), st.floats(1e-3, 10))
def test_a_value_is_long_enough_and_no_longer_than_it_must_be(seconds: float, value_s: float) -> None:
    loops = loops_for(seconds, value_s)
    assert 1 <= loops <= LOOPS_MAXIMUM
    assert loops in (LOOPS_MAXIMUM, 1) or value_s <= loops * seconds * (1 + 1e-9)
    assert loops == 1 or (loops - 1) * seconds < value_s


def test_work_that_never_ends_has_one_loop() -> None:
    assert loops_for(math.inf, 0.1) == 1
