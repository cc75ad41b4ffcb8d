from dataclasses import replace

import pytest

from comparators.journal.records import ParallelCapacity, Run
from tests.examples import example_run, example_verdicts
from tests.report.figures.pictures import drawn, hovers, texts, with_standing


@pytest.fixture(scope="module")
def run() -> Run:
    return example_run(workloads=("integrate",), phases=("warm",), blocks=5, failures=False)


def test_the_title_is_the_finding_and_the_alt_has_the_best_of_each(run: Run) -> None:
    picture = drawn(run)["speedup-integrate"]
    assert picture.title.startswith("futures-processes wins on integrate: 1.8")
    assert "futures-processes 1.8" in picture.alt
    assert "with 2 workers" in picture.alt


def test_runners_are_best_first_in_the_legend_and_axes_have_units(run: Run) -> None:
    written = texts(drawn(run)["speedup-integrate"])
    assert written.index("futures-processes") < written.index("mp-pool") < written.index("threading")
    assert {"times faster than serial, logarithmic", "workers, logarithmic", "serial", "1", "2", "4"} <= set(written)


def test_ideal_and_capacity_are_drawn_with_their_numbers(run: Run) -> None:
    capacities = (ParallelCapacity(1, 1.0), ParallelCapacity(2, 1.37))
    shown = hovers(drawn(replace(run, capacities=capacities))["speedup-integrate"])
    assert "ideal: n times with n" in shown
    assert "parallel capacity of this host for computing: 1.00 times with 1 worker; 1.37 times with 2 workers" in shown


@pytest.mark.parametrize("capacities", [(), (ParallelCapacity(2, 0.0),)])
def test_a_capacity_that_was_not_measured_is_not_drawn(run: Run, capacities: tuple[ParallelCapacity, ...]) -> None:
    picture = drawn(replace(run, capacities=capacities))["speedup-integrate"]
    assert "host's parallel capacity, computing" not in texts(picture)


def test_the_interval_of_a_race_is_drawn(run: Run) -> None:
    (verdict,) = example_verdicts(run)
    for standing in verdict.standings:
        if standing.to_serial is not None:
            about = replace(standing.to_serial, low=None, high=None)
            verdict = with_standing(verdict, standing.runner.label, to_serial=about)
    without = drawn(run, (verdict,))["speedup-integrate"]
    assert drawn(run)["speedup-integrate"].svg.count("<path") > without.svg.count("<path")


def test_without_a_time_of_serial_there_is_no_speedup(run: Run) -> None:
    (verdict,) = example_verdicts(run)
    untimed = replace(verdict, standings=tuple(replace(one, to_serial=None) for one in verdict.standings))
    untimed = with_standing(untimed, "serial", seconds=None, by_workers=())
    assert "speedup-integrate" not in drawn(run, (untimed,))
    absent = replace(verdict, standings=tuple(one for one in verdict.standings if one.runner.name != "serial"))
    assert "speedup-integrate" not in drawn(run, (absent,))


def test_what_the_pilot_saw_is_compared_with_what_it_saw_of_serial(run: Run) -> None:
    """On a host that has become slower since, serial of the race would make the pilot's points too high."""
    (verdict,) = example_verdicts(run)
    verdict = with_standing(verdict, "serial", seconds=9.0, by_workers=((1, 3.0),))
    seen = {"status": "piloted", "cell": None, "to_serial": None, "by_workers": ((2, 2.0), (4, 1.5))}
    verdict = with_standing(verdict, "threading", **seen)
    verdict = replace(verdict, standings=tuple(one for one in verdict.standings if one.runner.name != "mp-pool"))
    assert "threading about 2.0 times with 4 workers" in drawn(run, (verdict,))["speedup-integrate"].alt


def test_serial_alone_has_no_speedup() -> None:
    run = example_run(workloads=("integrate",), runners=("serial",), phases=("warm",))
    assert set(drawn(run)) == {"winner-map", "samples-integrate"}


def test_ten_thousand_workers_fit_on_the_axis() -> None:
    run = example_run(workloads=("sleep",), phases=("warm",), workers=(1, 10, 100, 1000, 10_000), blocks=2)
    written = texts(drawn(run)["speedup-sleep"])
    assert {"1", "10", "100", "1,000", "10,000"} <= set(written)


def test_too_many_runners_are_counted() -> None:
    runners = ("serial", *(f"runner-{number:02d}" for number in range(20)))
    run = example_run(workloads=("integrate",), runners=runners, phases=("warm",), blocks=2, failures=False)
    assert "and 4 more" in texts(drawn(run)["speedup-integrate"])
