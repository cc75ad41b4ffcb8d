import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from comparators.report.table_rows import STATUSES
from comparators.verdict.verdicts import verdicts_of

from comparators.journal.records import Run
from comparators.report.figures import Picture
from comparators.report.html import MOST_ROWS, html_report
from tests.example_costs import coordination_run
from tests.examples import HOSTILE, PYTHONS, example_run, example_verdicts, hostile_run, large_run

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect", "use", "line", "circle", "polygon", "col"}
PICTURE = Picture(
    name="winner-map",
    title="Processes win <3>",
    alt='Alternative "text" of the map',
    png=b"",
    svg='<svg viewBox="0 0 1 1"><g id="own"><title>reason</title><rect width="1" height="1"/></g></svg>',
)


class Page(HTMLParser):
    """Keeps what the tests ask for, and fails on tags that do not balance."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open, f"</{tag}> was never opened"
            assert self.open.pop() == tag, f"</{tag}> does not balance at {self.getpos()}"

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


def report(run: Run) -> str:
    return html_report(run, example_verdicts(run), (PICTURE, replace(PICTURE, workload="hash", svg="<svg></svg>")))


@pytest.fixture(scope="module")
def text() -> str:
    return report(example_run(pythons=PYTHONS))


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


@pytest.mark.parametrize("run", [example_run(), hostile_run(), example_run(workloads=("broken",))])
def test_tags_balance_and_ids_are_unique(run: Run) -> None:
    ids = Counter(attributes["id"] for _, attributes in Page(report(run)).tags if "id" in attributes)
    assert ids
    assert max(ids.values()) == 1


def test_every_link_leads_somewhere_within_the_page(page: Page) -> None:
    ids = {attributes.get("id") for _, attributes in page.tags}
    links = [attributes["href"] for attributes in page.all("a")]
    assert links
    assert {str(link).removeprefix("#") for link in links} <= ids


def test_nothing_comes_from_outside(page: Page, text: str) -> None:
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if "src" in attributes or "srcset" in attributes]
    assert not re.search(r"(?i)\b(https?:)?//\w+\.\w|@import|url\(", text)


def test_the_policy_allows_our_script_and_no_other(page: Page) -> None:
    policy = next(one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    (script,) = page.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_every_table_can_be_read_aloud(page: Page) -> None:
    tables, captions = page.all("table"), page.all("caption")
    assert len(tables) == len(captions) > 10
    assert all(attributes.get("scope") in {"col", "row"} for attributes in page.all("th"))
    regions = [attributes for attributes in page.all("div") if attributes.get("role") == "region"]
    assert len(regions) == len(tables)
    assert all(attributes["tabindex"] == "0" for attributes in regions)
    labels = {attributes["aria-labelledby"] for attributes in regions}
    assert labels <= {attributes.get("id") for attributes in captions}


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_sort_by_keyboard_and_say_so(page: Page) -> None:
    (script,) = page.scripts
    for part in ("aria-sort", "keydown", "Enter", "localeCompare", "tabIndex = 0", "table.sortable"):
        assert part in script
    assert all("sortable" in str(attributes.get("class")) for attributes in page.all("table")[:-1])
    assert [attributes for attributes in page.all("td") if "data-key" in attributes]


def test_the_answer_comes_before_pictures_and_numbers(page: Page) -> None:
    words = page.words
    places = [
        words.index(part)
        for part in (
            "Which concurrency model, and how many workers?",
            "36 comparisons",
            "futures-processes wins with 2 workers",
            "from concurrent.futures import ProcessPoolExecutor",
            "Rest the pointer on a mark",
            "Seconds are for one loop over all tasks",
            "What failed, and why",
            "What does not apply, and why",
            "seed of every random order",
            "One runner is left",
        )
    ]
    assert places == sorted(places)


def test_every_status_outcome_and_cause_is_in_words(page: Page) -> None:
    for words in (
        *("winner", "tied", "still in the race", "win (unstable)", "unresolved", "not measurable"),
        *(STATUSES[status] for status in ("raced", "eliminated", "piloted", "capped", "failed", "not-applicable")),
        *("raised an error", "gave a wrong result", "crashed", "ran into its deadline", "ended without a result"),
        *("≥ 3× the best's", "needs Python 3.14", "times rose by 9 % over the blocks (drift)", "megabytes moved"),
    ):
        assert words in page.words


def test_nothing_is_none_or_not_a_number(page: Page) -> None:
    assert not re.search(r"\b(None|nan|inf|Undefined)\b", page.words)


def test_pictures_carry_their_finding_and_words(page: Page, text: str) -> None:
    assert PICTURE.svg in text
    labels = [attributes.get("aria-label") for attributes in page.all("div") if attributes.get("role") == "img"]
    assert labels == [PICTURE.title, PICTURE.title]
    assert PICTURE.alt in page.words


def test_several_pythons_stand_side_by_side(page: Page) -> None:
    assert "CPython 3.13.7 without the GIL" in page.words
    assert "warm, Python 3.13t" in page.words
    assert "warm, Python" not in Page(report(example_run())).words


def test_an_incomplete_run_says_so() -> None:
    words = Page(report(example_run(workloads=("hash",), finished=False))).words
    assert "Incomplete. The run was interrupted." in words


def test_hostile_names_are_text() -> None:
    text = report(hostile_run())
    page = Page(text)
    assert len(page.scripts) == 1
    assert "<script>alert(1)</script>" in page.words
    assert "\x1b" not in text
    for name in HOSTILE:
        if name.isprintable():
            assert name in "".join(page.text)


def test_lone_surrogates_do_not_stop_a_report() -> None:
    run = example_run(workloads=("hash",))
    text = report(replace(run, warnings=("half a character: \ud83d",)))
    assert r"half a character: \ud83d" in text
    text.encode()


def test_it_can_be_dark_small_and_printed(text: str) -> None:
    for part in (
        "prefers-color-scheme: dark",
        "@media print",
        "max-width: 40rem",
        'name="viewport"',
        "overflow-x: auto",
    ):
        assert part in text


def test_a_large_run_stays_bounded() -> None:
    run = large_run(1000)
    failure = replace(run.failures[0], details="x" * 100_000)
    many = tuple(replace(failure, message=f"failure {number}") for number in range(MOST_ROWS + 5))
    text = report(replace(run, failures=(*many, *run.failures[1:])))
    assert re.search(r"\(\d+ more rows are in journal.jsonl\)", text)
    assert f"failure {MOST_ROWS - 1}" in text
    assert f"failure {MOST_ROWS}" not in text
    assert len(text) < 6_000_000


def test_what_it_costs_and_what_went_wrong_have_sections() -> None:
    run = coordination_run()
    page = Page(html_report(run, verdicts_of(run), ()))
    words = " ".join("".join(page.text).split())
    assert "What it costs here" in words
    assert "Mistakes that workers made" in words
    assert "uncontended" in words
    ids = {attributes.get("id") for _, attributes in page.tags}
    notes = {
        attributes["href"] for _, attributes in page.tags if (attributes.get("href") or "").startswith("#costs-note")
    }
    assert notes
    assert {str(one).removeprefix("#") for one in notes} <= ids


def test_the_details_of_an_observation_are_folded_and_escaped() -> None:
    run = coordination_run()
    text = html_report(run, verdicts_of(run), ())
    assert '<pre tabindex="0">party 0 holds &lt;lock&gt; 1\nand waits for lock 2</pre>' in text


def test_what_was_surveyed_comes_first_and_has_no_card() -> None:
    run = coordination_run(survey=True)
    text = html_report(run, verdicts_of(run), ())
    assert text.index('<section id="costs"') < text.index('<section id="glance"')
    assert 'class="card"' not in text
    assert "5 comparisons were surveyed and not raced" in text
    raced = coordination_run()
    text = html_report(raced, verdicts_of(raced), ())
    assert text.index('<section id="costs"') > text.index('<section id="verdicts"')
    page = Page(text)
    ids = {attributes.get("id") for _, attributes in page.tags}
    links = [attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"]
    assert all(link.removeprefix("#") in ids for link in links if link.startswith("#"))
