"""What explains the answer of a comparison, and what primitives cost, on simulated hosts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from comparators.campaign.comparison import CHEAP_PER_CPU, EVIDENCE_TASKS_S
from comparators.campaign.outcome import Occasion
from comparators.journal.records import Cause
from tests.campaign.simulated_host import (
    COMPUTING,
    WAITING,
    SimulatedSampler,
    candidate,
    comparison_of,
    comparison_run,
    measured,
    sufficient,
    winner,
)
from tests.journal.records import SETTINGS

# after the answer


def test_recipe_evidence_and_control_come_after_the_answer() -> None:
    sampler, run = measured(WAITING)
    answer = len(sampler.steps)
    run.explain()
    assert not {"recipe", "evidence", "control"} & set(sampler.steps[:answer])
    explained = list(dict.fromkeys(sampler.steps[answer:]))
    assert explained == ["recipe", "evidence", "control"]


def test_the_winner_the_loop_and_the_best_of_each_model_are_traced() -> None:
    sampler, run = measured(WAITING)
    run.explain()
    assert sampler.recipes == [run._best()]
    assert sampler.traced[0] == run._best()
    models = [cell.runner.model for cell in sampler.traced]
    assert sorted(models) == ["async", "interpreters", "loop", "processes", "threads"]


def traced(sampler: SimulatedSampler) -> dict[str, int]:
    """Return the worker counts with which runners were traced."""
    return {cell.runner.name: cell.workers for cell in sampler.traced}


def test_a_losing_model_is_traced_with_as_many_workers_as_start_at_once_and_threads_with_any() -> None:
    """The best of the processes had 16 workers here, whose start takes longer than what they show is worth."""

    def outcome(occasion: Occasion) -> float | Cause:
        seconds = WAITING(occasion)
        return seconds if isinstance(seconds, str) or occasion.cell.runner.name == "async" else 1.6 * seconds

    sampler = SimulatedSampler(outcome, profiled=WAITING.profile)
    run = comparison_run(sampler)
    run.measure()
    run.explain()
    assert winner(run) == "async"
    assert traced(sampler) == {
        "async": sufficient(run),
        "serial": 1,
        "threads": 40,
        "processes": 2,
        "interpreters": 2,
    }


@pytest.mark.parametrize("more", [0, 1])
def test_a_losing_model_that_has_only_more_workers_than_start_at_once_is_not_traced(more: int) -> None:
    count = CHEAP_PER_CPU * len(SETTINGS.cpus) + more
    rivals = (candidate("threads", "threads"), candidate("processes", "processes", counts=(count,)))
    sampler, run = measured(WAITING, comparison_of(*rivals))
    run.explain()
    assert winner(run) == "threads"
    assert traced(sampler).get("processes") == (None if more else count)


def test_the_winner_is_traced_with_any_worker_count() -> None:
    sampler, run = measured(WAITING, comparison_of(candidate("processes", "processes", limit=40)))
    run.explain()
    assert sampler.traced[0] == run._best()
    assert sufficient(run) > CHEAP_PER_CPU * len(SETTINGS.cpus)


def test_what_failed_is_not_traced() -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return "crashed" if occasion.cell.runner.name == "processes" else None

    sampler, run = measured(replace(COMPUTING, broken=broken))
    run.explain()
    assert "processes" not in {cell.runner.name for cell in sampler.traced}


def test_work_that_takes_long_is_not_traced() -> None:
    long = replace(COMPUTING, tasks=4, task_s=EVIDENCE_TASKS_S)
    sampler, run = measured(long)
    run.explain()
    assert sampler.recipes
    assert not sampler.traced


def test_the_control_is_pairs_of_the_winner_in_random_order() -> None:
    sampler, run = measured(COMPUTING)
    run.explain()
    control = sampler.staged("control")
    assert {one.cell for one in control} == {run._best()}
    places = [(one.occasion.block, one.occasion.position) for one in control]
    pairs = SETTINGS.thresholds.noise_pairs
    assert sorted(places) == [(number, position) for number in range(pairs) for position in (0, 1)]
    taken = list(pairwise(places))[::2]
    assert all(first[0] == second[0] for first, second in taken)  # a pair shares a block: the cell, and its copy
    assert {first[1] for first, _ in taken} == {0, 1}
    assert len({one.loops for one in control}) == 1


def test_one_control_in_a_run_is_enough() -> None:
    sampler, run = measured(COMPUTING, controlled=True)
    run.explain()
    assert sampler.traced
    assert not sampler.staged("control")


def test_the_control_takes_no_more_than_its_share_of_the_time() -> None:
    slow = replace(COMPUTING, tasks=4, task_s=4.0)
    sampler, run = measured(slow, comparison_of(candidate("processes", "processes"), tasks=4, levels=("model",)))
    spent_s = sampler.clock_s
    run.explain()
    assert 0 < len(sampler.staged("control")) < 2 * SETTINGS.thresholds.noise_pairs
    assert sampler.clock_s < 2 * spent_s


# costs


def test_without_levels_only_samples_of_costs_are_taken() -> None:
    settings = replace(SETTINGS, cost_samples=4)
    sampler = SimulatedSampler(COMPUTING, profiled=COMPUTING.profile, costed=("threads", "processes"))
    run = comparison_run(sampler, comparison_of(levels=()), settings=settings)
    run.measure()
    assert not run.answered
    assert not sampler.tests
    assert {one.occasion.stage for one in sampler.taken} == {"cost"}
    taken = [one.cell.runner.name for one in sampler.taken]
    assert {name: taken.count(name) for name in taken} == {
        "serial": 1,  # its work reports none, so once is enough to see that
        "async": 1,
        "interpreters": 1,
        "threads": 4,
        "processes": 4,
    }


def test_samples_of_costs_are_taken_in_a_random_order_of_the_seed() -> None:
    orders = []
    for seed in (1, 1, 2):
        names = ("serial", "threads", "processes", "async", "interpreters")
        sampler = SimulatedSampler(COMPUTING, profiled=COMPUTING.profile, costed=names)
        settings = replace(SETTINGS, cost_samples=6, seed=seed)
        comparison_run(sampler, comparison_of(levels=()), settings=settings).measure()
        orders.append([one.cell.runner.name for one in sampler.taken])
    assert orders[0] == orders[1] != orders[2]
    assert len({tuple(orders[0][at : at + 5]) for at in range(0, 30, 5)}) > 1


def test_a_runner_whose_work_fails_has_no_further_samples_of_costs() -> None:
    broken: Callable[[Occasion], Cause | None] = lambda one: "error" if one.cell.runner.name == "threads" else None  # noqa: E731
    host = replace(COMPUTING, broken=broken)
    sampler = SimulatedSampler(host, profiled=host.profile, costed=("threads", "processes"))
    comparison_run(sampler, comparison_of(levels=()), settings=replace(SETTINGS, cost_samples=4)).measure()
    assert sum(one.cell.runner.name == "threads" for one in sampler.taken) == 1


def test_levels_leave_no_samples_of_costs() -> None:
    sampler, _ = measured(COMPUTING, settings=replace(SETTINGS, cost_samples=4))
    assert not sampler.staged("cost")
