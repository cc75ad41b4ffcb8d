"""The page in a real browser: first screen, widths, dark, print, sorting, folding, accessibility."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from comparators.report import figures
from comparators.report.html import html_report
from comparators.verdict.analysis import Analysis
from tests.report.analyses import hostile, nothing_measured, suite, waiting, with_failures, wrong_results
from tests.report.sampled import with_samples

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
CHECK = Path(__file__).with_name("accessibility.js")
MOBILE, LAPTOP, WIDE = (390, 844), (1100, 800), (1440, 900)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

Colours = Literal["light", "dark"]


@dataclass
class Shown:
    """A page in the browser, and what its console said."""

    page: Any
    said: list[str] = field(default_factory=list)

    def box(self, selector: str) -> dict[str, float]:
        box: dict[str, float] = self.page.locator(selector).first.bounding_box()
        return box

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def column(self, table: str, place: int) -> list[str]:
        found: list[str] = self.page.locator(f"{table} tbody tr > :nth-child({place})").all_inner_texts()
        return found


Show = Callable[..., Shown]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "waiting": waiting(),
        "suite": suite(),
        "failures": with_failures(),
        "wrong": wrong_results(),
        "hostile": hostile(),
        "nothing": nothing_measured(),
    }
    for name, analysis in made.items():
        page = page_of(analysis, drawn=name in {"waiting", "suite"})
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def page_of(analysis: Analysis, *, drawn: bool) -> str:
    sampled = with_samples(analysis)
    return html_report(sampled, figures.draw(sampled) if drawn else ())


@pytest.fixture
def show(browser: Any, files: dict[str, Path]) -> Iterator[Show]:
    contexts: list[Any] = []

    def shown(name: str, size: tuple[int, int] = LAPTOP, colours: Colours = "light", **options: Any) -> Shown:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, color_scheme=colours, **options)
        contexts.append(context)
        found = Shown(context.new_page())
        found.page.on("console", lambda message: found.said.append(message.text))
        found.page.on("pageerror", lambda error: found.said.append(str(error)))
        found.page.goto(files[name].as_uri())
        return found

    yield shown
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [MOBILE, LAPTOP, WIDE])
def test_the_first_screen_answers(show: Show, size: tuple[int, int]) -> None:
    shown = show("waiting", size)
    assert shown.page.locator("h1").inner_text().startswith("get: use THREADS, 40 of them.")
    for selector in ("h1", ".bars", ".why"):
        box = shown.box(selector)
        assert box["y"] + box["height"] <= size[1], selector
    assert shown.page.locator(".bar").count() == 5
    assert "threads wait together" in shown.page.locator(".why").inner_text()


def test_on_a_laptop_code_and_certainty_are_on_the_first_screen_too(show: Show) -> None:
    shown = show("waiting")
    for selector in (".reasons", ".code"):
        box = shown.box(selector)
        assert box["y"] + box["height"] <= LAPTOP[1], selector


def test_a_suite_shows_its_lessons_and_all_models_at_once(show: Show) -> None:
    for size in (MOBILE, LAPTOP):
        shown = show("suite", size)
        table, region = shown.box("#answer table"), shown.box("#answer .scroll")
        assert table["width"] <= region["width"] + 1
        box = shown.box(".lessons")
        assert box["y"] + box["height"] <= size[1]
    assert shown.page.locator("#answer > .scroll .badge.best").count() == 9


def test_a_wrong_result_is_said_before_any_time(show: Show) -> None:
    shown = show("wrong")
    assert shown.box(".alarm")["y"] < shown.box(".bars")["y"]
    assert "updates lost" in shown.page.locator(".alarm").inner_text()
    assert shown.page.locator(".bar.wrong .track").count() == 0


CUT = """() => [...document.querySelectorAll('.bar > *, dd, summary *, h1')]
    .filter((one) => one.checkVisibility() && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.textContent)"""


@pytest.mark.parametrize("name", ["waiting", "suite", "failures", "wrong", "hostile", "nothing"])
def test_nothing_is_cut_and_nothing_goes_wrong(show: Show, name: str) -> None:
    shown = show(name)
    shown.unfold()
    for width, height in (MOBILE, LAPTOP, WIDE):
        shown.page.set_viewport_size({"width": width, "height": height})
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.page.evaluate(CUT) == []
    assert shown.said == []


@pytest.mark.parametrize("name", ["waiting", "suite", "failures", "wrong", "hostile"])
def test_it_is_accessible_in_light_and_dark(show: Show, name: str) -> None:
    shown = show(name)
    shown.unfold()
    check = CHECK.read_text(encoding="utf-8")
    for colours in ("light", "dark"):
        shown.page.emulate_media(color_scheme=colours)
        assert shown.page.evaluate(check) == [], colours


def test_dark_is_dark_with_light_words(show: Show) -> None:
    light = show("waiting").page.evaluate("getComputedStyle(document.body).backgroundColor")
    dark = show("waiting", colours="dark").page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert brightness(dark) < 60
    assert brightness(light) > 200


def brightness(colour: str) -> float:
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def test_everything_else_is_folded_until_it_is_asked_for(show: Show) -> None:
    shown = show("waiting")
    titles = shown.page.locator("details > summary h2").all_inner_texts()
    assert titles == [
        *("APIs", "Worker counts", "Start-up and break-even", "CPU and memory", "Evidence", "Samples"),
        *("How it was measured", "Glossary"),
    ]
    assert shown.page.locator("details[open]").count() == 0
    shown.page.locator("summary", has_text="Evidence").focus()
    shown.page.keyboard.press("Enter")
    assert shown.page.locator("details[open]").inner_text().count("tasks in progress at once") == 1


def test_a_row_of_the_suite_leads_to_its_comparison(show: Show) -> None:
    shown = show("suite")
    shown.page.locator("#answer a", has_text="tiny tasks").click()
    assert shown.page.locator("details.comparison[open] h3").first.inner_text() == "noop"


def test_tables_sort_by_number_with_the_keyboard(show: Show) -> None:
    shown = show("waiting")
    shown.unfold()
    table = "table:has(#c1-apis)"
    heading = shown.page.locator(f"{table} [role=button]", has_text="workers")
    heading.focus()
    shown.page.keyboard.press("Enter")
    assert shown.column(table, 3) == ["1", "8", "40", "40", "40", "–"]
    shown.page.keyboard.press(" ")
    assert shown.column(table, 3) == ["40", "40", "40", "8", "1", "–"]
    assert shown.page.locator(f"{table} th[aria-sort=descending]").inner_text().startswith("workers")


def test_focus_can_be_seen(show: Show) -> None:
    shown = show("waiting")
    shown.page.keyboard.press("Tab")
    assert shown.page.evaluate("document.activeElement.className") == "skip"
    assert shown.box(".skip")["x"] >= 0
    shown.page.keyboard.press("Tab")
    assert shown.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_code_can_be_copied(show: Show) -> None:
    shown = show("waiting", permissions=["clipboard-read", "clipboard-write"])
    shown.page.locator(".copy").click()
    shown.page.wait_for_function("document.querySelector('.copy').textContent !== 'Copy'")
    assert shown.page.locator(".copy").inner_text() in {"Copied", "Selected: press Ctrl+C"}


@pytest.mark.parametrize(("name", "most"), [("suite", 12), ("waiting", 6)])
def test_it_prints_on_few_pages_with_what_was_folded(show: Show, tmp_path: Path, name: str, most: int) -> None:
    shown = show(name)
    shown.page.emulate_media(media="print")
    shown.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert shown.page.locator(".reasons").last.is_visible()
    assert shown.page.locator("h2", has_text="How it was measured").is_visible()
    assert not shown.page.locator(".copy").first.is_visible()
    printed = shown.page.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= most


def test_it_moves_nothing_for_readers_who_ask_for_that(show: Show) -> None:
    still = show("waiting", reduced_motion="reduce")
    assert still.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
