"""The derivations are checked against independent, exact computation."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.workloads.integrate import EXACT, Integrate, f, integrate, left_sum, relative_bound, slices


def exact_left_sum(start: int, stop: int, steps: int) -> Fraction:
    dx = Fraction(10, steps)
    return sum(((i * dx) ** 2 for i in range(start, stop)), Fraction()) * dx


@given(steps=st.integers(1, 400), data=st.data())
def test_the_closed_form_is_the_exact_sum_correctly_rounded(steps: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, steps))
    stop = data.draw(st.integers(start, steps))
    assert left_sum(start, stop, steps) == float(exact_left_sum(start, stop, steps))


def test_left_sums_approach_the_integral_from_below_at_the_known_rate() -> None:
    # The left sum of an increasing function is too small by about (f(10) - f(0)) · dx / 2.
    for steps in (10**3, 10**6, 10**8):
        missing = EXACT - left_sum(0, steps, steps)
        assert missing == pytest.approx(f(10.0) * (10 / steps) / 2, rel=2 / steps + 1e-4)


@given(steps=st.integers(1, 3_000), chunks=st.integers(1, 60))
def test_slices_cover_every_step_once_and_are_alike(steps: int, chunks: int) -> None:
    pieces = list(slices(steps, chunks))
    assert [i for start, stop, _ in pieces for i in range(start, stop)] == list(range(steps))
    lengths = {stop - start for start, stop, _ in pieces}
    assert max(lengths) - min(lengths) <= 1


@given(steps=st.integers(1, 3_000), chunks=st.integers(1, 60))
def test_the_sum_of_the_parts_does_not_depend_on_the_chunks(steps: int, chunks: int) -> None:
    workload = Integrate(steps=steps, chunks=chunks)
    results = [integrate(task) for task in workload.tasks()]
    assert workload.verify(results) == ()
    whole = left_sum(0, steps, steps)
    assert abs(sum(results) - whole) <= whole * relative_bound(steps)


@given(steps=st.integers(2, 3_000), chunks=st.integers(1, 20), data=st.data())
def test_a_step_too_few_or_too_many_is_wrong(steps: int, chunks: int, data: st.DataObject) -> None:
    workload = Integrate(steps=steps, chunks=chunks)
    tasks = list(workload.tasks())
    results = [integrate(task) for task in tasks]
    number = data.draw(st.integers(0, len(tasks) - 1))
    start, stop, dx = tasks[number]
    for wrong in ((start, stop + 1, dx), (start, stop - 1, dx)):
        changed = integrate(wrong)
        if changed == results[number]:  # the first step of all adds nothing
            continue
        with pytest.raises(WrongResult, match=f"sum of slice {number}: expected"):
            workload.verify([*results[:number], changed, *results[number + 1 :]])


def test_the_bound_grows_with_the_terms_and_stays_small() -> None:
    assert relative_bound(1) == pytest.approx(9 * 2**-53)
    assert relative_bound(10**8) < 1.2e-8


def test_full_is_the_classic_one() -> None:
    workload = Integrate.from_preset("full")
    assert workload.steps == 10**8
    assert workload.tasks()[-1][1] == 10**8


def test_more_chunks_than_steps_become_one_task_per_step() -> None:
    assert len(Integrate(steps=3, chunks=16).tasks()) == 3


@pytest.mark.parametrize("found", [None, 3.0, [1.0], [float("nan")] * 8, [None] * 8, ["1"] * 8])
def test_anything_else_is_wrong(found: object) -> None:
    with pytest.raises(WrongResult):
        Integrate.from_preset("tiny").verify(found)
