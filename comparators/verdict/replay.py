"""Drive a level's sequential test over its recorded blocks: the same object, in the same order, as the live run.

A block counts when each remaining candidate has a value in it, a bound where it was stopped at its limit. A candidate
that failed leaves the test. A block that was cut off, by an interruption or a lost sample, is left out as a whole, as
the live run does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from comparators.journal.records import Failure, Level, candidate_label
from comparators.plan.model import Cell
from comparators.stats.sequential import Look, SequentialTest, Value
from comparators.stats.thresholds import Thresholds
from comparators.verdict.measurements import BlockEntry, Measurements, value_of

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """How a level's test went.

    Attributes:
        level: which.
        cells: its candidates by label.
        look: the last one.
        values: of the blocks that count, in order; without what another count of the same model speaks for.
        incomplete: blocks that do not count.
    """

    level: Level
    cells: Mapping[str, Cell]
    look: Look
    values: tuple[Mapping[str, Value], ...]
    incomplete: int

    @property
    def leader(self) -> str | None:
        """The fastest remaining candidate; None without any time."""
        return self.look.leader if self.values else None


def replay(measured: Measurements, level: Level, thresholds: Thresholds, wrong: Collection[str] = ()) -> Replay | None:
    """Judge a level again by the run's own thresholds; None when its test never began.

    Args:
        measured: of the comparison.
        level: which.
        thresholds: of the run.
        wrong: labels of cells whose results are wrong: they take part in nothing, nor do those that failed elsewhere.
    """
    recorded = measured.tests.get(level)
    if recorded is None:
        return None
    cells = {candidate_label(cell): cell for cell in recorded.cells}
    models = {label: cell.runner.model for label, cell in cells.items()} if level == "model" else {}
    test = SequentialTest(tuple(cells), thresholds.rule(level, cold=measured.comparison.phase == "cold"), models)
    out = {*wrong, *_failed_elsewhere(measured, level)}
    for label in out:
        test.drop(label)
    values: list[Mapping[str, Value]] = []
    failed: set[str] = set()
    incomplete = 0
    numbered = measured.blocks.get(level, {})
    for number in sorted(numbered):
        entries = numbered[number]
        _drop_failed(test, entries, cells, failed)
        known = {label: value for label, entry in entries.items() if (value := value_of(entry)) is not None}
        if not test.remaining or set(test.remaining) - known.keys():
            incomplete += 1
            continue
        block = {label: value for label, value in known.items() if label in cells and label not in out}
        test.add(block)
        values.append({label: value for label, value in block.items() if label not in test.screened})
        if test.due:
            test.look()
    look = test.look(last=True)
    if failed & {*look.leaders}:  # it failed after the decision: what fails is not recommended
        return replay(measured, level, thresholds, (*wrong, *failed))
    return Replay(level, cells, look, tuple(values), incomplete)


def _failed_elsewhere(measured: Measurements, level: Level) -> set[str]:
    return {
        label
        for label, failures in measured.failures.items()
        if any(one.cause != "capped" and (one.stage != "test" or one.level != level) for one in failures)
    }


def _drop_failed(
    test: SequentialTest, entries: Mapping[str, BlockEntry], cells: Mapping[str, Cell], failed: set[str]
) -> None:
    for label, entry in entries.items():
        if isinstance(entry, Failure) and value_of(entry) is None and label in cells:
            failed.add(label)
            test.drop(label)
