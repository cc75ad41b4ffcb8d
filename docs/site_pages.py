"""Hooks of mkdocs: pages that stand outside `docs/`, and links between there and here."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""By their place in the repository, their place on the site."""
SAMPLE = ROOT / "reports" / "sample"
LINK = re.compile(r"(?<=\]\()(?!https?://|#)(?P<path>[^)#]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages, the report of the sample and the pictures that pages show."""
    for name, place in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, place, content=text))
    for path in (SAMPLE / "report.html", *sorted((SAMPLE / "figures").glob("*.png"))):
        place = f"sample/{path.relative_to(SAMPLE).as_posix()}"
        files.append(File.generated(config, place, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001  as mkdocs calls it
    """Let links lead to where their target stands on the site."""
    folder = ROOT if page.file.src_uri in PAGES.values() else ROOT / "docs"
    return LINK.sub(lambda link: place_of(folder, link["path"]), markdown)


def place_of(folder: Path, link: str) -> str:
    """Return a link as it must be on the site, where all pages are in one folder.

    Args:
        folder: of the page that links.
        link: a path, relative to that folder.
    """
    target = (folder / link).resolve().relative_to(ROOT).as_posix()
    if target.startswith("reports/sample/"):
        return target.removeprefix("reports/").replace("summary.md", "report.html")
    return PAGES.get(target, target.removeprefix("docs/"))
