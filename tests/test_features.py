"""The feature table of the README: every workload, runner and parameter that it names exists."""

import re
from pathlib import Path

import pytest

from comparators.errors import UnknownName
from comparators.plan.names import choose_runners, choose_workloads
from comparators.registry.built_in import WORKLOADS

README = Path(__file__).resolve().parents[1] / "README.md"
HEADING = "## What is taught about concurrency, and what measures it"
CODE = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, str]]:
    section = README.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    cells = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [(construct, by) for construct, by in cells if construct != "construct"]


ROWS = rows()


def measured_by(cell: str) -> list[str]:
    return [name for name in CODE.findall(cell) if not name.startswith("--")]


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 30


@pytest.mark.parametrize("row", ROWS, ids=[construct for construct, _ in ROWS])
def test_what_measures_a_construct_exists(row: tuple[str, str]) -> None:
    names = measured_by(row[1])
    assert names
    for name in names:
        try:
            choose_workloads([name], "default", ())
        except UnknownName as error:
            if not error.message.startswith("unknown workload"):
                raise
            choose_runners([name])


def test_every_workload_that_coordinates_measures_some_construct() -> None:
    named = {name.partition("[")[0] for _, cell in ROWS for name in measured_by(cell)}
    coordinating = [
        one.name for one in WORKLOADS if choose_workloads([one.name], "quick", ())[0].workload.nature == "coordination"
    ]
    assert set(coordinating) <= named
