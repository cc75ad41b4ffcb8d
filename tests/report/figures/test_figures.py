import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from comparators.journal.records import Run
from comparators.report.figures import MOST_WORKLOADS, Picture, draw_figures
from tests.examples import example_run, example_verdicts, hostile_run, large_run
from tests.report.figures.pictures import SVG, drawn, hovers, png_size, texts, tree

SMALL = ("integrate", "hash")


@pytest.fixture(scope="module")
def run() -> Run:
    return example_run(workloads=(*SMALL, "broken"), blocks=5)


@pytest.fixture(scope="module")
def pictures(run: Run) -> dict[str, Picture]:
    return drawn(run)


def test_a_run_has_maps_by_phase_then_three_pictures_of_each_workload(run: Run) -> None:
    pictures = draw_figures(run, example_verdicts(run))
    assert [picture.name for picture in pictures] == [
        "winner-map",
        "winner-map-cold",
        *(f"{kind}-{workload}" for workload in SMALL for kind in ("speedup", "samples", "cold-warm")),
    ]
    assert [picture.workload for picture in pictures] == ["", "", *(one for one in SMALL for _ in range(3))]


def test_the_same_input_gives_the_same_bytes(
    run: Run, pictures: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert drawn(run) == pictures


def test_drawing_neither_heeds_nor_changes_the_settings_of_matplotlib(run: Run, pictures: dict[str, Picture]) -> None:
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "path", "lines.linewidth": 9, "savefig.transparent": True}):
        before = dict(matplotlib.rcParams)
        second = drawn(run)
        assert dict(matplotlib.rcParams) == before
    assert pictures == second


def test_every_png_is_whole_white_behind_and_twice_as_fine_as_the_svg(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        root = tree(picture)
        assert png_size(picture) == (2 * float(root.attrib["width"]), 2 * float(root.attrib["height"]))


def test_every_svg_stands_alone_and_leaves_the_page_alone(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        names = {element.tag.removeprefix(SVG) for element in tree(picture).iter()}
        assert names <= {"svg", "g", "defs", "path", "use", "pattern", "rect", "text", "title", "clipPath"}
        for element in tree(picture).iter():
            assert "style" not in element.attrib
            assert not [key for key in element.attrib if key.startswith("on")]
            assert element.attrib.get("href", "#").startswith("#")
        outside_the_root = picture.svg.partition(">")[2]
        assert "://" not in outside_the_root
        assert len(picture.svg) < 300_000


def test_ids_belong_to_one_picture_and_every_reference_has_its_id(pictures: dict[str, Picture]) -> None:
    everywhere: set[str] = set()
    for picture in pictures.values():
        ids = [element.attrib["id"] for element in tree(picture).iter() if "id" in element.attrib]
        assert len(ids) == len(set(ids))
        assert everywhere.isdisjoint(ids)
        everywhere.update(ids)
        assert {one.startswith(f"{picture.name}-") for one in ids} <= {True}
        assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', picture.svg)) <= set(ids)


def test_text_and_axes_take_the_colour_of_the_page(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        fills = {one.attrib["fill"] for one in tree(picture).iter(f"{SVG}text")}
        assert "currentColor" in fills
        assert not re.search(r"#20242a", picture.svg)


def test_no_text_is_smaller_than_nine_points(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        assert min(float(one.attrib["font-size"]) for one in tree(picture).iter(f"{SVG}text")) >= 9


def test_every_picture_has_a_finding_and_full_sentences_instead(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        assert picture.title
        assert picture.alt.endswith(".")
        assert tree(picture).attrib["aria-label"] == picture.alt
        assert " ".join(texts(picture)).startswith(picture.title)


def test_names_of_third_party_are_only_words() -> None:
    pictures = drawn(hostile_run())
    assert len(pictures) > 10
    for picture in pictures.values():
        assert re.fullmatch(r"[a-z0-9-]{1,80}", picture.name)
        assert "\n" not in picture.title
        assert len(picture.title) < 300
        assert "script" not in {element.tag.removeprefix(SVG) for element in tree(picture).iter()}
        assert not re.search(r"[\x00-\x08\x1b]", picture.svg)
        png_size(picture)
    assert "$x_1$ and ${HOME}" in texts(pictures["winner-map"])
    assert any("x" * 300 in hover for hover in hovers(pictures["winner-map"]))
    assert all("x" * 60 not in text for text in texts(pictures["winner-map"]))


def test_workloads_of_like_names_have_pictures_of_different_names() -> None:
    run = example_run(workloads=("a b", "a-b", "A_B", "…"), runners=("serial", "threading"), phases=("warm",), blocks=2)
    names = {name for name in drawn(run) if name.startswith("samples-")}
    assert names == {"samples-a-b", "samples-a-b-2", "samples-a-b-3", "samples-unnamed"}


def test_nothing_to_draw_gives_no_pictures(run: Run) -> None:
    assert draw_figures(run, ()) == ()


def test_a_run_without_any_sample_has_only_its_map(run: Run) -> None:
    empty = replace(run, samples=(), failures=(), capacities=(), evidence=())
    pictures = drawn(empty)
    assert set(pictures) == {"winner-map", "winner-map-cold"}
    assert "3 not measurable" in pictures["winner-map"].title
    assert "not run" in texts(pictures["winner-map"])


@pytest.mark.parametrize("kept", [1, 5, 12, 40])
def test_a_run_that_was_cut_off_can_be_drawn(run: Run, kept: int) -> None:
    partial = replace(run, samples=run.samples[:kept])
    assert "winner-map" in drawn(partial)


def test_times_that_no_axis_has_a_place_for_are_left_out(run: Run) -> None:
    damaged = [
        replace(sample, seconds=value)
        for sample, value in zip(run.samples, (0.0, -1.0, float("nan"), float("inf")), strict=False)
    ]
    pictures = drawn(replace(run, samples=(*damaged, *run.samples[4:])), example_verdicts(run))
    assert not any("nan" in text or "inf" in text for text in texts(pictures["samples-integrate"]))


def test_a_large_run_stays_bounded_and_says_what_it_leaves_out() -> None:
    run = large_run(2_000)
    pictures = drawn(run)
    maps = [picture for name, picture in pictures.items() if name.startswith("winner-map")]
    assert len(maps) == 3
    assert len(pictures) == len(maps) + 2 * MOST_WORKLOADS
    assert f"first {MOST_WORKLOADS} workloads" in maps[0].alt
    assert "Map 1 of 3." in maps[0].alt
    assert {len(picture.svg) < 300_000 for picture in pictures.values()} == {True}


def test_several_pythons_stand_side_by_side() -> None:
    run = example_run(workloads=("integrate",), pythons=("3.11", "3.13t"), runners=("serial", "threading"), blocks=3)
    pictures = drawn(run)
    assert "integrate · 3.13t" in texts(pictures["winner-map"])
    for name in ("speedup-integrate", "samples-integrate"):
        assert all(where in " ".join(texts(pictures[name])) for where in ("warm, Python 3.11", "cold, Python 3.13t"))
    assert {"Python 3.11", "Python 3.13t"} <= set(texts(pictures["cold-warm-integrate"]))


def test_the_svg_is_well_formed_whatever_the_name() -> None:
    run = example_run(workloads=("]]>&\ufffe\ud800 <!--",), runners=("serial", "threading"), phases=("warm",), blocks=2)
    for picture in drawn(run).values():
        ET.fromstring(picture.svg.encode("utf-8"))
