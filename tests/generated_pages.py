"""Pages, and parts of pages, that follow from the code.

    python -m tests.generated_pages            write them again
    python -m tests.generated_pages --check    say which are not as the code says, and fail

A part stands between `<!-- NAME -->` and `<!-- end -->`; the rest of its page is written by hand.
"""

import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from comparators.cli.entry import COMMANDS, main
from comparators.registry.built_in import RUNNERS, WORKLOADS, RunnerEntry
from comparators.registry.suites import SUITES
from comparators.report.glossary import glossary_page
from comparators.report.json_schema import schema_page
from comparators.request.presets import EFFORTS

__all__ = ["PAGES", "expected", "outdated"]

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = 80
"""Width of a terminal that shows help, in characters."""
OWN_OPTIONS = "what to measure:"
"""Where the help of `bench` turns from pyperf's options, which vary with its version, to this package's own."""
PART = re.compile(r"(?P<begin><!-- (?P<name>[a-z]+(?: [a-z]+)?) -->\n)(?P<text>.*?)(?P<end><!-- end -->)", re.DOTALL)


def table(headings: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    lines = (" | ".join(cell.replace("|", chr(92) + "|") for cell in line) for line in (headings, *rows))
    head, *others = (f"| {line} |\n" for line in lines)
    return "".join([head, "|---" * len(headings) + "|\n", *others])


def workload_table() -> str:
    """Return what can be compared, one line a workload."""
    rows = ((f"`{one.name}`", one.work, one.summary) for one in WORKLOADS)
    return table(("workload", "kind of work", "what it is"), rows)


def runner_table() -> str:
    """Return the runners, with what each needs beside the oldest Python of the package."""
    rows = ((f"`{one.name}`", one.model, one.summary + needs(one)) for one in RUNNERS)
    return table(("runner", "model", "what it is"), rows)


def needs(entry: RunnerEntry) -> str:
    """Return what a runner needs, to stand behind its summary; empty for nothing."""
    python = f", from Python {entry.python[0]}.{entry.python[1]}" if entry.python > (3, 11) else ""
    return python + (f", with the extra `{entry.extra}`" if entry.extra else "")


def suite_table() -> str:
    """Return the suites."""
    return table(("suite", "what its workloads have in common"), ((f"`{n}`", one.summary) for n, one in SUITES.items()))


def preset_table() -> str:
    """Return what each preset decides, and its limits."""
    rows = (
        (
            f"`{name}`",
            one.summary,
            "one per sample" if one.fresh else "forked from a warm one",
            "none" if one.maximum_time_s is None else f"{one.maximum_time_s / 60:.0f} minutes",
        )
        for name, one in EFFORTS.items()
    )
    return table(("preset", "what it decides", "processes", "time limit of a run"), rows)


def help_of(command: str) -> str:
    """Return what `comparators COMMAND --help` prints, as a block."""
    printed = io.StringIO()
    with mock.patch.dict(os.environ, COLUMNS=str(COLUMNS)), redirect_stdout(printed):
        main([*command.split(), "--help"])
    text = printed.getvalue()
    if OWN_OPTIONS in text:
        text = text[text.index(OWN_OPTIONS) :]
    return f"```text\n{text.strip()}\n```\n"


PARTS: dict[str, Callable[[], str]] = {
    "workloads": workload_table,
    "runners": runner_table,
    "suites": suite_table,
    "presets": preset_table,
    **{f"help {name}": lambda name=name: help_of(name) for name in COMMANDS},  # type: ignore[misc]
}
PAGES: dict[str, Callable[[], str]] = {"docs/glossary.md": glossary_page, "docs/verdicts-schema.md": schema_page}
WITH_PARTS = ("README.md", "docs/command-line.md")


def expected() -> Iterator[tuple[Path, str]]:
    """Yield every page that follows from the code, wholly or in part, and what it should say."""
    for name, make in PAGES.items():
        yield ROOT / name, make()
    for name in WITH_PARTS:
        written = (ROOT / name).read_text(encoding="utf-8")
        yield ROOT / name, PART.sub(lambda part: part["begin"] + PARTS[part["name"]]() + part["end"], written)


def outdated() -> list[str]:
    """Return the names of the pages that are not as the code says."""
    return [str(path.relative_to(ROOT)) for path, text in expected() if path.read_text(encoding="utf-8") != text]


def write() -> None:
    """Write the pages again."""
    for path, text in expected():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if "--check" not in sys.argv:
        write()
    elif behind := outdated():
        sys.exit(f"not as the code says: {', '.join(behind)}; write them again with: make format")
