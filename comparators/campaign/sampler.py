"""One measurement at a time: from a cell to a record.

What the journal already holds is not measured again: that is all there is to resuming a run.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from comparators.campaign.clock import Clock
from comparators.campaign.host_cache import known_capacity, remember_capacity
from comparators.campaign.outcome import Occasion, failure_of, sample_of
from comparators.campaign.worker_client import WorkerClient
from comparators.journal.codec import Codec
from comparators.journal.index import Index, RecordT
from comparators.journal.journal import Journal
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    LevelTest,
    ParallelCapacity,
    Profile,
    Sample,
)
from comparators.parameters import ParameterValue
from comparators.plan.code import CodeWatch
from comparators.plan.model import Cell, Comparison, Plan
from comparators.supervision.supervised import Supervised
from comparators.worker.job import Job, JobKind, JobResult
from comparators.worker.preload import Preload

__all__ = ["FIRST", "Sampler"]

OURS = "comparators."
"""Start of the references to what comes with this package."""

UNDISTURBED = 0.9
"""Share of the CPUs above which a remembered parallel capacity is believed; one below may have met other load, and is
measured again."""

FIRST = "first"
"""Parameter of a person's own function: how many items of its list are measured; 0 for all."""

RECIPE_S = 20.0
"""Seconds for a recipe of third-party code, which takes a fraction of one; the times stand without it."""


class Sampler:
    """Measures cells of a plan and records what comes of it.

    Args:
        plan: where settings and interpreters come from.
        journal: gets every record, and is asked first.
        clock: how much time the run has used.
        supervised: runs the workers.
    """

    def __init__(self, plan: Plan, journal: Journal, clock: Clock, supervised: Supervised) -> None:
        self._plan = plan
        self._index = Index(journal)
        self.client = WorkerClient(plan, clock, supervised, self._index.__len__)
        self._codec = Codec(plan)
        self._code = CodeWatch(plan.code)
        self._preload = Preload()
        self._previous = ""
        self._calibrated = {(one.workload, one.python): one.parameters for one in journal.run().calibrations}

    def enter(self, comparison: Comparison) -> None:
        """Begin with a comparison: from here on its workers are forked from interpreters that know its modules."""
        self.client.warmth.enter(comparison, fresh=self._plan.settings.fresh)
        self._preload = Preload(
            workloads=(comparison.workload.target,),
            runners=tuple(dict.fromkeys(one.runner.target for one in comparison.candidates)),
        )

    def sample(
        self, occasion: Occasion, *, loops: int = 1, cap_s: float | None = None, deadline_s: float | None = None
    ) -> Sample | Failure:
        """Measure one value of a cell, or return the record of having done so.

        Args:
            occasion: the cell, and what the value is for.
            loops: over all tasks within the value.
            cap_s: seconds of one loop at which the value is stopped; None for no cap.
            deadline_s: seconds for the whole sample; None for the run's timeout.

        Raises:
            OutOfTime: the run's time is up.
            UsageError: the code was edited since the run began.
        """
        cell = occasion.cell
        if (
            known := self._index.sample(cell, occasion.stage, occasion.level, occasion.block, occasion.position)
        ) is not None:
            self._previous = cell.key
            return known
        self._code.require_unchanged()
        occasion = replace(occasion, previous=self._previous)
        self._previous = cell.key
        warmups = 1 if cell.phase == "warm" else 0
        resources = (
            occasion.block <= 0 and occasion.stage != "control"
        )  # once per cell: it takes a millisecond per process
        job = self._job("sample", cell, self._parameters(cell), loops=loops, warmups=warmups, count_resources=resources)
        limit_s = min(deadline_s or self._plan.settings.timeout_s, self._plan.settings.timeout_s)
        value_cap_s = None if cap_s is None else cap_s * loops * self._plan.settings.copies(cell.workers)
        reply, answer, generation = self.client.perform(
            job, cell.python, limit_s, cap_s=value_cap_s, preload=self._preload
        )
        record = self._credible(answer, lambda one: sample_of(occasion, generation, reply, one))
        if isinstance(record, Sample):
            return self._index.add(record)
        return self._index.add(failure_of(occasion, reply, record, deadline_s=limit_s, limit_s=cap_s))

    def profile(self, comparison: Comparison, cell: Cell) -> Profile | Failure:
        """Look at a few tasks of a comparison's work; `cell` is the loop's, or the first candidate's without one."""
        if (known := self._index.profile(comparison)) is not None:
            return known
        job = self._job("profile", cell, self._parameters(cell))
        limit_s = self._plan.settings.timeout_s
        reply, answer, _ = self.client.perform(job, cell.python, limit_s, preload=self._preload)
        record = self._credible(
            answer, lambda one: Profile(comparison.workload.label, comparison.python, **_facts(one))
        )
        if isinstance(record, Profile):
            return self._index.add(record)
        return self._index.add(failure_of(Occasion(cell, "profile"), reply, record, deadline_s=limit_s))

    def begin(self, comparison: Comparison, test: LevelTest) -> LevelTest:
        """Record with what the test of a level begins; return how it began if it has begun already."""
        return self._index.test(comparison, test.level) or self._index.add(test)

    def evidence(self, cell: Cell) -> Evidence | Failure:
        """Look at one traced loop of a cell."""
        if (known := self._index.evidence(cell)) is not None:
            return known
        job = self._job("evidence", cell, self._parameters(cell), warmups=1 if cell.phase == "warm" else 0)
        limit_s = self._plan.settings.timeout_s
        reply, answer, _ = self.client.perform(job, cell.python, limit_s, preload=self._preload)
        record = self._credible(answer, lambda one: Evidence(cell, **_facts(one)))
        if isinstance(record, Evidence):
            return self._index.add(record)
        return self._index.add(failure_of(Occasion(cell, "evidence"), reply, record, deadline_s=limit_s))

    def calibrate(self, comparison: Comparison, cell: Cell) -> None:
        """Fill in what a workload takes from the host, once per workload and Python."""
        key = (comparison.workload.label, comparison.python)
        if key in self._calibrated:
            return
        parameters = dict(cell.workload.parameters)
        job = self._job("calibrate", cell, parameters)
        _, answer, _ = self.client.perform(job, cell.python, self._plan.settings.timeout_s, preload=self._preload)
        record = self._credible(answer, lambda one: Calibration(*key, _changed(parameters, one)))
        if isinstance(record, Calibration):  # otherwise the profile fails, with the cause
            self._calibrated[key] = self._index.add(record).parameters

    def take_first(self, comparison: Comparison, count: int) -> None:
        """Measure only the first items of a person's own list from here on; recorded like a calibration."""
        key = (comparison.workload.label, comparison.python)
        parameters = {**dict(self._calibrated.get(key, ())), FIRST: count}
        if dict(self._calibrated.get(key, ())) != parameters:
            self._calibrated[key] = self._index.add(Calibration(*key, tuple(parameters.items()))).parameters

    def recipe(self, cell: Cell) -> None:
        """Record the code to copy for a cell; a cell for which none can be written has none.

        To write it, workload and runner are asked. Third-party code is asked in a worker, as it may do anything.
        """
        if self._index.has_recipe(cell):
            return
        ours = all(target.startswith(OURS) for target in (cell.workload.target, cell.runner.target))
        source = self._recipe_here(cell) if ours else self._recipe_elsewhere(cell)
        if source is not None:
            self._index.add(CellRecipe(cell, source))

    def capacity(self, workers: int) -> ParallelCapacity | None:
        """Return how much this many independent processes do at once, measured once per boot and set of CPUs."""
        if (known := self._index.capacity(workers)) is not None:
            return known
        cpus = self._plan.settings.cpus
        remembered = known_capacity(workers, cpus)
        if remembered is not None and remembered >= UNDISTURBED * min(workers, len(cpus)):
            return self._index.add(ParallelCapacity(workers, remembered))
        found = self.client.parallel_capacity(workers)
        speedup = max(
            (one for one in (remembered, found) if one is not None), default=None
        )  # other load only takes away
        if speedup is None:
            return None
        remember_capacity(workers, cpus, speedup)
        return self._index.add(ParallelCapacity(workers, speedup))

    def _recipe_here(self, cell: Cell) -> str | None:
        from comparators.recipes import recipe_file

        workload = replace(cell.workload, parameters=tuple(self._parameters(cell, shortened=False).items()))
        try:
            return recipe_file(workload, cell.runner, cell.workers, cell.phase)
        except Exception:  # noqa: BLE001  whatever is wrong with a recipe: the times stand without it
            return None

    def _recipe_elsewhere(self, cell: Cell) -> str | None:
        job = self._job("recipe", cell, self._parameters(cell, shortened=False))
        limit_s = min(RECIPE_S, self._plan.settings.timeout_s)
        _, answer, _ = self.client.perform(job, cell.python, limit_s, preload=self._preload)
        source = None if answer is None or answer.facts is None else answer.facts.get("source")
        return source if isinstance(source, str) else None

    def _job(
        self,
        kind: JobKind,
        cell: Cell,
        parameters: Mapping[str, ParameterValue],
        *,
        loops: int = 1,
        warmups: int = 0,
        count_resources: bool = False,
    ) -> Job:
        return Job(
            kind=kind,
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
            path=self.client.path,
            count_resources=count_resources,
            copies=self._plan.settings.copies(cell.workers),
        )

    def _credible(self, answer: JobResult | None, make: Callable[[JobResult], RecordT]) -> RecordT | JobResult | None:
        """Return what a worker's answer comes to, or an answer that says why it comes to nothing."""
        if answer is None or answer.cause:
            return answer
        try:
            record = make(answer)
            self._codec.require_readable(record)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return JobResult(cause="wrong-result", message=f"the worker's answer cannot be true: {error}")
        return record

    def _parameters(self, cell: Cell, *, shortened: bool = True) -> dict[str, ParameterValue]:
        """Return the parameters of a cell's workload; a list that is shortened for measuring is whole in a recipe."""
        calibrated = dict(self._calibrated.get((cell.workload.label, cell.python), ()))
        if not shortened:
            calibrated.pop(FIRST, None)
        return {**dict(cell.workload.parameters), **calibrated}


def _facts(answer: JobResult) -> dict[str, Any]:
    return dict(answer.facts or {})


def _changed(parameters: Mapping[str, ParameterValue], answer: JobResult) -> tuple[tuple[str, ParameterValue], ...]:
    """Return the parameters that a calibration has changed.

    Raises:
        ValueError: it says nothing of them.
    """
    if answer.facts is None:
        raise ValueError("it has no parameters")
    return tuple((name, value) for name, value in answer.facts.items() if parameters[name] != value)
