"""What every picture must be, whatever it shows."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from comparators.report.figures import MOST_DETAILED, MOST_DRAWN, Picture, draw
from comparators.verdict.analysis import Analysis
from tests.report import analyses
from tests.report.analyses import hostile, large, suite, two_pythons, waiting
from tests.report.sampled import with_samples

SVG = "{http://www.w3.org/2000/svg}"
CASES = (
    *("waiting", "gil_bound", "tiny_tasks", "equal_models", "undecided", "interrupted", "given_counts"),
    *("cold_function", "with_failures", "wrong_results", "not_applicable", "nothing_measured", "hostile"),
)


def drawn(analysis: Analysis) -> dict[str, Picture]:
    pictures = draw(with_samples(analysis))
    found = {picture.name: picture for picture in pictures}
    assert len(found) == len(pictures)
    return found


def texts(picture: Picture) -> list[str]:
    return ["".join(one.itertext()).strip() for one in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def size(picture: Picture) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(picture.png)) as image:
        image.load()
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        return image.size


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    return drawn(waiting())


def test_one_comparison_has_four_pictures(pictures: dict[str, Picture]) -> None:
    assert list(pictures) == ["models-get", "workers-get", "memory-get", "samples-get"]
    assert {one.comparison for one in pictures.values()} == {"get/warm/3.14"}
    assert [one.kind for one in pictures.values()] == ["models", "workers", "memory", "samples"]


def test_a_suite_has_a_map_and_few_pictures_of_each_comparison() -> None:
    found = drawn(suite())
    assert len(suite().verdicts) > MOST_DETAILED
    assert list(found)[:2] == ["suite", "samples-integrate"]
    assert {one.kind for one in found.values()} == {"suite", "samples"}
    assert found["suite"].comparison == ""


def test_of_a_large_run_only_the_whole_is_drawn() -> None:
    assert list(drawn(large(MOST_DRAWN + 1))) == ["suite"]


@pytest.mark.parametrize("case", CASES)
def test_a_title_is_the_lesson_and_the_words_say_what_is_seen(case: str) -> None:
    for picture in drawn(getattr(analyses, case)()).values():
        assert picture.title
        assert picture.alt.endswith(".")
        assert picture.title in picture.alt
        assert "\n" not in picture.title + picture.alt
        assert picture.title in " ".join(texts(picture))


def test_the_same_analysis_gives_the_same_bytes(pictures: dict[str, Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert drawn(waiting()) == pictures


def test_settings_of_matplotlib_are_neither_heeded_nor_changed(pictures: dict[str, Picture]) -> None:
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "path", "lines.linewidth": 9, "savefig.transparent": True}):
        before = dict(matplotlib.rcParams)
        assert drawn(waiting()) == pictures
        assert dict(matplotlib.rcParams) == before


def test_ids_belong_to_one_picture() -> None:
    everywhere: set[str] = set()
    for picture in drawn(two_pythons()).values():
        ids = [one.attrib["id"] for one in ET.fromstring(picture.svg).iter() if "id" in one.attrib]
        assert len(ids) == len(set(ids))
        assert everywhere.isdisjoint(ids)
        everywhere.update(ids)
        assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', picture.svg)) <= set(ids)


def test_words_stay_words_in_an_svg(pictures: dict[str, Picture]) -> None:
    assert "get: threads or async are 17 times faster than a loop" in texts(pictures["models-get"])
    assert "ThreadPoolExecutor(40)" in texts(pictures["models-get"])


def test_a_png_is_whole_on_white(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        width, height = size(picture)
        assert width == 1000
        assert 200 < height < 1000
        assert len(picture.png) < 100_000
        assert len(picture.svg) < 30_000


def test_names_from_outside_are_only_words() -> None:
    name = "$x_1$ and <b>" + "y" * 300
    answer = replace(waiting().verdicts[0], workload=name, kind=name, comparison=name)
    for picture in drawn(replace(waiting(), verdicts=(answer,))).values():
        assert re.fullmatch(r"[a-z0-9-]{1,80}", picture.name)
        assert picture.title.startswith("$x_1$ and <b>")
        assert len(picture.title) < 200
        size(picture)
    for picture in drawn(hostile()).values():
        assert not re.search(r"[\x00-\x08\x1b\u202e]", picture.svg)
        assert "script" not in {one.tag.removeprefix(SVG) for one in ET.fromstring(picture.svg).iter()}


def test_workloads_of_like_names_have_pictures_of_different_names() -> None:
    answers = tuple(replace(waiting().verdicts[0], workload=name, comparison=name) for name in ("a b", "a-b", "…"))
    names = {one for one in drawn(replace(waiting(), verdicts=answers)) if one.startswith("models")}
    assert names == {"models-a-b", "models-a-b-2", "models-unnamed"}


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), 1e-300, 1e300])
def test_odd_numbers_never_stop_a_report(value: float) -> None:
    known = waiting().verdicts[0]
    odd = replace(known.models[0], seconds=value, memory_bytes=0, gain=replace(known.models[0].gain, ratio=value))  # type: ignore[type-var]  # it has one
    counts = tuple(replace(one, seconds=value) for one in known.counts)
    answer = replace(known, models=(odd, *known.models[1:]), counts=(*counts, *known.counts), best_s=value)
    assert drawn(replace(waiting(), verdicts=(answer,)))


def test_nothing_to_draw_is_no_picture() -> None:
    empty = replace(waiting().verdicts[0], models=(), counts=(), runners=())
    assert draw(replace(waiting(), verdicts=())) == ()
    assert draw(replace(waiting(), verdicts=(empty,))) == ()
