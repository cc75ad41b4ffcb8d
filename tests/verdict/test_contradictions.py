"""Whatever a journal holds, its analysis never contradicts itself: random runs, cut off anywhere."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparators.journal.records import Run
from comparators.stats.interval import Interval
from comparators.stats.sequential import SequentialTest
from comparators.stats.thresholds import Thresholds
from comparators.verdict.analyse import analyse
from comparators.verdict.analysis import Analysis, CountResult, LevelVerdict, ModelResult, RunnerResult, Verdict
from comparators.workload import Observation
from tests.verdict.builder import Broken, Details, Value, broken, capped, make_run, profile_of

MODEL_CELLS = (
    "serial",
    "futures-threads/2",
    "futures-threads/40",
    "futures-processes/2",
    "asyncio/40",
    "futures-interpreters/2",
)
WORKERS_CELLS = ("serial", "futures-threads/10", "futures-threads/20", "futures-threads/40")
API_CELLS = ("futures-threads/20", "threadpool/20", "anyio-threads/20", "futures-threads/40", "threadpool/40")
WITHOUT_TIME = ("failed", "hangs", "wrong", "not-applicable", "not-reached", "bound")


BASES = (0.05, 0.05, 0.051, 0.053, 0.055, 0.06, 0.07, 0.1, 0.5, 3e-9, 4e4)
NOISES = (0.0, 0.002, 0.01, 0.03, 0.1, 0.4)
ODDITIES = ("", "", "", "", "", "", "capped", "broken", "hangs", "gaps")


def a_test(chance: Random, cells: Sequence[str], base_of: dict[str, float]) -> dict[str, list[Value]]:
    """Return the blocks of a test; cells leave it like in a live run, fail, are stopped at limits, or have gaps."""
    chosen = [cell for cell in cells if chance.random() < 0.8]
    noise, count = chance.choice(NOISES), chance.randrange(14)
    odd = {cell: chance.choice(ODDITIES) for cell in chosen}
    leaves = chance.random() < 0.6
    live = SequentialTest(tuple(chosen), Thresholds().rule("model"))
    found: dict[str, list[Value]] = {cell: [] for cell in chosen}
    for number in range(count):
        block = {cell: _value(chance, base_of[cell], noise, odd[cell], number) for cell in chosen}
        for cell, value in block.items():
            found[cell].append(value if not leaves or cell in live.remaining or cell == "serial" else None)
        known = {cell: value for cell, value in block.items() if isinstance(value, float)}
        for cell in chosen:
            if isinstance(block[cell], Broken):
                live.drop(cell)
        if not set(live.remaining) - known.keys():
            live.add(known)
            if live.due:
                live.look()
    return found


def _value(chance: Random, base: float, noise: float, odd: str, number: int) -> Value:
    if odd == "capped" and number and chance.random() < 0.7:
        return capped(base * 1.5)
    if odd in ("broken", "hangs") and chance.random() < 0.2:
        return broken("hangs" if odd == "hangs" else "crashed")
    if odd == "gaps" and chance.random() < 0.2:
        return None
    return base * math.exp(chance.gauss(0, noise))


@cache
def run_of(seed: int) -> Run:
    """Return a random run."""
    chance = Random(seed)
    lost = chance.choice(("", "", "", "futures-threads/40", "futures-processes/2", "serial"))
    observed = (Observation("lost updates", 50.0, "updates"), Observation("lost share", 25.0, "%"))
    base_of = {cell: chance.choice(BASES) for cell in (*MODEL_CELLS, *WORKERS_CELLS, *API_CELLS)}
    run = make_run(
        model=a_test(chance, MODEL_CELLS, base_of) if chance.random() < 0.95 else None,
        workers=a_test(chance, WORKERS_CELLS, base_of) if chance.random() < 0.7 else None,
        api=a_test(chance, API_CELLS, base_of) if chance.random() < 0.6 else None,
        pilot={"mp-pool/4": 0.2} if chance.random() < 0.5 else None,
        details={lost: Details(observations=observed)} if lost else None,
        profile=profile_of(cpu_share=chance.choice((0.05, 0.5, 1.0))) if chance.random() < 0.8 else None,
        recipes={cell: f"code of {cell}" for cell in base_of},
        preset=chance.choice(("quick", "default")),
        not_applicable={"anyio": "not installed"},
        finished=chance.random() < 0.5,
    )
    samples = list(run.samples)
    if chance.random() < 0.3:
        samples = samples[: chance.randrange(len(samples) + 1)]
    if chance.random() < 0.5:
        chance.shuffle(samples)
    return replace(run, samples=tuple(samples))


@cache
def analysis_of(seed: int) -> Analysis:
    return analyse(run_of(seed))


def verdict_of(seed: int) -> Verdict:
    (verdict,) = analysis_of(seed).verdicts
    return verdict


def rows_of(verdict: Verdict) -> Sequence[ModelResult | CountResult | RunnerResult]:
    return (*verdict.models, *verdict.counts, *verdict.runners)


SEEDS = st.integers(0, 199)
MANY = settings(max_examples=200, deadline=None, derandomize=True)


@MANY
@given(SEEDS)
def test_what_is_recommended_is_faster_than_all_that_is_called_slower(seed: int) -> None:
    verdict = verdict_of(seed)
    rows = rows_of(verdict)
    slower = [row.seconds for row in rows if row.status == "slower" and row.seconds is not None]
    assert verdict.best_s is not None or not slower
    assert all(verdict.best_s is not None and verdict.best_s < seconds for seconds in slower)


@MANY
@given(SEEDS)
def test_nothing_within_the_margin_is_called_slower(seed: int) -> None:
    verdict = verdict_of(seed)
    margin = run_of(seed).header.plan.settings.thresholds.margin
    for row in rows_of(verdict):
        if row.status == "slower" and row.seconds is not None and verdict.best_s is not None:
            assert row.seconds > verdict.best_s * (1 + margin)


@MANY
@given(SEEDS)
def test_equals_differ_by_no_more_than_the_claimed_margin(seed: int) -> None:
    verdict = verdict_of(seed)
    for level in _levels(verdict):
        if level.status == "equal":
            assert len(level.equals) > 1
            assert level.spread is not None
            assert level.spread <= (1 + level.margin) * (1 + 1e-9)
            assert level.spread >= 1
    widest = max((level.margin for level in _levels(verdict)), default=0.0)
    for row in verdict.models:
        if row.status == "equal" and row.seconds is not None and verdict.best_s is not None:
            assert abs(math.log(row.seconds / verdict.best_s)) <= math.log1p(max(widest, 0.3)) + 1e-9


@MANY
@given(SEEDS)
def test_seconds_and_gains_agree(seed: int) -> None:
    verdict = verdict_of(seed)
    if verdict.gain is not None and verdict.best_s is not None and verdict.loop_s is not None:
        assert verdict.gain.ratio * verdict.best_s == pytest.approx(verdict.loop_s, rel=1e-6)
    for row in rows_of(verdict):
        if row.status not in ("pilot", "best") and row.gain is not None and row.seconds is not None:
            assert verdict.loop_s is not None
            assert row.gain.ratio * row.seconds == pytest.approx(verdict.loop_s, rel=1e-6)


@MANY
@given(SEEDS)
def test_the_chosen_model_has_the_only_best_row(seed: int) -> None:
    verdict = verdict_of(seed)
    best = [row for row in verdict.models if row.status == "best"]
    if verdict.model is not None:
        assert [row.model for row in best] == [verdict.model.choice]
        assert best[0].seconds == verdict.best_s
        assert verdict.models[0].status == "best"
    assert len(best) <= 1
    assert len([row for row in verdict.runners if row.status == "best"]) == len(best)


@MANY
@given(SEEDS)
def test_what_has_no_right_result_has_no_time_and_is_never_best(seed: int) -> None:
    verdict = verdict_of(seed)
    run = run_of(seed)
    bad = {one.cell.key for one in run.failures if one.cause != "capped"}
    bad |= {one.cell.key for one in run.samples if one.observations}
    best = [row.cell.key for row in verdict.runners if row.status == "best" and row.cell is not None]
    assert not bad.intersection(best)
    for row in rows_of(verdict):
        if row.status in WITHOUT_TIME:
            assert row.seconds is None
            assert row.gain is None


@MANY
@given(SEEDS)
def test_code_is_given_for_the_recommendation_only(seed: int) -> None:
    verdict = verdict_of(seed)
    best = next((row for row in verdict.models if row.status == "best"), None)
    if best is None:
        assert not verdict.recipe
        assert not verdict.recipe_runner
    else:
        assert verdict.recipe == f"code of {best.runner}" + (f"/{best.workers}" if best.runner != "serial" else "")
        assert verdict.recipe_runner == best.runner


@MANY
@given(SEEDS)
def test_levels_agree_with_their_status(seed: int) -> None:
    for level in _levels(verdict_of(seed)):
        assert level.equals[0] == level.choice
        assert level.runner_up not in level.equals
        assert (level.status == "decided") == (len(level.equals) == 1)
        assert level.lead is None or level.lead.ratio > 1
        assert level.blocks_needed is None or level.status == "undecided"


@MANY
@given(SEEDS)
def test_all_numbers_are_finite_and_intervals_hold_their_ratios(seed: int) -> None:
    for value in _numbers(analysis_of(seed)):
        assert math.isfinite(value)
    for interval in _intervals(analysis_of(seed)):
        assert interval.low is None or interval.low <= interval.ratio * (1 + 1e-9)
        assert interval.high is None or interval.high >= interval.ratio * (1 - 1e-9)


@MANY
@given(SEEDS)
def test_sentences_are_whole(seed: int) -> None:
    verdict = verdict_of(seed)
    assert verdict.headline.endswith(".")
    for text in (verdict.headline, *verdict.sure, *(one.text for one in verdict.advice), *verdict.flags):
        assert text
        assert not {"nan", "inf", "None", "unknown"} & set(text.replace("(", " ").split())


def _levels(verdict: Verdict) -> list[LevelVerdict]:
    return [level for level in (verdict.model, verdict.workers, verdict.api) if level is not None]


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    for inner in _inside(value):
        yield from _numbers(inner)


def _intervals(value: Any) -> Iterator[Interval]:
    if isinstance(value, Interval):
        yield value
    for inner in _inside(value):
        yield from _intervals(inner)


def _inside(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        yield from (getattr(value, one.name) for one in fields(value))
    elif isinstance(value, tuple):
        yield from value
