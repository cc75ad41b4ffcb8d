"""The same number is written the same way wherever a person meets it."""

import io

import pytest
from comparators.verdict.verdicts import verdicts_of
from rich.console import Console

from comparators.report.figures import draw_figures
from comparators.report.html import html_report
from comparators.report.markdown import markdown_summary
from comparators.report.terminal import print_summary
from tests.report.figures.pictures import hovers, texts
from tests.verdict.builder import Capped, Lane, make_run, wobble

LANES = {
    "serial": Lane("loop", {1: 1.0}, wobble(1.0, 5)),
    "forks": Lane("processes", {2: 0.1042, 4: 0.11}, wobble(0.1042, 5, share=0.2, start=2)),
    "strands": Lane("threads", {1: 1.0, 2: 1.2345}),
    "stopped": Lane("processes", {2: Capped(0.617)}),
}


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """Return each document of one run as text."""
    run = make_run(LANES)
    verdicts = verdicts_of(run)
    console = Console(file=io.StringIO(), width=160)
    print_summary(run, verdicts, console)
    assert isinstance(console.file, io.StringIO)
    pictures = draw_figures(run, verdicts)
    return {
        "terminal": console.file.getvalue(),
        "markdown": markdown_summary(run, verdicts),
        "html": html_report(run, verdicts, ()),
        "hovers": "\n".join(line for picture in pictures for line in hovers(picture)),
        "map": "\n".join(texts(pictures[0])),
        "alt": "\n".join(picture.alt for picture in pictures),
    }


def test_the_winner_has_one_ratio_one_interval_and_one_time(shown: dict[str, str]) -> None:
    sentence = "9.03 times faster than serial (95 % interval 7.99 to 10.2)"
    for where in ("terminal", "markdown", "html", "hovers"):
        assert sentence in shown[where], where
    for where in ("terminal", "markdown", "html"):
        assert "9.03× (7.99–10.2)" in shown[where], where
    for where in ("map", "alt"):
        assert "9.03" in shown[where], where
    for where in ("terminal", "markdown", "html", "hovers"):
        assert "111 ms" in shown[where], where


def test_what_only_the_pilot_saw_is_about_everywhere(shown: dict[str, str]) -> None:
    for where in ("markdown", "html"):
        assert "about 1.0×" in shown[where], where
    assert "about 1.0 times faster than serial" in shown["hovers"]
    assert "≈1.0" in shown["map"]


def test_a_bound_is_the_same_bound(shown: dict[str, str]) -> None:
    assert "≥ 5.9× the best's" in shown["markdown"]
    assert "≥ 5.9× the best" in shown["html"]
    assert "takes at least 5.9 times as long as the best" in shown["hovers"]
    assert "≥5.9×" in shown["map"]
