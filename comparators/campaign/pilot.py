"""The pilot: one sample of each runner at its first worker count, more counts for the promising ones.

It picks each runner's worker count and drops the screened out; those that are only somewhat slower get a second sample
first. The pilot chooses, the race judges: no sample serves both.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comparators.campaign.outcome import Cap
from comparators.campaign.sampler import Sampler
from comparators.journal.records import Failure, Sample
from comparators.plan.model import Candidate, Cell, Comparison, RunnerSpec, Settings
from comparators.plan.names import BASELINE
from comparators.plan.search import next_count
from comparators.plan.selection import representatives, screened_out

__all__ = ["OVERHEAD_SLACK_S", "PILOT_CAP", "Pilot"]

PILOT_CAP = 30.0
"""The pilot stops a cell that takes this many times the best's seconds: it has nothing to win."""
OVERHEAD_SLACK_S = 1.0
"""What starting and ending a process may take beyond what it took in the pilot, before a cap counts as reached."""


@dataclass(slots=True)
class _Piloted:
    """What the pilot knows of a cell."""

    seconds: float
    samples: int
    overhead_s: float


@dataclass(slots=True)
class Pilot:
    """Looks at the runners of one comparison before they race.

    Attributes:
        comparison: whose runners.
        sampler: measures.
        settings: of the plan.
        hints: worker counts to begin with instead of the plan's, by runner.
        watch: is told a cell before it is measured.
        note: is given each record.
    """

    comparison: Comparison
    sampler: Sampler
    settings: Settings
    hints: Mapping[RunnerSpec, int]
    watch: Callable[[Cell], None]
    note: Callable[[Sample | Failure], None]
    _piloted: dict[Cell, _Piloted] = field(default_factory=dict)
    _failed: list[Cell] = field(default_factory=list)

    def look(self) -> dict[RunnerSpec, Cell]:
        """Measure; returns each runner's best cell, fastest first."""
        runnable = [one for one in self.comparison.candidates if self._works(one)]
        runnable.sort(key=lambda one: one.runner.name == BASELINE)  # last: its cap comes from the others
        for one in runnable:
            for count in self._first_counts(one):
                self._pilot_cell(self.comparison.cell(one.runner, count))
        if self.settings.scaling:
            self._pilot_again(runnable)
        searching = [one for one in runnable if one.search]
        while any([self._try_another_count(one) for one in searching]):  # noqa: C419  each runner takes a step per round
            pass
        if not self.comparison.survey:
            self._give_second_chances()
        return self._chosen()

    @property
    def best_s(self) -> float:
        """Seconds of the fastest cell."""
        return min(seen.seconds for seen in self._piloted.values())

    def seconds(self, cell: Cell) -> float:
        """Return the least that one loop of a cell took."""
        return self._piloted[cell].seconds

    def overhead_s(self, cell: Cell) -> float:
        """Return what a sample took beyond its loops; the most of any where a damaged journal lost it."""
        seen = self._piloted.get(cell)
        return seen.overhead_s if seen else max(one.overhead_s for one in self._piloted.values())

    def is_screened_out(self, cell: Cell) -> bool:
        """Say whether a cell has nothing to look for in the race."""
        seen = self._piloted[cell]
        return screened_out(seen.seconds, self.best_s, seen.samples, self.settings)

    def _give_second_chances(self) -> None:
        """Measure again what would be dropped with two samples: one says little."""
        for cell in list(self._chosen().values()):
            if not self.is_screened_out(cell) and screened_out(self.seconds(cell), self.best_s, 2, self.settings):
                self._pilot_cell(cell)

    def _pilot_again(self, runnable: Sequence[Candidate]) -> None:
        """Take more samples of every worker count, in random order: the shape of the whole curve is wanted."""
        cells = [cell for cell in self._piloted if any(one.runner == cell.runner for one in runnable)]
        for number in range(self.settings.pilot_rounds - 1):
            order = random.Random(f"{self.settings.seed}/{self.comparison.key}/scaling/{number}")
            for cell in order.sample(cells, len(cells)):
                if cell not in self._failed:
                    self._pilot_cell(cell)

    def _works(self, candidate: Candidate) -> bool:
        counts = self._first_counts(candidate)
        return not isinstance(self.sampler.tried(self.comparison.cell(candidate.runner, counts[0])), Failure)

    def _first_counts(self, candidate: Candidate) -> tuple[int, ...]:
        hint = self.hints.get(candidate.runner)
        return (hint,) if hint is not None and candidate.search else candidate.counts

    def _try_another_count(self, candidate: Candidate) -> bool:
        """Take one step of the search for a runner's worker count; say whether there was one to take."""
        if candidate.runner in self.hints:
            return False
        times = {cell.workers: seen for cell, seen in self._times().items() if cell.runner == candidate.runner}
        if not times or screened_out(min(times.values()), self.best_s, 2, self.settings):
            return False
        tried = {cell.workers: math.inf for cell in self._failed if cell.runner == candidate.runner} | times
        count = next_count(tried, candidate.counts[0], candidate.limit)
        if count is None:
            return False
        self._pilot_cell(self.comparison.cell(candidate.runner, count))
        return True

    def _pilot_cell(self, cell: Cell) -> None:
        """Take one more pilot sample of a cell; keep the faster of its value and its warm-up."""
        seen = self._piloted.get(cell)
        samples = seen.samples if seen else 0
        self.watch(cell)
        record = self.sampler.sample(cell, "pilot", block=-1 - samples, cap=self._cap(cell))
        self.note(record)
        if isinstance(record, Failure):
            self._failed.append(cell)
            return
        seconds = min(record.seconds, record.warmup_s or record.seconds, seen.seconds if seen else math.inf)
        overhead = max(0.0, record.elapsed_s - record.seconds - (record.warmup_s or 0.0))
        self._piloted[cell] = _Piloted(seconds, samples + 1, overhead)

    def _cap(self, cell: Cell) -> Cap | None:
        """Return where to stop a cell's first sample; what is slow has a cost, too: a survey stops none."""
        if not self._piloted or cell in self._piloted or self.comparison.survey:
            return None
        limit_s = PILOT_CAP * self.best_s
        return Cap(limit_s, 2 * limit_s * self.settings.copies(cell.workers) + OVERHEAD_SLACK_S + self.overhead_s(cell))

    def _times(self) -> dict[Cell, float]:
        return {cell: seen.seconds for cell, seen in self._piloted.items()}

    def _chosen(self) -> dict[RunnerSpec, Cell]:
        return representatives(self._times())
