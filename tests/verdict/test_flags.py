"""Flags: raised where the blocks were not alike or a number cannot be, silent on quiet noise."""

import numpy as np
import pytest

from comparators.stats.intervals import Array
from comparators.verdict.flags import Pair, pair_flags
from tests.verdict.builder import Value, profile_of, times
from tests.verdict.causes.works import Timed, verdict_of_work

RNG = np.random.default_rng(0)
BLOCKS = 40


@pytest.fixture(autouse=True)
def same_noise() -> None:
    """Start every test with the same noise, whichever ran before it."""
    RNG.bit_generator.state = np.random.default_rng(0).bit_generator.state


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


@pytest.mark.parametrize("blocks", [10, 40])
@pytest.mark.parametrize("spread", [0.0, 0.02, 0.2])
def test_quiet_noise_raises_no_flag(blocks: int, spread: float) -> None:
    raised = [pair_flags(pair_of(quiet(blocks, spread), quiet(blocks, spread)), 0.05) for _ in range(100)]
    assert sum(map(bool, raised)) <= 2


def test_noise_common_to_both_raises_no_flag() -> None:
    host = np.linspace(0, 1, BLOCKS)
    assert pair_flags(pair_of(host + quiet(spread=0.01), host + 0.3 + quiet(spread=0.01)), 0.05) == ()


def test_drift_of_the_ratio_is_told() -> None:
    second = np.linspace(0, 0.3, BLOCKS) + quiet(spread=0.02)
    (flag,) = pair_flags(pair_of(quiet(spread=0.02), second), 0.05)
    assert flag.startswith("the ratio of `b` to `a` drifted by 3")


def test_drift_that_cannot_turn_a_clear_lead_is_not() -> None:
    second = 1.0 + np.linspace(0, 0.3, BLOCKS) + quiet(spread=0.02)
    assert pair_flags(pair_of(quiet(spread=0.02), second), 0.05) == ()


def test_the_place_in_the_round_is_told() -> None:
    places = RNG.integers(0, 2, BLOCKS).astype(np.float64)
    (flag,) = pair_flags(pair_of(quiet(spread=0.02) + 0.2 * places, quiet(spread=0.02), places), 0.05)
    assert flag.startswith("the place within a round changes the ratio of `b` to `a` by up to ")


def test_what_ran_before_is_told() -> None:
    before = ["heavy" if number % 2 else "light" for number in RNG.integers(0, 2, BLOCKS)]
    shift = np.where(np.array(before) == "heavy", 0.2, 0.0)
    (flag,) = pair_flags(pair_of(quiet(spread=0.02) + shift, quiet(spread=0.02), previous=before), 0.05)
    assert flag.startswith("the time of `a` depends on what ran before it")


def test_two_that_go_against_each_other_are_told() -> None:
    common = quiet(spread=0.1)
    (flag,) = pair_flags(pair_of(common, -common + quiet(spread=0.01)), 0.05)
    assert flag == "when `a` is slow in a round, `b` is fast: they do not see the same conditions"


def test_few_blocks_say_nothing() -> None:
    assert pair_flags(pair_of(quiet(9), np.linspace(0, 1, 9)), 0.05) == ()


def test_more_than_the_workers_can_do_at_once_is_flagged() -> None:
    verdict = verdict_of_work({"serial": Timed(0.8, cpu_s=0.8), "futures-threads/2": Timed(0.3, cpu_s=0.5)})
    (flag,) = verdict.flags
    assert flag.startswith("threads came out 2.7 times faster than the loop, more than 2 workers can do at once")


def test_a_look_at_the_host_that_cannot_be_is_flagged_and_not_used() -> None:
    cells = {"serial": Timed(0.8, cpu_s=0.8), "futures-processes/2": Timed(0.42, cpu_s=0.81)}
    verdict = verdict_of_work(cells, capacity=1.4)
    (flag,) = verdict.flags
    assert flag == "the look at what this host reaches (1.4 times) was disturbed: processes gained more"


def test_waiting_is_not_held_against_the_cpus() -> None:
    cells = {"serial": Timed(0.8), "futures-threads/40": Timed(0.05)}
    assert verdict_of_work(cells, profile=profile_of(cpu_share=0.05), capacity=1.4).flags == ()


def test_rounds_that_are_incomplete_are_told() -> None:
    torn: list[Value] = [0.5, None, None, 0.5, 0.5, 0.5]
    cells = {"serial": Timed(0.9, values=times(0.9, 6)), "futures-threads/2": Timed(0.5, values=torn)}
    assert "33 % of the rounds are incomplete and were left out" in verdict_of_work(cells).flags
