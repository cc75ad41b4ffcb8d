import re

import pytest
from comparators.verdict.verdicts import verdicts_of
from hypothesis import given
from hypothesis import strategies as st

from comparators.journal.records import Run
from comparators.report.markdown import code, escape, markdown_summary, table
from tests.example_costs import coordination_run
from tests.examples import PYTHONS, example_run, example_verdicts, hostile_run

UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


def summary(run: Run) -> str:
    return markdown_summary(run, example_verdicts(run))


def tables(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


@pytest.mark.parametrize("run", [example_run(pythons=PYTHONS), hostile_run()], ids=["usual", "hostile"])
def test_every_row_of_a_table_has_as_many_cells_as_its_heading(run: Run) -> None:
    found = tables(summary(run))
    assert len(found) > 10
    for rows in found:
        assert {len(UNESCAPED_PIPE.findall(row)) for row in rows} == {len(UNESCAPED_PIPE.findall(rows[0]))}
        assert re.fullmatch(r"\|( -+:? \|)+", rows[1])


def test_the_answer_comes_first() -> None:
    text = summary(example_run(workloads=("integrate",), phases=("warm",)))
    places = [
        text.index(part)
        for part in (
            "# Which concurrency model",
            "1 of 1 comparison has a winner.",
            "| `integrate` | warm | win | `futures-processes` | 2 | 1.8",
            "**integrate: futures-processes wins with 2 workers",
            "The tasks compute 98 % of their time",
            "- 95 % confidence, 7 blocks",
            "| `futures-processes` | winner | 2 (2 to 4 within 1 %) |",
            "```python\n# 'futures-processes'\n",
            "## What failed, and why",
            "| `futures-interpreters` | any | needs Python 3.14 | all comparisons |",
            "## How it was measured",
        )
    ]
    assert places == sorted(places)


def test_nothing_is_none_or_not_a_number() -> None:
    text = summary(example_run())
    assert not re.search(r"\b(None|nan|inf)\b", text)
    assert "|  |" not in text


def test_a_failure_shows_its_cause() -> None:
    row = "| `integrate/warm/3.11` | `futures-threads` | 1 | raised an error | PicklingError: cannot pickle '\\_thread"
    assert row in summary(example_run())


def test_an_incomplete_run_says_so() -> None:
    assert "**Incomplete.** The run was interrupted." in summary(example_run(workloads=("hash",), finished=False))


def test_hostile_names_are_text() -> None:
    text = re.sub(r"(?s)```.*?\n```", "", summary(hostile_run()))
    text = re.sub(r"(`+)[^`].*?\1", "", text)  # what is left outside code
    assert not re.search(r"(?<!\\)<[a-z/]", text)
    assert not re.search(r"(?<!\\)\$", text)
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("=cmd|' /C calc'!A0", r"\=cmd\|' /C calc'!A0"),
        ("+1", r"\+1"),
        ("-1", r"\-1"),
        ("@sum", r"\@sum"),
        ("1. item", r"1\. item"),
        ("two\nlines", "two lines"),
        ("<b>&amp;", r"\<b>&amp;amp;"),
        ("[text](link)", r"[text\](link)"),
        ("http://example.org", r"http:\//example.org"),
        ("x86_64 and _emphasis_", r"x86_64 and \_emphasis\_"),
        ("mp-pool[method=imap]", "mp-pool[method=imap]"),
    ],
)
def test_text_is_escaped_and_stays_readable(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("anyio", "`anyio`"),
        ("a`b", "`` a`b ``"),
        ("a``b`c", "``` a``b`c ```"),
        ("", "`  `"),
        ("two\nlines", "`two lines`"),
    ],
)
def test_names_are_code_spans(name: str, span: str) -> None:
    assert code(name) == span


@given(st.text(), st.text())
def test_no_text_breaks_a_table(one: str, other: str) -> None:
    heading, rule, row = table(("a", "b"), [(code(one), escape(other))], right=(1,))
    assert (heading, rule) == ("| a | b |", "| --- | ---: |")
    assert "\n" not in row
    assert len(UNESCAPED_PIPE.findall(row)) == 3


def test_what_it_costs_and_what_went_wrong_are_tables() -> None:
    run = coordination_run()
    text = markdown_summary(run, verdicts_of(run))
    assert "## What it costs here" in text
    assert "| lock | uncontended | µs | 0.101 (" in text
    assert "| lost updates | noop | 0 | 12 (0.12 %) | 4,000 (40 %) |" in text
    assert "1. " in text.partition("## What it costs here")[2]


def test_what_was_surveyed_has_no_section_of_its_own() -> None:
    surveyed = coordination_run(survey=True)
    assert "## `hash`" not in markdown_summary(surveyed, verdicts_of(surveyed))
    raced = coordination_run()
    assert "## `hash`" in markdown_summary(raced, verdicts_of(raced))
