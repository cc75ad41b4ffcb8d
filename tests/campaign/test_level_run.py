"""The test of a level while it is measured: blocks, caps, failures, and when it ends."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from comparators.campaign.level_run import (
    FIRST_DEADLINE,
    FIRST_DEADLINE_S,
    LEAST_CAP_S,
    SIBLING_SLACK,
    START_S,
    LevelOutcome,
    LevelRun,
)
from comparators.campaign.outcome import Occasion
from comparators.journal.records import Cause, LevelTest
from comparators.plan.model import Cell
from comparators.runner import Model
from comparators.stats.censored import FEWEST_BLOCKS, AtLeast
from comparators.stats.thresholds import Level, Thresholds
from tests.campaign.simulated_host import SimulatedSampler, runner
from tests.journal.records import COMPARISON, SETTINGS

THRESHOLDS = Thresholds.for_preset("quick")
LATE = replace(THRESHOLDS, looks=(5, 10))
"""Nothing is judged before the fifth block."""
MODELS: Mapping[str, Model] = {
    "serial": "loop",
    "threads": "threads",
    "processes": "processes",
    "async": "async",
}


def cell(name: str, workers: int = 2) -> Cell:
    return COMPARISON.cell(runner(name, MODELS[name]), 1 if name == "serial" else workers)


def taking(noise: float = 0.01, **seconds: float) -> Callable[[Occasion], float]:
    """Return a formula: these seconds by runner, with a relative noise that is the same in every run."""

    def outcome(occasion: Occasion) -> float:
        name = occasion.cell.runner.name
        return seconds[name] * random.Random(f"{name}/{occasion.block}").lognormvariate(0.0, noise)

    return outcome


OTHER = {"threads": "processes", "processes": "threads"}
HOPELESS = taking(noise=0.4, threads=0.1, processes=0.11)
"""Two that no test of twenty blocks can tell apart, nor show to be equal."""


def run(
    outcome: Callable[[Occasion], float | Cause],
    *names: str,
    level: Level = "model",
    loops: int = 2,
    expected_s: float = 0.1,
    thresholds: Thresholds = THRESHOLDS,
    seed: int = 1,
    **given: Any,
) -> tuple[SimulatedSampler, LevelOutcome]:
    """Measure a level of these runners; return what was asked for and how it ended."""
    sampler = SimulatedSampler(outcome)
    cells = tuple(cell(name) for name in names)
    found = LevelRun(
        comparison=COMPARISON,
        begun=LevelTest(level, cells, tuple([loops] * len(cells))),
        rule=thresholds.rule(level),
        sampler=sampler,  # type: ignore[arg-type]  # it offers what a level uses
        clock=sampler.clock(),
        settings=replace(SETTINGS, thresholds=thresholds, seed=seed),
        expected_s=expected_s,
        deadline_s=given.get("deadline_s", math.inf),
        watch=given.get("watch", lambda cell, block, test: None),
    ).measure()
    return sampler, found


def blocks(sampler: SimulatedSampler) -> list[list[str]]:
    """Return the runners of each block in the order in which they were measured."""
    found: list[list[str]] = []
    for one in sampler.taken:
        if one.occasion.block == len(found):
            found.append([])
        assert one.occasion.position == len(found[-1])
        found[one.occasion.block].append(one.cell.runner.name)
    return found


def caps(sampler: SimulatedSampler, name: str) -> list[float | None]:
    return [one.cap_s for one in sampler.taken if one.cell.runner.name == name]


def test_a_clear_case_is_decided_at_the_first_look() -> None:
    sampler, found = run(taking(serial=0.3, threads=0.1), "serial", "threads")
    assert found.look is not None
    assert found.look.status == "decided"
    assert found.best == cell("threads")
    assert len(blocks(sampler)) == THRESHOLDS.looks[0]
    assert {one.occasion.stage for one in sampler.taken} == {"test"}
    assert {one.loops for one in sampler.taken} == {2}


def test_a_draw_goes_on_until_it_is_shown_or_the_looks_are_used_up() -> None:
    equal, shown = run(taking(noise=0.02, threads=0.1, processes=0.1), "threads", "processes")
    assert len(blocks(equal)) < THRESHOLDS.looks[-1]
    assert shown.look is not None
    assert shown.look.status == "equal"
    hopeless, found = run(HOPELESS, "threads", "processes")
    assert len(blocks(hopeless)) == THRESHOLDS.looks[-1]
    assert found.look is not None
    assert found.look.status == "undecided"


def test_each_block_holds_every_candidate_once_in_a_random_order_of_the_seed() -> None:
    names = ("serial", "threads", "processes", "async")
    outcome = taking(noise=0.5, serial=0.1, threads=0.1, processes=0.1, async_=0.1, **{"async": 0.1})
    first, again, other = (blocks(run(outcome, *names, seed=seed)[0]) for seed in (1, 1, 2))
    assert all(sorted(block) == sorted(names) for block in first)
    assert len({tuple(block) for block in first}) > 1
    assert first == again
    assert first != other[: len(first)]


def test_the_first_block_and_the_leader_have_deadlines_and_no_caps_and_all_others_both() -> None:
    sampler, _ = run(taking(threads=0.1, processes=0.11), "threads", "processes", loops=3, expected_s=0.2)
    free = [one for one in sampler.taken if one.occasion.block == 0 or one.cell.runner.name == "threads"]
    others = [one for one in sampler.taken if one not in free]
    assert {one.cap_s for one in free} == {None}
    longest_s = max(FIRST_DEADLINE_S, FIRST_DEADLINE * 0.2 * 3)
    assert [one.deadline_s for one in free] == pytest.approx([longest_s] * len(free))
    assert others
    for one in others:
        assert one.cap_s is not None
        assert one.cap_s == pytest.approx(THRESHOLDS.cap_factor * 0.1, rel=0.03)
        assert one.deadline_s == pytest.approx(START_S + 3 * one.cap_s * 3)


def test_caps_follow_the_best_value_so_far() -> None:
    def faster(occasion: Occasion) -> float:
        return {"threads": 0.1 / (1 + occasion.block), "processes": 0.2}[occasion.cell.runner.name]

    sampler, _ = run(faster, "threads", "processes", level="api", thresholds=LATE)
    assert caps(sampler, "processes")[:3] == [
        None,
        pytest.approx(THRESHOLDS.cap_factor * 0.1),
        pytest.approx(THRESHOLDS.cap_factor * 0.05),
    ]


def test_the_leader_is_never_capped_whichever_it_is_by_now() -> None:
    """A bound on the leader would leave hardly anything to be shown."""

    def outcome(occasion: Occasion) -> float:
        first, second = (0.1, 0.11) if occasion.block < 2 else (0.13, 0.11)
        return {"threads": first, "processes": second}[occasion.cell.runner.name]

    sampler, _ = run(outcome, "threads", "processes", level="api", thresholds=LATE)
    capped = {name: [cap is not None for cap in caps(sampler, name)[:5]] for name in ("threads", "processes")}
    assert capped == {
        "threads": [False, False, False, True, True],
        "processes": [False, True, True, False, False],
    }


def test_a_leader_that_meets_a_busy_moment_is_measured_to_its_end() -> None:
    def outcome(occasion: Occasion) -> float:
        busy = occasion.block == 1
        return {"threads": 0.9 if busy else 0.1, "processes": 0.2}[occasion.cell.runner.name]

    _, found = run(outcome, "threads", "processes")
    assert found.test.recorded[1]["threads/2"] == 0.9


def test_no_cap_is_shorter_than_a_busy_moment_of_the_host() -> None:
    sampler, _ = run(taking(threads=1e-4, processes=1.1e-4), "threads", "processes", loops=4)
    assert min(one.cap_s for one in sampler.taken if one.cap_s) == pytest.approx(LEAST_CAP_S / 4)


@pytest.mark.parametrize(
    ("expected_s", "best_s", "capped"),
    [
        pytest.param(0.4, 0.001, False, id="cheap, however far behind"),
        pytest.param(0.74, 0.001, False, id="a value just short enough"),
        pytest.param(0.76, 0.001, True, id="a value just too long"),
        pytest.param(30.0, 10.0, False, id="long and not far behind"),
        pytest.param(30.0, 1.0, True, id="long and far behind"),
    ],
)
def test_the_plain_loop_is_stopped_only_where_it_cannot_be_afforded(
    expected_s: float, best_s: float, capped: bool
) -> None:
    outcome = taking(noise=0.001, serial=expected_s, threads=best_s, **{"async": best_s * 1.05})
    sampler, _ = run(outcome, "serial", "threads", "async", loops=2, expected_s=expected_s)
    assert THRESHOLDS.baseline_s == 1.5
    assert [cap is not None for cap in caps(sampler, "serial")[:2]] == [False, capped]
    assert [cap is not None for cap in caps(sampler, "async")[:2]] == [False, True]


@pytest.mark.parametrize(
    ("expected_s", "capped"),
    [
        pytest.param(0.7, [False] * 5, id="near: always"),
        pytest.param(0.74, [False] * FEWEST_BLOCKS + [True] * (5 - FEWEST_BLOCKS), id="far behind: for an interval"),
    ],
)
def test_a_cheap_loop_runs_to_its_end_in_as_many_blocks_as_an_interval_needs(
    expected_s: float, capped: list[bool]
) -> None:
    near = replace(LATE, baseline_ratio=0.72 / 0.1, baseline_blocks=5)
    rivals: dict[str, float] = {"threads": 0.1, "processes": 0.15}

    def outcome(occasion: Occasion) -> float:
        """Let two rivals change places, so that the test goes on."""
        name = occasion.cell.runner.name
        return expected_s if name == "serial" else rivals[name if occasion.block % 2 else OTHER[name]]

    sampler, _ = run(outcome, "serial", "threads", "processes", loops=2, expected_s=expected_s, thresholds=near)
    assert [cap is not None for cap in caps(sampler, "serial")[:5]] == capped


def test_a_sample_that_was_stopped_is_a_bound_and_never_a_time() -> None:
    sampler, found = run(taking(threads=0.1, processes=0.9), "threads", "processes")
    first, *later = [block["processes/2"] for block in found.test.recorded]
    assert first == pytest.approx(0.9, rel=0.02)
    assert later
    assert all(isinstance(value, AtLeast) for value in later)
    assert [value.seconds for value in later if isinstance(value, AtLeast)] == caps(sampler, "processes")[1:]
    assert found.best == cell("threads")
    ratio = found.test.ratio("processes/2", "threads/2")
    assert ratio is not None
    assert ratio.high is None


@pytest.mark.parametrize("cause", ["error", "hangs", "timeout", "memory", "wrong-result"])
def test_a_candidate_that_fails_leaves_and_changes_nothing_for_the_others(cause: Cause) -> None:
    healthy = taking(noise=0.2, serial=0.2, threads=0.1, **{"async": 0.1})

    def outcome(occasion: Occasion) -> float | Cause:
        if occasion.cell.runner.name == "processes":
            return cause if occasion.block == 1 else 0.1
        return healthy(occasion)

    names = ("serial", "threads", "async", "processes")
    sampler, found = run(outcome, *names)
    assert {label: failure.cause for label, failure in found.failed.items()} == {"processes/2": cause}
    assert ["processes" in block for block in blocks(sampler)[:3]] == [True, True, False]
    assert "processes/2" not in found.test.remaining
    assert found.test.candidates == tuple(f"{one.runner.name}/{one.workers}" for one in map(cell, names))
    for number, block in enumerate(found.test.recorded):
        for label, value in block.items():
            name = label.partition("/")[0]
            if name != "processes":
                assert value == healthy(Occasion(cell(name), "test", "model", number))


def test_when_all_fail_there_is_no_look_and_no_best() -> None:
    sampler, found = run(lambda occasion: "error", "threads", "processes")
    assert (found.look, found.best) == (None, None)
    assert set(found.failed) == {"threads/2", "processes/2"}
    assert len(sampler.taken) == 2


def test_what_remains_alone_is_decided() -> None:
    broken = taking(threads=0.1)
    _, found = run(lambda one: "error" if one.cell.runner.name != "threads" else broken(one), "threads", "processes")
    assert found.look is not None
    assert (found.look.status, found.best) == ("decided", cell("threads"))


def test_the_plain_loop_stays_for_some_blocks_after_it_was_shown_slower() -> None:
    """A gain over it needs an interval, and the other candidates may be open for long."""
    steady = taking(noise=0.001, serial=10.0)
    thresholds = replace(THRESHOLDS, baseline_blocks=5, baseline_s=1e9, looks=(3, 4, 10))
    sampler, found = run(
        lambda one: (steady if one.cell.runner.name == "serial" else HOPELESS)(one),
        "serial",
        "threads",
        "processes",
        thresholds=thresholds,
    )
    assert found.look is not None
    assert found.look.slower["serial/1"].blocks < 5
    assert ["serial" in block for block in blocks(sampler)] == [True] * 5 + [False] * 5


def test_no_other_candidate_stays_after_it_was_shown_slower() -> None:
    steady = taking(noise=0.001, **{"async": 10.0})
    sampler, found = run(
        lambda one: (steady if one.cell.runner.name == "async" else HOPELESS)(one), "async", "threads", "processes"
    )
    assert found.look is not None
    gone = found.look.slower["async/2"].blocks
    assert ["async" in block for block in blocks(sampler)] == [number < gone for number in range(len(blocks(sampler)))]


def test_when_the_time_is_up_a_last_look_says_what_is_known() -> None:
    sampler, found = run(HOPELESS, "threads", "processes", deadline_s=0.0)
    assert len(blocks(sampler)) == THRESHOLDS.looks[0]  # fewer say nothing
    assert found.look is not None
    assert (found.look.status, found.look.blocks) == ("undecided", THRESHOLDS.looks[0])
    assert found.best is not None


def test_a_level_ends_between_planned_looks_when_the_next_block_would_be_late() -> None:
    whole, _ = run(HOPELESS, "threads", "processes")
    spent_s = whole.clock_s / len(blocks(whole))
    sampler, found = run(HOPELESS, "threads", "processes", deadline_s=9 * spent_s)
    assert THRESHOLDS.looks[0] < len(blocks(sampler)) < THRESHOLDS.looks[-1]
    assert found.look is not None
    assert found.look.status == "undecided"


def with_counts(
    outcome: Callable[[Occasion], float | Cause], *, level: Level = "model", loops: int = 1
) -> tuple[SimulatedSampler, LevelOutcome]:
    """Measure a level of the plain loop, and of threads with 2 and with 40 workers."""
    sampler = SimulatedSampler(outcome)
    cells = (cell("serial"), cell("threads", 2), cell("threads", 40))
    found = LevelRun(
        comparison=COMPARISON,
        begun=LevelTest(level, cells, (loops, loops, loops)),
        rule=LATE.rule(level),
        sampler=sampler,  # type: ignore[arg-type]  # it offers what a level uses
        clock=sampler.clock(),
        settings=replace(SETTINGS, thresholds=LATE),
        expected_s=0.5,
        deadline_s=math.inf,
        watch=lambda cell, block, test: None,
    ).measure()
    return sampler, found


def test_models_are_decided_when_all_that_remain_stand_for_the_same_one() -> None:
    """Two worker counts of the winning model need not be told apart on this level."""
    _, found = with_counts(lambda one: (0.5 if one.cell.runner.name == "serial" else 0.1) * (1 + 0.001 * one.block))
    assert found.look is not None
    assert found.look.status == "decided"
    assert len(found.look.leaders) == 2


@pytest.mark.parametrize(
    ("level", "ratio", "blocks_of_few"),
    [
        pytest.param("model", 3.2, [0], id="far slower: the best speaks for the model"),
        pytest.param("model", 2.8, [0, 1, 2, 3, 4], id="about as fast"),
        pytest.param("workers", 3.2, [0, 1, 2, 3, 4], id="the counts are what is asked"),
    ],
)
def test_a_count_far_slower_than_another_of_its_model_is_in_the_first_block_only(
    level: Level, ratio: float, blocks_of_few: list[int]
) -> None:
    sampler, found = with_counts(lambda one: {1: 0.5, 2: 0.1 * ratio, 40: 0.1}[one.cell.workers], level=level)
    assert found.best == cell("threads", 40)
    assert [one.occasion.block for one in sampler.taken if one.cell.workers == 2] == blocks_of_few


@pytest.mark.parametrize("loops", [1, 3])
@pytest.mark.parametrize(("large_s", "cap_s"), [(0.1, SIBLING_SLACK * THRESHOLDS.sibling_ratio * 0.1), (1e-4, None)])
def test_in_the_first_block_fewer_workers_come_last_and_are_stopped_when_more_are_far_faster(
    loops: int, large_s: float, cap_s: float | None
) -> None:
    """What a larger count of the same model speaks for may take as long as the loop, and has nothing to win."""
    sampler, found = with_counts(lambda one: {1: 0.5, 2: 0.45, 40: large_s}[one.cell.workers], loops=loops)
    first = [one for one in sampler.taken if one.occasion.block == 0]
    assert first[-1].cell == cell("threads", 2)
    assert [one.cap_s for one in first[:-1]] == [None, None]
    expected_s = cap_s or LEAST_CAP_S / loops
    assert first[-1].cap_s == pytest.approx(expected_s)
    assert first[-1].deadline_s == pytest.approx(START_S + 3 * expected_s * loops)
    assert found.test.recorded[0]["threads/2"] == AtLeast(first[-1].cap_s or 0.0)
    assert found.test.screened == ("threads/2",)


def test_where_counts_are_what_is_asked_none_is_stopped_in_the_first_block() -> None:
    sampler, _ = with_counts(lambda one: {1: 0.5, 2: 0.45, 40: 0.1}[one.cell.workers], level="workers")
    assert {one.cap_s for one in sampler.taken if one.occasion.block == 0} == {None}


def test_a_larger_count_that_fails_speaks_for_no_other() -> None:
    sampler, found = with_counts(lambda one: "memory" if one.cell.workers == 40 else 0.45 / one.cell.workers)
    assert {one.cap_s for one in sampler.taken if one.occasion.block == 0} == {None}
    assert found.best == cell("threads", 2)


@pytest.mark.parametrize("prior_freedom", [THRESHOLDS.prior_freedom, 0.0])
def test_a_rival_far_slower_is_told_at_the_first_look_because_no_host_is_that_noisy(prior_freedom: float) -> None:
    """Without the moderated variance two candidates and a few blocks have next to no degrees of freedom."""
    thresholds = replace(THRESHOLDS, prior_freedom=prior_freedom)
    sampler, found = run(
        taking(noise=0.08, threads=0.1, processes=0.29), "threads", "processes", level="api", thresholds=thresholds
    )
    assert found.best == cell("threads")
    assert (len(blocks(sampler)) == thresholds.looks[0]) == (prior_freedom > 0)


def test_generations_are_renewed_after_their_share_of_blocks() -> None:
    thresholds = replace(THRESHOLDS, generation_blocks=4)
    sampler, found = run(HOPELESS, "threads", "processes", thresholds=thresholds)
    assert found.test.blocks == 20
    assert sampler.client.warmth.number == 5


def test_who_watches_is_told_each_cell_with_the_number_of_its_block() -> None:
    told: list[tuple[str, int]] = []
    sampler, _ = run(
        taking(serial=0.2, threads=0.1),
        "serial",
        "threads",
        watch=lambda cell, block, test: told.append((cell.runner.name, block)),
    )
    assert told == [(one.cell.runner.name, one.occasion.block + 1) for one in sampler.taken]
