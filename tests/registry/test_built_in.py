"""Every line of the catalogue says what its class says, and the documents say what the catalogue says."""

import re
from pathlib import Path

import pytest

from comparators.registry.built_in import RUNNERS, WORKLOADS, RunnerEntry, WorkloadEntry
from comparators.registry.catalogue import load_runner, load_workload
from comparators.registry.suites import SUITES

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.parametrize("entry", WORKLOADS, ids=[one.name for one in WORKLOADS])
def test_the_line_of_a_workload_says_what_its_class_says(entry: WorkloadEntry) -> None:
    cls = load_workload(entry.target)
    assert entry == WorkloadEntry(cls.name, entry.target, entry.work, cls.summary, entry.suite)
    assert entry.suite in SUITES


@pytest.mark.parametrize("entry", RUNNERS, ids=[one.name for one in RUNNERS])
def test_the_line_of_a_runner_says_what_its_class_says(entry: RunnerEntry) -> None:
    info = load_runner(entry.target).info
    requirements = (info.python, info.modules, info.extra, info.platforms)
    assert entry == RunnerEntry(info.name, entry.target, info.model, info.summary, *requirements)


def test_names_are_unique() -> None:
    names = [*(one.name for one in WORKLOADS), *(one.name for one in RUNNERS)]
    assert sorted(set(names)) == sorted(names)


def rows(heading: str) -> list[str]:
    """Return the rows of the README's table with a heading."""
    table = re.search(
        rf"^{re.escape(heading)}\n\|[-|]+\n((?:\|.*\n)+)", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert table is not None
    return table[1].splitlines()


def test_the_readme_has_a_row_for_each_workload() -> None:
    """On a failure, the left side is what belongs into the README."""
    true = [f"| `{one.name}` | {one.work} | {one.summary} |" for one in WORKLOADS]
    assert true == rows("| workload | kind of work | what it is |")


def test_the_readme_has_a_row_for_each_runner() -> None:
    """On a failure, the left side is what belongs into the README."""
    true = [f"| `{one.name}` | {one.model} | {one.summary}{needs(one)} |" for one in RUNNERS]
    assert true == rows("| runner | model | what it is |")


def needs(entry: RunnerEntry) -> str:
    """Return what a runner needs beside the oldest Python of the package."""
    python = f", from Python {entry.python[0]}.{entry.python[1]}" if entry.python > (3, 11) else ""
    return python + (f", with the extra `{entry.extra}`" if entry.extra else "")
