"""One measurement at a time: from a cell to a record, in a fresh supervised process.

What the journal already holds is not measured again: that is all there is to resuming a run.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from comparators.campaign.clock import Clock
from comparators.campaign.outcome import Cap, failure_of, sample_of
from comparators.campaign.worker_client import Errands, RunWorker
from comparators.journal.codec import Codec
from comparators.journal.index import Index, RecordT
from comparators.journal.journal import Journal
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    ParallelCapacity,
    Preflight,
    Race,
    Sample,
    Stage,
)
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell, Plan
from comparators.worker.job import Answer

__all__ = ["Sampler"]

OURS = "comparators."
"""Where targets begin that come with this package."""

RECIPE_S = 20.0
"""Seconds for a recipe of somebody else's, which takes a fraction of one; the times stand without it."""


class Sampler:
    """Measures cells of a plan and records what comes of it.

    Args:
        plan: where settings and interpreters come from.
        journal: gets every record, and is asked first.
        clock: how much time the run has used.
        run: runs a worker; see `Supervised.run`.
    """

    def __init__(self, plan: Plan, journal: Journal, clock: Clock, run: RunWorker) -> None:
        self._plan = plan
        self._index = Index(journal)
        self._errands = Errands(plan, clock, run, self._index.__len__)
        self._codec = Codec(plan)
        self._run = run
        self._asked_for_recipe: set[Cell] = set()
        self._previous = ""
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
        if (known := self._index.sample(cell, stage, block)) is not None:
            self._previous = cell.key
            return known
        warmups = 1 if cell.phase == "warm" else 0
        count_resources = stage == "pilot"  # every cell once: it takes a millisecond per process
        assignment = self._errands.assignment(
            "sample", cell, self._parameters(cell), loops=loops, warmups=warmups, count_resources=count_resources
        )
        limit = self._plan.settings.timeout_s
        deadline_s = limit if cap is None else min(cap.deadline_s, limit)
        reply, answer = self._errands.undisturbed(cell.python, assignment, deadline_s)
        previous, self._previous = self._previous, cell.key
        record = self._credible(answer, lambda one: sample_of(cell, stage, block, position, previous, reply, one))
        if isinstance(record, Sample):
            return self._index.add(record)
        return self._index.add(
            failure_of(cell, stage, block, reply, record, cap if deadline_s < limit else None, deadline_s)
        )

    def race(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Record which cells begin the race of their comparison; return those that have begun it already, if any."""
        begun = Race(cells)
        known = self._index.race(begun) or self._index.add(begun)
        return known.cells

    def evidence(self, cell: Cell) -> Evidence | Failure:
        """Look at one instrumented loop of a cell."""
        if (known := self._index.evidence(cell)) is not None:
            return known
        warmups = 1 if cell.phase == "warm" else 0
        assignment = self._errands.assignment("evidence", cell, self._parameters(cell), warmups=warmups)
        limit = self._plan.settings.timeout_s
        reply, answer = self._errands.undisturbed(cell.python, assignment, limit)
        record = self._credible(answer, lambda one: _evidence(cell, one))
        if isinstance(record, Evidence):
            return self._index.add(record)
        return self._index.add(failure_of(cell, "evidence", -1, reply, record, None, limit))

    def preflight(self, cell: Cell, run: RunWorker) -> Callable[[], Preflight | Failure]:
        """Try a cell once, untimed, with the workload's tiny parameters; safe to call from several threads.

        Returns what records the outcome, to be called from the thread that owns the journal.
        """
        assignment = self._errands.assignment("preflight", cell, dict(cell.workload.given), preset="tiny")
        limit = self._plan.settings.timeout_s
        reply, answer = self._errands.once(cell.python, assignment, limit, run)
        record: Preflight | Failure
        if answer is None or answer.cause:
            record = failure_of(cell, "preflight", -1, reply, answer, None, limit)
        else:
            record = Preflight(cell, reply.elapsed_s)
        return partial(self._index.add, record)

    def tried(self, cell: Cell) -> Preflight | Failure | None:
        """Return how a cell's preflight ended, None before it."""
        return self._index.trial(cell)

    def calibrate(self, cell: Cell) -> None:
        """Fill in what a cell's workload takes from the host, once per workload and Python."""
        key = (cell.workload.label, cell.python)
        if key in self._calibrated:
            return
        parameters = dict(cell.workload.parameters)
        assignment = self._errands.assignment("calibrate", cell, parameters)
        _, answer = self._errands.undisturbed(cell.python, assignment, self._plan.settings.timeout_s)
        record = self._credible(answer, lambda one: Calibration(*key, _changed(parameters, one)))
        if isinstance(record, Calibration):  # else the cells will fail in their preflight, each with its own cause
            self._calibrated[key] = self._index.add(record).parameters

    def recipe(self, cell: Cell) -> None:
        """Record the code to copy for a cell; a cell for which none can be written has none.

        To write it, workload and runner are asked. What is not our own is asked in a worker, as it may do anything.
        """
        if self._index.has_recipe(cell):
            return
        ours = all(target.startswith(OURS) for target in (cell.workload.target, cell.runner.target))
        source = self._recipe_here(cell) if ours else self._recipe_elsewhere(cell)
        if source is not None:
            self._index.add(CellRecipe(cell, source))

    def _recipe_here(self, cell: Cell) -> str | None:
        from comparators.recipes import recipe_file

        workload = replace(cell.workload, parameters=tuple(self._parameters(cell).items()))
        try:
            return recipe_file(workload, cell.runner, cell.workers, cell.phase)
        except Exception:  # noqa: BLE001  whatever is wrong with a recipe: the times stand without it
            return None

    def _recipe_elsewhere(self, cell: Cell) -> str | None:
        if cell in self._asked_for_recipe:
            return None
        self._asked_for_recipe.add(cell)
        assignment = self._errands.assignment("recipe", cell, self._parameters(cell))
        deadline_s = min(RECIPE_S, self._plan.settings.timeout_s)
        _, answer = self._errands.once(cell.python, assignment, deadline_s, self._run)
        source = None if answer is None or answer.facts is None else answer.facts.get("source")
        return source if isinstance(source, str) else None

    def capacity(self, workers: int) -> ParallelCapacity | None:
        """Measure how much this many independent processes do at once."""
        if (known := self._index.capacity(workers)) is not None:
            return known
        speedup = self._errands.capacity(workers)
        return None if speedup is None else self._index.add(ParallelCapacity(workers, speedup))

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

    def _parameters(self, cell: Cell) -> dict[str, ParameterValue]:
        calibrated = self._calibrated.get((cell.workload.label, cell.python), ())
        return {**dict(cell.workload.parameters), **dict(calibrated)}


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
