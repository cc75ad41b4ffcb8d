"""Whatever the guard, no update is lost."""

import pytest

from comparators.errors import WrongResult
from comparators.parameters import parameters_of
from comparators.runners._support.start_method import START_METHODS
from comparators.worker.timing import timed
from comparators.workloads._support.spin import spun
from comparators.workloads.coordination._support.guarded_loops import Added
from comparators.workloads.coordination.guarded import Guarded, Sum
from tests.runners.variants import DEFAULTS, Variant

GUARDS = next(declared.choices for declared in parameters_of(Guarded) if declared.name == "guard")


@pytest.mark.parametrize("phase", ["warm", "cold"])
@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("variant", DEFAULTS)
def test_every_guard_of_every_model_is_exact(variant: Variant, guard: str, phase: str) -> None:
    workload = Guarded.from_preset("tiny", guard=guard, count=3, spins=2)
    if reason := workload.not_applicable(variant.info):
        pytest.skip(reason)
    with timed(workload, variant.cls, {}, variant.workers(2), phase) as time_func:  # type: ignore[arg-type]  # a phase
        for _ in range(2):
            time_func(1)
            cost, lost = time_func.observations
            assert (cost.name, cost.unit, cost.operation) == ("cost per operation", "ns", None)
            assert cost.value > 0
            assert (lost.name, lost.value) == ("lost updates", 0)


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("variant", DEFAULTS)
@pytest.mark.parametrize(("candidates", "operation"), [(1, "uncontended"), (2, "contended")])
def test_candidates_are_in_each_others_way(variant: Variant, guard: str, candidates: int, operation: str) -> None:
    workload = Guarded.from_preset("tiny", guard=guard, candidates=candidates, operations=500)
    if reason := workload.not_applicable(variant.info):
        pytest.skip(reason)
    if (variant.info.workers_maximum or 2) < workload.min_concurrency:
        pytest.skip("one worker contends with nobody")
    with timed(workload, variant.cls, variant.parameters, variant.workers(2), "warm") as time_func:
        time_func(1)
    assert time_func.tasks == candidates
    cost = time_func.observations[0]
    if cost.operation is None:
        assert candidates > 1  # on a busy host one may have ended before the other was let run
    else:
        assert (cost.primitive, cost.operation) == (workload.primitives[0], operation)


@pytest.mark.parametrize("start", START_METHODS[1:])
@pytest.mark.parametrize("name", ["multiprocessing", "mp-pool", "futures-processes"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_other_start_methods_are_exact_too(name: str, start: str) -> None:
    with timed(Guarded.from_preset("tiny"), Variant(name, {}).cls, {"start": start}, 2, "warm") as time_func:
        time_func(1)


def sum_of(workload: Guarded, final: int) -> Sum:
    turns = workload.operations * workload.spins
    return Sum([Added(n, spun(n + 1, turns), 1.0 + n, 2.0 + n) for n in range(workload.count)], final)


def test_the_cost_is_the_whole_time_by_all_operations() -> None:
    workload = Guarded(count=3, operations=100)
    cost, _ = workload.verify(sum_of(workload, 300))
    assert cost.value == pytest.approx(3.0 / 300 * 1e9)


@pytest.mark.parametrize("final", [299, 301, None])
def test_one_update_lost_is_wrong(final: int) -> None:
    workload = Guarded(count=3, operations=100)
    with pytest.raises(WrongResult, match="final count: expected 300"):
        workload.verify(sum_of(workload, final))


def test_work_that_was_not_done_is_wrong() -> None:
    workload = Guarded(count=2, operations=100, spins=3)
    wrong = sum_of(workload, 200)
    with pytest.raises(WrongResult, match="result 1"):
        workload.verify(wrong._replace(results=[wrong.results[0], wrong.results[1]._replace(value=1)]))


@pytest.mark.parametrize(("inside", "turns"), [(0.0, (0, 8)), (0.25, (2, 6)), (1.0, (8, 0))])
def test_the_work_is_shared_out_between_inside_and_outside(inside: float, turns: tuple[int, int]) -> None:
    for job in Guarded(spins=8, inside=inside).tasks():
        assert (job.inside, job.outside) == turns


def test_each_guard_needs_its_own_primitives() -> None:
    needed = {guard: Guarded(guard=guard).primitives for guard in GUARDS}
    assert needed == {
        "lock": ("lock", "counter"),
        "rlock": ("rlock", "counter"),
        "semaphore": ("semaphore", "counter"),
        "condition": ("condition", "counter"),
        "queue": ("queue",),
        "atomic-per-worker": ("array",),
    }


def contended(workload: Guarded, *spans: tuple[float, float]) -> str | None:
    results = [Added(number, number + 1, *span) for number, span in enumerate(spans)]
    return workload.verify(Sum(results, len(results) * workload.operations))[0].operation


def test_a_cost_is_contended_only_where_all_were_at_work_at_once() -> None:
    workload = Guarded(candidates=2, operations=100)
    assert contended(workload, (0.0, 2.0), (1.0, 3.0)) == "contended"
    assert contended(workload, (0.0, 1.0), (1.0, 3.0)) is None


def test_what_comes_with_work_of_its_own_is_no_cost() -> None:
    assert Guarded(candidates=1).verify(Sum([Added(0, 1, 0.0, 1.0)], 10_000))[0].operation == "uncontended"
    workload = Guarded(candidates=1, operations=1, spins=1)
    assert workload.verify(Sum([Added(0, spun(1, 1), 0.0, 1.0)], 1))[0].operation is None


def test_candidates_need_each_other_and_a_place_to_meet() -> None:
    assert (Guarded(candidates=3).min_concurrency, len(Guarded(candidates=3).tasks())) == (3, 3)
    assert Guarded(candidates=2).primitives == ("lock", "counter", "array")
    assert Guarded(candidates=2, guard="atomic-per-worker").primitives == ("array",)
    assert Guarded().min_concurrency == Guarded(candidates=1).min_concurrency == 1
