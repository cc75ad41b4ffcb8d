"""Every fault under every runner: the cause is named, nothing hangs, nothing is lost, nothing is left running.

The normal tests take the runners whose behaviour differs. `--faults full` takes every runner, start method and pool.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comparators.measure.journal import load
from comparators.plan.model import Cell
from tests.faults.expected import check_in_time, check_nobody_left, check_outcome
from tests.faults.faulty import FAULTS, target
from tests.faults.observer import Observed, observed
from tests.runners.variants import VARIANTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform != "linux", reason="the observer needs Linux"),
]

SOME = (
    "serial threading futures-threads asyncio anyio-processes multiprocessing[start=fork] mp-pool[start=fork] "
    "futures-processes[start=fork]"
)
UNWRAPPED = "serial threading threadpool multiprocessing[start=fork] mp-pool[start=fork] futures-processes[start=fork]"
TELLING = "unpicklable unloadable exiting interrupting killed stopped leaving_a_process sound"
NAMES = ("sound", *FAULTS, "as_lambda")
SECONDS = 3000.0
"""The full product takes a quarter of an hour on two cores."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """What became of many cells."""

    deadline_s: float
    outcomes: tuple[dict[str, Any], ...]
    observed: Observed
    folder: Path


def class_of(name: str) -> str:
    return target(name.title().replace("_", "") if name != "as_lambda" else "AsLambda")


def measure(
    folder: Path,
    names: tuple[str, ...],
    runners: str,
    *,
    errand: str = "preflight",
    deadline_s: float = 3.0,
    changes: str = "",
) -> Matrix:
    """Measure faults under runners in a command of their own."""
    workloads = " ".join(class_of(name) for name in names)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "tests.faults.matrix",
        folder,
        str(deadline_s),
        errand,
        workloads,
        runners,
        changes,
    ]
    seen = observed(command, Path(__file__).parents[2], SECONDS)
    assert seen.code == 0, seen.errors
    return Matrix(deadline_s, tuple(map(json.loads, seen.output.splitlines())), seen, folder)


@pytest.fixture(scope="module")
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--faults") == "full")


@pytest.fixture(scope="module")
def tried(full: bool, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    folder = tmp_path_factory.mktemp("tried")
    return measure(folder, NAMES, " ".join(map(named, VARIANTS)) if full else SOME, deadline_s=8.0 if full else 3.0)


@pytest.fixture(scope="module")
def sampled(full: bool, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    names = NAMES if full else tuple(TELLING.split())
    return measure(tmp_path_factory.mktemp("sampled"), names, UNWRAPPED, errand="sample")


def named(parameters: Any) -> str:
    """Return how a variant of a runner is named on the command line."""
    (variant,) = parameters.values
    choice = ",".join(f"{key}={value}" for key, value in variant.parameters.items())
    return f"{variant.name}[{choice}]" if choice else str(variant.name)


@pytest.mark.parametrize("name", NAMES)
def test_each_fault_is_named(tried: Matrix, name: str) -> None:
    found = [one for one in tried.outcomes if one["workload"] == name]
    assert found
    for outcome in found:
        check_outcome(outcome, wrapped=True)


@pytest.mark.parametrize("name", TELLING.split())
def test_each_fault_in_a_measured_run_is_named(sampled: Matrix, name: str) -> None:
    found = [one for one in sampled.outcomes if one["workload"] == name]
    assert found
    for outcome in found:
        check_outcome(outcome, wrapped=False)


@pytest.mark.parametrize("matrix", ["tried", "sampled"])
def test_control_is_back_soon_after_each_deadline(matrix: str, request: pytest.FixtureRequest) -> None:
    seen: Matrix = request.getfixturevalue(matrix)
    check_in_time(seen.outcomes, seen.deadline_s)


@pytest.mark.parametrize("matrix", ["tried", "sampled"])
def test_no_process_is_left(matrix: str, request: pytest.FixtureRequest) -> None:
    check_nobody_left(request.getfixturevalue(matrix).observed.left)


@pytest.mark.parametrize("matrix", ["tried", "sampled"])
def test_what_is_finished_stays(matrix: str, request: pytest.FixtureRequest) -> None:
    seen: Matrix = request.getfixturevalue(matrix)
    runs = [load(journal.parent) for journal in seen.folder.glob("*/journal.jsonl")]
    assert [run.warnings for run in runs] == [()] * len(runs)
    kept: list[Cell] = []
    for run in runs:
        kept += [one.cell for one in run.samples]
        kept += [one.cell for one in run.preflights]
        kept += [one.cell for one in run.failures]
    assert sorted((cell.workload.name, cell.runner.label) for cell in kept) == sorted(
        (one["workload"], one["runner"]) for one in seen.outcomes
    )


def test_leftovers_and_hung_ends_are_noted_beside_good_values(sampled: Matrix) -> None:
    notes = [one["notes"] for one in sampled.outcomes if one["workload"] == "leaving_a_process"]
    assert notes
    assert all(each.get("comparators_leftovers", 0) >= 1 for each in notes)


def test_a_pool_that_starts_processes_for_ever_is_recognised(tmp_path: Path) -> None:
    seen = measure(tmp_path, ("sound",), target("Failing"), deadline_s=3.0)
    (outcome,) = [one for one in seen.outcomes if one["runner"] == "failing"]
    assert outcome["cause"] == "timeout"
    assert "others took their place, again and again" in outcome["message"]
    assert "RuntimeError: a reason to fail" in outcome["details"]
    check_nobody_left(seen.observed.left)


NO_SWEEP = "family.Family.end = lambda self, **how: 0"
WAITS_FOR_THE_END = "supervisor._Worker._kill = lambda self: select.select([], [], [], 3600)"


def test_a_supervisor_that_does_not_sweep_is_found_out(tmp_path: Path) -> None:
    seen = measure(tmp_path, ("leaving_a_process",), "threading", changes=NO_SWEEP)
    with pytest.raises(AssertionError, match="left running"):
        check_nobody_left(seen.observed.left)


def test_a_supervisor_that_waits_for_the_end_is_found_out(tmp_path: Path) -> None:
    seen = measure(tmp_path, ("deadlocked",), "threading", deadline_s=0.5, changes=WAITS_FOR_THE_END)
    (outcome,) = [one for one in seen.outcomes if one["runner"] == "threading"]
    with pytest.raises(AssertionError, match="control came back late"):
        check_in_time(seen.outcomes, seen.deadline_s)
    with pytest.raises(AssertionError, match="is none of"):
        check_outcome(outcome, wrapped=True)
    check_nobody_left(seen.observed.left)  # the command ends what its supervisor cannot
