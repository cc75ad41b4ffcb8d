"""One comparison in the order of the answer, on simulated hosts: its models, loops and time."""

from dataclasses import replace
from typing import Any

import pytest

from comparators.campaign.comparison import PILOT_CAP, PILOT_CAP_S, RISKY_WORKERS
from comparators.campaign.outcome import Occasion
from comparators.journal.records import Cause, Failure, Profile
from comparators.plan.model import Cell, Comparison
from comparators.stats.sequential import SequentialTest
from tests.campaign.simulated_host import (
    COMPUTING,
    CROWDED,
    DEFAULT,
    MANY,
    SHARED,
    THREAD_APIS,
    TINY,
    WAITING,
    SimulatedSampler,
    Taken,
    candidate,
    comparison_of,
    comparison_run,
    counts,
    measured,
    sufficient,
    winner,
)
from tests.journal.records import LOOP, SETTINGS, failure

# model


def test_work_that_computes_under_the_gil_is_for_processes() -> None:
    sampler, run = measured(COMPUTING)
    assert counts(sampler, "model") == {
        "serial": [1],
        "threads": [2],
        "processes": [2],
        "async": [2],
        "interpreters": [2],
    }
    assert run._outcomes["model"].look is not None
    assert winner(run) in ("processes", "interpreters")
    assert set(run._outcomes["model"].look.slower) >= {"serial/1", "threads/2", "async/2"}


def test_without_the_gil_threads_compute_as_well() -> None:
    _, run = measured(replace(COMPUTING, gil=False), comparison_of(candidate("threads", "threads")))
    assert winner(run) == "threads"


def test_work_that_waits_is_tried_with_many_workers_under_every_model_before_anything_is_dropped() -> None:
    sampler, run = measured(WAITING)
    tried = counts(sampler, "model")
    assert tried == {
        "serial": [1],
        "threads": [2, 40],
        "processes": [2, 16],
        "async": [2, 40],
        "interpreters": [2, 16],
    }
    first = {one.cell for one in sampler.tested("model") if one.occasion.block == 0}
    assert first == set(sampler.begun("model").cells)
    assert winner(run) in ("threads", "async")
    assert sufficient(run) >= 34


def test_a_count_that_is_far_slower_than_another_of_its_model_is_in_the_first_block_only() -> None:
    sampler, _ = measured(WAITING)
    for name in ("threads", "async", "processes"):
        few = [
            one.occasion.block
            for one in sampler.tested("model")
            if (one.cell.runner.name, one.cell.workers) == (name, 2)
        ]
        assert few == [0]


def before_the_test(sampler: SimulatedSampler) -> list[Taken]:
    """Return the samples that were taken before the first block."""
    return sampler.taken[: sampler.taken.index(sampler.tested("model")[0])]


def test_very_many_workers_are_tried_once_before_they_are_in_the_test() -> None:
    sampler, _ = measured(CROWDED, MANY)
    tried = before_the_test(sampler)
    assert {one.occasion.stage for one in tried} == {"pilot"}
    assert [(one.cell.runner.name, one.cell.workers) for one in tried] == [("threads", 200), ("async", 200)]
    assert {one.cap_s for one in tried} == {max(PILOT_CAP_S, PILOT_CAP * CROWDED.profile.total_s)}


@pytest.mark.parametrize(("more", "tried"), [(0, []), (1, [RISKY_WORKERS + 1])])
def test_up_to_a_number_workers_are_tested_without_a_trial(more: int, tried: list[int]) -> None:
    asked = comparison_of(candidate("threads", "threads", counts=(2, RISKY_WORKERS + more)), tasks=400)
    sampler, _ = measured(CROWDED, asked)
    assert [one.cell.workers for one in before_the_test(sampler)] == tried


@pytest.mark.parametrize("cause", ["error", "memory", "crashed"])
@pytest.mark.parametrize(
    ("most", "tried", "tested"),
    [
        pytest.param(120, [200, 100], 100, id="until one works"),
        pytest.param(60, [200, 100], 50, id="until it is no risk"),
    ],
)
def test_a_count_that_the_host_does_not_allow_is_halved(cause: Cause, most: int, tried: list[int], tested: int) -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return cause if occasion.cell.runner.name == "threads" and occasion.cell.workers > most else None

    sampler, run = measured(replace(CROWDED, broken=broken), MANY)
    assert counts(sampler, "model")["threads"] == [2, tested]
    assert [one.cell.workers for one in before_the_test(sampler) if one.cell.runner.name == "threads"] == tried
    assert run.answered


@pytest.mark.parametrize(
    ("given", "tried", "tested"),
    [
        pytest.param({"counts": (2, 100)}, [100], [2], id="asked for"),
        pytest.param({"fewest": 100}, [100, 200, 100], None, id="tasks need each other"),
    ],
)
def test_a_count_that_must_be_and_does_not_work_is_left_out(
    given: dict[str, Any], tried: list[int], tested: list[int] | None
) -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return "error" if occasion.cell.workers > RISKY_WORKERS else None

    rivals = (candidate("threads", "threads", limit=400, **given), candidate("async", "async"))
    sampler, _ = measured(replace(CROWDED, broken=broken), comparison_of(*rivals, tasks=400))
    assert counts(sampler, "model").get("threads") == tested
    assert [one.cell.workers for one in before_the_test(sampler) if one.cell.runner.name == "threads"] == tried


def test_a_slow_count_is_not_a_broken_one() -> None:
    """A pilot that is stopped at its cap works; the test then says how slow it is."""

    def outcome(occasion: Occasion) -> float | Cause:
        return 1e6 if occasion.cell.workers == 200 and occasion.stage == "pilot" else CROWDED(occasion)

    sampler = SimulatedSampler(outcome, profiled=CROWDED.profile)
    comparison_run(sampler, MANY).measure()
    assert isinstance(before_the_test(sampler)[0].record, Failure)
    assert counts(sampler, "model")["threads"] == [2, 200]


def test_a_model_with_no_count_that_works_does_not_take_part_with_many() -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return "error" if occasion.cell.runner.name == "threads" else None

    sampler, run = measured(replace(WAITING, broken=broken))
    assert winner(run) == "async"
    assert all("threads/" not in label for label in run._outcomes["model"].test.remaining)
    assert sum(one.cell.runner.name == "threads" for one in sampler.tested("model")) <= 2


def test_a_failing_loop_ends_the_comparison_at_once() -> None:
    sampler = SimulatedSampler(COMPUTING, profiled=failure(LOOP, stage="profile", level=None, block=-1))
    run = comparison_run(sampler)
    run.measure()
    assert sampler.steps == ["enter", "calibrate", "profile"]
    assert not run.answered


@pytest.mark.parametrize("levels", [("model", "workers"), ("model", "workers", "api")])
def test_work_that_cannot_be_pickled_is_never_given_to_processes_or_interpreters(levels: tuple[str, ...]) -> None:
    host = replace(COMPUTING, gil=False)
    sampler = SimulatedSampler(host, profiled=replace(host.profile, unpicklable="a lambda", pickled_bytes=None))
    run = comparison_run(sampler, comparison_of(tasks=host.tasks, levels=levels))
    run.measure()
    run.explain()
    touched = {one.cell.runner.model for one in sampler.taken} | {cell.runner.model for cell in sampler.traced}
    assert touched == {"loop", "threads", "async"}
    assert winner(run) == "threads"


def test_the_simplest_runner_of_a_model_stands_for_it() -> None:
    shuffled = comparison_of(*reversed(THREAD_APIS), candidate("mp-pool", "processes", rank=3))
    sampler, _ = measured(COMPUTING, shuffled)
    assert [cell.runner.name for cell in sampler.begun("model").cells] == ["serial", "threads", "mp-pool"]


def test_counts_that_were_asked_for_are_all_compared() -> None:
    asked = comparison_of(candidate("threads", "threads", counts=(1, 3, 5), limit=5))
    sampler, run = measured(WAITING, asked)
    assert counts(sampler, "model") == {"serial": [1], "threads": [1, 3, 5]}
    assert counts(sampler, "workers") == {"threads": [1, 3, 5]}
    assert sufficient(run) == 5


# loops


def test_a_value_is_long_enough_under_each_runner() -> None:
    sampler, _ = measured(replace(COMPUTING, task_s=2e-3, tasks=4))
    test = sampler.begun("model")
    for cell, loops in zip(test.cells, test.loops, strict=True):
        value_s = loops * replace(COMPUTING, task_s=2e-3, tasks=4).seconds(cell)
        assert SETTINGS.thresholds.target_value_s <= value_s * 1.01 <= 3 * SETTINGS.thresholds.target_value_s


def test_loops_of_tiny_tasks_come_from_a_pilot_sample_of_each_runner() -> None:
    """What takes a microsecond is dwarfed by handing it over: the profile would be wrong by a factor of a hundred."""
    sampler, _ = measured(TINY)
    piloted = {one.cell.runner.name for one in sampler.staged("pilot")}
    assert piloted >= {"threads", "processes", "async", "interpreters"}
    assert "serial" not in piloted
    test = sampler.begun("model")
    for cell, loops in zip(test.cells, test.loops, strict=True):
        assert 1 <= loops * TINY.seconds(cell) / SETTINGS.thresholds.target_value_s * 1.05 < 1.5


def test_a_tiny_task_whose_pilot_fails_has_one_loop() -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return "error" if occasion.cell.runner.name == "processes" else None

    sampler, _ = measured(replace(TINY, broken=broken))
    test = sampler.begun("model")
    loops = dict(zip([cell.runner.name for cell in test.cells], test.loops, strict=True))
    assert loops["processes"] == 1


def test_nothing_to_do_is_for_the_loop_and_has_no_further_levels() -> None:
    sampler, run = measured(TINY)
    assert winner(run) == "loop"
    assert [test.level for test in sampler.tests] == ["model"]


# time


def test_when_the_time_is_up_no_further_level_begins() -> None:
    sampler, run = measured(WAITING, deadline_s=1.5, settings=DEFAULT)
    assert [test.level for test in sampler.tests] == ["model"]
    assert run.answered


def test_a_comparison_whose_time_is_up_before_the_first_block_has_no_answer() -> None:
    sampler, run = measured(COMPUTING, deadline_s=0.0)
    assert not sampler.taken
    assert not run.answered
    run.explain()
    assert not sampler.recipes
    assert not sampler.traced


def test_a_cold_comparison_ends_after_looks_of_its_own() -> None:
    hopeless = replace(COMPUTING, noise=0.5, gil=False)
    last = {}
    for phase in ("warm", "cold"):
        sampler, _ = measured(hopeless, comparison_of(phase=phase, levels=("model",)))
        last[phase] = 1 + max(one.occasion.block for one in sampler.tested("model"))
    assert last == {"warm": SETTINGS.thresholds.looks[-1], "cold": SETTINGS.thresholds.cold_looks[-1]}


# what watchers are told


def test_who_watches_is_told_the_levels_in_their_order() -> None:
    told: list[str] = []
    sampler = SimulatedSampler(SHARED, profiled=SHARED.profile)
    run = comparison_run(sampler, comparison_of(*THREAD_APIS), settings=DEFAULT)
    run.tell = lambda activity, cell, block, test: told.append(activity)
    run.measure()
    run.explain()
    assert list(dict.fromkeys(told)) == ["profile", "model", "workers", "api", "evidence", "control"]


def test_who_watches_is_told_the_end_of_each_level_with_its_test() -> None:
    ended: list[tuple[str, int]] = []

    def tell(activity: str, cell: Cell | None, block: int, test: SequentialTest | None) -> None:
        if cell is None and test is not None:
            assert test.blocks == block == 1 + max(one.occasion.block for one in sampler.tested(activity))
            ended.append((activity, len(sampler.tests)))

    sampler = SimulatedSampler(SHARED, profiled=SHARED.profile)
    run = comparison_run(sampler, comparison_of(*THREAD_APIS), settings=DEFAULT)
    run.tell = tell
    run.measure()
    run.explain()
    assert ended == [("model", 1), ("workers", 2), ("api", 3)]  # each before the next one begins


def test_the_profile_is_that_of_the_plain_loop_or_of_the_first_runner_without_one() -> None:
    asked: list[str] = []

    class Asked(SimulatedSampler):
        def profile(self, comparison: Comparison, cell: object) -> Profile:
            asked.append(cell.runner.name)  # type: ignore[attr-defined]  # a cell
            return COMPUTING.profile

    without = comparison_of()
    for comparison in (
        comparison_of(*reversed(without.candidates[1:])),
        replace(without, candidates=without.candidates[3:]),
    ):
        comparison_run(Asked(COMPUTING), comparison).measure()
    assert asked == ["serial", "async"]
