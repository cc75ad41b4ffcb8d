"""What the journal of a run already holds, by what was measured.

What is there is not measured again: that is all there is to resuming a run.
"""

from collections.abc import Hashable
from typing import TypeVar

from comparators.journal.journal import Journal
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    Level,
    LevelTest,
    ParallelCapacity,
    Profile,
    Record,
    Sample,
    Stage,
)
from comparators.plan.model import Cell, Comparison

__all__ = ["Index", "RecordT"]

RecordT = TypeVar("RecordT", bound=Record)


class Index:
    """The records of a run, to be asked before anything is measured, and added to afterwards."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._records: dict[Hashable, Record] = {_identity(record): record for record in journal.records}

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: RecordT) -> RecordT:
        """Write a record into the journal, and return it."""
        self._journal.append(record)
        self._records[_identity(record)] = record
        return record

    def sample(
        self, cell: Cell, stage: Stage, level: Level | None, block: int, place: int = 0
    ) -> Sample | Failure | None:
        """Return what a cell's value in a block was, None before it was taken; `place` tells a cell from its copy."""
        found = self._records.get((stage, level, cell, block, place if stage == "control" else 0))
        return found if isinstance(found, Sample | Failure) else None

    def profile(self, comparison: Comparison) -> Profile | Failure | None:
        """Return the profile of a comparison's work, None before it was taken."""
        found = self._records.get(("profile", comparison.workload.label, comparison.python))
        return found if isinstance(found, Profile | Failure) else None

    def test(self, comparison: Comparison, level: Level) -> LevelTest | None:
        """Return how the test of a level began, None before it did."""
        found = self._records.get(("test", level, comparison.key))
        return found if isinstance(found, LevelTest) else None

    def evidence(self, cell: Cell) -> Evidence | Failure | None:
        """Return what a traced pass of a cell showed, None before there was one."""
        found = self._records.get(("evidence", cell))
        return found if isinstance(found, Evidence | Failure) else None

    def capacity(self, workers: int) -> ParallelCapacity | None:
        """Return how much this many processes do at once, None before that was measured."""
        found = self._records.get(("capacity", workers))
        return found if isinstance(found, ParallelCapacity) else None

    def has_recipe(self, cell: Cell) -> bool:
        """Say whether the code to copy for a cell is there."""
        return ("recipe", cell) in self._records


def _identity(record: Record) -> Hashable:  # noqa: PLR0911  one for each kind of record
    """Return what makes a measurement the same measurement in a resumed run."""
    match record:
        case Failure(stage="profile"):
            return ("profile", record.cell.workload.label, record.cell.python)
        case Profile():
            return ("profile", record.workload, record.python)
        case Failure(stage="evidence") | Evidence():
            return ("evidence", record.cell)
        case Sample(stage="control"):
            return (record.stage, record.level, record.cell, record.block, record.position)
        case Sample() | Failure():
            return (record.stage, record.level, record.cell, record.block, 0)
        case LevelTest():
            cell = record.cells[0]
            return ("test", record.level, f"{cell.workload.label}/{cell.phase}/{cell.python}")
        case CellRecipe():
            return ("recipe", record.cell)
        case ParallelCapacity():
            return ("capacity", record.workers)
        case Calibration():
            return ("calibration", record.workload, record.python)
        case _:
            return type(record).__name__
