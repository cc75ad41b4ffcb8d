import anyio
import pytest

from comparators.errors import WrongResult
from comparators.workloads.sleep import Sleep, Slept, doze, nap


def test_tasks_times_seconds() -> None:
    assert Sleep(count=3, seconds=0.5).tasks() == [(0, 0.5), (1, 0.5), (2, 0.5)]


def test_a_nap_takes_its_time_and_lateness_is_reported() -> None:
    workload = Sleep.from_preset("tiny")
    (lateness,) = workload.verify([nap(task) for task in workload.tasks()])
    assert (lateness.name, lateness.unit) == ("longest lateness", "ms")


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_sleeping_without_blocking_takes_its_time_too(library: str) -> None:
    workload = Sleep.from_preset("tiny")

    async def main() -> list[Slept]:
        return [await doze(task) for task in workload.tasks()]

    workload.verify(anyio.run(main, backend=library))


def test_lateness_is_that_of_the_latest() -> None:
    (lateness,) = Sleep(count=3, seconds=0.5).verify([(0, 0.5), (1, 0.75), (2, 0.625)])
    assert lateness.value == 250


@pytest.mark.parametrize(
    "found",
    [
        [(0, 0.5), (1, 0.5)],
        [(0, 0.5), (0, 0.5), (2, 0.5)],
        [(0, 0.5), (1, 0.4), (2, 0.5)],
        [(0, 0.5), (2, 0.5), (1, 0.5)],
        [(0, 0.5), None, (2, 0.5)],
        None,
    ],
)
def test_missing_short_and_doubled_sleeps_are_wrong(found: object) -> None:
    with pytest.raises(WrongResult):
        Sleep(count=3, seconds=0.5).verify(found)


def test_full_has_thousands_of_tasks() -> None:
    assert Sleep.from_preset("full").count == 10_000
