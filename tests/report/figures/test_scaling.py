import random
from dataclasses import replace
from typing import Literal

import pytest
from comparators.verdict.verdicts import verdicts_of

from comparators.journal.records import ParallelCapacity, Run
from comparators.report.figures.scaling import MOST_PANELS
from tests.report.figures.pictures import drawn, hovers, png_size, texts
from tests.verdict.builder import SETTINGS, Lane, make_run, wobble

COUNTS = (1, 2, 4, 8, 16)
CAPACITIES = (
    ParallelCapacity(1, 1.0),
    ParallelCapacity(2, 1.9),
    ParallelCapacity(4, 3.5),
    ParallelCapacity(8, 5.0),
    ParallelCapacity(16, 5.0),
)
LANES = {
    "serial": Lane("loop", {1: 1.0}, wobble(1.0, 5)),
    "forks": Lane("processes", {n: (1 + 0.05 * (n - 1) + 0.01 * n * (n - 1)) / n for n in COUNTS}, wobble(0.24, 5)),
    "cliff": Lane("threads", {1: 1.0, 2: 0.5, 4: 0.3, 8: 0.9, 16: 0.95}, wobble(0.3, 5)),
    "short": Lane("threads", {1: 1.0, 2: 0.7}, wobble(0.7, 5)),
}


def grown(scaling: Literal["", "strong", "weak"] = "strong", lanes: dict[str, Lane] = LANES) -> Run:
    """Make up a look at scaling, with three rounds of each count."""
    run = make_run(lanes, settings=replace(SETTINGS, scaling=scaling), capacities=CAPACITIES)
    rng = random.Random(1)
    more = [
        replace(one, block=block, seconds=one.seconds * (1 + rng.uniform(0, 0.02)), warmup_s=None)
        for one in run.samples
        if one.stage == "pilot"
        for block in (-2, -3)
    ]
    return replace(run, samples=(*run.samples, *more))


def pictured(run: Run) -> dict[str, list[str]]:
    """Return what is written and what is shown on hover, of a run's picture of growth."""
    picture = drawn(run, verdicts_of(run))["scaling-squares"]
    return {"title": [picture.title], "alt": [picture.alt], "texts": texts(picture), "hovers": hovers(picture)}


def test_the_title_says_who_grows_most_and_what_share_of_what_there_is() -> None:
    (title,) = pictured(grown())["title"]
    assert title == (
        "forks grows most on squares: 4.19 times as fast as serial with 8 workers, "
        "52 % of the ideal, 84 % of what this host reaches"
    )


def test_weak_scaling_is_shown_as_a_share_of_the_ideal() -> None:
    shown = pictured(grown("weak"))
    assert "times as much work at once with 8 workers" in shown["title"][0]
    assert {"0 %", "100 %"} <= set(shown["texts"])


def test_every_runner_with_several_counts_has_a_panel_with_its_laws() -> None:
    shown = pictured(grown())
    assert {"forks", "cliff", "short"} <= set(shown["texts"])
    assert "USL: 5 % not parallel, peak at 10 (10 to 10) workers" in shown["texts"]
    assert "too few worker counts for a law" in shown["texts"]
    assert "serial" not in shown["texts"]


def test_a_law_that_is_not_reliable_looks_otherwise_and_says_why() -> None:
    run = grown()
    shown = pictured(run)
    assert any(words.startswith("USL not reliable: it misses the measured times by") for words in shown["hovers"])
    svg = drawn(run, verdicts_of(run))["scaling-squares"].svg
    fine = pictured(grown(lanes={name: LANES[name] for name in ("serial", "forks")}))
    assert not any("USL not reliable" in words for words in fine["hovers"])
    assert 'stroke-dasharray="1.6,6.4"' in svg.replace(" ", "")


def test_marks_have_their_interval_over_the_rounds() -> None:
    run = grown()
    assert any(words.startswith("8 workers: 4.19 times (95 % interval") for words in pictured(run)["hovers"])
    once = replace(run, samples=tuple(one for one in run.samples if one.block >= -1))
    shown = pictured(once)
    assert "8 workers: 4.19 times" in shown["hovers"]
    assert "No runner surely gains" in shown["title"][0]


def test_ideal_capacity_and_peak_are_explained() -> None:
    written = set(pictured(grown())["texts"])
    assert {"ideal", "host's parallel capacity, computing", "predicted peak", "a law that is not reliable"} <= written
    unknown = replace(grown(), capacities=())
    assert "host's parallel capacity, computing" not in pictured(unknown)["texts"]


def test_the_alt_tells_every_panel() -> None:
    (alt,) = pictured(grown())["alt"]
    assert "forks: 1.00 with 1, 1.87 with 2" in alt
    assert "Amdahl not reliable" in alt


@pytest.mark.parametrize("each", [1.0, 1.2])
def test_nothing_gained_is_said(each: float) -> None:
    lanes = {"serial": LANES["serial"], "threads": Lane("threads", dict.fromkeys((1, 2, 4, 8), each), wobble(1.0, 5))}
    assert pictured(grown(lanes=lanes))["title"] == ["No runner surely gains from more workers on squares"]


def test_a_run_that_does_not_look_at_it_has_no_such_picture() -> None:
    run = grown("")
    assert "scaling-squares" not in drawn(run, verdicts_of(run))


def test_without_serial_gains_are_over_one_worker() -> None:
    run = grown(lanes={"forks": LANES["forks"]})
    assert "forks grows most" in pictured(run)["title"][0]


def test_too_many_runners_are_counted_and_the_picture_keeps_its_width() -> None:
    lanes = {"serial": LANES["serial"]} | {f"forks-{n:02d}": LANES["forks"] for n in range(MOST_PANELS + 3)}
    run = grown(lanes=lanes)
    assert any("3 more runners not drawn." in words for words in pictured(run)["texts"])
    assert png_size(drawn(run, verdicts_of(run))["scaling-squares"])[0] == 1120
