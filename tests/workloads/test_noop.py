import pytest

from comparators.errors import WrongResult
from comparators.workloads.noop import Noop, answer


def test_every_task_answers_with_its_own_number() -> None:
    workload = Noop(count=5)
    results = [answer(task) for task in workload.tasks()]
    assert results == [0, 1, 2, 3, 4]
    assert workload.verify(results) == ()


@pytest.mark.parametrize("found", [[0, 1, 2, 4, 3], [0, 0, 2, 3, 4], [0, 1, 2, 3], [0, 1, 2, 3, 4, 4], None])
def test_other_numbers_are_wrong(found: object) -> None:
    with pytest.raises(WrongResult):
        Noop(count=5).verify(found)


def test_quick_stays_short_where_a_task_costs_most() -> None:
    # A ProcessPoolExecutor without chunks takes about 0.2 ms per task.
    assert Noop.from_preset("quick").count * 0.2e-3 < 0.5
