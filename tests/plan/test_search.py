"""The search for a worker count, on curves that are known."""

import math
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.plan.search import next_count


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
    assert set(seconds) <= set(with_limit(start, limit))
    assert len(seconds) <= 2 + math.log2(limit) + math.log2(start)


@given(start=st.integers(1, 10_000), limit=st.integers(1, 10_000))
def test_it_begins_at_the_start_or_the_limit(start: int, limit: int) -> None:
    assert next_count({}, start, limit) == min(start, limit)


@pytest.mark.parametrize(
    ("curve", "tried"),
    [
        pytest.param({2: 5.0, 4: 4.0, 8: 3.0, 16: 4.0}, [2, 4, 8, 16], id="peak"),
        pytest.param({2: 3.0, 4: 4.0, 1: 2.0}, [2, 4, 1], id="one is best"),
        pytest.param({2: 3.0, 4: 3.0, 1: 6.0}, [2, 4, 1], id="plateau: the smaller count is best"),
        pytest.param({2: 3.0, 4: math.inf, 1: 5.0}, [2, 4, 1], id="cliff: more workers fail"),
        pytest.param({2: 5.0, 4: 4.0, 8: 3.0, 16: 2.0, 20: 1.0}, [2, 4, 8, 16, 20], id="the limit is best"),
    ],
)
def test_known_curves(curve: dict[int, float], tried: list[int]) -> None:
    assert list(searched(curve.__getitem__, 2, 20)) == tried


def test_a_limit_of_one_needs_one_sample() -> None:
    assert searched(lambda count: 1.0, 1, 1) == {1: 1.0}


def overheads(contention: float, coherence: float) -> Callable[[int], float]:
    """Seconds by the Universal Scalability Law: contention for something shared, and all waiting for all."""
    return lambda count: (1 + contention * (count - 1) + coherence * count * (count - 1)) / count


def flat_from(cpus: int, each_more: float = 0.0) -> Callable[[int], float]:
    """As many CPUs as that, and a share of time lost for each further worker."""
    return lambda count: (1 + each_more * max(0, count - cpus)) / min(count, cpus)


def failing_above(most: int, then: float) -> Callable[[int], float]:
    """A cliff: with one worker more it takes a multiple of the time."""
    return lambda count: 1 / count if count <= most else then


LIMIT = 32
CURVES = {
    "peak at 3": overheads(0.05, 0.1),
    "peak at 6": overheads(0.02, 0.027),
    "peak at 12": overheads(0.02, 0.0065),
    "no peak, less and less gain": overheads(0.1, 0.0),
    "no loss at all": overheads(0.0, 0.0),
    "plateau from 4": flat_from(4),
    "plateau from 10": flat_from(10),
    "best at 2, then slowly worse": flat_from(2, 0.05),
    "cliff after 8": failing_above(8, 0.6),
    "cliff after 20": failing_above(20, 0.5),
}


def found(curve: Callable[[int], float], rng: random.Random) -> tuple[float, int]:
    """Search with a noise of 2 %; return how far its count is from the best, and the samples taken."""
    seconds = searched(lambda count: curve(count) * math.exp(rng.gauss(0, 0.02)), 2, LIMIT)
    chosen = min(seconds, key=lambda count: (seconds[count], count))
    return curve(chosen) / min(map(curve, range(1, LIMIT + 1))), len(seconds)


def test_it_finds_nearly_the_best_of_an_exhaustive_search_with_a_third_of_its_samples() -> None:
    """Of ten curves nine; a cliff between two steps of the search is what it cannot know of."""
    rng = random.Random(1)
    for _ in range(30):
        results = {name: found(curve, rng) for name, curve in CURVES.items()}
        assert all(samples <= LIMIT / 3 for _, samples in results.values())
        assert sum(loss <= 1.05 for loss, _ in results.values()) >= 8
    results = {name: found(curve, random.Random(2)) for name, curve in CURVES.items()}
    assert sum(loss <= 1.05 for loss, _ in results.values()) >= 9
