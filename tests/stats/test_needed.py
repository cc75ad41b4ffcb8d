"""Estimates of how many blocks a test still needs."""

from collections.abc import Sequence

import numpy as np
import pytest

from comparators.stats.needed import blocks_needed
from tests.stats.simulated import allowed, lognormal, rule_of, run_tests


def needed(distances: Sequence[float], spreads: Sequence[float], *, blocks: int = 3, freedom: int = 1) -> int | None:
    return blocks_needed(np.array(distances), np.array(spreads), freedom, blocks, 0.0036, rule_of("api"))


def test_smaller_differences_need_more_blocks() -> None:
    counts = [needed([distance], [0.1]) for distance in (0.4, 0.2, 0.1)]
    assert all(count is not None for count in counts)
    assert counts == sorted(counts, key=lambda count: count or 0)
    assert len(set(counts)) == 3


def test_the_hardest_rival_counts() -> None:
    assert needed([0.4, 0.1], [0.1, 0.1]) == needed([0.1], [0.1])


def test_no_difference_at_all_is_settled_as_equal() -> None:
    count = needed([0.0], [0.05])
    assert count is not None
    assert 10 < count < 40


def test_a_difference_as_large_as_the_margin_takes_longest() -> None:
    at_margin, none, twice = (needed([distance], [0.1]) or 10**6 for distance in (0.049, 0.0, 0.1))
    assert at_margin > max(none, twice)


def test_more_candidates_pool_more_noise() -> None:
    alone, pooled = needed([0.4], [0.1]), needed([0.4], [0.1], freedom=3)
    assert alone is not None
    assert pooled is not None
    assert pooled < alone


def test_what_was_not_settled_yet_needs_at_least_one_block_more() -> None:
    count = needed([0.4], [0.01], blocks=10)
    assert count is not None
    assert count > 10


@pytest.mark.parametrize("spread", [50.0, np.inf])
def test_beyond_the_horizon_there_is_no_estimate(spread: float) -> None:
    assert needed([0.1], [spread]) is None


def test_four_of_five_tests_end_with_the_blocks_foretold() -> None:
    """At the level of twenty blocks, planned as the only look."""
    rule = rule_of("api", looks=(20,), margin=0.0)
    spread = np.sqrt(2) * 0.05
    reach = next(
        distance
        for distance in np.arange(0.01, 0.2, 0.001)
        if (blocks_needed(np.array([distance]), np.array([spread]), 1, 3, rule.error, rule) or 99) <= 20
    )
    looks = run_tests(lognormal(np.random.default_rng(1), 300, (0.05, 0.05)), (1.0, float(np.exp(reach))), rule)
    found = sum(look.status == "decided" for look in looks) / 300
    assert 0.8 - (allowed(0.8, 300) - 0.8) <= found <= 0.9
