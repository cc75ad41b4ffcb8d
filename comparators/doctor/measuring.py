"""Measure for a look at the host, in the same way as in a run."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.outcome import Occasion
from comparators.campaign.sampler import Sampler
from comparators.journal import journal
from comparators.journal.records import Sample
from comparators.plan.build import make_plan
from comparators.plan.model import Cell
from comparators.request.request import Request
from comparators.supervision.supervised import Supervised

__all__ = ["Instrument", "instrument"]

REQUEST = Request(
    workloads=("integrate",),
    runners=("serial",),
    workers=(1,),
    parameters=(("steps", "500000"),),
    preset="quick",
    phases=("warm",),
    seed=1,
    timeout_s=5.0,
)
"""A few hundredths of a second of computing: long enough for the clock, short enough for many."""


class Instrument(Protocol):
    """What measures."""

    def speedup(self, processes: int) -> float | None:
        """Return how many times as much as one this many busy processes do."""
        ...

    def pair(self, number: int) -> tuple[float, float] | None:
        """Return the seconds of a piece of work and of the same once more; None when that failed."""
        ...


class _Real:
    def __init__(self, sampler: Sampler, cell: Cell) -> None:
        self._sampler = sampler
        self._cell = cell

    def speedup(self, processes: int) -> float | None:
        """Return how many times as much as one this many busy processes do."""
        capacity = self._sampler.capacity(processes)
        return None if capacity is None else capacity.speedup

    def pair(self, number: int) -> tuple[float, float] | None:
        """Measure two samples of one cell; which of them comes first changes from pair to pair."""
        try:
            found = [self._sampler.sample(Occasion(self._cell, "control", None, number, place)) for place in (0, 1)]
        except OutOfTime:
            return None
        seconds = [one.seconds for one in found if isinstance(one, Sample)]
        if len(seconds) < len(found):
            return None
        return (seconds[0], seconds[1]) if number % 2 else (seconds[1], seconds[0])


@contextmanager
def instrument(limit_s: float) -> Iterator[Instrument]:
    """Give what measures, for a limited time, with a journal in a folder that is removed afterwards."""
    plan = make_plan(REQUEST)
    (comparison,) = plan.comparisons
    cell = comparison.cell(comparison.candidates[0].runner, 1)
    with (
        tempfile.TemporaryDirectory(prefix="comparators-", ignore_cleanup_errors=True) as folder,
        journal.opened(Path(folder), plan, {}) as opened,
        Supervised() as supervised,
    ):
        sampler = Sampler(plan, opened, Clock(0.0, limit_s, time.monotonic), supervised)
        sampler.enter(comparison)
        yield _Real(sampler, cell)
