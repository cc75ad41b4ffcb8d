import anyio
import pytest

from comparators.errors import UsageError, WrongResult
from comparators.workloads import mixed
from comparators.workloads._support.spin import spun
from comparators.workloads.mixed import Mixed, MixedResult, compute_and_wait, compute_and_wait_async, turns_per_second


def test_calibration_turns_seconds_into_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "turns_per_second", lambda: 1_000_000.0)
    assert Mixed(cpu_s=0.005).calibrate().spins == 5_000
    assert Mixed(cpu_s=1e-6, wait_s=0).calibrate().spins == 1


def test_given_turns_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "turns_per_second", lambda: 1_000_000.0)
    assert Mixed(spins=7).calibrate().spins == 7


def test_the_rate_is_that_of_the_fastest_try(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 3.0, 10.0, 12.0, 20.0, 25.0])  # tries of 3, 2 and 5 seconds
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    assert turns_per_second(turns=100, tries=3) == 50


def test_the_tasks_can_be_counted_before_calibration_but_not_done() -> None:
    workload = Mixed(count=3)
    assert len(workload.tasks()) == 3
    with pytest.raises(UsageError, match="not calibrated"):
        workload.verify([])


def test_computing_and_waiting_are_both_verified() -> None:
    workload = Mixed.from_preset("tiny")
    results = [compute_and_wait(task) for task in workload.tasks()]
    assert [value for value, _ in results] == [spun(seed, 100) for seed in (1, 2, 3, 4)]
    assert workload.verify(results) == ()


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_the_coroutine_does_the_same(library: str) -> None:
    workload = Mixed.from_preset("tiny")

    async def main() -> list[MixedResult]:
        return [await compute_and_wait_async(task) for task in workload.tasks()]

    assert workload.verify(anyio.run(main, backend=library)) == ()


def test_too_little_computing_or_waiting_is_wrong() -> None:
    workload = Mixed(count=1, spins=10, wait_s=0.5)
    for result in [(spun(1, 9), 0.5), (spun(1, 10), 0.4), (spun(1, 10), None), None, spun(1, 10)]:
        with pytest.raises(WrongResult, match="task 1"):
            workload.verify([result])
    assert workload.verify([(spun(1, 10), 0.5)]) == ()
