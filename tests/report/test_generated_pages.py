import pytest

from comparators.report.columns import TABLES
from comparators.report.glossary import GLOSSARY, STATUS_HELP, glossary_page
from comparators.report.values import STATUSES
from tests.report.generated_pages import DOCS, PAGES

LINES = 80
"""Of the glossary, which a reader takes in at a glance."""


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_as_the_code_says(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run: python -m tests.report.generated_pages"


def test_the_glossary_explains_every_column_and_every_status() -> None:
    page = glossary_page()
    words = {word for words in GLOSSARY for word in words.split(", ")}
    for columns in TABLES.values():
        for column in columns:
            assert column.heading in words or f"| {column.heading} |" in page
    assert set(STATUS_HELP) == set(STATUSES)
    assert len(page.splitlines()) <= LINES
