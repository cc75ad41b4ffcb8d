from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.workloads._support.spin import spun
from comparators.workloads.coordination.barrier import Barrier, March
from tests.workloads.running import observed


def marches(workload: Barrier, arrived: list[tuple[float, ...]], released: list[tuple[float, ...]]) -> list[March]:
    return [
        March(party, spun(party + 1, workload.phases * workload.turns), 1.0, *readings)
        for party, readings in enumerate(zip(arrived, released, strict=True))
    ]


@pytest.mark.parametrize("runner", ["threading", "multiprocessing"])
def test_phases_follow_each_other(runner: str) -> None:
    phase, release = observed(Barrier.from_preset("tiny"), runner)
    assert (phase.name, phase.unit) == ("phase", "µs")
    assert phase.value >= release.value > 0


def test_times_are_those_of_the_last_party() -> None:
    workload = Barrier(parties=2, phases=2)
    results = marches(workload, [(2.0, 6.0), (3.0, 5.0)], [(3.5, 6.5), (4.0, 8.0)])
    phase, release = workload.verify(results)
    assert phase.value == pytest.approx(3.5e6)  # 1 to 4 and 4 to 8 seconds
    assert release.value == pytest.approx(1.5e6)  # 3 to 4 and 6 to 8 seconds


def test_a_party_that_goes_on_before_all_have_arrived_is_wrong() -> None:
    workload = Barrier(parties=2, phases=2)
    results = marches(workload, [(2.0, 6.0), (3.0, 7.0)], [(3.0, 6.5), (3.0, 8.0)])
    with pytest.raises(WrongResult, match=r"phase 1: .* found a party went on 5e\+05 µs before"):
        workload.verify(results)


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 6), min_size=1, max_size=8))
def test_parties_that_wait_for_all_are_right_whatever_their_pace(paces: list[tuple[float, ...]]) -> None:
    workload = Barrier(parties=3, phases=len(paces))
    begun = [1.0] * 3
    arrived, released = [], []
    for pace in paces:
        arrived.append([now + took for now, took in zip(begun, pace[:3], strict=True)])
        begun = [max(arrived[-1]) + woken for woken in pace[3:]]
        released.append(begun)
    phase, release = workload.verify(
        marches(workload, list(zip(*arrived, strict=True)), list(zip(*released, strict=True)))
    )
    assert phase.value >= 0
    assert 0 <= release.value <= 1e6 + 1e-3


def test_other_values_parties_and_phases_are_wrong() -> None:
    workload = Barrier(parties=2, phases=1)
    right = marches(workload, [(2.0,), (2.0,)], [(2.0,), (2.0,)])
    assert workload.verify(right)
    changes: list[dict[str, Any]] = [{"party": 0}, {"value": 0}, {"arrived": ()}, {"released": (2.0, 3.0)}]
    for change in changes:
        with pytest.raises(WrongResult, match="party 1"):
            workload.verify([right[0], right[1]._replace(**change)])


def test_all_parties_are_needed_at_once() -> None:
    workload = Barrier(parties=7)
    assert (workload.min_concurrency, len(workload.tasks()), workload.primitives) == (7, 7, ("barrier",))
