import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.report.markdown import markdown_summary
from comparators.report.markdown_syntax import code, column_table, escape, folded, source, table
from comparators.verdict.analysis import Analysis, Table
from tests.report import analyses
from tests.report.analyses import (
    given_counts,
    hostile,
    interrupted,
    large,
    suite,
    two_pythons,
    waiting,
    with_failures,
    wrong_results,
)

UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
CASES = [
    getattr(analyses, name)
    for name in analyses.__all__
    if name not in {"HOSTILE", "analysis", "count_result", "interval", "large", "level", "model", "runner", "verdict"}
]


def tables(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


@pytest.mark.parametrize("make", CASES)
def test_every_row_of_a_table_has_as_many_cells_as_its_heading(make: Callable[[], Analysis]) -> None:
    found = tables(markdown_summary(make()))
    assert found
    for rows in found:
        assert {len(UNESCAPED_PIPE.findall(row)) for row in rows} == {len(UNESCAPED_PIPE.findall(rows[0]))}
        assert re.fullmatch(r"\|( -+:? \|)+", rows[1])


@pytest.mark.parametrize("make", CASES)
def test_nothing_is_none_or_not_a_number_and_nothing_is_left_open(make: Callable[[], Analysis]) -> None:
    text = markdown_summary(make())
    assert not re.search(r"\b(None|nan|inf)\b", text)
    assert "|  |" not in text
    assert "\n\n\n" not in re.sub(r"(?s)```.*?\n```", "code", text)
    assert text.count("<details>") == text.count("</details>")


def test_the_answer_comes_first_then_the_code_then_what_stands_behind_it() -> None:
    text = markdown_summary(waiting())
    places = [
        text.index(part)
        for part in (
            "# get: use THREADS, 40 of them. 0.89 s → 0.05 s, 17 times faster (16 to 18).\n",
            "| **threads** | 17× (16–18) | 52.4 ms | 40 | `ThreadPoolExecutor(40)` | **best** | – |",
            "| processes | 7× (6.6–7.4) | 127 ms | 8 |",
            "- **why** each call waits 94 % of its time for the network; threads wait together (38 of 40 tasks",
            "- **sure** threads before processes: yes",
            "- **also** from 3 calls on it pays",
            "```python\nfrom concurrent.futures import ThreadPoolExecutor\n",
            "<details>\n<summary>Worker counts</summary>\n",
            "| threads | `futures-threads` | 40 | 52.4 ms |",
            "<summary>APIs</summary>",
            "| `futures-interpreters` | not applicable |",
            "<summary>How it was measured</summary>",
            "| seed | 0 |",
        )
    ]
    assert places == sorted(places)
    assert text.startswith("# get: use THREADS")


def test_a_suite_is_one_table_and_its_lessons() -> None:
    text = markdown_summary(suite())
    assert text.startswith("# the built-in suite: which model for which work\n")
    assert "| network | 1× | **17×** | 7× | 16× | `ThreadPoolExecutor(40)` |" in text
    assert "1. Waiting: threads or async" in text
    assert "starting the workers costs 1 ms under threads, 0.1 s under processes" in text
    assert "- `echo`: use THREADS. 17 times faster. threads first: yes" in text
    assert len(text.splitlines()) <= 150


def test_failures_wrong_results_and_early_ends_are_not_folded() -> None:
    text = markdown_summary(with_failures())
    assert "## What failed\n\n| what happened | cause | where | tip |" in text
    assert "| ValueError: 7 is not allowed | error |" in text
    assert '  File "my.py", line 7, in count_primes' in text
    assert "- **seen** 50,000 of 200,000 updates lost under threads" in markdown_summary(wrong_results())
    assert "`race`: 50,000 of 200,000 updates lost" in markdown_summary(
        suite(verdicts=(*suite().verdicts, *wrong_results().verdicts))
    )
    assert "**Incomplete:** the run was interrupted, 1 cell not reached; the same command" in markdown_summary(
        interrupted()
    )


def test_given_counts_are_in_sight() -> None:
    text = markdown_summary(given_counts())
    assert text.index("| one worker at a time |") < text.index("<details>")


def test_two_pythons_have_a_heading_each_and_a_comparison() -> None:
    text = markdown_summary(two_pythons())
    assert "\n## count_primes (Python 3.14t): use THREADS" in text
    assert "- **Python** 3.14t, 2 threads: 1.8 times as fast" in text


def test_tables_of_a_second_wing_are_folded() -> None:
    costs = Table(
        "What it costs here", "Per operation.", ("primitive", "threads"), (("lock", "0.1 µs"),), notes=("a note",)
    )
    text = markdown_summary(waiting(tables=(costs,)))
    assert "<summary>What it costs here</summary>\n\nPer operation.\n" in text
    assert "| primitive | threads |\n| --- | ---: |\n| lock | 0.1 µs |" in text


def test_hostile_names_are_text() -> None:
    text = re.sub(r"(?s)```.*?\n```", "", markdown_summary(hostile()))
    assert "<summary>&lt;b&gt;table&lt;/b&gt;</summary>" in text
    text = re.sub(r"(`+)[^`].*?\1", "", text)  # what is left outside code
    text = re.sub(r"</?(details|summary)>", "", text)
    assert not re.search(r"(?<!\\)<[a-z/]", text)
    assert "\x1b" not in text
    assert not re.search(r"^(\| )?[=@+]", text, re.MULTILINE)


def test_a_run_without_comparisons_says_so() -> None:
    assert markdown_summary(analyses.analysis(title="")).startswith("# nothing was measured\n")


def test_a_large_run_is_cut() -> None:
    text = markdown_summary(large(600))
    assert "100 more rows are in verdicts.json." in text


def test_a_recipe_is_code_whatever_is_in_it() -> None:
    known = waiting().verdicts[0]
    recipe = "</pre></script><script>document.title = 'taken'</script>\n```\n<img src=x onerror=alert(1)>\x1b[31m"
    text = markdown_summary(replace(waiting(), verdicts=(replace(known, recipe=recipe),)))
    assert "````python\n</pre></script><script>" in text
    assert "document.title" not in re.sub(r"(?s)````python\n.*?\n````", "", text)
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


@given(st.text())
def test_no_text_ends_its_block(text: str) -> None:
    first, body, last, _ = source(text)
    assert first == last
    assert first not in body


def test_what_is_empty_is_left_out() -> None:
    assert column_table((), []) == []
    assert list(folded("title", [])) == []
