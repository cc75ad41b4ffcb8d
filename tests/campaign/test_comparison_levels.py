"""The worker count and the API of the winning model, on simulated hosts."""

from dataclasses import replace

import pytest

from comparators.campaign.comparison import COUNTS_TESTED
from comparators.campaign.outcome import Occasion
from comparators.journal.records import Cause
from tests.campaign.simulated_host import (
    COMPUTING,
    DEFAULT,
    MIXED,
    SHARED,
    THREAD_APIS,
    WAITING,
    Host,
    SimulatedSampler,
    candidate,
    comparison_of,
    comparison_run,
    counts,
    measured,
    sufficient,
    winner,
)
from tests.journal.records import SETTINGS

# workers


@pytest.mark.parametrize(
    ("host", "fewest", "most"),
    [
        pytest.param(replace(COMPUTING, gil=False), 2, 2, id="computing: the CPUs"),
        pytest.param(MIXED, 7, 9, id="a quarter computing: four for each CPU"),
        pytest.param(replace(MIXED, cpu_share=0.1), 16, 24, id="a tenth computing"),
        pytest.param(WAITING, 34, 40, id="waiting: nearly all tasks at once"),
    ],
)
def test_the_smallest_sufficient_worker_count_is_found(host: Host, fewest: int, most: int) -> None:
    sampler, run = measured(host, comparison_of(candidate("threads", "threads", limit=40)))
    assert fewest <= sufficient(run) <= most
    best_s = min(host.seconds(replace(sampler.taken[-1].cell, workers=count)) for count in range(1, 41))
    assert host.seconds(run._best()) <= best_s * (1 + 2 * SETTINGS.thresholds.workers_margin)  # type: ignore[arg-type]


def test_few_counts_are_in_the_test_and_they_ascend() -> None:
    sampler, _ = measured(SHARED, comparison_of(candidate("threads", "threads", limit=40)))
    tested = counts(sampler, "workers")["threads"]
    assert tested == sorted(set(tested))
    assert 2 <= len(tested) <= COUNTS_TESTED


@pytest.mark.parametrize(
    ("fewest", "limit", "tasks", "tested"),
    [
        pytest.param(1, 40, 40, [2, 4], id="both"),
        pytest.param(1, 4, 40, [2, 4], id="as many as are possible"),
        pytest.param(1, 3, 40, None, id="more than are possible"),
        pytest.param(1, 40, 3, None, id="more than there are tasks"),
        pytest.param(3, 40, 40, [3, 4], id="tasks that need each other"),
    ],
)
def test_work_that_computes_is_tested_with_as_many_workers_as_cpus_and_twice_as_many_without_a_search(
    fewest: int, limit: int, tasks: int, tested: list[int] | None
) -> None:
    """The CPUs are the limit: with more, workers only take turns."""
    threads = candidate("threads", "threads", fewest=fewest, limit=limit)
    sampler, run = measured(replace(COMPUTING, gil=False, tasks=tasks), comparison_of(threads, tasks=tasks))
    assert sampler.staged("pilot") == []
    assert [counts(sampler, test.level)["threads"] for test in sampler.tests[1:]] == ([tested] if tested else [])
    assert sufficient(run) == max(2, fewest)


def test_the_count_of_the_models_test_is_in_that_of_the_counts_as_well() -> None:
    """It links the times of both tests, also where the search has found better ones."""
    host = Host(cpu_share=0.05, cpus=1)  # twenty workers keep the CPU busy; the profile says four for each of two
    sampler = SimulatedSampler(host, profiled=replace(host.profile, cpu_share=0.25))
    run = comparison_run(sampler, comparison_of(candidate("threads", "threads", limit=40)))
    run.measure()
    before = run._outcomes["model"].best
    assert before is not None
    assert before.workers == 8
    tested = counts(sampler, "workers")["threads"]
    assert before.workers in tested
    assert len(tested) > 2


def test_only_the_winning_model_is_searched() -> None:
    sampler, run = measured(replace(COMPUTING, gil=False, cpus=2))
    begun = sampler.steps.index("workers") if "workers" in sampler.steps else len(sampler.steps)
    last = [one for one in sampler.taken if one.occasion.level == "workers"]
    assert {one.cell.runner.model for one in last} <= {winner(run)}
    assert begun > 0


def test_a_count_that_fails_in_the_search_is_passed_over() -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return "error" if occasion.cell.workers > 8 else None

    sampler, run = measured(replace(SHARED, broken=broken), comparison_of(candidate("threads", "threads", limit=40)))
    assert {one.cell.workers for one in sampler.staged("pilot")} & set(range(9, 41))
    assert max(counts(sampler, "workers")["threads"]) <= 8
    assert sufficient(run) in range(4, 7)


def test_a_count_that_only_the_search_has_found_is_the_answer_when_its_test_says_so() -> None:
    """The profile may be wrong: here it took what waits for computing, so that the model was tested with too few."""
    sampler = SimulatedSampler(WAITING, profiled=replace(WAITING.profile, cpu_share=0.5))
    run = comparison_run(sampler, comparison_of(candidate("threads", "threads", limit=40)))
    run.measure()
    assert counts(sampler, "model")["threads"] == [2, 4]
    assert sufficient(run) >= 34


# API


def test_quick_does_not_ask_for_the_api() -> None:
    sampler, _ = measured(SHARED, comparison_of(*THREAD_APIS, levels=("model", "workers")))
    assert [test.level for test in sampler.tests] == ["model", "workers"]


def test_the_apis_of_the_winning_model_are_compared_with_the_count_that_was_found() -> None:
    sampler, run = measured(SHARED, comparison_of(*THREAD_APIS, candidate("mp", "processes")), settings=DEFAULT)
    assert [test.level for test in sampler.tests] == ["model", "workers", "api"]
    assert counts(sampler, "api") == {one.runner.name: [sufficient(run)] for one in THREAD_APIS}


def test_an_api_that_allows_fewer_workers_has_as_many_as_it_can() -> None:
    apis = (THREAD_APIS[0], replace(THREAD_APIS[1], limit=3))
    sampler, run = measured(WAITING, comparison_of(*apis), settings=DEFAULT)
    assert counts(sampler, "api") == {"threads": [sufficient(run)], "threadpool": [3]}


def test_no_more_apis_than_a_test_can_bear_take_part_the_simplest_ones() -> None:
    apis = tuple(candidate(f"api-{number}", "threads", rank=number) for number in range(12))
    settings = replace(DEFAULT, thresholds=replace(DEFAULT.thresholds, candidates_maximum=5))
    sampler, _ = measured(WAITING, comparison_of(*reversed(apis)), settings=settings)
    assert list(counts(sampler, "api")) == [f"api-{number}" for number in range(5)]


def test_a_single_api_needs_no_test() -> None:
    sampler, _ = measured(WAITING, comparison_of(THREAD_APIS[0]), settings=DEFAULT)
    assert "api" not in [test.level for test in sampler.tests]
