"""Whatever a journal holds, its analysis never contradicts itself: random runs, cut off anywhere."""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comparators.journal.records import Run
from comparators.stats.interval import Interval
from comparators.verdict.analyse import analyse
from comparators.verdict.analysis import LevelVerdict, Verdict
from comparators.workload import Observation
from tests.verdict.builder import Details, Value, broken, capped, make_run, profile_of

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


@st.composite
def blocks(draw: st.DrawFn, cells: tuple[str, ...]) -> dict[str, list[Value]]:
    """Return a test of some cells: each has a level of its own, noise, and now and then a stop, a failure or a gap."""
    chosen = [cell for cell in cells if draw(st.integers(0, 4))]
    count = draw(st.integers(0, 8))
    noise = draw(st.sampled_from((0.0, 0.01, 0.05, 0.3)))
    found: dict[str, list[Value]] = {}
    for cell in chosen:
        base = draw(st.sampled_from((0.05, 0.051, 0.055, 0.06, 0.1, 0.5, 3e-9, 4e4)))
        odd = draw(st.sampled_from(("", "", "", "", "capped", "broken", "hangs", "gaps")))
        found[cell] = [_value(draw, base, noise, odd, number) for number in range(draw(st.integers(0, count)))]
    return found


def _value(draw: st.DrawFn, base: float, noise: float, odd: str, number: int) -> Value:
    if odd == "capped" and number and draw(st.booleans()):
        return capped(base * 1.5)
    if odd in ("broken", "hangs") and draw(st.integers(0, 4)) == 0:
        return broken("hangs" if odd == "hangs" else "crashed")
    if odd == "gaps" and draw(st.integers(0, 3)) == 0:
        return None
    return base * math.exp(noise * draw(st.floats(-1, 1)))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    lost = draw(st.sampled_from(("", "", "futures-threads/40", "futures-processes/2", "serial")))
    observed = (Observation("lost updates", 50.0, "updates"), Observation("lost share", 25.0, "%"))
    run = make_run(
        model=draw(blocks(MODEL_CELLS)) if draw(st.integers(0, 9)) else None,
        workers=draw(blocks(WORKERS_CELLS)) if draw(st.booleans()) else None,
        api=draw(blocks(API_CELLS)) if draw(st.booleans()) else None,
        pilot={"mp-pool/4": 0.2} if draw(st.booleans()) else None,
        details={lost: Details(observations=observed)} if lost else None,
        profile=profile_of(cpu_share=draw(st.sampled_from((0.05, 0.5, 1.0)))) if draw(st.booleans()) else None,
        recipes={cell: f"code of {cell}" for cell in (*MODEL_CELLS, *WORKERS_CELLS, *API_CELLS)},
        preset=draw(st.sampled_from(("quick", "default"))),
        not_applicable={"anyio": "not installed"},
        finished=draw(st.booleans()),
    )
    kept = draw(st.integers(0, len(run.samples)))
    samples = list(run.samples)
    if draw(st.booleans()):
        samples = samples[:kept]
    return replace(run, samples=tuple(draw(st.permutations(samples)) if draw(st.booleans()) else samples))


def verdict_of(run: Run) -> Verdict:
    (verdict,) = analyse(run).verdicts
    return verdict


MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@MANY
@given(runs())
def test_what_is_recommended_is_faster_than_all_that_is_called_slower(run: Run) -> None:
    verdict = verdict_of(run)
    rows = (*verdict.models, *verdict.counts, *verdict.runners)
    slower = [row.seconds for row in rows if row.status == "slower" and row.seconds is not None]
    assert verdict.best_s is not None or not slower
    assert all(verdict.best_s is not None and verdict.best_s < seconds for seconds in slower)


@MANY
@given(runs())
def test_nothing_within_the_margin_is_called_slower(run: Run) -> None:
    verdict = verdict_of(run)
    margin = run.header.plan.settings.thresholds.margin
    for row in (*verdict.models, *verdict.counts, *verdict.runners):
        if row.status == "slower" and row.seconds is not None and verdict.best_s is not None:
            assert row.seconds > verdict.best_s * (1 + margin)


@MANY
@given(runs())
def test_equals_differ_by_no_more_than_the_claimed_margin(run: Run) -> None:
    verdict = verdict_of(run)
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
@given(runs())
def test_seconds_and_gains_agree(run: Run) -> None:
    verdict = verdict_of(run)
    if verdict.gain is not None and verdict.best_s is not None and verdict.loop_s is not None:
        assert verdict.gain.ratio * verdict.best_s == pytest.approx(verdict.loop_s, rel=1e-6)
    for row in (*verdict.models, *verdict.counts, *verdict.runners):
        if row.status not in ("pilot", "best") and row.gain is not None and row.seconds is not None:
            assert verdict.loop_s is not None
            assert row.gain.ratio * row.seconds == pytest.approx(verdict.loop_s, rel=1e-6)


@MANY
@given(runs())
def test_the_chosen_model_has_the_only_best_row(run: Run) -> None:
    verdict = verdict_of(run)
    best = [row for row in verdict.models if row.status == "best"]
    if verdict.model is not None:
        assert [row.model for row in best] == [verdict.model.choice]
        assert best[0].seconds == verdict.best_s
        assert verdict.models[0].status == "best"
    assert len(best) <= 1
    assert len([row for row in verdict.runners if row.status == "best"]) == len(best)


@MANY
@given(runs())
def test_what_has_no_right_result_has_no_time_and_is_never_best(run: Run) -> None:
    verdict = verdict_of(run)
    bad = {one.cell.key for one in run.failures if one.cause != "capped"}
    bad |= {one.cell.key for one in run.samples if one.observations}
    for row in verdict.runners:
        if row.status == "best" and row.cell is not None:
            assert row.cell.key not in bad
    for row in (*verdict.models, *verdict.counts, *verdict.runners):
        if row.status in WITHOUT_TIME:
            assert row.seconds is None
            assert row.gain is None


@MANY
@given(runs())
def test_code_is_given_for_the_recommendation_only(run: Run) -> None:
    verdict = verdict_of(run)
    best = next((row for row in verdict.models if row.status == "best"), None)
    if best is None:
        assert not verdict.recipe
        assert not verdict.recipe_runner
    else:
        assert verdict.recipe == f"code of {best.runner}" + (f"/{best.workers}" if best.runner != "serial" else "")
        assert verdict.recipe_runner == best.runner


@MANY
@given(runs())
def test_levels_agree_with_their_status(run: Run) -> None:
    for level in _levels(verdict_of(run)):
        assert level.equals[0] == level.choice
        assert level.runner_up not in level.equals
        assert (level.status == "decided") == (len(level.equals) == 1)
        assert level.lead is None or level.lead.ratio > 1
        assert level.blocks_needed is None or level.status == "undecided"


@MANY
@given(runs())
def test_all_numbers_are_finite_and_intervals_hold_their_ratios(run: Run) -> None:
    for value in _numbers(analyse(run)):
        assert math.isfinite(value)
    for interval in _intervals(analyse(run)):
        assert interval.low is None or interval.low <= interval.ratio * (1 + 1e-9)
        assert interval.high is None or interval.high >= interval.ratio * (1 - 1e-9)


@MANY
@given(runs())
def test_sentences_are_whole(run: Run) -> None:
    verdict = verdict_of(run)
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
