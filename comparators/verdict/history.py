"""What the journal says about each comparison, gathered in one pass over its records."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from comparators.journal.records import Evidence, Failure, Run, Sample
from comparators.plan.model import Cell, Comparison, Parameters, WorkloadSpec

__all__ = ["Entry", "History", "histories"]

Key = tuple[str, Parameters, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One runner's value in one block of the race.

    Attributes:
        seconds: of one loop; the limit when it was stopped there.
        capped: whether it was stopped, so that the true value is larger.
        position: place in the block; None when unknown.
        previous: key of the cell measured before; empty when unknown.
    """

    seconds: float
    capped: bool = False
    position: int | None = None
    previous: str = ""


@dataclass(slots=True)
class History:
    """Everything measured in one comparison; labels are those of runners.

    Attributes:
        comparison: of the plan.
        samples: every sample of a cell, pilot and race.
        measured in the pilot: the fastest time of each cell in the pilot, warm-ups included, as the pilot itself counts.
        pilot_samples: number of pilot samples of each cell.
        racers: the cells that began the race by label, the pilot's favourite first; empty before the race.
        blocks: values of the race by block number and label.
        raced: the cell with which a label raced.
        broke: block in which a label failed, other than by being too slow.
        stopped: the failure of a label that the pilot stopped as too slow.
        failed: the first failure of a label that is not one of being too slow.
        evidence: instrumented looks by label, of this comparison's phase first.
        with_gil: labels whose workers had the GIL on at the end of a sample.
    """

    comparison: Comparison
    samples: dict[Cell, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    piloted: dict[Cell, float] = field(default_factory=dict)
    pilot_samples: dict[Cell, int] = field(default_factory=lambda: defaultdict(int))
    racers: dict[str, Cell] = field(default_factory=dict)
    blocks: dict[int, dict[str, Entry]] = field(default_factory=lambda: defaultdict(dict))
    raced: dict[str, Cell] = field(default_factory=dict)
    broke: dict[str, int] = field(default_factory=dict)
    stopped: dict[str, Failure] = field(default_factory=dict)
    failed: dict[str, Failure] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    with_gil: set[str] = field(default_factory=set)

    def add_sample(self, sample: Sample) -> None:
        """Take in a sample of the pilot or the race; a time that no clock gives comes from a damaged journal."""
        if not 0 <= sample.seconds < math.inf:
            return
        cell = sample.cell
        self.samples[cell].append(sample)
        if sample.metadata.get("comparators_gil") == "on":
            self.with_gil.add(cell.runner.label)
        if sample.stage == "pilot":
            fastest = min(sample.seconds, sample.warmup_s or sample.seconds)
            self.piloted[cell] = min(fastest, self.piloted.get(cell, fastest))
            self.pilot_samples[cell] += 1
        elif sample.stage == "race":
            label = cell.runner.label
            self.raced.setdefault(label, cell)
            self.blocks[sample.block][label] = Entry(sample.seconds, position=sample.position, previous=sample.previous)

    def add_failure(self, failure: Failure) -> None:
        """Take in a failure; one of an instrumented look or of a copy says nothing about the runner's times."""
        label = failure.cell.runner.label
        if failure.stage in ("evidence", "control"):
            return
        if failure.cause == "capped" and failure.limit_s is not None:
            if failure.stage == "race":
                self.raced.setdefault(label, failure.cell)
                self.blocks[failure.block].setdefault(label, Entry(failure.limit_s, capped=True))
            else:
                self.stopped.setdefault(label, failure)
            return
        self.failed.setdefault(label, failure)
        if failure.stage == "race":
            self.broke.setdefault(label, failure.block)
            self.blocks.setdefault(failure.block, {})  # a block in which everybody fails is still a block

    def evidence_of(self, label: str, workers: int | None) -> Evidence | None:
        """Return the look at a label with this worker count, at another one, or None."""
        found = self.evidence.get(label, [])
        return next((one for one in found if one.cell.workers == workers), found[0] if found else None)


def histories(run: Run) -> list[History]:
    """Gather a run's records by comparison, in the plan's order; records of no comparison are left out."""
    found = {_comparison_key(comparison): History(comparison) for comparison in run.header.plan.comparisons}
    for race in run.races:
        if history := found.get(_key(race.cells[0])):
            history.racers = {cell.runner.label: cell for cell in race.cells}
    for sample in run.samples:
        if history := found.get(_key(sample.cell)):
            history.add_sample(sample)
    for failure in run.failures:
        for key in _preflight_keys(failure) if failure.stage == "preflight" else (_key(failure.cell),):
            if history := found.get(key):
                history.add_failure(failure)
    _share_evidence(found, run.evidence)
    return list(found.values())


def _share_evidence(found: dict[Key, History], evidence: Iterable[Evidence]) -> None:
    """Give each look to its comparison and to that of the other phase: only the start-up differs there."""
    other = {"warm": "cold", "cold": "warm"}
    looks = list(evidence)
    for own in (True, False):
        for look in looks:
            name, given, phase, python = _key(look.cell)
            history = found.get((name, given, phase if own else other[phase], python))
            if history is not None:
                history.evidence[look.cell.runner.label].append(look)


def _key(cell: Cell) -> Key:
    return _spec_key(cell.workload, cell.phase, cell.python)


def _comparison_key(comparison: Comparison) -> Key:
    return _spec_key(comparison.workload, comparison.phase, comparison.python)


def _spec_key(workload: WorkloadSpec, phase: str, python: str) -> Key:
    return workload.name, workload.given, phase, python


def _preflight_keys(failure: Failure) -> tuple[Key, Key]:
    """Both phases share one preflight."""
    cell = failure.cell
    return _spec_key(cell.workload, "warm", cell.python), _spec_key(cell.workload, "cold", cell.python)
