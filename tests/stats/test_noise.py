"""The noise floor and what a warm interpreter adds to it."""

from dataclasses import replace

import numpy as np
import pytest

from comparators.stats.noise import NoiseFloor, equal_margin, generation_effect, noise_floor
from comparators.stats.thresholds import Thresholds
from tests.stats.simulated import Array, allowed

RULES = Thresholds()


def pairs_of(count: int, *, spread: float = 0.02, ratio: float = 1.0, seed: int = 1) -> list[tuple[float, float]]:
    noise = np.random.default_rng(seed).normal([0, np.log(ratio)], spread, (count, 2))
    return [(own, copy) for own, copy in np.exp(noise).tolist()]


def floor_of(**how: float) -> NoiseFloor:
    found = noise_floor(pairs_of(10, **how), RULES)  # type: ignore[arg-type]  # keyword numbers
    assert found is not None
    return found


def test_without_pairs_nothing_is_known() -> None:
    assert noise_floor([], RULES) is None


def test_few_pairs_have_a_ratio_and_no_floor() -> None:
    found = noise_floor(pairs_of(4), RULES)
    assert found is not None
    assert (found.pairs, found.floor, found.differs) == (4, 0.0, False)


def test_the_floor_is_the_far_end_of_the_interval() -> None:
    found = floor_of()
    assert found.ratio.low is not None
    assert found.ratio.high is not None
    assert found.floor == pytest.approx(max(found.ratio.high, 1 / found.ratio.low) - 1)
    assert 0.005 < found.floor < 0.06


def test_more_noise_is_a_higher_floor() -> None:
    assert floor_of(spread=0.1).floor > floor_of(spread=0.02).floor


def test_a_copy_that_is_slower_is_a_sign_of_trouble() -> None:
    assert floor_of(ratio=1.3).differs
    assert not floor_of().differs


def test_copies_rarely_differ() -> None:
    found = [noise_floor(pairs_of(8, seed=seed), RULES) for seed in range(400)]
    assert sum(one is not None and one.differs for one in found) / 400 <= allowed(RULES.noise_error, 400)


def test_the_margin_is_not_below_the_noise() -> None:
    loud = floor_of(spread=0.1)
    assert equal_margin(0.05, None, RULES) == 0.05
    assert equal_margin(0.05, floor_of(spread=0.001), RULES) == 0.05
    assert equal_margin(0.01, loud, RULES) == loud.floor


def test_with_too_much_noise_nothing_is_equal() -> None:
    assert equal_margin(0.05, floor_of(spread=0.5), RULES) == 0.0
    assert equal_margin(0.05, floor_of(spread=0.5), replace(RULES, widest_equal=9.0)) > 0.25


def measured(*, effect: float, cells: int = 3, generations: int = 6, drift: float = 0.0, seed: int = 1) -> Array:
    """Return seconds of five blocks per generation; each generation shifts each cell by itself."""
    rng = np.random.default_rng(seed)
    shifts = np.repeat(rng.normal(0, effect, (generations, cells)), 5, axis=0)
    host = drift * np.arange(len(shifts))[:, None]
    return np.asarray(np.exp(shifts + host + rng.normal(0, 0.02, shifts.shape)))


GENERATIONS = [number // 5 for number in range(30)]


def test_generations_that_shift_cells_are_proved() -> None:
    found = generation_effect(measured(effect=0.04), GENERATIONS, RULES)
    assert found is not None
    assert found.proved
    assert found.generations == 6


def test_the_share_is_that_of_the_variance_between_generations() -> None:
    generations = [number // 5 for number in range(500)]
    found = generation_effect(measured(effect=0.04, generations=100), generations, RULES)
    assert found is not None
    assert found.share == pytest.approx(0.04**2 / (0.04**2 + 0.02**2), abs=0.05)


def test_generations_without_effect_are_rarely_proved() -> None:
    found = [generation_effect(measured(effect=0.0, seed=seed), GENERATIONS, RULES) for seed in range(300)]
    assert sum(one is not None and one.proved for one in found) / 300 <= allowed(RULES.generation_error, 300)
    assert np.median([one.share for one in found if one is not None]) < 0.05


def test_what_the_host_does_to_all_cells_is_no_effect_of_generations() -> None:
    """With one cell it cannot be told apart, and is taken for one."""
    several, single = (measured(effect=0.0, drift=0.02, cells=cells) for cells in (3, 1))
    of_several, of_single = (generation_effect(each, GENERATIONS, RULES) for each in (several, single))
    assert of_several is not None
    assert not of_several.proved
    assert of_single is not None
    assert of_single.proved


def test_the_share_is_between_none_and_all() -> None:
    shifts_only = np.repeat([[1.0, 1.0], [1.1, 1.0]], 2, axis=0)
    found = generation_effect(shifts_only, [0, 0, 1, 1], RULES)
    assert found is not None
    assert (found.share, found.proved) == (1.0, True)


def test_times_without_noise_prove_nothing() -> None:
    found = generation_effect(np.ones((6, 2)) * [0.1, 0.3], [0, 0, 1, 1, 2, 2], RULES)
    assert found is not None
    assert (found.share, found.proved) == (0.0, False)


@pytest.mark.parametrize("generations", [[0, 0, 0], [0, 1, 2]])
def test_one_generation_or_one_block_of_each_tells_nothing(generations: list[int]) -> None:
    assert generation_effect(measured(effect=0.0)[:3], generations, RULES) is None
