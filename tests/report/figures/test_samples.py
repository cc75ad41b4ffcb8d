from dataclasses import replace

import pytest

from comparators.journal.records import Run
from tests.examples import example_run, example_verdicts
from tests.report.figures.pictures import drawn, hovers, texts, verdict_of, with_standing


@pytest.fixture(scope="module")
def run() -> Run:
    return example_run(workloads=("integrate", "sleep"), phases=("warm",), blocks=5)


def test_every_race_sample_has_its_mark(run: Run) -> None:
    shown = hovers(drawn(run)["samples-integrate"])
    raced = [hover for hover in shown if hover.startswith("5 samples of the race, ")]
    piloted = [hover for hover in shown if hover.startswith("1 sample of the pilot, ")]
    assert len(raced) == len(piloted) == 7


def test_one_sample_more_is_one_mark_more(run: Run) -> None:
    before = drawn(run)["samples-integrate"].svg.count("<use")
    one = next(sample for sample in run.samples if sample.stage == "race" and sample.block == 0)
    more = drawn(replace(run, samples=(*run.samples, replace(one, block=1))), example_verdicts(run))
    assert more["samples-integrate"].svg.count("<use") == before + 1


def test_the_axis_has_units_and_is_logarithmic_only_where_the_spread_asks_for_it(run: Run) -> None:
    pictures = drawn(run)
    assert "time for all tasks once" in texts(pictures["samples-integrate"])
    assert "time for all tasks once, logarithmic" in texts(pictures["samples-sleep"])
    assert "1.5 s" in texts(pictures["samples-integrate"])


def test_failures_stand_in_their_row_and_refusals_below(run: Run) -> None:
    written = texts(drawn(run)["samples-integrate"])
    assert "failed: PicklingError: cannot pickle '_thread.lock' object" in written
    assert "Not applicable: futures-interpreters." in written


def test_a_stopped_runner_shows_where(run: Run) -> None:
    assert any(hover.startswith("stopped at ") for hover in hovers(drawn(run)["samples-sleep"]))


def test_the_title_says_whether_the_fastest_lie_apart(run: Run) -> None:
    apart = [
        sample if sample.cell.runner.label == "futures-threads" else replace(sample, seconds=3 * sample.seconds)
        for sample in run.samples
    ]
    title = drawn(replace(run, samples=tuple(apart)), example_verdicts(run))["samples-sleep"].title
    assert title.startswith("On sleep every race sample of futures-threads is faster than any of ")
    mixed = [replace(sample, seconds=sample.seconds * (1 + max(sample.block, 0))) for sample in run.samples]
    title = drawn(replace(run, samples=tuple(mixed)), example_verdicts(run))["samples-sleep"].title
    assert title.startswith("On sleep the race samples of ")
    assert title.endswith(" overlap")


def test_a_pilot_without_a_race_is_said(run: Run) -> None:
    pilots = replace(run, samples=tuple(sample for sample in run.samples if sample.stage == "pilot"))
    picture = drawn(pilots, example_verdicts(run))["samples-integrate"]
    assert picture.title == "On integrate no runner raced"
    assert any(text.startswith("≈ ") for text in texts(picture))


def test_only_one_that_raced_is_said() -> None:
    run = example_run(workloads=("integrate",), runners=("serial",), phases=("warm",), blocks=4)
    assert drawn(run)["samples-integrate"].title == "On integrate only serial raced, with 4 samples"


def test_what_was_not_measured_says_so(run: Run) -> None:
    verdict = with_standing(verdict_of("integrate"), "asyncio", status="not-reached", cell=None, reason="")
    assert "not reached" in texts(drawn(run, (verdict,))["samples-integrate"])


def test_more_runners_than_rows_are_counted() -> None:
    runners = ("serial", *(f"runner-{number:02d}" for number in range(30)))
    run = example_run(workloads=("integrate",), runners=runners, phases=("warm",), blocks=2, failures=False)
    assert "7 more runners not drawn." in texts(drawn(run)["samples-integrate"])
