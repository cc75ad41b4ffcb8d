"""What the journal of a run already holds, by what was measured.

What is there is not measured again: that is all there is to resuming a run.
"""

from typing import TypeVar

from comparators.journal.journal import Journal
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    ParallelCapacity,
    Preflight,
    Race,
    Record,
    Sample,
    Stage,
)
from comparators.plan.model import Cell

__all__ = ["Index", "RecordT"]

RecordT = TypeVar("RecordT", bound=Record)


class Index:
    """The records of a run, to be asked before anything is measured, and added to afterwards."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._records = {_identity(record): record for record in journal.records}

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: RecordT) -> RecordT:
        """Write a record into the journal, and return it."""
        self._journal.append(record)
        self._records[_identity(record)] = record
        return record

    def sample(self, cell: Cell, stage: Stage, block: int) -> Sample | Failure | None:
        """Return what a cell's value in a block was, None before it was taken."""
        found = self._records.get((stage, cell, block))
        return found if isinstance(found, Sample | Failure) else None

    def evidence(self, cell: Cell) -> Evidence | Failure | None:
        """Return what was seen of a cell, None before anybody looked."""
        found = self._records.get(("evidence", cell, -1))
        return found if isinstance(found, Evidence | Failure) else None

    def trial(self, cell: Cell) -> Preflight | Failure | None:
        """Return how a cell's preflight ended, None before it."""
        found = self._records.get(_trial(cell))
        return found if isinstance(found, Preflight | Failure) else None

    def race(self, race: Race) -> Race | None:
        """Return the race of the same comparison that has begun already."""
        found = self._records.get(_identity(race))
        return found if isinstance(found, Race) else None

    def capacity(self, workers: int) -> ParallelCapacity | None:
        """Return how much so many processes do at once, None before that was measured."""
        found = self._records.get(("capacity", workers, -1))
        return found if isinstance(found, ParallelCapacity) else None

    def has_recipe(self, cell: Cell) -> bool:
        """Say whether the code to copy for a cell is there."""
        return ("recipe", cell, -1) in self._records


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
        case ParallelCapacity():
            return ("capacity", record.workers, -1)
        case Calibration():
            return ("calibration", record.workload, record.python)
        case _:
            return (type(record),)


def _trial(cell: Cell) -> tuple[object, ...]:
    """Worker counts and phases share a preflight."""
    return ("preflight", cell.workload, cell.runner, cell.python)
