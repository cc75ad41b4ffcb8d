"""Every number of the array is changed exactly once, however the workers get at it."""

import os
import signal
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.coordination.kit import install
from comparators.coordination.kits.threads import ThreadKit
from comparators.errors import WrongResult
from comparators.parameters import parameters_of
from comparators.runners._support.process_workers import WorkerDied
from comparators.runners._support.start_method import START_METHODS
from comparators.runners.multiprocessing import Multiprocessing
from comparators.worker.timing import timed
from comparators.workload import Observation
from comparators.workloads.coordination._support.shared_memory import attached, memory_of
from comparators.workloads.coordination.shared_array import Changed, Final, SharedArray, Stretch, change, numbers_from
from tests.runners.variants import DEFAULTS, Variant

VIAS = next(declared.choices for declared in parameters_of(SharedArray) if declared.name == "via")
READ = {"array": "ns", "manager": "µs"}


@pytest.mark.parametrize("phase", ["warm", "cold"])
@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize("variant", DEFAULTS)
def test_every_number_is_changed_once_under_every_model(variant: Variant, via: str, phase: str) -> None:
    by = "python" if variant.info.model == "interpreters" else "numpy"
    workload = SharedArray.from_preset("tiny", via=via, by=by)
    if reason := workload.not_applicable(variant.info):
        pytest.skip(reason)
    if variant.info.asynchronous:
        pytest.skip("the work has no coroutine form")
    with timed(workload, variant.cls, {}, variant.workers(2), phase) as time_func:  # type: ignore[arg-type]  # a phase
        for _ in range(2):
            time_func(1)
            cost, *read = time_func.observations
            assert (cost.name, cost.unit) == ("cost per megabyte", "µs/MB")
            assert cost.value > 0
            assert [(one.primitive, one.operation, one.unit) for one in read] == [
                (name, "uncontended", unit) for name, unit in READ.items() if name == via
            ]


@pytest.mark.parametrize("start", START_METHODS[1:])
@pytest.mark.parametrize("name", ["multiprocessing", "mp-pool", "futures-processes"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_other_start_methods_reach_the_segment_too(name: str, start: str) -> None:
    with timed(SharedArray.from_preset("tiny"), Variant(name, {}).cls, {"start": start}, 2, "warm") as time_func:
        time_func(1)


@pytest.mark.parametrize("via", ["shared-memory", "array", "pickle"])
def test_numpy_and_python_add_the_same(via: str) -> None:
    for by in ("numpy", "python"):
        with SharedArray.from_preset("tiny", via=via, by=by).setup() as workload:
            assert numbers_of(workload) == numbers_from(1, 1_000)


def numbers_of(workload: SharedArray, times: int = 1) -> bytes:
    with ThreadKit() as kit:
        shared = workload.make_shared(kit) if workload.primitives else None
        install(shared)
        try:
            workload.reset(shared)
            results = [change(task) for _ in range(times) for task in workload.tasks()]
            return workload.finalize(results, shared).data
        finally:
            install(None)


@given(st.integers(1, 2_000), st.integers(1, 40))
def test_parts_have_no_number_in_common_and_together_every_one(size: int, count: int) -> None:
    tasks = SharedArray(size=size, count=count).tasks()
    assert [number for task in tasks for number in range(task.begin, task.end)] == list(range(size))
    lengths = {task.end - task.begin for task in tasks}
    assert max(lengths) - min(lengths) <= 1
    travelling = SharedArray(size=size, count=count, via="pickle").tasks()
    assert b"".join(task.data for task in travelling) == numbers_from(0, size)


def test_tasks_that_carry_numbers_leave_them_as_they_are() -> None:
    task = Stretch(0, "pickle", "python", 0, 3, "", numbers_from(0, 3))
    assert change(task).data == numbers_from(1, 3)
    assert task.data == numbers_from(0, 3)


THREE = SharedArray(size=3, count=1)


def final(data: bytes, read_s: float | None = None) -> Final:
    return Final([Changed(0, 3)], data, 2.0, read_s)


def test_the_cost_is_that_of_a_megabyte() -> None:
    workload = SharedArray(size=250_000, count=1)
    result = Final([Changed(0, 250_000)], numbers_from(1, 250_000), 3.0, None)
    assert workload.verify(result) == (Observation("cost per megabyte", 1.5e6, "µs/MB"),)


@pytest.mark.parametrize(("via", "value"), [("array", 4000.0), ("manager", 4.0)])
def test_reading_one_number_is_the_cost_of_a_primitive(via: str, value: float) -> None:
    (_, read) = replace(THREE, via=via).verify(final(numbers_from(1, 3), 4e-6))
    assert read == Observation("reading one number", read.value, READ[via], primitive=via, operation="uncontended")
    assert read.value == pytest.approx(value)


def array_of(*numbers: int) -> bytes:
    return b"".join(numbers_from(number, 1) for number in numbers)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (array_of(1, 1, 3), "number 1 of 3, the first of 1 .*expected 2, changed once, found 1, changed 0 times"),
        (array_of(1, 3, 4), "number 1 of 3, the first of 2 .*expected 2, changed once, found 3"),
        (array_of(1, 2, -77), "number 2 of 3, the first of 1 .*expected 3, changed once, found -77"),
        (array_of(1, 2), "bytes in the array: expected 24, found 16"),
        (array_of(1, 2, 3, 4), "bytes in the array: expected 24, found 32"),
        (array_of(1, 2, 3)[:-1], "bytes in the array: expected 24, found 23"),
    ],
)
def test_a_number_that_was_not_changed_once_is_wrong(data: bytes, said: str) -> None:
    assert THREE.verify(final(array_of(1, 2, 3)))
    with pytest.raises(WrongResult, match=said):
        THREE.verify(final(data))


@pytest.mark.parametrize("via", ["shared-memory", "array"])
def test_work_done_twice_is_found(via: str) -> None:
    with SharedArray.from_preset("tiny", via=via).setup() as workload:
        data = numbers_of(workload, times=2)
    results = [Changed(task.number, task.end - task.begin) for task in workload.tasks()]
    with pytest.raises(WrongResult, match=r"number 0 of 1000, the first of 1000 .* found 2, changed 2 times"):
        workload.verify(Final(results, data, 1.0, None))


@pytest.mark.parametrize("result", [Changed(1, 3), Changed(0, 2), None])
def test_a_task_that_did_something_else_is_wrong(result: object) -> None:
    with pytest.raises(WrongResult, match="result 0"):
        THREE.verify(final(numbers_from(1, 3))._replace(results=[result]))


def test_what_suits_whom() -> None:
    assert set(SharedArray().unsupported_on) == {"interpreters"}
    assert SharedArray(by="python").unsupported_on == {}
    assert {via: SharedArray(via=via).primitives for via in VIAS} == {
        "shared-memory": (),
        "array": ("array",),
        "manager": ("manager",),
        "pickle": (),
    }


def die(stretch: Stretch) -> Changed:
    change(stretch)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Deadly(SharedArray):
    work = staticmethod(die)


def test_a_worker_that_is_killed_leaves_no_memory_behind() -> None:
    with timed(Deadly.from_preset("tiny"), Multiprocessing, {}, 2, "warm") as time_func:
        name = time_func.workload.segment_name  # type: ignore[attr-defined]  # of this workload
        with pytest.raises(WorkerDied, match="SIGKILL"):
            time_func(1)
        assert len(memory_of(name)) >= 8_000
    with pytest.raises(FileNotFoundError):
        attached(name)
