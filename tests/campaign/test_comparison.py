"""A comparison from pilot to race, on seconds that are known."""

from dataclasses import replace
from typing import Any

import pytest
from comparators.campaign.control import Copy
from comparators.verdict.sequential import judge

from comparators.campaign.comparison import BASELINE_BLOCKS, BASELINE_S, LOOPS_MAXIMUM, RACE_CAP
from comparators.journal.records import Cause, Stage
from comparators.plan.model import CONTROL_BLOCKS, ENOUGH_BLOCKS, Candidate, Cell, Comparison
from tests.campaign.simulated import (
    BASELINE,
    Judged,
    Rules,
    Simulated,
    comparison_of,
    fixed,
    race_workers,
    runner,
    searching,
    simulation,
    taking,
)
from tests.journal.records import SERIAL, SETTINGS


@pytest.mark.parametrize("broken", [["one", "other"], []])
def test_a_comparison_in_which_nothing_works_ends_at_once(broken: list[str]) -> None:
    failing: Any = {("one", "pilot", -1): "crashed", ("other", "pilot", -1): "timeout"}
    sampler = Simulated(taking(one=1.0, other=1.0), broken=broken, failing=failing)
    rules = Rules()
    assert simulation(comparison_of(fixed("one"), fixed("other")), sampler, rules, closer=True).measure() == {}
    assert (rules.shown, sampler.blocks(), sampler.looked) == ([], [], [])


def test_the_fastest_race_when_there_are_too_many() -> None:
    names = [f"runner-{number}" for number in range(6)]
    sampler = Simulated(lambda cell, ordinal: 1.0 + int(cell.runner.name[-1]) / 100)
    simulation(comparison_of(*map(fixed, reversed(names))), sampler).measure()
    assert {name for block in sampler.blocks() for name in block} == set(names[: SETTINGS.racers_maximum])


def test_blocks_go_on_to_the_last_look_when_nothing_is_decided() -> None:
    rules = Rules()
    sampler = Simulated(taking(one=1.0, other=1.0))
    simulation(comparison_of(fixed("one"), fixed("other")), sampler, rules).measure()
    assert len(sampler.blocks()) == 5
    assert [(len(blocks), last) for blocks, _, _, last in rules.shown] == [(3, False), (5, True)]
    assert rules.shown[-1][0] == [{"one": 1.0, "other": 1.0}] * 5


def test_a_decision_ends_the_race() -> None:
    rules = Rules(lambda blocks, remaining: Judged("win", remaining[:1]))
    sampler = Simulated(taking(one=1.0, other=1.0))
    simulation(comparison_of(fixed("one"), fixed("other")), sampler, rules).measure()
    assert len(sampler.blocks()) == 3


def test_who_does_not_survive_a_look_is_no_longer_measured() -> None:
    rules = Rules(
        lambda blocks, remaining: Judged(None, tuple(sorted(set(remaining) - {"other"}))) if blocks == 3 else None
    )
    sampler = Simulated(taking(one=1.0, other=1.0, third=1.0))
    simulation(comparison_of(fixed("one"), fixed("other"), fixed("third")), sampler, rules).measure()
    assert [len(block) for block in sampler.blocks()] == [3, 3, 3, 2, 2]
    assert rules.shown[-1][1:] == (("one", "third"), 3, True)
    assert all(set(block) == {"one", "third"} for block in rules.shown[-1][0])


def test_a_race_without_looks_is_none() -> None:
    sampler = Simulated(taking(one=1.0))
    simulation(replace(comparison_of(fixed("one")), phase="cold"), sampler).measure()
    assert SETTINGS.cold_looks == ()
    assert sampler.blocks() == []


def orders(seed: int, comparison: Comparison) -> list[list[str]]:
    sampler = Simulated(lambda cell, ordinal: 1.0)
    simulation(comparison, sampler, settings=replace(SETTINGS, seed=seed, racers_maximum=9)).measure()
    return sampler.blocks()


def test_the_order_within_a_block_comes_from_the_seed_and_changes_from_block_to_block() -> None:
    comparison = comparison_of(*(fixed(f"runner-{number}") for number in range(8)))
    first = orders(1, comparison)
    assert first == orders(1, comparison)
    assert first != orders(2, comparison)
    assert first != orders(1, replace(comparison, python="3.14"))
    assert len({tuple(block) for block in first}) == len(first)
    assert len({tuple(sorted(block)) for block in first}) == 1


@pytest.mark.parametrize(
    ("baseline", "best", "accompanies"),
    [
        pytest.param(5.0, 1.0, True, id="not much slower"),
        pytest.param(10.0, 1.0, True, id="just affordable"),
        pytest.param(11.0, 1.0, False, id="too slow"),
        pytest.param(BASELINE_S, 0.06, True, id="much slower but short"),
    ],
)
def test_the_baseline_is_in_every_block_while_it_is_affordable(baseline: float, best: float, accompanies: bool) -> None:
    rules = Rules()
    sampler = Simulated(taking(serial=baseline, fast=best))
    simulation(comparison_of(BASELINE, fixed("fast")), sampler, rules).measure()
    assert all(("serial" in block) is accompanies for block in sampler.blocks())
    assert len(sampler.blocks()) == 5
    assert rules.shown[-1][1] == (("fast", "serial") if accompanies else ("fast",))


def test_the_baseline_races_without_a_limit_and_stays_for_an_interval_when_it_has_lost() -> None:
    sampler = Simulated(taking(serial=9.0, fast=1.0, other=1.0))
    rules = Rules(lambda blocks, remaining: None if blocks == 7 else Judged(None, ("fast", "other")))
    settings = replace(SETTINGS, looks=(3, 7))
    simulation(comparison_of(BASELINE, fixed("fast"), fixed("other")), sampler, rules, settings=settings).measure()
    shown = [sorted(block) for block in sampler.blocks()]
    assert shown == [["fast", "other", "serial"]] * BASELINE_BLOCKS + [["fast", "other"]] * (7 - BASELINE_BLOCKS)
    assert rules.shown[0][1] == ("fast", "other", "serial")
    caps = [cap for stage, cell, _, _, _, cap in sampler.taken if stage == "race" and cell.runner == SERIAL]
    assert caps == [None] * BASELINE_BLOCKS


def test_a_baseline_that_is_in_the_race_is_measured_once_per_block() -> None:
    sampler = Simulated(taking(serial=1.0, fast=1.0))
    simulation(comparison_of(BASELINE, fixed("fast")), sampler).measure()
    assert all(sorted(block) == ["fast", "serial"] for block in sampler.blocks())


@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_a_baseline_that_fails_is_not_tried_again(seconds: float) -> None:
    sampler = Simulated(taking(serial=seconds, fast=1.0), failing={("serial", "race", 1): "timeout"})
    simulation(comparison_of(BASELINE, fixed("fast")), sampler).measure()
    assert [sorted(block) for block in sampler.blocks()] == [["fast", "serial"]] * 2 + [["fast"]] * 3


def test_a_runner_that_fails_leaves_the_race() -> None:
    rules = Rules()
    sampler = Simulated(taking(one=1.0, other=1.0, third=1.0), failing={("other", "race", 1): "crashed"})
    simulation(comparison_of(fixed("one"), fixed("other"), fixed("third")), sampler, rules).measure()
    assert [len(block) for block in sampler.blocks()] == [3, 3, 2, 2, 2]
    assert all(remaining == ("one", "third") for _, remaining, *_ in rules.shown)
    assert rules.shown[0][2] == 3  # the rule still counts all that began


def test_when_all_fail_the_race_ends() -> None:
    rules = Rules()
    sampler = Simulated(taking(one=1.0), failing={("one", "race", 0): "crashed"})
    simulation(comparison_of(fixed("one")), sampler, rules).measure()
    assert (len(sampler.blocks()), rules.shown) == (1, [])


def test_a_sample_stopped_in_the_race_counts_as_its_limit() -> None:
    def seconds(cell: Cell, ordinal: int) -> float:
        return 9.0 if (cell.runner.name, ordinal) == ("uneven", 3) else 1.0

    rules = Rules()
    sampler = Simulated(seconds)
    simulation(comparison_of(fixed("one"), fixed("uneven")), sampler, rules).measure()
    assert [block["uneven"] for block in rules.shown[-1][0]] == [1.0, 1.0, RACE_CAP, 1.0, 1.0]
    caps = [(block, cap) for stage, _, block, _, _, cap in sampler.taken if stage == "race"]
    assert all((cap is None) == (block == 0) for block, cap in caps)


@pytest.mark.parametrize(("best", "loops"), [(1.0, 1), (0.03, 1), (0.02, 2), (0.001, 30), (1e-9, LOOPS_MAXIMUM)])
def test_every_runner_does_as_many_loops_as_make_the_fastest_long_enough(best: float, loops: int) -> None:
    sampler = Simulated(taking(fast=best, slow=1.4 * best))
    simulation(comparison_of(fixed("fast"), fixed("slow")), sampler).measure()
    assert {found for stage, _, _, _, found, _ in sampler.taken if stage == "race"} == {loops}
    assert {found for stage, _, _, _, found, _ in sampler.taken if stage == "pilot"} == {1}


def test_a_cold_value_is_one_loop() -> None:
    sampler = Simulated(taking(fast=1e-6))
    settings = replace(SETTINGS, cold_looks=(3,))
    simulation(replace(comparison_of(fixed("fast")), phase="cold"), sampler, settings=settings).measure()
    assert len(sampler.blocks()) == 3
    assert {loops for *_, loops, _ in sampler.taken} == {1}


def test_the_first_look_is_reached_also_when_the_time_is_up() -> None:
    rules = Rules()
    sampler = Simulated(taking(one=1.0, other=1.0))
    simulation(comparison_of(fixed("one"), fixed("other")), sampler, rules, deadline_s=0.0).measure()
    assert len(sampler.blocks()) == 3
    assert [(len(blocks), last) for blocks, _, _, last in rules.shown] == [(3, True)]


def test_the_time_ends_a_race_between_looks() -> None:
    rules = Rules()
    sampler = Simulated(taking(one=1.0, other=1.0))
    simulation(comparison_of(fixed("one"), fixed("other")), sampler, rules, deadline_s=20.0).measure()
    assert [(len(blocks), last) for blocks, _, _, last in rules.shown] == [(3, False), (4, True)]


def test_the_closer_look_goes_to_remaining_baseline_and_the_best_of_each_model() -> None:
    candidates = [
        BASELINE,
        fixed("t-best"),
        fixed("t-second"),
        Candidate(runner("p-best", "processes"), (2,), search=False, limit=2),
        Candidate(runner("p-second", "processes"), (2,), search=False, limit=2),
        Candidate(runner("a-far", "async"), (2,), search=False, limit=2),
    ]
    seconds = {"serial": 8.0, "t-best": 1.0, "t-second": 1.1, "p-best": 1.2, "p-second": 1.3, "a-far": 9.0}
    sampler = Simulated(taking(**seconds))
    rules = Rules(lambda blocks, remaining: Judged("tie", ("t-best", "t-second")))
    simulation(comparison_of(*candidates), sampler, rules, closer=True).measure()
    assert [cell.runner.name for cell in sampler.looked] == ["t-best", "t-second", "p-best", "serial", "a-far"]


def test_not_every_survivor_gets_a_closer_look() -> None:
    sampler = Simulated(lambda cell, ordinal: 1.0 + int(cell.runner.name[-1]) / 100)
    simulation(comparison_of(*(fixed(f"runner-{number}") for number in range(4))), sampler, closer=True).measure()
    assert [cell.runner.name for cell in sampler.looked] == ["runner-0", "runner-1", "runner-2"]


def test_several_workers_that_gain_nothing_get_a_closer_look_unless_their_whole_model_is_kept_back() -> None:
    seconds = {"serial": 8.0, "t-best": 2.0, "t-idle": 7.9, "t-slow": 5.0, "t-one": 8.0, "a-best": 7.8, "a-second": 7.9}
    candidates = [
        BASELINE,
        *(fixed(name) for name in ("t-best", "t-slow", "t-idle")),
        fixed("t-one", workers=1),
        *(Candidate(runner(name, "async"), (2,), search=False, limit=2) for name in ("a-best", "a-second")),
    ]
    sampler = Simulated(taking(**seconds))
    simulation(comparison_of(*candidates), sampler, closer=True).measure()
    assert {cell.runner.name for cell in sampler.looked} == {"t-best", "serial", "a-best", "t-idle"}


def test_without_a_baseline_nobody_seems_idle() -> None:
    sampler = Simulated(taking(best=1.0, idle=2.0))
    simulation(comparison_of(fixed("best"), fixed("idle")), sampler, closer=True).measure()
    assert [cell.runner.name for cell in sampler.looked] == ["best"]


def test_no_closer_look_unless_asked_for() -> None:
    sampler = Simulated(taking(one=1.0))
    simulation(comparison_of(fixed("one")), sampler).measure()
    assert sampler.looked == []


def test_who_watches_is_told_before_each_sample() -> None:
    seen: list[tuple[Any, ...]] = []
    sampler = Simulated(taking(one=1.0))
    simulation(comparison_of(fixed("one")), sampler, closer=True, watch=lambda *told: seen.append(told)).measure()
    told = [(activity, cell.runner.name, remaining, block) for activity, cell, remaining, block in seen]
    race = [("race", "one", ("one",), block) for block in range(1, 6)]
    assert told == [("pilot", "one", (), 0), *race, ("evidence", "one", ("one",), 0)]


def test_with_the_real_rule_a_clear_winner_needs_the_first_look_only() -> None:
    sampler = Simulated(lambda cell, ordinal: (1.0 if cell.runner.name == "fast" else 1.4) + ordinal % 3 / 1000)
    comparison_run = simulation(comparison_of(fixed("fast"), fixed("slow")), sampler)
    comparison_run.judge = judge
    comparison_run.measure()
    assert len(sampler.blocks()) == SETTINGS.looks[0]


def test_serial_wins_in_a_race_only() -> None:
    sampler = Simulated(taking(serial=1.0, slow=9.0, slower=20.0))
    simulation(comparison_of(BASELINE, fixed("slow"), fixed("slower")), sampler).measure()
    assert all(sorted(block) == ["serial", "slow"] for block in sampler.blocks())
    assert sampler.blocks()


def test_who_races_is_recorded_when_the_race_begins() -> None:
    sampler = Simulated(taking(serial=1.6, fast=1.0, slow=9.0))
    simulation(comparison_of(BASELINE, fixed("fast"), fixed("slow")), sampler).measure()
    assert [[cell.runner.name for cell in race.cells] for race in sampler.races] == [["fast", "serial"]]


def test_a_race_goes_on_with_those_that_began_it() -> None:
    """A damaged journal has lost what the pilot knew of one of them."""
    comparison = comparison_of(BASELINE, fixed("fast"), fixed("slow"))
    begun = tuple(comparison.cell(spec, workers) for spec, workers in ((runner("fast"), 8), (SERIAL, 1)))
    sampler = Simulated(taking(serial=1.6, fast=1.0, slow=1.1), begun=begun)
    simulation(comparison, sampler).measure()
    assert race_workers(sampler) == {"fast": {8}, "serial": {1}}


def test_without_blocks_no_race_is_recorded() -> None:
    sampler = Simulated(taking(one=1.0))
    simulation(replace(comparison_of(fixed("one")), phase="cold"), sampler).measure()
    assert sampler.races == []


def test_a_copy_of_the_fastest_races_along() -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(lambda cell, ordinal: (1.0 if cell.runner.name == "fast" else 1.4) + ordinal / 10)
    simulation(comparison_of(BASELINE, fixed("fast")), sampler, copy=copy).measure()
    assert [sorted(block) for block in sampler.blocks()] == [["copy of fast", "fast", "serial"]] * 5
    assert len(copy.pairs) == 5
    assert all(abs(own - other) == pytest.approx(0.1) for own, other in copy.pairs)
    assert len({tuple(block) for block in sampler.blocks()}) > 1


def test_the_copy_leaves_when_it_has_enough_pairs() -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(taking(one=1.0, other=1.0))
    settings = replace(SETTINGS, looks=(5, 14))
    rules = Rules(lambda blocks, remaining: None)
    simulation(comparison_of(fixed("one"), fixed("other")), sampler, rules, copy=copy, settings=settings).measure()
    shown = [sorted(block) for block in sampler.blocks()]
    assert shown == [["copy of one", "one", "other"]] * ENOUGH_BLOCKS + [["one", "other"]] * (14 - ENOUGH_BLOCKS)
    assert len(copy.pairs) == ENOUGH_BLOCKS


def test_a_cell_that_has_lost_stays_until_its_copy_has_the_pairs_it_needs() -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(taking(serial=99.0, fast=1.0, other=1.2))
    rules = Rules(lambda blocks, remaining: Judged(None, ("other",)) if blocks == 3 else None)
    settings = replace(SETTINGS, looks=(3, 7))
    comparison = comparison_of(BASELINE, fixed("fast"), fixed("other"))
    simulation(comparison, sampler, rules, copy=copy, settings=settings).measure()
    shown = [sorted(block) for block in sampler.blocks()]
    assert shown == [["copy of fast", "fast", "other"]] * CONTROL_BLOCKS + [["other"]] * (7 - CONTROL_BLOCKS)
    assert copy.pairs == [(1.0, 1.0)] * CONTROL_BLOCKS


def test_a_copy_has_no_limit_and_is_no_candidate() -> None:
    sampler = Simulated(taking(serial=9.0, fast=1.0))
    rules = Rules()
    simulation(comparison_of(BASELINE, fixed("fast")), sampler, rules, copy=Copy(wanted=True)).measure()
    assert {cap for stage, *_, cap in sampler.taken if stage == "control"} == {None}
    assert all(set(block) == {"fast", "serial"} for shown in rules.shown for block in shown[0])
    assert {candidates for _, _, candidates, _ in rules.shown} == {2}


def test_after_an_early_decision_the_copy_gets_the_pairs_it_needs() -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(taking(serial=2.0, fast=1.0))
    rules = Rules(lambda blocks, remaining: Judged("win", remaining[:1]))
    simulation(comparison_of(BASELINE, fixed("fast")), sampler, rules, copy=copy).measure()
    alone = [["copy of fast", "fast"]] * (CONTROL_BLOCKS - 3)
    assert [sorted(block) for block in sampler.blocks()] == [["copy of fast", "fast", "serial"]] * 3 + alone
    assert len(copy.pairs) == CONTROL_BLOCKS


def test_when_the_time_is_up_the_copy_gets_no_further_pair() -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(taking(serial=2.0, fast=1.0))
    simulation(comparison_of(BASELINE, fixed("fast")), sampler, copy=copy, deadline_s=0.0).measure()
    assert len(copy.pairs) == 3


@pytest.mark.parametrize("failing", [("serial", "race", 1), ("serial", "control", 1)])
def test_a_copy_or_its_cell_that_fails_ends_the_control(failing: Any) -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(taking(serial=1.0, fast=1.4), failing={failing: "crashed"})
    simulation(comparison_of(BASELINE, fixed("fast")), sampler, copy=copy).measure()
    assert (copy.wanted, len(copy.pairs)) == (False, 1)
    assert all("copy of serial" not in block for block in sampler.blocks()[2:])


def test_a_race_that_never_was_has_no_copy() -> None:
    copy = Copy(wanted=True)
    sampler = Simulated(taking(one=1.0))
    simulation(replace(comparison_of(fixed("one")), phase="cold"), sampler, copy=copy).measure()
    assert (copy.pairs, sampler.blocks()) == ([], [])


def test_the_rule_is_given_the_margin_of_the_host() -> None:
    margins: list[float] = []

    class Margins(Rules):
        def __call__(
            self, blocks: Any, remaining: Any, candidates: int, margin: float, looks: Any, **last: Any
        ) -> Judged:
            margins.append(margin)
            return Judged("tie", tuple(remaining))

    simulation(
        comparison_of(fixed("one"), fixed("other")), Simulated(taking(one=1.0, other=1.0)), Margins(), margin=0.08
    ).measure()
    assert margins == [0.08]


def of_costs(sampler: Simulated) -> list[tuple[str, int, int]]:
    """Return runner, block and place of each sample that was taken for its cost alone."""
    return [(cell.runner.name, block, place) for stage, cell, block, place, *_ in sampler.taken if stage == "cost"]


def test_a_survey_measures_each_runner_once_however_slow_it_is_and_ends() -> None:
    comparison = replace(comparison_of(fixed("fast"), searching("slow"), BASELINE), survey=True)
    sampler = Simulated(lambda cell, ordinal: 1000.0 if cell.runner.name == "slow" else 1.0)
    simulation(comparison, sampler, closer=True).measure()
    assert [(stage, cell.runner.name, cap) for stage, cell, *_, cap in sampler.taken] == [
        ("pilot", "fast", None),
        ("pilot", "slow", None),
        ("pilot", "serial", None),
    ]
    assert sampler.looked == []


def test_who_reports_a_cost_is_measured_until_it_has_enough_samples() -> None:
    comparison = replace(comparison_of(fixed("one"), fixed("two"), fixed("free")), survey=True)
    sampler = Simulated(taking(one=1.0, two=9.0, free=1.0), costed=("one", "two"))
    settings = replace(SETTINGS, cost_samples=3)
    simulation(comparison, sampler, settings=settings).measure()
    assert sorted(of_costs(sampler)) == sorted(
        (name, block, place)
        for block in (0, 1)
        for place, name in enumerate(name for name, number, _ in of_costs(sampler) if number == block)
    )
    assert sorted(name for name, *_ in of_costs(sampler)) == ["one", "one", "two", "two"]


def test_samples_of_the_race_count_for_a_cost() -> None:
    sampler = Simulated(taking(fast=1.0, slow=9.0), costed=("fast", "slow"))
    settings = replace(SETTINGS, cost_samples=3)
    simulation(comparison_of(fixed("fast"), fixed("slow")), sampler, settings=settings).measure()
    assert [name for name, *_ in of_costs(sampler)] == ["slow", "slow"]


def test_a_cost_that_fails_is_tried_again_only_so_often() -> None:
    failing: dict[tuple[str, Stage, int], Cause] = {("one", "cost", number): "crashed" for number in range(9)}
    comparison = replace(comparison_of(fixed("one")), survey=True)
    sampler = Simulated(taking(one=1.0), costed=("one",), failing=failing)
    simulation(comparison, sampler, settings=replace(SETTINGS, cost_samples=3)).measure()
    assert len(of_costs(sampler)) == 3


@pytest.mark.parametrize("survey", [True, False])
def test_costs_end_when_the_time_of_a_race_is_up_and_are_all_that_a_survey_is_for(*, survey: bool) -> None:
    comparison = replace(comparison_of(fixed("one")), survey=survey)
    sampler = Simulated(taking(one=1.0), costed=("one",))
    simulation(comparison, sampler, settings=replace(SETTINGS, cost_samples=9), deadline_s=0.5).measure()
    assert bool(of_costs(sampler)) == survey


def test_weak_scaling_gives_as_many_copies_as_much_more_time() -> None:
    comparison = comparison_of(fixed("one", 1), fixed("many", 8))
    sampler = Simulated(lambda cell, ordinal: 1.0)
    simulation(comparison, sampler, settings=replace(SETTINGS, scaling="weak")).measure()
    deadlines = {cell.workers: cap.deadline_s for stage, cell, block, _, _, cap in sampler.taken if cap and block == 1}
    assert deadlines[8] - deadlines[1] == pytest.approx(2 * RACE_CAP * 7)
