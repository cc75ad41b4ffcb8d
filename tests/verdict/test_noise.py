"""A cell against its own copy."""

from dataclasses import replace

import pytest

from comparators.stats.thresholds import Thresholds
from comparators.verdict.analyse import analyse
from comparators.verdict.noise import copy_differs, noise_of
from tests.verdict.builder import make_run, times

OWN = [1.0, 1.02, 0.99, 1.01, 1.0, 0.98, 1.01]


def control(share: float, spread: float = 0.01, pairs: int = 7) -> list[tuple[float, float]]:
    """Return pairs of which the copy takes longer by a share that goes up and down."""
    return [(own, own * (1 + share + spread * (-1) ** number)) for number, own in enumerate(OWN[:pairs])]


def test_without_a_copy_there_is_none() -> None:
    assert noise_of(make_run(model={"serial": times(1.0)})) is None


def test_the_floor_is_the_largest_difference_that_the_interval_holds() -> None:
    noise = noise_of(make_run(model={"serial": times(1.0)}, control=control(0.0, 0.03)))
    assert noise is not None
    assert noise.ratio.low is not None
    assert noise.ratio.high is not None
    assert (noise.runner, noise.blocks) == ("serial", 7)
    assert noise.floor == pytest.approx(max(noise.ratio.high, 1 / noise.ratio.low) - 1)
    assert 0.02 < noise.floor < 0.05


def test_few_pairs_say_nothing_of_the_floor() -> None:
    noise = noise_of(make_run(model={"serial": times(1.0)}, control=control(0.0, pairs=4)))
    assert noise is not None
    assert noise.floor == 0


def test_a_pair_that_was_cut_off_does_not_count() -> None:
    run = make_run(model={"serial": times(1.0)}, control=control(0.0))
    noise = noise_of(replace(run, controls=run.controls[:-1]))
    assert noise is not None
    assert noise.blocks == 6


def test_a_copy_that_differs_is_a_sign_of_trouble() -> None:
    quiet = make_run(model={"serial": times(1.0), "futures-threads/2": times(0.5)}, control=control(0.0))
    shifted = make_run(model={"serial": times(1.0), "futures-threads/2": times(0.5)}, control=control(0.2))
    assert not copy_differs(quiet)
    assert copy_differs(shifted)
    (verdict,) = analyse(shifted).verdicts
    assert "a copy of `serial` came out different from itself in this run: the host was not steady" in verdict.flags
    assert analyse(quiet).verdicts[0].flags == ()


def test_a_lead_within_the_noise_is_flagged() -> None:
    run = make_run(
        model={"serial": times(1.0, 20, share=0.003), "futures-threads/2": times(0.92, 20, share=0.003)},
        control=control(0.0, 0.15),
        thresholds=Thresholds(),
    )
    (verdict,) = analyse(run).verdicts
    assert any("within this host's noise of" in flag for flag in verdict.flags)
