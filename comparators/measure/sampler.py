"""One measurement at a time: from a cell to a record, in a fresh supervised process.

What the journal already holds is not measured again: that is all there is to resuming a run.
"""

import json
import os
import random
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from comparators.measure.clock import Clock, OutOfTime
from comparators.measure.codec import Codec
from comparators.measure.journal import Journal
from comparators.measure.outcome import Cap, failure_of, sample_of
from comparators.measure.records import (
    Calibration,
    Ceiling,
    CellRecipe,
    Evidence,
    Failure,
    Preflight,
    Race,
    Record,
    Sample,
    Stage,
)
from comparators.measure.task import Answer, Assignment, Errand
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell, Plan, WorkloadSpec
from comparators.plan.names import workload_parameters
from comparators.registry import load_workload
from comparators.supervision.exchange import Reply

__all__ = ["Sampler"]

BLAS_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Set to 1 in workers: BLAS must not bring a concurrency model of its own into the comparison."""

RETAKES = 2
"""So often is a value taken again when it was disturbed, or when nobody saw what became of the worker."""

RecordT = TypeVar("RecordT", bound=Record)

RunWorker = Callable[..., tuple[Reply, bytes | None]]
"""Runs a worker under a supervisor, see `Supervised.run`."""


class Sampler:
    """Measures cells of a plan and records what comes of it.

    Args:
        plan: where settings and interpreters come from.
        journal: gets every record, and is asked first.
        clock: how much time the run has used.
        run: runs a worker; see `Supervised.run`.
    """

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        clock: Clock,
        run: RunWorker,
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._clock = clock
        self._run = run
        self._known = {_identity(record): record for record in journal.records}
        self._path = tuple(_own_path())
        self._previous = ""
        self._codec = Codec(plan)
        self._calibrated = {(one.workload, one.python): one.parameters for one in journal.run().calibrations}

    def sample(
        self,
        cell: Cell,
        stage: Stage,
        *,
        block: int = -1,
        position: int = 0,
        loops: int = 1,
        cap: Cap | None = None,
    ) -> Sample | Failure:
        """Measure one value of a cell, or return the record of having done so."""
        known = self._known.get((stage, cell, block))
        if isinstance(known, Sample | Failure):
            self._previous = cell.key
            return known
        warmups = 1 if cell.phase == "warm" else 0
        weigh = stage == "scout"  # every cell once: it takes a millisecond per process
        assignment = self._assignment("sample", cell, self._parameters(cell), loops=loops, warmups=warmups, weigh=weigh)
        limit = self._plan.settings.timeout_s
        deadline_s = limit if cap is None else min(cap.deadline_s, limit)
        reply, answer = self._measure(cell.python, assignment, deadline_s)
        previous, self._previous = self._previous, cell.key
        record = self._credible(answer, lambda one: sample_of(cell, stage, block, position, previous, reply, one))
        if isinstance(record, Sample):
            return self._record(record)
        return self._record(
            failure_of(cell, stage, block, reply, record, cap if deadline_s < limit else None, deadline_s)
        )

    def race(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Record which cells begin the race of their contest; return those that have begun it already, if any."""
        begun = Race(cells)
        known = self._known.get(_identity(begun), begun)
        assert isinstance(known, Race)
        return known.cells if known is not begun else self._record(begun).cells

    def evidence(self, cell: Cell) -> Evidence | Failure:
        """Look at one instrumented loop of a cell."""
        known = self._known.get(("evidence", cell, -1))
        if isinstance(known, Evidence | Failure):
            return known
        warmups = 1 if cell.phase == "warm" else 0
        assignment = self._assignment("evidence", cell, self._parameters(cell), warmups=warmups)
        limit = self._plan.settings.timeout_s
        reply, answer = self._measure(cell.python, assignment, limit)
        record = self._credible(answer, lambda one: _evidence(cell, one))
        if isinstance(record, Evidence):
            return self._record(record)
        return self._record(failure_of(cell, "evidence", -1, reply, record, None, limit))

    def preflight(self, cell: Cell, run: RunWorker) -> Callable[[], Preflight | Failure]:
        """Try a cell once, untimed, with the workload's tiny parameters; safe to call from several threads.

        Returns what records the outcome, to be called from the thread that owns the journal.
        """
        assignment = self._assignment("preflight", cell, _tiny(cell.workload))
        limit = self._plan.settings.timeout_s
        executable = self._plan.interpreter(cell.python).executable
        reply, answer = self._ask(run, executable, assignment, self._environment(cell.key), limit)
        record: Preflight | Failure
        if answer is None or answer.cause:
            record = failure_of(cell, "preflight", -1, reply, answer, None, limit)
        else:
            record = Preflight(cell, reply.elapsed_s)
        return partial(self._record, record)

    def tried(self, cell: Cell) -> Preflight | Failure | None:
        """Return how a cell's preflight ended, None before it."""
        known = self._known.get(_trial(cell))
        return known if isinstance(known, Preflight | Failure) else None

    def calibrate(self, cell: Cell) -> None:
        """Fill in what a cell's workload takes from the host, once per workload and Python."""
        key = (cell.workload.label, cell.python)
        if key in self._calibrated:
            return
        parameters = dict(cell.workload.parameters)
        assignment = self._assignment("calibrate", cell, parameters)
        _, answer = self._measure(cell.python, assignment, self._plan.settings.timeout_s)
        record = self._credible(answer, lambda one: Calibration(*key, _changed(parameters, one)))
        if isinstance(record, Calibration):  # else the cells will fail in their preflight, each with its own cause
            self._calibrated[key] = self._record(record).parameters

    def recipe(self, cell: Cell) -> None:
        """Record the code to copy for a cell; a cell for which none can be written has none."""
        if ("recipe", cell, -1) in self._known:
            return
        from comparators.recipes import snippet

        workload = replace(cell.workload, parameters=tuple(self._parameters(cell).items()))
        try:
            source = snippet(workload, cell.runner, cell.workers)
        except Exception:  # noqa: BLE001  a stranger's workload may raise anything; its times stand without a recipe
            return
        self._record(CellRecipe(cell, source))

    def ceiling(self, workers: int) -> Ceiling | None:
        """Measure how much this many independent processes do at once."""
        known = self._known.get(("ceiling", workers, -1))
        if isinstance(known, Ceiling):
            return known
        command = [sys.executable, "-P", "-m", "comparators.measure.ceiling", str(workers)]
        _, result = self._in_time(self._run, command, self._environment("ceiling"), self._plan.settings.timeout_s)
        if result is None:
            return None
        return self._record(Ceiling(workers, float(json.loads(result)["speedup"])))

    def _credible(self, answer: Answer | None, make: Callable[[Answer], RecordT]) -> RecordT | Answer | None:
        """Return what a worker's answer comes to, or an answer that says why it comes to nothing."""
        if answer is None or answer.cause:
            return answer
        try:
            record = make(answer)
            self._codec.require_readable(record)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return Answer(cause="wrong-result", message=f"the worker's answer cannot be true: {error}")
        return record

    def _record(self, record: RecordT) -> RecordT:
        self._journal.append(record)
        self._known[_identity(record)] = record
        return record

    def _parameters(self, cell: Cell) -> dict[str, ParameterValue]:
        calibrated = self._calibrated.get((cell.workload.label, cell.python), ())
        return {**dict(cell.workload.parameters), **dict(calibrated)}

    def _assignment(
        self,
        errand: Errand,
        cell: Cell,
        parameters: Mapping[str, ParameterValue],
        *,
        loops: int = 1,
        warmups: int = 0,
        weigh: bool = False,
    ) -> Assignment:
        return Assignment(
            errand=errand,
            workload=cell.workload.target,
            workload_parameters=parameters,
            runner=cell.runner.target,
            runner_parameters=dict(cell.runner.parameters),
            workers=cell.workers,
            phase=cell.phase,
            loops=loops,
            warmups=warmups,
            name=cell.key,
            cpus=self._plan.settings.cpus,
            path=self._path,
            weigh=weigh,
            copies=1 if errand == "preflight" else self._plan.settings.copies(cell.workers),
        )

    def _measure(self, python: str, assignment: Assignment, deadline_s: float) -> tuple[Reply, Answer | None]:
        executable = self._plan.interpreter(python).executable
        for _ in range(1 + RETAKES):
            reply, answer = self._ask(self._run, executable, assignment, self._environment(assignment.name), deadline_s)
            self._clock.saw_sample(reply.elapsed_s)
            if not reply.disturbances or answer is None or answer.cause is not None:
                break
        return reply, answer

    def _ask(
        self,
        run: RunWorker,
        executable: str,
        assignment: Assignment,
        environment: Mapping[str, str],
        deadline_s: float,
    ) -> tuple[Reply, Answer | None]:
        command = [executable, "-P", "-m", "comparators.measure.worker", json.dumps(asdict(assignment))]
        reply, result = self._in_time(run, command, environment, deadline_s)
        return reply, None if result is None else _understood(result)

    def _in_time(
        self, run: RunWorker, command: Sequence[str], environment: Mapping[str, str], deadline_s: float
    ) -> tuple[Reply, bytes | None]:
        """Run a worker to its deadline, or to the end of the run's time where that comes first.

        Raises:
            OutOfTime: the run's time is up. A worker that was stopped for that has not failed: nothing is recorded.
        """
        self._clock.require(deadline_s)
        for _ in range(1 + RETAKES):
            left_s = self._clock.remaining_s
            reply, result = run(command, environment, min(deadline_s, left_s))
            if reply.timed_out and left_s < deadline_s:
                raise OutOfTime
            if not reply.unsupervised:
                break
        return reply, result

    def _environment(self, purpose: str) -> dict[str, str]:
        """Return the environment of a worker: the command's own, with a hash seed of the plan's and BLAS kept to 1."""
        seeded = random.Random(f"{self._plan.settings.seed}/{purpose}/{len(self._known)}")
        return {
            **os.environ,
            **dict.fromkeys(BLAS_VARIABLES, "1"),
            "PYTHONSAFEPATH": "1",
            "PYTHONFAULTHANDLER": "1",
            "PYTHONHASHSEED": str(seeded.randrange(2**32)),
        }


def _evidence(cell: Cell, answer: Answer) -> Evidence:
    facts: dict[str, Any] = dict(answer.facts or {})
    return Evidence(cell=cell, **facts)


def _changed(parameters: Mapping[str, ParameterValue], answer: Answer) -> tuple[tuple[str, ParameterValue], ...]:
    """Return the parameters that a calibration has changed.

    Raises:
        ValueError: it says nothing of them.
    """
    if answer.facts is None:
        raise ValueError("it has no parameters")
    return tuple((name, value) for name, value in answer.facts.items() if parameters[name] != value)


def _understood(result: bytes) -> Answer | None:
    """Read an answer; None when a task has written something else over it."""
    try:
        return Answer(**json.loads(result))
    except (ValueError, TypeError):
        return None


def _identity(record: Record) -> tuple[object, ...]:  # noqa: PLR0911  one for each kind of record
    """What makes a measurement the same measurement in a resumed run."""
    match record:
        case Preflight() | Failure(stage="preflight"):
            return _trial(record.cell)
        case Sample() | Failure():
            return (record.stage, record.cell, record.block)
        case Evidence() | CellRecipe():
            return ("evidence" if isinstance(record, Evidence) else "recipe", record.cell, -1)
        case Race():
            return ("race", *{(cell.workload, cell.phase, cell.python) for cell in record.cells})
        case Ceiling():
            return ("ceiling", record.workers, -1)
        case Calibration():
            return ("calibration", record.workload, record.python)
        case _:
            return (type(record),)


def _trial(cell: Cell) -> tuple[object, ...]:
    """Worker counts and phases share a preflight."""
    return ("preflight", cell.workload, cell.runner, cell.python)


def _tiny(spec: WorkloadSpec) -> dict[str, ParameterValue]:
    """Return small parameters that keep what was asked for by hand."""
    workload = load_workload(spec.target).from_preset("tiny", **dict(spec.given))
    return dict(workload_parameters(workload))


def _own_path() -> Iterator[str]:
    """Yield folders of `sys.path` that are this program's own, not the interpreter's or its environment's."""
    libraries = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    libraries += [Path(folder) for folder in (*site.getsitepackages(), site.getusersitepackages())]
    for folder in map(Path, filter(None, sys.path)):
        if folder.is_dir() and not any(folder.is_relative_to(library) for library in libraries):
            yield str(folder.absolute())
