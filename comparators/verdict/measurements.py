"""What the journal says about each comparison, gathered in one pass over its records."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from comparators.journal.records import Evidence, Failure, Level, LevelTest, Profile, Run, Sample, candidate_label
from comparators.plan.model import Candidate, Cell, Comparison, RunnerSpec
from comparators.stats.sequential import AtLeast, Value

__all__ = ["BlockEntry", "Measurements", "gather", "value_of"]

BlockEntry = Sample | Failure
"""What a cell gave in a block."""


@dataclass(slots=True)
class Measurements:
    """Everything measured in one comparison; labels are those of `comparators.journal.records.candidate_label`.

    Attributes:
        comparison: of the plan.
        profile: what its tasks do; None without one.
        listed: number of items of a list of which only the first were measured, `comparison.tasks`; None when all were.
        tests: by level.
        blocks: what came of each cell, by level, number of the block and label.
        cells: by label, of everything measured.
        samples: by label, of tests, pilot and costs.
        failures: by label, those of instrumented passes left out, capped ones included.
        evidence: by label.
        recipes: source by label.
    """

    comparison: Comparison
    profile: Profile | None = None
    listed: int | None = None
    tests: dict[Level, LevelTest] = field(default_factory=dict)
    blocks: dict[Level, dict[int, dict[str, BlockEntry]]] = field(default_factory=lambda: defaultdict(dict))
    cells: dict[str, Cell] = field(default_factory=dict)
    samples: dict[str, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    evidence: dict[str, Evidence] = field(default_factory=dict)
    recipes: dict[str, str] = field(default_factory=dict)

    @property
    def candidates(self) -> Mapping[RunnerSpec, Candidate]:
        """The candidates of the plan by runner."""
        return {one.runner: one for one in self.comparison.candidates}

    def pilot_s(self, label: str) -> float | None:
        """Return the fastest seconds of a cell outside of blocks; None without a sample there."""
        found = [one.seconds for one in self.samples.get(label, ()) if one.stage == "pilot"]
        return min(found, default=None)

    def failure(self, label: str) -> Failure | None:
        """Return the first failure of a cell that is not one of being slow."""
        return next((one for one in self.failures.get(label, ()) if one.cause != "capped"), None)

    def of_runner(self, runner: RunnerSpec) -> tuple[str, ...]:
        """Return the labels of a runner's cells by worker count."""
        found = [cell for cell in self.cells.values() if cell.runner == runner]
        return tuple(candidate_label(cell) for cell in sorted(found, key=lambda cell: cell.workers))

    def start_s(self, label: str) -> float | None:
        """Return the seconds that starting a cell's workers takes, median of its samples."""
        return _median([one.start_s for one in self.samples.get(label, ())])

    def cpu_s(self, label: str) -> float | None:
        """Return the CPU seconds of a loop, median of the samples that counted them."""
        return _median([_metadata(one, "comparators_cpu_s") for one in self.samples.get(label, ())])

    def memory(self, label: str) -> tuple[int | None, str]:
        """Return the most bytes of memory of a cell's samples and how they were counted."""
        found = [
            (int(used), str(one.metadata.get("comparators_memory_kind", "")))
            for one in self.samples.get(label, ())
            if (used := _metadata(one, "comparators_memory_bytes"))
        ]
        return max(found, default=(None, ""))

    def first_share(self, label: str) -> float | None:
        """Return the share of a loop after which the caller had its first result, median of the samples."""
        return _median([one.first_s and one.first_s / one.seconds for one in self.samples.get(label, ())])

    def elapsed_s(self) -> float:
        """Return the seconds that measuring took."""
        taken = [one.elapsed_s for many in self.samples.values() for one in many]
        taken += [one.elapsed_s for many in self.failures.values() for one in many]
        return sum(one for one in taken if math.isfinite(one) and one > 0)


def value_of(entry: BlockEntry | None) -> Value | None:
    """Return what an entry of a block is to the test; None for a failure, and for nothing."""
    if isinstance(entry, Sample):
        return entry.seconds
    if entry is not None and entry.cause == "capped" and entry.limit_s is not None and 0 < entry.limit_s < math.inf:
        return AtLeast(entry.limit_s)
    return None


def gather(run: Run) -> tuple[Measurements, ...]:
    """Sort a run's records by comparison, in the plan's order; what belongs to no comparison is left out."""
    found = {one.key: Measurements(one) for one in run.header.plan.comparisons}
    profiles = {(one.workload, one.python): one for one in run.profiles}
    first = {(one.workload, one.python): dict(one.parameters).get("first") for one in run.calibrations}
    for measured in found.values():
        count = first.get((measured.comparison.workload.label, measured.comparison.python))
        if isinstance(count, int) and 0 < count < measured.comparison.tasks:
            measured.listed = measured.comparison.tasks
            measured.comparison = replace(measured.comparison, tasks=count)
        measured.profile = profiles.get((measured.comparison.workload.label, measured.comparison.python))
    for test in run.tests:
        if test.cells and (into := found.get(_key(test.cells[0]))):
            into.tests[test.level] = test
            into.cells.update({candidate_label(cell): cell for cell in test.cells})
    for sample in run.samples:
        if (into := found.get(_key(sample.cell))) and 0 < sample.seconds < math.inf:
            _add_sample(into, sample)
    for failure in run.failures:
        if into := found.get(_key(failure.cell)):
            _add_failure(into, failure)
    _add_rest(found, run)
    return tuple(found.values())


def _add_sample(into: Measurements, sample: Sample) -> None:
    label = candidate_label(sample.cell)
    into.cells[label] = sample.cell
    into.samples[label].append(sample)
    if sample.stage == "test" and sample.level is not None:
        into.blocks[sample.level].setdefault(sample.block, {}).setdefault(label, sample)


def _add_failure(into: Measurements, failure: Failure) -> None:
    """Take in a failure; one of an instrumented pass or of a copy says nothing about the cell's times."""
    if failure.stage in ("evidence", "control"):
        return
    label = candidate_label(failure.cell)
    into.cells.setdefault(label, failure.cell)
    into.failures[label].append(failure)
    if failure.stage == "test" and failure.level is not None:
        into.blocks[failure.level].setdefault(failure.block, {}).setdefault(label, failure)


def _add_rest(found: Mapping[str, Measurements], run: Run) -> None:
    for evidence in run.evidence:
        if into := found.get(_key(evidence.cell)):
            into.evidence[candidate_label(evidence.cell)] = evidence
    for recipe in run.recipes:
        if into := found.get(_key(recipe.cell)):
            into.recipes[candidate_label(recipe.cell)] = recipe.source


def _key(cell: Cell) -> str:
    return f"{cell.workload.label}/{cell.phase}/{cell.python}"


def _metadata(sample: Sample, name: str) -> float | None:
    found = sample.metadata.get(name)
    return float(found) if isinstance(found, int | float) and math.isfinite(found) and found >= 0 else None


def _median(values: Sequence[float | None]) -> float | None:
    known = list(_known(values))
    return median(known) if known else None


def _known(values: Sequence[float | None]) -> Iterator[float]:
    for value in values:
        if value is not None and math.isfinite(value) and value >= 0:
            yield value
