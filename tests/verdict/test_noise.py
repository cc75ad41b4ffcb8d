"""A copy that races against its own cell: the noise floor, the margin above it, and the sign of trouble."""

from dataclasses import replace

import numpy as np
import pytest
from comparators.report.noise import control_words
from comparators.report.table_rows import confidence_words
from hypothesis import given
from hypothesis import strategies as st

from comparators.journal.records import Failure, Run
from comparators.verdict.noise import FEWEST, WIDEST_TIE, control_of, margin_above, noise_floor, tie_margin
from comparators.verdict.verdicts import verdicts_of
from tests.verdict.builder import Lane, make_run, wobble

OWN = [1.0, 1.02, 0.99, 1.01, 1.0, 0.98, 1.01]


def controlled(copies: list[float], *, fast: float = 0.96) -> Run:
    """Return a race that `fast` wins by a certain 4 %, with a copy of serial."""
    lanes = {
        "serial": Lane("loop", {1: 1.0}, OWN),
        "fast": Lane("threads", {2: fast}, [fast * value for value in wobble(1.0, 7)]),
        "near": Lane("threads", {2: fast * 1.03}, [1.03 * fast * value for value in wobble(1.0, 7, start=3)]),
    }
    return make_run(lanes, copies={"serial": copies})


def shifted(share: float, spread: float = 0.01) -> list[float]:
    """Return a copy's seconds: its cell's, changed by a share that goes up and down from block to block."""
    return [own * (1 + share + spread * (-1) ** number) for number, own in enumerate(OWN)]


def test_without_a_copy_there_is_no_control_and_the_margin_is_the_one_asked_for() -> None:
    run = replace(controlled([]), controls=())
    (verdict,) = verdicts_of(run)
    assert control_of(run) is None
    assert (verdict.noise, verdict.margin) == (None, 0.05)
    assert "noise" not in confidence_words(verdict)


def test_the_floor_is_the_largest_difference_that_the_interval_holds() -> None:
    control = control_of(controlled(shifted(0.0, 0.03)))
    assert control is not None
    assert control.ratio.low is not None
    assert control.ratio.high is not None
    assert (control.cell.runner.name, control.blocks, control.differs) == ("serial", 7, False)
    assert control.floor == pytest.approx(max(control.ratio.high, 1 / control.ratio.low) - 1)
    assert 0.02 < control.floor < 0.05
    assert "no difference, as it must be" in control_words(control)


def test_a_quiet_host_leaves_the_margin_as_it_is() -> None:
    (verdict,) = verdicts_of(controlled(shifted(0.0, 0.002)))
    assert verdict.noise is not None
    assert verdict.noise < 0.01
    assert verdict.margin == 0.05
    assert "noise" not in confidence_words(verdict)


def test_a_noisy_host_raises_the_margin_and_says_so() -> None:
    run = controlled(shifted(0.0, 0.09), fast=0.93)
    (verdict,) = verdicts_of(run)
    assert verdict.noise is not None
    assert verdict.margin == verdict.noise > 0.07
    assert "this host's own noise" in confidence_words(verdict)
    assert "this host's own noise" not in confidence_words(verdicts_of(replace(run, controls=()))[0])


def test_what_is_smaller_than_the_noise_ties() -> None:
    """The two fastest are 3 % apart for sure; a copy that is 9 % off by itself makes that nothing."""
    lanes = {
        "one": Lane("threads", {2: 1.0}, wobble(1.0, 10, share=0.05)),
        "other": Lane("threads", {2: 1.0}, wobble(1.0, 10, share=0.05, start=5)),
    }
    run = make_run(lanes)
    (cell,) = {sample.cell for sample in run.samples if sample.cell.runner.name == "one"}
    own = [sample for sample in run.samples if sample.stage == "race" and sample.cell == cell]
    copies = tuple(replace(s, stage="control", seconds=s.seconds * (1 + 0.12 * (-1) ** s.block)) for s in own)
    assert verdicts_of(run)[0].outcome == "unresolved"
    assert verdicts_of(replace(run, controls=copies))[0].outcome == "tie"


def test_too_much_noise_makes_nothing_equal() -> None:
    lanes = {
        "one": Lane("threads", {2: 1.0}, wobble(1.0, 10, share=0.01)),
        "other": Lane("threads", {2: 1.0}, wobble(1.0, 10, share=0.01, start=5)),
    }
    run = make_run(lanes)
    own = [one for one in run.samples if one.stage == "race" and one.cell.runner.name == "one"]
    copies = tuple(replace(s, stage="control", seconds=s.seconds * (1 + 0.6 * (-1) ** s.block)) for s in own)
    assert verdicts_of(run)[0].outcome == "tie"
    (verdict,) = verdicts_of(replace(run, controls=copies))
    control = control_of(replace(run, controls=copies))
    assert control is not None
    assert verdict.outcome == "unresolved"
    assert verdict.margin == verdict.noise == control.floor > WIDEST_TIE
    assert confidence_words(verdict).endswith(" nothing is called equal")
    assert "count as none" not in confidence_words(verdict)
    assert "nothing is called equal" in control_words(control)


def test_the_margin_for_ties_is_above_the_noise() -> None:
    assert tie_margin(0.05, 0.0) == 0.05
    assert tie_margin(0.05, 0.06) == 0.06
    assert tie_margin(0.05, WIDEST_TIE + 0.01) == 0.0
    assert margin_above(0.05, [(1.0, 1.0 + number / 100) for number in range(9)]) > 0.05


def test_a_copy_that_is_different_for_sure_flags_every_verdict() -> None:
    run = controlled(shifted(0.2))
    (verdict,) = verdicts_of(run)
    control = control_of(run)
    assert control is not None
    assert control.differs
    assert any("came out different from itself" in flag for flag in verdict.flags)
    assert "do not trust" in control_words(control)


def test_too_few_pairs_say_nothing() -> None:
    run = controlled(shifted(0.3)[: FEWEST - 1])
    control = control_of(run)
    assert control is not None
    assert (control.floor, control.differs, control.blocks) == (0.0, False, FEWEST - 1)
    assert verdicts_of(run)[0].noise is None
    assert control_words(control).endswith(": too few blocks to say how large this host's own noise is")


def test_a_single_pair_is_told_without_an_interval() -> None:
    control = control_of(controlled(shifted(0.3)[:1]))
    assert control is not None
    assert control_words(control).endswith("in 1 block")


def test_a_copy_says_nothing_about_the_runner() -> None:
    run = controlled(shifted(0.0, 0.001))
    plain, copied = verdicts_of(replace(run, controls=()))[0], verdicts_of(run)[0]
    assert plain.standings == copied.standings
    failure = Failure(run.controls[0].cell, "control", "crashed", "killed by SIGSEGV", "", 1, 0.1)
    broken = verdicts_of(replace(run, failures=(failure,)))[0]
    assert broken.standings == copied.standings


@given(st.lists(st.tuples(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6)), max_size=12))
def test_a_floor_is_a_share_and_the_same_in_both_directions(pairs: list[tuple[float, float]]) -> None:
    floor = noise_floor(pairs)
    assert floor >= 0
    assert noise_floor([(other, own) for own, other in pairs]) == pytest.approx(floor)


def test_the_floor_holds_what_a_copy_seems_to_gain() -> None:
    """In 95 of 100 runs the interval of equal cells holds one; the floor is then at most twice the half width."""
    rng = np.random.default_rng(1)
    times = np.exp(rng.normal(0, 0.05, (2_000, 5, 2)))
    floors = [noise_floor([(one, other) for one, other in run]) for run in times.tolist()]
    apparent = [abs(np.log(run[:, 0] / run[:, 1]).mean()) for run in times]
    assert np.mean([np.log1p(floor) >= seen for floor, seen in zip(floors, apparent, strict=True)]) == 1.0
    assert 0.05 < float(np.median(floors)) < 0.15
