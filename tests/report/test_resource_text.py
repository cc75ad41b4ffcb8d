"""What a runner costs beside time, in words and in a picture."""

from dataclasses import replace

import pytest

from comparators.report.figures.facts import gather
from comparators.report.figures.pareto import Point, draw_pareto, front
from comparators.report.figures.style import drawing_style
from comparators.report.json_document import to_document
from comparators.report.markdown import markdown_summary
from comparators.report.resource_text import cost_words
from comparators.verdict.verdicts import verdicts_of
from tests.verdict.builder import Lane, make_run, wobble

MIB = 2**20
RUN = make_run(
    {
        "serial": Lane("loop", {1: 1.0}, wobble(1.0, 5), memory_bytes=31 * MIB),
        "forks": Lane("processes", {2: 0.5}, wobble(0.5, 5), memory_bytes=92 * MIB),
        "strands": Lane("threads", {2: 1.1}, wobble(1.1, 5), memory_bytes=35 * MIB),
    }
)
(VERDICT,) = verdicts_of(RUN)


def point(label: str, seconds: float, memory: int) -> Point:
    return Point(label, "threads", 2, seconds, memory, "PSS")


def test_the_winner_and_serial_are_told() -> None:
    words = cost_words(VERDICT)
    assert words.startswith("Cost: `forks` ")
    assert "92.0 MiB of memory; `serial` " in words
    assert "of CPU time" in words
    assert words.endswith("31.0 MiB of memory.")


def test_serial_alone_is_told_once() -> None:
    (verdict,) = verdicts_of(make_run({"serial": Lane("loop", {1: 1.0}, wobble(1.0, 5), memory_bytes=MIB)}))
    assert cost_words(verdict).count("`serial`") == 1


def test_starting_is_told_where_it_is_known() -> None:
    rows = tuple(replace(one, startup_s=0.035) for one in VERDICT.standings)
    assert "35.0 ms to start and stop" in cost_words(replace(VERDICT, standings=rows))


def test_memory_in_which_shared_pages_count_several_times_is_called_rss() -> None:
    rows = tuple(replace(one, memory_kind="RSS") for one in VERDICT.standings)
    assert "92.0 MiB RSS of memory" in cost_words(replace(VERDICT, standings=rows))


def test_without_numbers_there_are_no_words() -> None:
    rows = tuple(replace(one, cpu_s=None, memory_bytes=None) for one in VERDICT.standings)
    assert cost_words(replace(VERDICT, standings=rows)) == ""


@pytest.mark.parametrize("wrong", ["much", -5, 0, 1.5])
def test_a_strange_number_in_a_journal_is_no_memory(wrong: str | float) -> None:
    samples = tuple(replace(one, metadata={"comparators_memory_bytes": wrong}) for one in RUN.samples)
    (verdict,) = verdicts_of(replace(RUN, samples=samples))
    assert {one.memory_bytes for one in verdict.standings} == {None}


def test_the_documents_have_it_too() -> None:
    assert "| 92.0 MiB |" in markdown_summary(RUN, [VERDICT])
    comparisons = to_document(RUN, [VERDICT])["comparisons"]
    assert isinstance(comparisons, list)
    assert {
        one["runner"]["label"]: (one["memory_bytes"], one["memory_kind"]) for one in comparisons[0]["standings"]
    } == {
        "serial": (31 * MIB, "PSS"),
        "forks": (92 * MIB, "PSS"),
        "strands": (35 * MIB, "PSS"),
    }


def test_the_front_holds_whoever_is_not_beaten_in_both() -> None:
    points = [point("slow", 3.0, 50), point("fast", 1.0, 90), point("small", 2.0, 30), point("worse", 2.5, 40)]
    assert [one.label for one in front(points)] == ["fast", "small"]
    assert front([point("both", 1.0, 1), point("same", 1.0, 1)]) == [point("both", 1.0, 1)]


def test_the_picture_names_the_fastest_and_the_smallest() -> None:
    facts = gather(RUN, [VERDICT])
    with drawing_style():
        picture = draw_pareto(facts, facts.topics[0], [VERDICT], "")
    assert picture is not None
    assert picture.title == "forks took the least time on squares, with 92.0 MiB, serial the least memory, 31.0 MiB"
    assert "Nobody is both faster and smaller than forks and serial." in picture.alt
    assert "strands, 2 workers" in picture.svg


def test_a_single_runner_makes_no_picture() -> None:
    rows = tuple(replace(one, memory_bytes=None) for one in VERDICT.standings[1:])
    verdict = replace(VERDICT, standings=(VERDICT.standings[0], *rows))
    facts = gather(RUN, [verdict])
    assert draw_pareto(facts, facts.topics[0], [verdict], "") is None
