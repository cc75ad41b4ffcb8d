"""The search for a worker count, on curves that are known."""

import math
import random
from collections.abc import Callable, Sequence

import pytest
from comparators.plan.search import COUNTS_PER_SAMPLE, next_count
from hypothesis import given
from hypothesis import strategies as st

from tests.campaign.curves import CURVES, LIMIT, STARTS, search


def searched(curve: Callable[[int], float], start: int, limit: int) -> dict[int, float]:
    """Follow the search to its end; no count is tried twice."""
    seconds: dict[int, float] = {}
    while (count := next_count(seconds, start, limit)) is not None:
        assert count not in seconds
        seconds[count] = curve(count)
    return seconds


def ladder(start: int, limit: int) -> list[int]:
    """Return the power-of-two multiples of `start` within the limit, its whole halves included."""
    down = [start]
    while down[-1] > 1:
        down.append(down[-1] // 2)
    up = [start * 2**power for power in range(1, 40) if start * 2**power <= limit]
    return [*reversed(down), *up]


def with_limit(start: int, limit: int) -> list[int]:
    steps = ladder(start, limit)
    return steps if limit in steps else [*steps, limit]


@given(start=st.integers(1, 64), room=st.integers(0, 1000), peak=st.floats(0.0, 1.0))
def test_a_curve_with_one_peak_is_climbed_to_its_best_step(start: int, room: int, peak: float) -> None:
    limit = start + room
    steps = with_limit(start, limit)
    best = steps[round(peak * (len(steps) - 1))]
    seconds = searched(lambda count: 1.0 + abs(math.log2(count / best)), start, limit)
    assert min(seconds, key=lambda count: seconds[count]) == best


@given(
    start=st.integers(1, 64),
    room=st.integers(0, 1000),
    times=st.lists(st.floats(0.001, 10.0) | st.just(math.inf), min_size=16, max_size=16),
)
def test_any_curve_ends_within_the_range_without_a_repeat(start: int, room: int, times: Sequence[float]) -> None:
    limit = start + room
    seconds = searched(lambda count: times[count % len(times)], start, limit)
    assert set(seconds) <= set(range(1, limit + 1))
    assert len(seconds) <= max(2 + math.log2(limit) + math.log2(start), limit / COUNTS_PER_SAMPLE)


@given(start=st.integers(1, 10_000), limit=st.integers(1, 10_000))
def test_it_begins_at_the_start_or_the_limit(start: int, limit: int) -> None:
    assert next_count({}, start, limit) == min(start, limit)


@pytest.mark.parametrize(
    ("curve", "tried"),
    [
        pytest.param({2: 5.0, 4: 4.0, 8: 3.0, 16: 3.2, 11: 2.9}, [2, 4, 8, 16, 11], id="peak"),
        pytest.param({2: 3.0, 4: 4.0, 1: 2.0}, [2, 4, 1], id="one is best"),
        pytest.param({2: 3.0, 4: 3.0, 1: 6.0, 3: 3.0}, [2, 4, 1, 3], id="plateau: the smaller count is best"),
        pytest.param({2: 3.0, 4: 2.99, 8: 3.0}, [2, 4, 8], id="flat: nothing to be found between"),
        pytest.param({2: 3.0, 4: math.inf, 1: 5.0}, [2, 4, 1], id="cliff: more workers fail"),
        pytest.param({2: 5.0, 4: 4.0, 8: 3.0, 16: 2.0, 20: 1.0}, [2, 4, 8, 16, 20], id="the limit is best"),
    ],
)
def test_known_curves(curve: dict[int, float], tried: list[int]) -> None:
    assert list(searched(curve.__getitem__, 2, 20)) == tried


def test_a_limit_of_one_needs_one_sample() -> None:
    assert searched(lambda count: 1.0, 1, 1) == {1: 1.0}


@pytest.mark.parametrize("start", STARTS)
def test_it_finds_nearly_the_best_of_a_sweep_with_a_third_of_its_samples(start: int) -> None:
    """With a noise of 2 % a sample, of ten curves at least nine."""
    rng = random.Random(start)
    for _ in range(10):
        results = {name: search(curve, start, 0.02, rng) for name, curve in CURVES.items()}
        assert all(found.samples <= LIMIT / 3 for found in results.values())
        assert sum(found.loss <= 0.05 for found in results.values()) >= 9


@pytest.mark.parametrize("start", STARTS)
def test_without_noise_it_finds_nearly_the_best_of_every_curve(start: int) -> None:
    assert max(search(curve, start, 0.0, random.Random(0)).loss for curve in CURVES.values()) <= 0.05
