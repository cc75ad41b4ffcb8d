from dataclasses import replace

import pytest
from comparators.verdict.model import Outcome, Verdict

from comparators.report.figures import Picture, draw_figures
from comparators.report.figures.map_cells import kind_of
from comparators.stats.interval import Interval
from tests.examples import example_run, example_verdicts
from tests.report.figures.pictures import hovers, standing_of, texts, verdict_of, with_standing


def map_of(*verdicts: Verdict) -> Picture:
    return draw_figures(replace(example_run(workloads=("integrate",)), samples=()), verdicts)[0]


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return verdict_of("integrate")


def test_the_cell_prints_the_ratio_and_the_hover_explains_it(verdict: Verdict) -> None:
    picture = map_of(with_standing(verdict, "mp-pool", to_serial=Interval(1.234, 1.2, 1.3, 0.95)))
    assert "1.23" in texts(picture)
    assert any(hover.startswith("mp-pool on integrate, 2 workers: ") and "1.23" in hover for hover in hovers(picture))


@pytest.mark.parametrize(
    ("outcome", "kind"), [("win", "win"), ("tie", "tie"), ("unresolved", "unresolved"), ("none", "slower")]
)
def test_winners_look_like_the_outcome(verdict: Verdict, outcome: Outcome, kind: str) -> None:
    changed = replace(verdict, outcome=outcome)
    assert kind_of(standing_of(changed, "futures-processes"), changed) == kind


@pytest.mark.parametrize(
    ("status", "cell", "legend"),
    [
        ("failed", "failed", "failed: no time, see the reason"),
        ("not-applicable", "n/a", "not applicable"),
        ("not-reached", "not run", "not reached before the run ended"),
        ("capped", "≥4.2×", "stopped: takes ≥ 3× the best's time"),
        ("piloted", "≈1.5", "not raced: about, from the pilot"),
    ],
)
def test_each_status_has_a_word_a_legend_and_its_reason(verdict: Verdict, status: str, cell: str, legend: str) -> None:
    about = Interval(1.5, None, None, 0.95)
    changed = with_standing(
        verdict, "mp-pool", status=status, reason="<because> & so", at_least=4.29, to_serial=about, seconds=None
    )
    picture = map_of(changed)
    assert cell in texts(picture)
    assert legend in texts(picture)
    assert any(hover.startswith("mp-pool on") and hover.endswith("<because> & so") for hover in hovers(picture))
    assert legend not in texts(map_of(verdict)) or status in {"not-applicable", "piloted"}


def test_outcomes_have_a_shape_beside_the_colour(verdict: Verdict) -> None:
    assert "=" in texts(map_of(replace(verdict, outcome="tie")))
    assert "?" in texts(map_of(replace(verdict, outcome="unresolved")))
    won, slower = map_of(verdict).svg, map_of(replace(verdict, outcome="none")).svg
    assert won.count("<use") > slower.count("<use")


def test_without_a_time_of_serial_seconds_are_printed(verdict: Verdict) -> None:
    standings = tuple(replace(one, to_serial=None) for one in verdict.standings if one.runner.name != "serial")
    picture = map_of(replace(verdict, standings=standings))
    assert "Where serial has no time" in " ".join(texts(picture))
    assert any(text.endswith(" ms") for text in texts(picture))
    assert "Where serial" not in " ".join(texts(map_of(verdict)))


def test_warm_and_cold_have_a_map_each() -> None:
    run = example_run(workloads=("integrate", "hash"), blocks=3)
    warm, cold = draw_figures(run, example_verdicts(run))[:2]
    assert (warm.name, cold.name) == ("winner-map", "winner-map-cold")
    assert warm.title.startswith("Warm: ")
    assert cold.title.startswith("Cold: ")


def test_more_comparisons_than_columns_take_more_maps(verdict: Verdict) -> None:
    comparisons = [replace(verdict, workload=f"work-{number}", comparison=str(number)) for number in range(73)]
    run = replace(example_run(workloads=("integrate",)), samples=())
    pictures = [picture for picture in draw_figures(run, comparisons) if picture.name.startswith("winner-map")]
    assert [picture.name for picture in pictures] == ["winner-map", *(f"winner-map-{page}" for page in range(2, 7))]
    assert "work-9" in texts(pictures[0])
    assert "work-10" in texts(pictures[1])
    assert "13 more comparisons not drawn." in pictures[-1].alt
