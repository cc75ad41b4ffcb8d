"""Pages that follow from the code are as the code says."""

from pathlib import Path

import pytest

from comparators.cli.entry import COMMANDS
from comparators.report.columns import TABLES
from comparators.report.glossary import GLOSSARY, STATUS_HELP, glossary_page
from comparators.report.values import STATUSES
from tests.generated_pages import PARTS, ROOT, WITH_PARTS, expected, outdated

LINES = 80
"""Of the glossary, which a reader takes in at a glance."""


def test_pages_are_as_the_code_says() -> None:
    assert outdated() == [], "write them again: make format"


def test_every_part_is_on_a_page() -> None:
    written = "".join((ROOT / name).read_text(encoding="utf-8") for name in WITH_PARTS)
    assert [name for name in PARTS if f"<!-- {name} -->" not in written] == []
    assert {f"help {name}" for name in COMMANDS} <= set(PARTS)


def test_a_page_that_is_behind_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("<!-- suites -->\nold\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr("tests.generated_pages.ROOT", tmp_path)
    monkeypatch.setattr("tests.generated_pages.PAGES", {})
    monkeypatch.setattr("tests.generated_pages.WITH_PARTS", ("README.md",))
    assert outdated() == ["README.md"]
    ((path, text),) = expected()
    path.write_text(text, encoding="utf-8")
    assert "| `coordination` |" in text
    assert outdated() == []


def test_the_glossary_explains_every_column_and_every_status() -> None:
    page = glossary_page()
    words = {word for words in GLOSSARY for word in words.split(", ")}
    for columns in TABLES.values():
        for column in columns:
            assert column.heading in words or f"| {column.heading} |" in page
    assert set(STATUS_HELP) == set(STATUSES)
    assert len(page.splitlines()) <= LINES
