"""From a workload and a runner to a time function."""

import math
import sys
from collections.abc import Callable
from typing import Any

import pytest

from comparators.coordination.kit import shared
from comparators.errors import UsageError, WrongResult
from comparators.runner import Timing
from comparators.worker.timing import timed
from comparators.workload import Observation
from tests.campaign.fakes import Clock, Coroutines, Numbers, Recorder, events
from tests.campaign.sharing import Counting, Sharer


@pytest.fixture(autouse=True)
def _from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    events.clear()
    monkeypatch.setattr("comparators.worker.timing.time", Clock)


def test_warm_keeps_its_workers_and_takes_the_runners_own_seconds() -> None:
    with timed(Numbers(), Recorder, {}, 4, "warm") as time_func:
        assert events == ["open", "start 4"]
        assert time_func(3) == 1.5
        assert time_func(2) == 1.0
    assert events == ["open", "start 4", "run 3", "verify", "run 2", "verify", "stop", "close"]


def test_cold_starts_and_stops_inside_the_clock_in_every_loop() -> None:
    with timed(Numbers(), Recorder, {}, 2, "cold") as time_func:
        assert events == ["open"]
        assert time_func(1) == 111.0
        assert time_func(2) == 222.0
    loop = ["start 2", "run 1", "stop"]
    assert events == ["open", *loop, "verify", *loop, *loop, "verify", "close"]


def test_the_first_result_is_that_of_one_loop_and_waits_for_a_cold_start() -> None:
    with timed(Numbers(), Recorder, {}, 1, "warm") as warm:
        warm(3)
        assert warm.first_s == 0.125
    with timed(Numbers(), Recorder, {}, 1, "cold") as cold:
        cold(2)
        assert cold.first_s == 10.125


@pytest.mark.parametrize("phase", ["warm", "cold"])
def test_a_runner_need_not_say_when_the_first_result_came(phase: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recorder, "first_s", None)
    with timed(Numbers(), Recorder, {}, 1, phase) as time_func:
        time_func(1)
        assert time_func.first_s is None


def test_the_runners_imports_are_done_before_the_workload_opens() -> None:
    sys.modules.pop("colorsys", None)
    with timed(Numbers(), Recorder, {}, 1, "cold"):
        assert "colorsys" in sys.modules


def test_tasks_run_unwrapped_unless_instrumented() -> None:
    given: list[Callable[[Any], Any]] = []

    class Curious(Recorder):
        def __post_init__(self) -> None:
            given.append(self.work)

    def instrument(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda task: work(task) + 0

    with timed(Numbers(), Curious, {}, 1, "warm"), timed(Numbers(), Curious, {}, 1, "warm", instrument=instrument):
        pass
    assert given[0] is Numbers.work
    assert given[1] is not Numbers.work


def test_the_opened_workload_is_the_one_that_counts() -> None:
    with timed(Numbers(observed=4.0), Recorder, {}, 1, "warm") as time_func:
        assert not time_func.observations
        time_func(1)
        observations = time_func.observations
    assert observations == (Observation("seen", 5.0, "things"),)


@pytest.mark.parametrize("phase", ["warm", "cold"])
def test_every_call_is_verified(phase: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with timed(Numbers(), Recorder, {}, 1, phase) as time_func:
        assert time_func(1)
        monkeypatch.setattr("tests.campaign.fakes.sum", lambda results: 4, raising=False)
        with pytest.raises(WrongResult, match="sum: expected 3, found 4"):
            time_func(1)


def test_parameters_reach_the_runner() -> None:
    with timed(Numbers(), Recorder, {"lie": 2}, 1, "warm") as time_func, pytest.raises(WrongResult, match="found 9"):
        time_func(1)


@pytest.mark.parametrize("phase", ["warm", "cold"])
def test_a_missing_part_is_a_wrong_result(phase: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recorder, "missing", 1)
    with (
        timed(Numbers(), Recorder, {}, 1, phase) as time_func,
        pytest.raises(WrongResult, match="number of results: expected 3, found 2"),
    ):
        time_func(1)
    assert "verify" not in events


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_observation_that_is_no_number_is_a_wrong_result(value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Numbers, "verify", lambda self, result: (Observation("lost", value, "updates"),))
    with (
        timed(Numbers(), Recorder, {}, 1, "warm") as time_func,
        pytest.raises(WrongResult, match=f"observation 'lost': expected a finite number, found {value}"),
    ):
        time_func(1)


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -1.0])
def test_seconds_that_no_clock_says_are_a_wrong_result(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Timing(seconds, [0, 1, 2])
    with timed(Numbers(), Recorder, {}, 1, "warm") as time_func:
        monkeypatch.setattr(time_func, "run", lambda loops: told)
        with pytest.raises(WrongResult, match=f"seconds: expected a finite number, not below 0, found {seconds}"):
            time_func(1)
        told = Timing(1.0, [0, 1, 2], first_s=seconds)
        with pytest.raises(WrongResult, match=f"seconds to the first result: expected .*, found {seconds}"):
            time_func(1)


def test_a_workload_without_coroutine_form() -> None:
    with (
        pytest.raises(UsageError, match="'numbers' has no coroutine form for 'coroutines'"),
        timed(Numbers(), Coroutines, {}, 1, "warm"),
    ):
        pytest.fail("it started")
    assert not events


def test_warm_workers_are_given_what_is_shared_and_every_loop_begins_anew() -> None:
    with timed(Counting(), Sharer, {}, 2, "warm") as time_func:
        assert time_func(2) == 1.0
    loop = ["reset", "run 1"]
    assert events == ["make", "given [99]", "start 2", *loop, *loop, "finalize", "verify", "stop", "end"]
    assert shared() is None


def test_cold_workers_are_given_something_new_in_every_loop_and_looked_at_before_they_stop() -> None:
    with timed(Counting(), Sharer, {}, 2, "cold") as time_func:
        assert time_func(2) == 222.0  # settling takes 1000 s and does not count
    loop = ["make", "reset", "given [0]", "start 2", "run 1", "finalize", "stop"]
    assert events == [*loop, *loop, "verify", "end", "end"]


@pytest.mark.parametrize("phase", ["warm", "cold"])
def test_what_was_shared_is_verified(phase: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "work", staticmethod(int))
    with (
        timed(Counting(), Sharer, {}, 1, phase) as time_func,
        pytest.raises(WrongResult, match=r"expected \(\[0, 1, 2\], \[3\]\), found \(\[0, 1, 2\], \[0\]\)"),
    ):
        time_func(1)


def test_an_instrumented_cold_loop_settles_nothing() -> None:
    with timed(Counting(), Sharer, {}, 1, "cold", instrument=lambda work: work) as time_func:
        time_func.run(1)
    assert "finalize" not in events


def test_nothing_is_made_for_a_workload_that_shares_nothing() -> None:
    with timed(Numbers(), Sharer, {}, 1, "warm") as time_func:
        time_func(2)
    assert "given None" in events
    assert "run 2" in events
    assert "make" not in events


def test_several_copies_of_the_work_are_done_at_once_and_the_seconds_are_for_one() -> None:
    with timed(Numbers(), Recorder, {}, 4, "warm", copies=4) as time_func:
        once = len(Numbers().tasks())
        assert len(time_func.run(1).results) == 4 * once
        assert time_func(2) == 1.0 / 4
        assert events.count("verify") == 4


def test_every_copy_is_verified_when_cold_too() -> None:
    with timed(Numbers(), Recorder, {}, 4, "cold", copies=3) as time_func:
        time_func(1)
        assert events.count("verify") == 3


def test_a_part_that_is_missing_in_a_copy_is_noticed() -> None:
    with timed(Numbers(), Recorder, {}, 4, "warm", copies=2) as time_func:
        parts = time_func.run(1).results
        with pytest.raises(WrongResult):
            time_func.check(parts[:-1])


def test_the_warm_up_is_one_task_per_worker() -> None:
    seen: list[list[int]] = []

    class Noting(Recorder):
        def run(self, loops: int) -> Timing:
            seen.append(list(self.tasks))
            return super().run(loops)

    with timed(Numbers(), Noting, {}, 2, "warm") as time_func:
        assert not time_func.warms_up_with_all_tasks
        assert time_func.warm_up() == 0.5
        time_func(1)
    assert seen == [[0, 1], [0, 1, 2]]


def test_no_more_tasks_than_workers_are_all_of_them() -> None:
    with timed(Numbers(), Recorder, {}, 3, "warm") as time_func:
        assert time_func.warms_up_with_all_tasks


def test_tasks_that_need_each_other_warm_up_together() -> None:
    with timed(Counting(), Sharer, {}, 1, "warm") as time_func:
        assert time_func.warms_up_with_all_tasks
