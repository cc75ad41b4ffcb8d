"""Pages of `docs/` that follow from the code; `python -m tests.report.generated_pages` writes them again."""

from collections.abc import Callable
from pathlib import Path

from comparators.report.glossary import glossary_page
from comparators.report.json_schema import schema_page

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES: dict[str, Callable[[], str]] = {"glossary.md": glossary_page, "verdicts-schema.md": schema_page}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
