"""Timers fire once, not before their time, and not when they are cancelled; otherwise it is said."""

import pytest

from comparators.coordination.kit import install
from comparators.errors import WrongResult
from comparators.parameters import parameters_of
from comparators.worker.timing import timed
from comparators.workload import Observation
from comparators.workloads._support.spin import spun
from comparators.workloads.coordination import timer as module
from comparators.workloads.coordination._support.timers import Cancelled, Fired
from comparators.workloads.coordination.timer import Computed, Kept, Series, Timer, attend
from tests.runners.variants import DEFAULTS, Variant
from tests.workloads.running import observed

KIND_NAMES = next(declared.choices for declared in parameters_of(Timer) if declared.name == "kind")
LATENESS = ["median lateness", "99th percentile of lateness", "longest lateness"]


@pytest.mark.parametrize("phase", ["warm", "cold"])
@pytest.mark.parametrize("kind", KIND_NAMES)
@pytest.mark.parametrize("variant", DEFAULTS)
def test_every_kind_under_every_model_is_punctual_at_best(variant: Variant, kind: str, phase: str) -> None:
    workload = Timer.from_preset("tiny", kind=kind)
    if reason := workload.not_applicable(variant.info):
        pytest.skip(reason)
    if variant.workers(2) < 2:
        workload = workload.with_parameters(beside=0)
    with timed(workload, variant.cls, {}, variant.workers(2), phase) as time_func:  # type: ignore[arg-type]  # a phase
        for _ in range(2):
            time_func(1)
            names = [seen.name for seen in time_func.observations if seen.name != "setting and cancelling"]
            busy = [f"{name}, beside work" for name in LATENESS] if workload.beside else []
            assert names == LATENESS + busy


def test_several_tasks_compute_beside_the_timers() -> None:
    assert len(observed(Timer.from_preset("tiny", beside=2), "threading", 3)) in {6, 7}  # with a cost, or without


def test_each_kind_names_what_it_needs_and_where_it_makes_no_sense() -> None:
    assert {kind: Timer(kind=kind).primitives for kind in KIND_NAMES} == {
        "timer": ("timer", "array"),
        "sched": ("array",),
        "call-later": ("array",),
        "sleep": ("array",),
    }
    assert Timer(kind="sleep", beside=0).primitives == ()
    unsupported_on = {kind: set(Timer(kind=kind).unsupported_on) for kind in KIND_NAMES}
    assert unsupported_on == {
        "timer": set(),
        "sched": {"async"},
        "call-later": {"loop", "threads", "processes", "interpreters"},
        "sleep": set(),
    }


def test_the_work_beside_must_be_in_progress_together_with_the_timers() -> None:
    assert (Timer(beside=3).min_concurrency, len(Timer(beside=3).tasks())) == (4, 4)
    assert (Timer(beside=0).min_concurrency, len(Timer(beside=0).tasks())) == (1, 1)


TWO = Timer(events=2, cancelled=1, beside=0)


def series(late_s: tuple[float, ...] = (0.001, 0.003), left_s: float = 1.0, also: tuple[Fired, ...] = ()) -> Series:
    fired = tuple(Fired(number, late) for number, late in enumerate(late_s))
    return Series((*fired, *also), (Cancelled(2, left_s, 2e-5),), began=5.0, ended=6.0)


def alone(one: Series) -> list[Kept]:
    return [Kept(0, (one,))]


def test_lateness_and_the_cost_of_a_timer() -> None:
    *late, cost = TWO.verify(alone(series()))
    assert [(seen.name, seen.unit, seen.primitive) for seen in late] == [(name, "µs", "") for name in LATENESS]
    assert [seen.value for seen in late] == [pytest.approx(2e3), pytest.approx(3e3), pytest.approx(3e3)]
    assert cost == Observation("setting and cancelling", cost.value, "µs", primitive="timer", operation="uncontended")
    assert cost.value == pytest.approx(20)


def test_only_the_kits_own_timer_is_the_cost_of_a_primitive() -> None:
    cost = TWO.with_parameters(kind="sched").verify(alone(series()))[-1]
    assert (cost.name, cost.primitive, cost.operation) == ("setting and cancelling", "", None)


def test_the_percentile_is_by_nearest_rank() -> None:
    workload = Timer(events=200, cancelled=0, beside=0)
    fired = tuple(Fired(number, number * 1e-6) for number in range(200))
    found = {seen.name: seen.value for seen in workload.verify(alone(Series(fired, (), 5.0, 6.0)))}
    assert found == {
        "median lateness": pytest.approx(99.5),
        "99th percentile of lateness": pytest.approx(197),
        "longest lateness": pytest.approx(199),
    }


def test_an_event_before_its_time_is_wrong() -> None:
    assert TWO.verify(alone(series((0.0, -1e-9))))  # no clock tells that
    with pytest.raises(WrongResult, match=r"timers, alone: number 1: expected not before its time, found -1e.03 µs"):
        TWO.verify(alone(series((0.001, -0.001))))
    with pytest.raises(WrongResult, match="number 0"):
        TWO.verify(alone(series((float("nan"), 0.001))))


def test_a_cancelled_timer_that_fires_is_wrong_unless_it_was_too_late() -> None:
    with pytest.raises(WrongResult, match=r"timers, alone: those cancelled that fired: expected \[\], found \[2\]"):
        TWO.verify(alone(series(also=(Fired(2, 0.0),))))
    found = TWO.verify(alone(series(left_s=0.0, also=(Fired(2, 0.0),))))
    assert [seen.name for seen in found] == LATENESS  # and there is no cost


@pytest.mark.parametrize("fired", [(), (Fired(0, 0.1),), (Fired(0, 0.1), Fired(1, 0.1), Fired(1, 0.2))])
def test_a_lost_event_and_one_that_fires_twice_are_wrong(fired: tuple[Fired, ...]) -> None:
    with pytest.raises(WrongResult, match="those that fired: expected 0 to 1, once each"):
        TWO.verify(alone(series(())._replace(fired=fired)))


def test_a_timer_that_nobody_cancelled_is_wrong() -> None:
    with pytest.raises(WrongResult, match=r"those cancelled: expected \[2\], found \[\]"):
        TWO.verify(alone(series()._replace(cancelled=())))


def test_many_lost_events_are_said_in_short() -> None:
    with pytest.raises(WrongResult, match=r"… \(\d+ characters\)") as raised:
        Timer(events=1000, cancelled=0, beside=0).verify(
            alone(Series(tuple(Fired(number, 0.1) for number in range(999)), (), 5.0, 6.0))
        )
    assert len(raised.value.message) < 400


BESIDE = TWO.with_parameters(beside=1)
WORK = Computed(1, spun(1, 40_000), 40_000, started=4.0, ended=7.0)


def test_both_series_are_reported_the_one_alone_first() -> None:
    busy = series((0.005, 0.005))._replace(began=4.5, ended=4.9)
    found = BESIDE.verify([Kept(0, (busy, series())), WORK])
    names = [*LATENESS, *(f"{name}, beside work" for name in LATENESS), "setting and cancelling"]
    assert [seen.name for seen in found] == names
    assert [found[0].value, found[3].value] == [pytest.approx(2e3), pytest.approx(5e3)]


@pytest.mark.parametrize("work", [WORK._replace(started=5.5), WORK._replace(ended=5.9)])
def test_work_that_did_not_go_on_beside_the_timers_is_wrong(work: Computed) -> None:
    with pytest.raises(WrongResult, match="task 1: expected at work as long as timers are to fire"):
        BESIDE.verify([Kept(0, (series(), series())), work])


@pytest.mark.parametrize("change", [{"number": 0}, {"value": 0}, {"turns": 39_999}])
def test_work_with_another_result_is_wrong(change: dict[str, int]) -> None:
    with pytest.raises(WrongResult, match="result 1: expected what task 1 computes"):
        BESIDE.verify([Kept(0, (series(), series())), WORK._replace(**change)])


@pytest.mark.parametrize("result", [Kept(0, ()), Kept(1, (series(), series())), Kept(0, (series(),)), WORK, None])
def test_a_series_that_is_missing_is_wrong(result: object) -> None:
    with pytest.raises(WrongResult, match="result 0: expected 2 series"):
        BESIDE.verify([result, WORK])


def test_who_waits_in_vain_for_the_work_says_so_and_lets_it_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0)
    keeper, worker = BESIDE.tasks()
    places = [0, 0]
    install((None, places))
    try:
        with pytest.raises(TimeoutError, match="the work beside the timers did not begin"):
            attend(keeper)
        assert places == [module.ENDED, 0]
        assert attend(worker)[:3] == (1, 1, 0)  # it finds that nobody wants it any more
    finally:
        install(None)
    assert places == [module.ENDED, module.ENDED]
