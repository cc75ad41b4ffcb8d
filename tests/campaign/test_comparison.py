"""One comparison in the order of the answer, on simulated hosts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from comparators.campaign.comparison import (
    COUNTS_TESTED,
    EVIDENCE_TASKS_S,
    PILOT_CAP,
    PILOT_CAP_S,
    RISKY_WORKERS,
    ComparisonRun,
)
from comparators.campaign.outcome import Occasion
from comparators.journal.records import Cause, Profile
from comparators.plan.model import Comparison
from comparators.runner import Model
from comparators.stats.thresholds import Thresholds
from tests.campaign.simulated_host import (
    Host,
    SimulatedSampler,
    candidate,
    comparison_of,
    comparison_run,
)
from tests.journal.records import LOOP, SETTINGS, failure

COMPUTING = Host(cpu_share=1.0)
WAITING = Host(cpu_share=0.01)
MIXED = Host(cpu_share=0.25, gil=False, cpus=2)
SHARED = Host(cpu_share=0.25, cpus=1)
"""Four workers keep the CPU busy, and more do no harm."""
TINY = Host(task_s=1e-6)
THREAD_APIS = (
    candidate("threads", "threads", rank=0),
    candidate("threadpool", "threads", rank=1),
    candidate("threading", "threads", rank=2),
)
DEFAULT = replace(SETTINGS, preset="default", thresholds=Thresholds.for_preset("default"))


def measured(
    host: Host, comparison: Comparison | None = None, **given: object
) -> tuple[SimulatedSampler, ComparisonRun]:
    """Measure a comparison on a simulated host to its answer."""
    comparison = comparison or comparison_of(tasks=host.tasks)
    sampler = SimulatedSampler(host, profiled=replace(host.profile, tasks=host.tasks))
    run = comparison_run(sampler, comparison, **given)  # type: ignore[arg-type]  # options of a comparison
    run.measure()
    return sampler, run


def counts(sampler: SimulatedSampler, level: str) -> dict[str, list[int]]:
    """Return the worker counts of each runner in the test of a level."""
    found: dict[str, list[int]] = {}
    for cell in sampler.begun(level).cells:
        found.setdefault(cell.runner.name, []).append(cell.workers)
    return found


def winner(run: ComparisonRun) -> Model:
    best = run._best()
    assert best is not None
    return best.runner.model


def sufficient(run: ComparisonRun) -> int:
    best = run._best()
    assert best is not None
    return best.workers


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
        "threads": [2, 64],
        "processes": [2, 32],
        "async": [2, 64],
        "interpreters": [2, 32],
    }
    first = {one.cell for one in sampler.tested("model") if one.occasion.block == 0}
    assert first == set(sampler.begun("model").cells)
    assert winner(run) in ("threads", "async")
    assert sufficient(run) > RISKY_WORKERS * 2


def test_many_workers_are_tried_once_before_they_are_in_the_test() -> None:
    sampler, _ = measured(WAITING)
    before = [one for one in sampler.staged("pilot") if sampler.taken.index(one) < 10]
    assert {(one.cell.runner.name, one.cell.workers) for one in before} >= {
        ("threads", 64),
        ("processes", 32),
        ("async", 64),
        ("interpreters", 32),
    }
    assert all(one.cell.workers > RISKY_WORKERS * 2 for one in before)
    assert {one.cap_s for one in before} == {max(PILOT_CAP_S, PILOT_CAP * WAITING.profile.total_s)}


@pytest.mark.parametrize("cause", ["error", "memory", "crashed"])
def test_a_count_that_the_host_does_not_allow_is_halved_until_it_works(cause: Cause) -> None:
    def broken(occasion: Occasion) -> Cause | None:
        return cause if occasion.cell.runner.name == "threads" and occasion.cell.workers > 20 else None

    sampler, run = measured(replace(WAITING, broken=broken))
    assert counts(sampler, "model")["threads"] == [2, 16]
    assert [one.cell.workers for one in sampler.staged("pilot") if one.cell.runner.name == "threads"][:3] == [
        64,
        32,
        16,
    ]
    assert run.answered


def test_a_slow_count_is_not_a_broken_one() -> None:
    """A pilot that is stopped at its cap works; the test then says how slow it is."""
    slow = replace(WAITING, tasks=400)

    def outcome(occasion: Occasion) -> float | Cause:
        return 1e6 if occasion.cell.workers == 64 and occasion.stage == "pilot" else slow(occasion)

    sampler = SimulatedSampler(outcome, profiled=slow.profile)
    comparison_run(sampler).measure()
    assert counts(sampler, "model")["threads"] == [2, 64]


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
    chosen = {cell.runner.name: cell.workers for cell in sampler.traced}
    assert (chosen["processes"], chosen["interpreters"]) == (32, 32)  # with 2 workers they were far slower


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
    assert sorted(places) == [(number, number % 2) for number in range(2 * pairs)]
    for first, second in list(pairwise(places))[::2]:
        assert first[0] // 2 == second[0] // 2
    assert {first[1] for first in places[::2]} == {0, 1}
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


# what watchers are told


def test_who_watches_is_told_the_levels_in_their_order() -> None:
    told: list[str] = []
    sampler = SimulatedSampler(SHARED, profiled=SHARED.profile)
    run = comparison_run(sampler, comparison_of(*THREAD_APIS), settings=DEFAULT)
    run.tell = lambda activity, cell, block, test: told.append(activity)
    run.measure()
    run.explain()
    assert list(dict.fromkeys(told)) == ["profile", "model", "workers", "api", "evidence", "control"]


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
