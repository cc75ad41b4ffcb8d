"""The moderated variance: what it needs, what it gives, and how it fades."""

from dataclasses import replace

import numpy as np
import pytest

from comparators.stats.moderated import Noise
from comparators.stats.sequential import AtLeast, SequentialTest
from comparators.stats.thresholds import Thresholds

RULE = Thresholds().rule("model")


def noise(*, pooled: float, freedom: int, prior_freedom: float = 2.0) -> Noise:
    return Noise(pooled, freedom, prior_sd=0.1, prior_freedom=prior_freedom)


def test_without_data_the_expectation_stands_alone() -> None:
    assert noise(pooled=0.0, freedom=0).moderated == pytest.approx(np.sqrt(2) * 0.1)


def test_with_many_blocks_the_expectation_fades() -> None:
    assert noise(pooled=0.02, freedom=4000).moderated == pytest.approx(0.02, rel=0.03)


def test_a_noisier_host_is_not_made_quiet() -> None:
    assert noise(pooled=0.5, freedom=2).moderated > 0.28


def test_the_narrower_interval_counts_and_none_is_below_what_is_given() -> None:
    errors = np.full((2, 2), 0.01)
    narrow = noise(pooled=0.01, freedom=30).width(0.999, 10, errors, np.zeros((2, 2)))
    alone = noise(pooled=0.01, freedom=30, prior_freedom=0.0).width(0.999, 10, errors, np.zeros((2, 2)))
    assert (narrow <= alone).all()
    wide = noise(pooled=0.1, freedom=2).width(0.999, 3, np.full((2, 2), 1.0), np.full((2, 2), 1.0))
    assert wide[0, 1] > 1.0
    assert wide[0, 0] == 0


def blocks_of(rival: float) -> list[dict[str, float | AtLeast]]:
    """Return three blocks of a leader with a spike, the loop to its end, and a rival stopped after the first."""
    return [
        {"threads": 0.0236, "loop": 0.0236 * rival, "processes": 0.44},
        {"threads": 0.0318, "loop": 0.0236 * rival, "processes": AtLeast(0.0708)},
        {"threads": 0.0214, "loop": 0.0236 * rival, "processes": AtLeast(0.0708)},
    ]


@pytest.mark.parametrize(("prior_freedom", "told"), [(2.0, True), (0.0, False)])
def test_a_loop_far_slower_is_told_after_three_blocks(prior_freedom: float, told: bool) -> None:
    """With a stopped rival beside it there are two degrees of freedom, too few for the data alone."""
    test = SequentialTest(("threads", "loop", "processes"), replace(RULE, prior_freedom=prior_freedom))
    for block in blocks_of(12.0):
        test.add(block)
    assert ("loop" in test.look().slower) is told
