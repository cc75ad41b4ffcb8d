import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.workload import Observation
from comparators.workloads.transfer import Transfer, payload, rotate


@given(count=st.integers(1, 20), size=st.integers(8, 300))
def test_tasks_take_and_return_data_of_the_size_asked_for(count: int, size: int) -> None:
    workload = Transfer(count=count, size=size)
    tasks = workload.tasks()
    results = [rotate(task) for task in tasks]
    assert {len(data) for data in [*tasks, *results]} == {size}
    assert len(set(tasks)) == count
    assert workload.verify(results) == (Observation("moved", 2 * count * size / 1e6, "MB"),)


def test_the_answer_is_new_data() -> None:
    data = payload(7, 20)
    assert data == b"0000007\n0000007\n0000"
    assert rotate(data) == b"000007\n0000007\n00000"


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data[:-1] + b"x", lambda data: None])
def test_one_byte_less_or_changed_is_wrong(change: object) -> None:
    workload = Transfer(count=3, size=100)
    results = [rotate(task) for task in workload.tasks()]
    results[1] = change(results[1])  # type: ignore[operator]  # a parameter of pytest has no type
    with pytest.raises(WrongResult, match="data of task 1: expected 100 bytes"):
        workload.verify(results)


def test_data_that_was_not_worked_on_is_wrong() -> None:
    workload = Transfer(count=3, size=100)
    with pytest.raises(WrongResult):
        workload.verify(workload.tasks())
