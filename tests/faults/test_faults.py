"""Every fault under every runner: the cause is named, nothing hangs, nothing is lost, nothing is left running.

The normal tests take the runners whose behaviour differs. `--faults full` takes every runner and start method under
every fault, and every other choice of a runner's parameters under some.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comparators.journal.journal import load
from comparators.plan.model import Cell
from tests.faults.expected import check_in_time, check_nobody_left, check_outcomes
from tests.faults.faulty import FAULTS, LIES, POOLS, target
from tests.faults.matrix import Part, arguments
from tests.faults.observer import Observed, observed
from tests.runners.variants import VARIANTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform != "linux", reason="the observer needs Linux"),
]

NAMES = ("sound", *FAULTS, "as_lambda")
HANGING = ("endless", "holding_the_gil", "deadlocked", "stopped", "deaf", "losing_a_sibling")
"""Nothing comes before the deadline, under some runners at least."""
LOSING = ("leaving", "leaving_well", "killed", "crashing")
"""The same under `mp-pool`, which waits for the results of processes that are gone."""
LOCKED = ("needing_a_lock",)
"""The same where processes are forked: they wait for a lock that another thread of their parent held."""
OTHERS = tuple(name for name in NAMES if name not in {*HANGING, *LOSING, *LOCKED})
TELLING = ("unpicklable", "unloadable", "exiting", "interrupting", "killed", "leaving_a_process", "sound")
"""Faults that fresh processes are given, too."""

PATIENT_S = 30.0
"""Deadline of what comes to its end, on however busy a machine."""
SECONDS = 3000.0


def named(variant: Any) -> str:
    """Return how a variant of a runner is named on the command line."""
    choice = ",".join(f"{key}={value}" for key, value in variant.parameters.items())
    return f"{variant.name}[{choice}]" if choice else str(variant.name)


ALL = [variant for parameters in VARIANTS for variant in parameters.values]
STARTED = tuple(named(one) for one in ALL if set(one.parameters) <= {"start"})
"""Every runner with every start method."""
CHOSEN = tuple(named(one) for one in ALL if not set(one.parameters) <= {"start"})
"""Every other choice: methods of pools, sizes of chunks, channels."""
SOME = (
    "serial",
    "threading",
    "futures-threads",
    "asyncio",
    "anyio-processes",
    "multiprocessing[start=fork]",
    "mp-pool[start=fork]",
    "futures-processes[start=fork]",
)
FEW = ("threading", "asyncio", "multiprocessing[start=fork]", "futures-processes[start=fork]")
UNWRAPPED = ("serial", "threading", "threadpool", *SOME[-3:])


@dataclass(frozen=True)
class Matrix:
    """What became of many cells."""

    outcomes: tuple[dict[str, Any], ...]
    observed: Observed
    folder: Path


def targets(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(target(name.title().replace("_", "")) for name in names)


def measure(folder: Path, *parts: Part, changes: str = "", patience_s: float = 10.0) -> Matrix:
    """Measure faults under runners in a command of their own."""
    seen = observed(arguments(folder, parts, changes), Path(__file__).parents[2], SECONDS, patience_s)
    assert seen.code == 0, seen.errors
    return Matrix(tuple(map(json.loads, seen.output.splitlines())), seen, folder)


def split(runners: tuple[str, ...], *words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the runners whose names have one of some words in them, and the others."""
    found = tuple(one for one in runners if any(word in one for word in words))
    return found, tuple(one for one in runners if one not in found)


def parts(runners: tuple[str, ...], waiting: tuple[str, ...], waiting_s: float) -> list[Part]:
    """Return every fault under some runners: those that wait for their deadline apart from the rest."""
    pools, unpooled = split(runners, "mp-pool")
    forked, unforked = split(runners, "start=fork")
    return [
        Part(targets(OTHERS), runners, deadline_s=PATIENT_S, lanes=2),
        Part(targets(LOSING), unpooled, deadline_s=PATIENT_S, lanes=1),
        Part(targets(LOCKED), unforked, deadline_s=PATIENT_S, lanes=1),
        Part(targets(HANGING), waiting, deadline_s=waiting_s, lanes=8),
        Part(targets(LOSING), pools, deadline_s=waiting_s, lanes=2),
        Part(targets(LOCKED), forked, deadline_s=waiting_s, lanes=1),
    ]


@pytest.fixture(scope="module")
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--faults") == "full")


@pytest.fixture(scope="module")
def waiting_s(full: bool) -> float:
    """Return the deadline of what does not come to its end; every kind of runner must have started by then."""
    return 12.0 if full else 4.0


@pytest.fixture(scope="module")
def forked(full: bool, waiting_s: float, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """Return what became of every fault in a process that a warm interpreter forked."""
    folder = tmp_path_factory.mktemp("forked")
    if not full:
        return measure(folder, *parts(SOME, FEW, waiting_s))
    pools, unpooled = split(CHOSEN, "mp-pool")
    return measure(
        folder,
        *parts(STARTED, STARTED, waiting_s),
        Part(targets(("raising", "unloadable")), CHOSEN, deadline_s=PATIENT_S, lanes=1),
        Part(targets(("killed",)), unpooled, deadline_s=PATIENT_S, lanes=1),
        Part(targets(("killed",)), pools, deadline_s=waiting_s, lanes=1),
        Part(targets(("deadlocked",)), CHOSEN, deadline_s=waiting_s, lanes=2),
    )


@pytest.fixture(scope="module")
def fresh(full: bool, waiting_s: float, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """Return what became of the telling faults in a sample; pools of `multiprocessing` wait for ever for some."""
    runners = STARTED if full else UNWRAPPED
    pools, unpooled = split(runners, "mp-pool", "threadpool")
    return measure(
        tmp_path_factory.mktemp("fresh"),
        Part(targets(TELLING), unpooled, fresh=True, deadline_s=PATIENT_S, lanes=2),
        Part(targets(TELLING), pools, fresh=True, deadline_s=waiting_s, lanes=4),
        Part(targets(("stopped",)), runners, fresh=True, deadline_s=waiting_s, lanes=4),
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_fault_is_named(forked: Matrix, name: str) -> None:
    check_outcomes([one for one in forked.outcomes if one["workload"] == name])


@pytest.mark.parametrize("name", ["stopped", *TELLING])
def test_each_fault_in_a_fresh_process_is_named(fresh: Matrix, name: str) -> None:
    check_outcomes([one for one in fresh.outcomes if one["workload"] == name])


@pytest.mark.parametrize("matrix", ["forked", "fresh"])
def test_control_is_back_soon_after_each_deadline(matrix: str, request: pytest.FixtureRequest) -> None:
    check_in_time(request.getfixturevalue(matrix).outcomes)


@pytest.mark.parametrize("matrix", ["forked", "fresh"])
def test_no_process_is_left(matrix: str, request: pytest.FixtureRequest) -> None:
    check_nobody_left(request.getfixturevalue(matrix).observed.left)


@pytest.mark.parametrize("matrix", ["forked", "fresh"])
def test_what_is_finished_stays(matrix: str, request: pytest.FixtureRequest) -> None:
    seen: Matrix = request.getfixturevalue(matrix)
    runs = [load(journal.parent) for journal in seen.folder.glob("*/*/journal.jsonl")]
    assert [run.warnings for run in runs] == [()] * len(runs)
    kept: list[Cell] = []
    for run in runs:
        kept += [one.cell for one in run.samples]
        kept += [one.cell for one in run.failures]
    assert sorted((cell.workload.name, cell.runner.label) for cell in kept) == sorted(
        (one["workload"], one["runner"]) for one in seen.outcomes
    )


def test_leftovers_and_hung_ends_are_noted_beside_good_values(fresh: Matrix) -> None:
    found = [one for one in fresh.outcomes if one["workload"] == "leaving_a_process"]
    notes = [one["notes"] for one in found if not one["cause"]]
    assert notes
    assert all(each.get("comparators_leftovers", 0) >= 1 for each in notes)


STARTS_FAIL = {
    "mp-pool": ({"timeout"}, "others took their place, again and again"),
    "threadpool": ({"timeout", "hangs"}, "no result after"),
    "futures-threads": ({"error"}, "BrokenThreadPool: A thread initializer failed"),
    "futures-processes": ({"error"}, "BrokenProcessPool: A"),
}
"""What becomes of pools whose workers cannot be prepared; the first two start new ones for ever.

A thread that is started ten times a second uses CPU time or none, as far as that can be told from outside.
"""


def test_pools_whose_workers_cannot_be_prepared_are_named(tmp_path: Path) -> None:
    assert STARTS_FAIL.keys() == POOLS.keys()
    runners = tuple(f"{target('Failing')}[pool={name}]" for name in POOLS)
    seen = measure(tmp_path, Part(targets(("sound",)), runners))
    found = {one["runner"]: one for one in seen.outcomes}
    for name, (causes, words) in STARTS_FAIL.items():
        outcome = found[f"failing[pool={name}]"]
        assert outcome["cause"] in causes, outcome
        assert words in outcome["message"], outcome
        assert "RuntimeError: a reason to fail" in outcome["details"], outcome
    check_in_time(seen.outcomes)
    check_nobody_left(seen.observed.left)


UNTRUE = {
    "negative": ("wrong-result", "seconds: expected a finite number, not below 0, found -1.0"),
    "zero": ("wrong-result", "seconds: expected a finite number, above 0, found 0.0"),
    "nan": ("wrong-result", "seconds: expected a finite number, not below 0, found nan"),
    "infinite": ("wrong-result", "seconds: expected a finite number, not below 0, found inf"),
    "words": ("error", "TypeError: '<=' not supported between instances of 'int' and 'str'"),
    "fewer": ("wrong-result", "number of results: expected 4, found 3"),
    "more": ("wrong-result", "number of results: expected 4, found 5"),
    "wrong": ("wrong-result", "numbers: expected 0 to 3, found [3, 2, 1, 0]"),
    "nothing": ("error", "AttributeError: 'NoneType' object has no attribute 'seconds'"),
}
"""What a runner may say that cannot be true, and what is said of it."""


def test_no_success_is_silent(tmp_path: Path) -> None:
    assert UNTRUE.keys() == LIES.keys()
    runners = tuple(f"{target('Lying')}[lie={name}]" for name in LIES)
    seen = measure(tmp_path, Part(targets(("sound",)), runners, deadline_s=PATIENT_S, lanes=2, workers=1))
    found = {one["runner"]: (one["cause"], one["message"]) for one in seen.outcomes}
    assert found == {"serial": ("", ""), **{f"lying[lie={name}]": said for name, said in UNTRUE.items()}}


@pytest.mark.parametrize("fresh", [False, True], ids=["forked", "fresh"])
def test_what_is_slower_than_its_cap_is_stopped_there_and_leaves_nothing(tmp_path: Path, *, fresh: bool) -> None:
    slow = ("sleep[seconds=0.5,count=40]",)
    runners = ("serial", "threading", "asyncio", "multiprocessing[start=fork]")
    seen = measure(tmp_path, Part(slow, runners, fresh=fresh, deadline_s=PATIENT_S, lanes=2, cap_s=0.3))
    assert [(one["cause"], one["message"]) for one in seen.outcomes] == [("capped", "stopped: slower than 0.3 s")] * 4
    check_in_time([{**one, "late_s": one["took_s"] - PATIENT_S / 2} for one in seen.outcomes])
    check_nobody_left(seen.observed.left)


NO_SWEEP = "process_tree.ProcessTree.end = lambda self, **how: 0"
WAITS_FOR_THE_END = "worker_run.WorkerRun._kill = lambda self: select.select([], [], [], 3600)"


def test_a_supervisor_that_does_not_sweep_is_found_out(tmp_path: Path) -> None:
    seen = measure(tmp_path, Part(targets(("leaving_a_process",)), ("threading",)), changes=NO_SWEEP, patience_s=0.5)
    with pytest.raises(AssertionError, match="left running"):
        check_nobody_left(seen.observed.left)


def test_a_supervisor_that_waits_for_the_end_is_found_out(tmp_path: Path) -> None:
    part = Part(targets(("deadlocked",)), ("threading",), deadline_s=0.5, lanes=2)
    seen = measure(tmp_path, part, changes=WAITS_FOR_THE_END)
    with pytest.raises(AssertionError, match="the supervisor process was killed"):
        check_outcomes(seen.outcomes)
    check_in_time(seen.outcomes)  # the command gives it up in time
    check_nobody_left(seen.observed.left)  # the command ends what its supervisor cannot
