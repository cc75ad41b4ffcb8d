import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.runner import RunnerInfo
from comparators.workloads.integrate import Integrate, integrate
from comparators.workloads.integrate_numpy import IntegrateNumpy, integrate_blocks


@given(steps=st.integers(1, 5_000), chunks=st.integers(1, 20), block=st.integers(1, 6_000))
def test_the_sums_do_not_depend_on_chunks_and_blocks(steps: int, chunks: int, block: int) -> None:
    workload = IntegrateNumpy(steps=steps, chunks=chunks, block=block)
    assert workload.verify([integrate_blocks(task) for task in workload.tasks()]) == ()


def test_it_computes_what_the_pure_python_sum_computes() -> None:
    results = [integrate_blocks(task) for task in IntegrateNumpy(steps=2_000, chunks=4, block=100).tasks()]
    plain = [integrate(task) for task in Integrate(steps=2_000, chunks=4).tasks()]
    assert results == pytest.approx(plain, rel=1e-12)


def test_memory_is_bounded_by_the_block() -> None:
    integrate_blocks((0, 10, 0.1, 10))  # NumPy itself is imported
    traced_already = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        integrate_blocks((0, 500_000, 1e-5, 1_000))
        _, most = tracemalloc.get_traced_memory()
    finally:
        if not traced_already:
            tracemalloc.stop()
    assert most - before < 10 * 8 * 1_000


def test_a_missing_block_is_wrong() -> None:
    workload = IntegrateNumpy.from_preset("tiny")
    results = [integrate_blocks(task) for task in workload.tasks()]
    start, stop, dx, block = workload.tasks()[3]
    results[3] = integrate_blocks((start, stop - block, dx, block))
    with pytest.raises(WrongResult, match="sum of slice 3"):
        workload.verify(results)


def test_the_module_does_not_import_numpy() -> None:
    code = "import sys, comparators.workloads.integrate_numpy; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_numpy_is_not_for_a_second_interpreter() -> None:
    interpreters = RunnerInfo("any", "interpreters", "for tests")
    assert IntegrateNumpy().not_applicable(interpreters) == "NumPy does not support loading in subinterpreters"
    assert IntegrateNumpy().not_applicable(RunnerInfo("any", "threads", "for tests")) is None
