"""Every worker is started, and its cost is the cold time shared out."""

import pytest

from comparators.errors import WrongResult
from comparators.worker.timing import timed
from comparators.workload import Phase
from comparators.workloads.coordination.start import Start
from tests.runners.variants import DEFAULTS, Variant


@pytest.mark.parametrize("variant", DEFAULTS)
def test_a_cold_run_reports_the_cost_of_one_worker_and_a_warm_one_none(variant: Variant) -> None:
    workload = Start.from_preset("tiny")
    if (variant.info.workers_maximum or 2) < 2 or workload.not_applicable(variant.info):
        pytest.skip("its workers cannot wait for each other")
    phases: tuple[Phase, ...] = ("warm", "cold")
    for phase in phases:
        with timed(workload, variant.cls, {}, 2, phase) as time_func:
            seconds = time_func(1)
        if phase == "warm":
            assert time_func.observations == ()
        else:
            (cost,) = time_func.observations
            assert (cost.primitive, cost.operation, cost.unit) == ("worker", "start", "µs")
            assert cost.value == pytest.approx(seconds / 2 * 1e6)


def test_a_worker_that_did_not_come_is_wrong() -> None:
    with pytest.raises(WrongResult, match="worker 1: expected 1, found 0"):
        Start(count=2).verify([0, 0])


def test_all_are_needed_at_once() -> None:
    workload = Start(count=3)
    assert (workload.min_concurrency, workload.workers_started, len(workload.tasks())) == (3, 3, 3)
