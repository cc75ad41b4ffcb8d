from collections.abc import Mapping
from dataclasses import replace

import pytest
from comparators.verdict.model import Verdict

from comparators.journal.records import Run
from comparators.report.figures import Picture
from tests.examples import example_run, example_verdicts
from tests.report.figures.pictures import drawn, hovers, standing_of, texts, with_standing


@pytest.fixture(scope="module")
def run() -> Run:
    runners = ("serial", "threading", "mp-pool")
    return example_run(workloads=("integrate",), runners=runners, workers=(1, 2), blocks=3, failures=False)


def picture(run: Run, times: Mapping[str, tuple[float, float]]) -> Picture:
    """Draw made-up warm and cold seconds by runner, at the same worker count."""
    warm, cold = example_verdicts(run)
    for label, (warm_s, cold_s) in times.items():
        cell = standing_of(warm, label).cell
        assert cell is not None
        warm = with_standing(warm, label, seconds=warm_s)
        cold = with_standing(cold, label, seconds=cold_s, cell=replace(cell, phase="cold"))
    return drawn(run, (warm, cold))["cold-warm-integrate"]


def test_the_title_says_what_starting_costs(run: Run) -> None:
    shown = picture(run, {"serial": (2.0, 2.0), "threading": (1.0, 1.01), "mp-pool": (1.0, 1.2)})
    assert shown.title == "A cold start adds about 10.0 ms (threading) to 200 ms (mp-pool) on integrate"
    assert "+200 ms" in texts(shown)
    assert "mp-pool, 2 workers: warm 1.00 s, cold 1.20 s" in hovers(shown)
    assert "mp-pool 1.00 s warm and 1.20 s cold" in shown.alt


@pytest.mark.parametrize(
    ("threading", "title"),
    [
        (0.9, "A cold start adds at most about 200 ms on integrate (mp-pool)"),
        (1.0, "A cold start adds at most about 200 ms on integrate (mp-pool)"),
    ],
)
def test_noise_is_no_cost(run: Run, threading: float, title: str) -> None:
    assert picture(run, {"threading": (1.0, threading), "mp-pool": (1.0, 1.2)}).title == title


def test_no_cost_at_all_is_said(run: Run) -> None:
    shown = picture(run, {"threading": (1.0, 0.9), "mp-pool": (1.0, 0.8)})
    assert shown.title == "A cold start adds no time that shows on integrate"
    assert "−200 ms" in texts(shown)


def test_serial_alone_starts_nothing() -> None:
    run = example_run(workloads=("integrate",), runners=("serial",), blocks=3)
    assert drawn(run)["cold-warm-integrate"].title == "Only serial was measured warm and cold on integrate"


def test_times_are_compared_at_one_count_of_workers(run: Run) -> None:
    warm, cold = example_verdicts(run)
    cell = standing_of(cold, "mp-pool").cell
    assert cell is not None
    cold = with_standing(cold, "mp-pool", cell=replace(cell, workers=1), by_workers=((1, 0.5), (2, 0.75)))
    warm = with_standing(warm, "mp-pool", seconds=0.7)
    assert "mp-pool, 2 workers: warm 700 ms, cold 750 ms" in hovers(drawn(run, (warm, cold))["cold-warm-integrate"])


def test_a_runner_without_both_sides_is_left_out(run: Run) -> None:
    warm, cold = example_verdicts(run)
    cold = with_standing(cold, "threading", cell=None, seconds=None, by_workers=())
    assert "threading" not in texts(drawn(run, (warm, cold))["cold-warm-integrate"])


@pytest.mark.parametrize("phase", ["warm", "cold"])
def test_one_phase_alone_has_no_such_picture(run: Run, phase: str) -> None:
    verdicts: tuple[Verdict, ...] = tuple(one for one in example_verdicts(run) if one.phase == phase)
    assert "cold-warm-integrate" not in drawn(run, verdicts)
