"""Flags: raised where the blocks were not alike, silent on quiet noise."""

import numpy as np
import pytest

from comparators.stats.intervals import Array
from comparators.verdict.diagnostics import Pair, flags_of, incomplete_flag, stopped_flag

RNG = np.random.default_rng(0)
BLOCKS = 40


def pair_of(first: Array, second: Array, positions: Array | None = None, previous: list[str] | None = None) -> Pair:
    places = positions if positions is not None else RNG.integers(0, 2, len(first))
    before = previous if previous is not None else [f"c{number % 3}" for number in RNG.integers(0, 3, len(first))]
    return Pair(
        first="a",
        second="b",
        first_log=first,
        second_log=second,
        first_position=[int(one) for one in places],
        second_position=[1 - int(one) for one in places],
        first_previous=before,
        second_previous=[f"c{number}" for number in RNG.integers(0, 3, len(first))],
    )


def quiet(blocks: int = BLOCKS, spread: float = 0.05) -> Array:
    return np.asarray(RNG.normal(0, spread, blocks))


@pytest.mark.parametrize("blocks", [10, 20, 40])
@pytest.mark.parametrize("spread", [0.0, 0.02, 0.2])
def test_quiet_noise_raises_no_flag(blocks: int, spread: float) -> None:
    raised = [flags_of(pair_of(quiet(blocks, spread), quiet(blocks, spread)), 0.05) for _ in range(300)]
    assert sum(map(bool, raised)) <= 3


def test_noise_common_to_both_raises_no_flag() -> None:
    host = np.linspace(0, 1, BLOCKS)
    assert flags_of(pair_of(host + quiet(spread=0.01), host + 0.3 + quiet(spread=0.01)), 0.05) == ()


def test_drift_of_the_ratio_is_told() -> None:
    second = np.linspace(0, 0.3, BLOCKS) + quiet(spread=0.02)
    (flag,) = flags_of(pair_of(quiet(spread=0.02), second), 0.05)
    assert flag.startswith("the ratio of `b` to `a` drifted by 3")


def test_drift_that_cannot_turn_a_clear_lead_is_not() -> None:
    second = 1.0 + np.linspace(0, 0.3, BLOCKS) + quiet(spread=0.02)
    assert flags_of(pair_of(quiet(spread=0.02), second), 0.05) == ()


def test_the_place_in_the_block_is_told() -> None:
    places = RNG.integers(0, 2, BLOCKS).astype(np.float64)
    (flag,) = flags_of(pair_of(quiet(spread=0.02) + 0.2 * places, quiet(spread=0.02), places), 0.05)
    assert flag.startswith("the place within a block changes the ratio by up to ")


def test_what_ran_before_is_told() -> None:
    before = ["heavy" if number % 2 else "light" for number in RNG.integers(0, 2, BLOCKS)]
    shift = np.where(np.array(before) == "heavy", 0.2, 0.0)
    (flag,) = flags_of(pair_of(quiet(spread=0.02) + shift, quiet(spread=0.02), previous=before), 0.05)
    assert flag.startswith("the time of `a` depends on what ran before it")


def test_runners_that_go_against_each_other_are_told() -> None:
    common = quiet(spread=0.1)
    (flag,) = flags_of(pair_of(common, -common + quiet(spread=0.01)), 0.05)
    assert flag == "when `a` is slow in a block, `b` is fast: they do not see the same conditions"


def test_few_blocks_say_nothing() -> None:
    assert flags_of(pair_of(quiet(9), np.linspace(0, 1, 9)), 0.05) == ()


def test_incomplete_blocks_and_a_stopped_winner() -> None:
    assert list(incomplete_flag(1, 9)) == []
    assert list(incomplete_flag(0, 0)) == []
    assert list(incomplete_flag(3, 7)) == ["30 % of the blocks are incomplete and were left out"]
    assert list(stopped_flag("a", 0, 5)) == []
    assert list(stopped_flag("a", 2, 5)) == ["`a` was stopped as too slow in 2 of 5 blocks: its time is a lower bound"]
