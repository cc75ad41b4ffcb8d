"""The picture of what coordination costs."""

from dataclasses import replace

from comparators.verdict.verdicts import verdicts_of

from comparators.report.figures import draw_figures
from tests.example_costs import coordination_run
from tests.examples import example_run
from tests.report.figures.pictures import drawn, hovers, texts

RUN = coordination_run()


def test_the_title_names_the_least_and_the_most() -> None:
    shown = drawn(RUN, verdicts_of(RUN))["costs"]
    assert shown.title == (
        "An operation on a lock that nobody else wants costs 101 ns with serial, 9.13 µs with asyncio"
    )
    assert shown.workload == ""


def test_every_cost_is_in_the_picture_and_in_words() -> None:
    shown = drawn(RUN, verdicts_of(RUN))["costs"]
    words = texts(shown)
    assert {"One operation that nobody else wants", "One worker, started and ended", "threading"} <= set(words)
    assert any(one.startswith("lock, contended, threading, Python 3.11: 1.5") for one in hovers(shown))
    assert "worker, start and end: threading" in shown.alt


def test_the_pythons_are_named_where_there_are_several() -> None:
    run = coordination_run(pythons=("3.11", "3.13t"))
    assert {"lock, 3.11", "lock, 3.13t"} <= set(texts(drawn(run, verdicts_of(run))["costs"]))


def test_without_costs_there_is_no_such_picture() -> None:
    run = example_run(workloads=("hash",), failures=False)
    assert "costs" not in drawn(run, verdicts_of(run))


def test_what_was_surveyed_has_no_pictures_of_its_own() -> None:
    run = coordination_run(survey=True)
    names = [one.name for one in draw_figures(run, verdicts_of(run))]
    assert names[0] == "costs"
    assert all(name.startswith("winner-map") for name in names[1:])


def test_one_sample_is_drawn_without_an_interval() -> None:
    run = replace(RUN, samples=tuple(one for one in RUN.samples if one.stage == "race" and one.block == 0))
    assert "1 sample" in drawn(run, verdicts_of(run))["costs"].alt
