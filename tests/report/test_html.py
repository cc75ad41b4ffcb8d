"""The page as text: what a browser is not needed for."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from comparators.report.figures import Picture
from comparators.report.html import MOST_COMPLETE, html_report
from comparators.verdict.analysis import Analysis
from tests.report import analyses
from tests.report.analyses import (
    HOSTILE,
    hostile,
    interrupted,
    large,
    suite,
    tiny_tasks,
    two_pythons,
    undecided,
    waiting,
    with_failures,
    wrong_results,
)

CASES = (
    *("waiting", "gil_bound", "tiny_tasks", "equal_models", "undecided", "interrupted", "given_counts"),
    *("cold_function", "two_pythons", "with_failures", "wrong_results", "not_applicable", "nothing_measured"),
    *("suite", "hostile"),
)
PICTURE = Picture(
    name="workers-get",
    title="get: 40 threads are enough",
    alt="Line chart.",
    png=b"",
    svg='<svg id="drawn"></svg>',
    comparison="get/warm/3.14",
)
EMPTY = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags, text and scripts of a page; fails where tags do not balance."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(analysis: Analysis, *pictures: Picture) -> Page:
    return Page(html_report(analysis, pictures))


@pytest.mark.parametrize("case", CASES)
def test_every_page_is_whole_and_stands_alone(case: str) -> None:
    text = html_report(getattr(analyses, case)(), ())
    page = Page(text)
    ids = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    assert max(ids.values()) == 1
    assert {str(one["href"]).removeprefix("#") for one in page.all("a")} <= {str(one) for one in ids}
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if "src" in attributes or "srcset" in attributes]
    assert not re.search(r"(?i)@import|url\(", text)
    assert not re.search(r"\b(None|nan|inf|Undefined)\b", page.words)
    assert len(page.scripts) == 1


def test_the_policy_allows_our_script_and_no_other() -> None:
    page = page_of(hostile())
    policy = next(one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    (script,) = page.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_names_from_outside_are_text() -> None:
    text = html_report(hostile(), ())
    page = Page(text)
    assert "<script>alert(1)</script>" in page.words
    assert "\x1b" not in text
    assert "\u202e" not in text
    for name in HOSTILE:
        if name.isprintable() and "`" not in name:
            assert name in "".join(page.text)


def test_half_a_character_does_not_stop_a_report() -> None:
    text = html_report(replace(waiting(), warnings=("half a character: \ud83d",)), ())
    assert r"half a character: \ud83d" in text
    text.encode()


def test_the_answer_comes_in_its_order() -> None:
    words = page_of(waiting()).words.replace("\N{NO-BREAK SPACE}", " ")
    parts = (
        *("get: use THREADS, 40 of them.", "0.89 s → 0.05 s, 17 times faster (16 to 18).", "ThreadPoolExecutor(40)"),
        *(
            "threads wait together",
            "38 of 40 tasks were in progress",
            "at most 2 in 100 wrong",
            "from 3 calls on it pays",
        ),
        *(
            "from 3 calls on it pays",
            "pool.map(get, ITEMS)",
            "APIs",
            "Worker counts",
            "Start-up and break-even",
            "CPU and memory",
            "Evidence",
        ),
        *("How it was measured", "seed", "noise floor", "Glossary"),
    )
    places = [words.index(part) for part in parts]
    assert places == sorted(places)


def test_a_bar_has_a_word_a_number_and_a_length() -> None:
    text = html_report(waiting(), ())
    pattern = r'class="bar (\w[\w-]*) m-(\w+)">.*?class="name">([\w ]+)<.*?class="value[ \w]*">([^<]+)'
    bars = re.findall(pattern, text, re.DOTALL)
    assert [(status, model, name, value.strip()) for status, model, name, value in bars] == [
        ("best", "threads", "threads", "17×"),
        ("equal", "async", "async", "16×"),
        ("slower", "processes", "processes", "7×"),
        ("slower", "loop", "plain loop", "1×"),
        ("not-applicable", "interpreters", "interpreters", "needs Python 3.14"),
    ]
    widths = [float(width) for width in re.findall(r'class="fill" style="width:([\d.]+)%"', text)]
    assert widths == sorted(widths, reverse=True)
    assert max(widths) <= 100


def test_what_speaks_against_a_verdict_stands_beside_it() -> None:
    assert "other programs used 40 % of the CPUs" in page_of(undecided()).words.replace("\N{NO-BREAK SPACE}", " ")
    words = page_of(wrong_results()).words
    assert words.index("updates lost under threads") < words.index("ProcessPoolExecutor")
    assert "wrong result: 50,000 of 200,000 updates lost" in words


def test_what_was_stopped_has_a_bound_and_no_bar() -> None:
    text = html_report(tiny_tasks(), ())
    assert "at least 20 times as slow as the best" in text
    assert text.count('class="track"') == 2


def test_an_incomplete_run_says_so_at_the_top() -> None:
    words = page_of(interrupted()).words
    assert words.index("Incomplete:") < words.index("processes")


def test_failures_have_causes_stacks_and_no_number() -> None:
    text = html_report(with_failures(), ())
    assert "run the function on that item alone" in text
    assert re.search(r'<pre tabindex="0">\s+File &#34;my.py&#34;, line 7', text)


def test_a_suite_begins_with_its_lessons_and_one_table() -> None:
    page = page_of(suite())
    words = page.words.replace("\N{NO-BREAK SPACE}", " ")
    parts = (
        *("No model suits all 9 kinds of work", "40 threads do in 1 s", "kind of work", "tasks of unequal length"),
        *("Each comparison", "integrate", "Not applicable", "How it was measured"),
    )
    places = [words.index(part) for part in parts]
    assert places == sorted(places)
    assert len([one for one in page.all("details") if one.get("class") == "comparison"]) == 9


def test_several_pythons_are_compared_in_the_heading() -> None:
    page = page_of(two_pythons())
    assert "1.8 times as fast as 3.14's 2 processes" in page.words
    assert "count_primes (Python 3.14t)" in page.words


def test_pictures_stand_where_they_belong() -> None:
    text = html_report(waiting(), (PICTURE, replace(PICTURE, name="suite", comparison="", svg="<svg></svg>")))
    assert text.count(PICTURE.svg) == 1
    assert text.index("Worker counts") < text.index(PICTURE.svg) < text.index("Start-up and break-even")
    assert f'aria-label="{PICTURE.alt}"' in text
    assert "<svg></svg>" not in text


def test_tables_of_a_second_wing_are_folded() -> None:
    page = page_of(hostile())
    assert "<b>table</b>" in page.words


def test_a_large_run_stays_bounded() -> None:
    text = html_report(large(MOST_COMPLETE + 100), ())
    assert text.count("Worker counts") == MOST_COMPLETE
    assert text.count('class="comparison"') == MOST_COMPLETE + 100
    assert len(text) < 4_000_000
