"""What the pictures draw from: a run and its verdicts, put together by comparison."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count

from comparators.journal.records import Failure, Run, Sample
from comparators.plan.model import Cell, Scaling
from comparators.report.figures.text_format import slug
from comparators.verdict.model import Standing, Verdict

__all__ = ["Facts", "Measured", "Topic", "gather"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one runner's cells with one worker count gave in one comparison."""

    race: tuple[Sample, ...] = ()
    pilot: tuple[Sample, ...] = ()
    capped: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """One workload and its verdicts, one per phase and Python; no other workload has its `slug`."""

    workload: str
    slug: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the pictures show.

    Attributes:
        topics: by workload, in the order of the verdicts.
        measured: by cell.
        parallel capacities: workers and the speedup that busy processes reach with them on this host; 1 with one, by definition.
        markers: place of each runner, by label, among its model: the same in every picture.
        phases, pythons: all of the run, to name them only where there are several.
        scaling: what grows with the workers; empty where the run does not look at that.
    """

    topics: tuple[Topic, ...]
    measured: Mapping[str, Measured]
    capacities: tuple[tuple[int, float], ...]
    markers: Mapping[str, int]
    phases: tuple[str, ...]
    pythons: tuple[str, ...]
    scaling: Scaling

    def of(self, cell: Cell | None) -> Measured:
        """Return what a cell measured; nothing for no cell."""
        return Measured() if cell is None else self.measured.get(cell.key, Measured())

    def where(self, verdict: Verdict) -> str:
        """Return phase and Python of a comparison, as far as the run has several."""
        words = [verdict.phase] if len(self.phases) > 1 else []
        if len(self.pythons) > 1:
            words.append(f"Python {verdict.python}")
        return ", ".join(words)


def gather(run: Run, verdicts: Iterable[Verdict]) -> Facts:
    """Put a run and its verdicts together."""
    verdicts = tuple(verdicts)
    return Facts(
        topics=_topics(verdicts),
        measured=_measured(run),
        capacities=_capacities(run),
        markers=_markers(one for verdict in verdicts for one in verdict.standings),
        phases=tuple(dict.fromkeys(verdict.phase for verdict in verdicts)),
        pythons=tuple(dict.fromkeys(verdict.python for verdict in verdicts)),
        scaling=run.header.plan.settings.scaling,
    )


def _capacities(run: Run) -> tuple[tuple[int, float], ...]:
    found = ((one.workers, 1.0 if one.workers == 1 else one.speedup) for one in run.capacities if one.speedup > 0)
    return tuple(sorted(found))


def _topics(verdicts: tuple[Verdict, ...]) -> tuple[Topic, ...]:
    grouped: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        grouped[verdict.workload].append(verdict)
    taken: set[str] = set()
    return tuple(
        Topic(workload, _unique_slug(workload, taken), tuple(several)) for workload, several in grouped.items()
    )


def _unique_slug(workload: str, taken: set[str]) -> str:
    name = slug(workload)
    candidates = chain([name], (f"{name}-{number}" for number in count(2)))
    found = next(one for one in candidates if one not in taken)
    taken.add(found)
    return found


def _measured(run: Run) -> dict[str, Measured]:
    race: dict[str, list[Sample]] = defaultdict(list)
    pilot: dict[str, list[Sample]] = defaultdict(list)
    capped: dict[str, list[Failure]] = defaultdict(list)
    for sample in run.samples:
        if not (math.isfinite(sample.seconds) and sample.seconds > 0):
            continue  # a damaged journal; no axis has a place for it
        if sample.stage == "race":
            race[sample.cell.key].append(sample)
        elif sample.stage == "pilot":
            pilot[sample.cell.key].append(sample)
    for failure in run.failures:
        if failure.cause == "capped" and failure.limit_s is not None and failure.limit_s > 0:
            capped[failure.cell.key].append(failure)
    keys = dict.fromkeys([*race, *pilot, *capped])
    return {
        key: Measured(tuple(sorted(race[key], key=lambda sample: sample.block)), tuple(pilot[key]), tuple(capped[key]))
        for key in keys
    }


def _markers(standings: Iterable[Standing]) -> dict[str, int]:
    """Number the runners within their model, in the order of the alphabet: no verdict changes a marker."""
    models: dict[str, set[str]] = defaultdict(set)
    for standing in standings:
        models[standing.runner.model].add(standing.runner.label)
    return {label: place for labels in models.values() for place, label in enumerate(sorted(labels))}
