"""The rule of the race on small made-up blocks, and what holds for all blocks."""

import math
import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.stats.intervals import Array
from comparators.verdict import sequential
from comparators.verdict.sequential import Decision, judge
from tests.verdict.builder import wobble

LOOKS = (5, 7, 10, 14, 20, 28, 40)

Blocks = list[dict[str, float]]


def blocks_of(**seconds: Sequence[float]) -> Blocks:
    return [dict(zip(seconds, row, strict=True)) for row in zip(*seconds.values(), strict=True)]


def look(blocks: Blocks, *, candidates: int | None = None, last: bool = False, margin: float = 0.05) -> Decision:
    remaining = tuple(blocks[0])
    return judge(blocks, remaining, candidates or len(remaining), margin, LOOKS, last=last)


def test_a_clear_winner_is_named_at_the_first_look() -> None:
    decision = look(blocks_of(a=wobble(1.0, 5), b=wobble(2.0, 5, start=3)))
    assert decision == Decision("win", ("a",), None)


def test_a_small_but_certain_lead_wins() -> None:
    decision = look(blocks_of(a=wobble(1.0, 5), b=wobble(1.02, 5, start=3)))
    assert decision == Decision("win", ("a",), None)


def test_equal_runners_tie() -> None:
    decision = look(blocks_of(a=wobble(1.0, 5), b=wobble(1.0, 5, start=3), c=wobble(1.0, 5, start=5)))
    assert decision == Decision("tie", ("a", "b", "c"), None)


def test_no_tie_with_a_margin_of_zero() -> None:
    assert look(blocks_of(a=[1.0] * 5, b=[1.0] * 5), margin=0.0).outcome is None


def test_the_proved_slower_leave_and_the_others_go_on() -> None:
    noisy = {"a": wobble(1.0, 5, share=0.2), "b": wobble(1.0, 5, share=0.2, start=3)}
    decision = look(blocks_of(**noisy, c=wobble(3.0, 5)))
    assert decision.outcome is None
    assert decision.remaining == ("a", "b")


def test_the_end_without_a_verdict_is_unresolved_with_an_estimate() -> None:
    blocks = blocks_of(a=wobble(1.0, 7, share=0.1), b=wobble(1.1, 7, share=0.1, start=3))
    assert look(blocks).outcome is None
    decision = look(blocks, last=True)
    assert decision.outcome == "unresolved"
    assert decision.blocks_needed is not None
    assert 7 < decision.blocks_needed < 40


def test_the_last_planned_look_decides() -> None:
    blocks = blocks_of(a=wobble(1.0, 40, share=0.5), b=wobble(1.0, 40, share=0.5, start=3))
    assert look(blocks).outcome == "unresolved"


def test_screened_out_differences_have_no_estimate() -> None:
    blocks = blocks_of(a=[1.0, 9.0] * 3, b=[9.0, 1.0] * 3)
    assert look(blocks, last=True, margin=0.0).blocks_needed is None


@pytest.mark.parametrize("blocks", [[], [{"a": 1.0}], blocks_of(a=[1.0] * 5)])
def test_a_single_candidate_wins_at_once(blocks: Blocks) -> None:
    assert judge(blocks, ("a",), 1, 0.05, LOOKS) == Decision("win", ("a",), None)


def test_without_candidates_nothing_is_settled() -> None:
    assert judge([], (), 2, 0.05, LOOKS, last=True) == Decision("unresolved", (), None)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_blocks_settle_nothing(count: int) -> None:
    blocks = blocks_of(a=[1.0] * count, b=[9.0] * count)
    assert judge(blocks, ("a", "b"), 2, 0.05, LOOKS).outcome is None
    assert judge(blocks, ("a", "b"), 2, 0.05, LOOKS, last=True) == Decision("unresolved", ("a", "b"), None)


def test_more_candidates_make_the_rule_stricter() -> None:
    blocks = blocks_of(a=[1.0] * 5, b=[1.2, 1.25, 1.3, 1.22, 1.24])
    assert look(blocks, candidates=2).outcome == "win"
    assert look(blocks, candidates=400).outcome is None


def test_the_sign_flip_can_veto_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six of fourteen differences are none: enough for the interval, 64 of 8,192 patterns are too many."""
    blocks = blocks_of(a=[1.0] * 14, b=[*wobble(1.5, 8, share=0.01), *[0.999] * 6])
    assert look(blocks).outcome is None
    monkeypatch.setattr(sequential, "sign_flip", lambda differences: 0 * differences[0])
    assert look(blocks).outcome == "win"


def test_the_sign_flip_is_not_asked_when_it_has_too_few_p_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """At ten blocks there are three below the level of two candidates, none at five."""
    monkeypatch.setattr(sequential, "sign_flip", lambda differences: 1 + 0 * differences[0])
    faster = blocks_of(a=wobble(1.0, 14), b=wobble(1.5, 14))
    assert [look(faster[:count]).outcome for count in (5, 10, 14)] == ["win", "win", None]


def test_a_stopped_sample_counts_as_its_limit() -> None:
    """The limit is less than the true time, so the decision is the same or later, never another one."""
    true, capped = blocks_of(a=wobble(1.0, 7), b=[9.0] * 7), blocks_of(a=wobble(1.0, 7), b=[9.0, *[3.0] * 6])
    assert look(true).remaining == look(capped).remaining == ("a",)


times = st.floats(1e-6, 1e4)
tables = st.integers(2, 4).flatmap(
    lambda runners: st.integers(0, 20).flatmap(
        lambda rows: st.lists(st.lists(times, min_size=runners, max_size=runners), min_size=rows, max_size=rows)
    )
)


def named(table: Sequence[Sequence[float]]) -> Blocks:
    return [{"abcd"[place]: value for place, value in enumerate(row)} for row in table]


@given(tables, st.booleans())
def test_every_table_has_a_sound_decision(table: list[list[float]], last: bool) -> None:
    remaining = tuple("abcd"[: len(table[0])]) if table else ("a", "b")
    decision = judge(named(table), remaining, len(remaining), 0.05, LOOKS, last=last)
    assert set(decision.remaining) <= set(remaining)
    assert decision.remaining
    assert decision.outcome is not None or not last
    assert (decision.outcome == "win") == (len(decision.remaining) == 1)
    if table:
        means = {label: math.fsum(math.log(row[place]) for row in table) for place, label in enumerate(remaining)}
        best = min(means.values())
        assert any(means[label] <= best + 1e-9 * len(table) for label in decision.remaining)
    if decision.blocks_needed is not None:
        assert decision.blocks_needed > len(table)


@given(st.integers(0, 10**6), st.integers(5, 14), st.sampled_from([1e-3, 0.5, 2.0, 1e3]))
def test_units_and_the_state_of_the_host_change_nothing(seed: int, rows: int, scale: float) -> None:
    rng = random.Random(seed)
    blocks = [{label: rng.lognormvariate(0, 0.05) for label in "abc"} for _ in range(rows)]
    states = [scale * rng.uniform(0.5, 2) for _ in range(rows)]
    scaled = [{key: value * state for key, value in block.items()} for block, state in zip(blocks, states, strict=True)]
    assert look(blocks, last=True) == look(scaled, last=True)


@given(st.integers(0, 10**6), st.integers(5, 14), st.permutations("abc"))
def test_the_order_of_runners_changes_nothing(seed: int, rows: int, order: list[str]) -> None:
    rng = random.Random(seed)
    blocks: list[Mapping[str, float]] = [{label: rng.lognormvariate(0, 0.05) for label in "abc"} for _ in range(rows)]
    straight = judge(blocks, "abc", 3, 0.05, LOOKS, last=True)
    turned = judge(blocks, order, 3, 0.05, LOOKS, last=True)
    assert straight.outcome == turned.outcome
    assert set(straight.remaining) == set(turned.remaining)
    assert straight.blocks_needed == turned.blocks_needed


def test_outliers_are_checked_also_where_many_race(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen racers and seven looks raise the confidence so far that few sign patterns could not show it."""
    asked: list[int] = []

    def flip(differences: Array) -> Array:
        asked.append(len(differences))
        return np.zeros(differences.shape[1])

    monkeypatch.setattr(sequential, "sign_flip", flip)
    look(blocks_of(a=wobble(1.0, 40), b=wobble(2.0, 40, start=3)), candidates=15)
    assert asked == [40]
