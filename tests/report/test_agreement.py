"""The same number is written the same way wherever a person meets it."""

import json

import pytest

from comparators.report.json_document import to_document
from comparators.report.layout import Layout
from comparators.report.markdown import markdown_summary
from comparators.report.terminal import summary_lines
from comparators.verdict.analysis import Analysis
from tests.report.analyses import suite, tiny_tasks, undecided, waiting, wrong_results


def documents(found: Analysis) -> dict[str, str]:
    """Return each document of one analysis as text."""
    lines = summary_lines(found, Layout(160), verbose=True)
    return {
        "terminal": "\n".join("".join(span.text for span in line) for line in lines),
        "markdown": markdown_summary(found),
        "json": json.dumps(to_document(found), ensure_ascii=False),
    }


@pytest.mark.parametrize("found", [waiting(), tiny_tasks(), undecided(), suite()])
def test_headline_cause_and_how_sure_are_the_same_words(found: Analysis) -> None:
    for text in documents(found).values():
        for verdict in found.verdicts:
            assert verdict.headline in text
            assert verdict.cause is None or verdict.cause.text in text
            assert all(clause in text for clause in verdict.sure)


def test_a_ratio_its_interval_and_its_seconds_are_the_same_numbers() -> None:
    shown = documents(waiting())
    for where in ("terminal", "markdown"):
        assert "17× (16–18)" in shown[where]
        assert "52.4 ms" in shown[where]


def test_a_bound_is_the_same_bound() -> None:
    shown = documents(tiny_tasks())
    assert "≤ 0.050×" in shown["terminal"]
    assert "≥ 20× the best's" in shown["markdown"]
    assert '"at_least": 20.0' in shown["json"]


def test_what_is_wrong_is_wrong_everywhere() -> None:
    for text in documents(wrong_results()).values():
        assert "50,000 of 200,000 updates lost under threads" in text
        assert "wrong" in text
