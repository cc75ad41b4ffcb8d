"""The scout: one sample of each runner at its first worker count, more counts for the promising ones.

It picks each runner's worker count and drops the hopeless; those that are only somewhat slower get a second sample
first. The scout chooses, the race judges: no sample serves both.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comparators.campaign.outcome import Cap
from comparators.journal.records import Failure, Sample
from comparators.campaign.sampler import Sampler
from comparators.plan.model import Cell, Contest, Contestant, RunnerSpec, Settings
from comparators.plan.names import BASELINE
from comparators.plan.search import next_count
from comparators.plan.selection import hopeless, representatives

__all__ = ["OVERHEAD_SLACK_S", "SCOUT_CAP", "Scout"]

SCOUT_CAP = 30.0
"""The scout stops a cell that takes this many times the best's seconds: it has nothing to win."""
OVERHEAD_SLACK_S = 1.0
"""What starting and ending a process may take beyond what it took in the scout, before a cap counts as reached."""


@dataclass(slots=True)
class _Scouted:
    """What the scout knows of a cell."""

    seconds: float
    samples: int
    overhead_s: float


@dataclass(slots=True)
class Scout:
    """Looks at the runners of one contest before they race.

    Attributes:
        contest: whose runners.
        sampler: measures.
        settings: of the plan.
        hints: worker counts to begin with instead of the plan's, by runner.
        watch: is told a cell before it is measured.
        note: is given each record.
    """

    contest: Contest
    sampler: Sampler
    settings: Settings
    hints: Mapping[RunnerSpec, int]
    watch: Callable[[Cell], None]
    note: Callable[[Sample | Failure], None]
    _scouted: dict[Cell, _Scouted] = field(default_factory=dict)
    _failed: list[Cell] = field(default_factory=list)

    def look(self) -> dict[RunnerSpec, Cell]:
        """Measure; returns each runner's best cell, fastest first."""
        runnable = [one for one in self.contest.contestants if self._works(one)]
        runnable.sort(key=lambda one: one.runner.name == BASELINE)  # last: its cap comes from the others
        for one in runnable:
            for count in self._first_counts(one):
                self._scout_cell(self.contest.cell(one.runner, count))
        if self.settings.scaling:
            self._scout_again(runnable)
        searching = [one for one in runnable if one.search]
        while any([self._try_another_count(one) for one in searching]):  # noqa: C419  each runner takes a step per round
            pass
        if not self.contest.survey:
            self._give_second_chances()
        return self._chosen()

    @property
    def best_s(self) -> float:
        """Seconds of the fastest cell."""
        return min(seen.seconds for seen in self._scouted.values())

    def seconds(self, cell: Cell) -> float:
        """Return the least that one loop of a cell took."""
        return self._scouted[cell].seconds

    def overhead_s(self, cell: Cell) -> float:
        """Return what a sample took beyond its loops; the most of any where a damaged journal lost it."""
        seen = self._scouted.get(cell)
        return seen.overhead_s if seen else max(one.overhead_s for one in self._scouted.values())

    def is_hopeless(self, cell: Cell) -> bool:
        """Say whether a cell has nothing to look for in the race."""
        seen = self._scouted[cell]
        return hopeless(seen.seconds, self.best_s, seen.samples, self.settings)

    def _give_second_chances(self) -> None:
        """Measure again what would be dropped with two samples: one says little."""
        for cell in list(self._chosen().values()):
            if not self.is_hopeless(cell) and hopeless(self.seconds(cell), self.best_s, 2, self.settings):
                self._scout_cell(cell)

    def _scout_again(self, runnable: Sequence[Contestant]) -> None:
        """Take more samples of every worker count, in random order: the shape of the whole curve is wanted."""
        cells = [cell for cell in self._scouted if any(one.runner == cell.runner for one in runnable)]
        for number in range(self.settings.scout_rounds - 1):
            order = random.Random(f"{self.settings.seed}/{self.contest.key}/scaling/{number}")
            for cell in order.sample(cells, len(cells)):
                if cell not in self._failed:
                    self._scout_cell(cell)

    def _works(self, contestant: Contestant) -> bool:
        counts = self._first_counts(contestant)
        return not isinstance(self.sampler.tried(self.contest.cell(contestant.runner, counts[0])), Failure)

    def _first_counts(self, contestant: Contestant) -> tuple[int, ...]:
        hint = self.hints.get(contestant.runner)
        return (hint,) if hint is not None and contestant.search else contestant.counts

    def _try_another_count(self, contestant: Contestant) -> bool:
        """Take one step of the search for a runner's worker count; say whether there was one to take."""
        if contestant.runner in self.hints:
            return False
        times = {cell.workers: seen for cell, seen in self._times().items() if cell.runner == contestant.runner}
        if not times or hopeless(min(times.values()), self.best_s, 2, self.settings):
            return False
        tried = {cell.workers: math.inf for cell in self._failed if cell.runner == contestant.runner} | times
        count = next_count(tried, contestant.counts[0], contestant.limit)
        if count is None:
            return False
        self._scout_cell(self.contest.cell(contestant.runner, count))
        return True

    def _scout_cell(self, cell: Cell) -> None:
        """Take one more scout sample of a cell; keep the faster of its value and its warm-up."""
        seen = self._scouted.get(cell)
        samples = seen.samples if seen else 0
        self.watch(cell)
        record = self.sampler.sample(cell, "scout", block=-1 - samples, cap=self._cap(cell))
        self.note(record)
        if isinstance(record, Failure):
            self._failed.append(cell)
            return
        seconds = min(record.seconds, record.warmup_s or record.seconds, seen.seconds if seen else math.inf)
        overhead = max(0.0, record.elapsed_s - record.seconds - (record.warmup_s or 0.0))
        self._scouted[cell] = _Scouted(seconds, samples + 1, overhead)

    def _cap(self, cell: Cell) -> Cap | None:
        """Return where to stop a cell's first sample; what is slow has a price, too: a survey stops none."""
        if not self._scouted or cell in self._scouted or self.contest.survey:
            return None
        limit_s = SCOUT_CAP * self.best_s
        return Cap(limit_s, 2 * limit_s * self.settings.copies(cell.workers) + OVERHEAD_SLACK_S + self.overhead_s(cell))

    def _times(self) -> dict[Cell, float]:
        return {cell: seen.seconds for cell, seen in self._scouted.items()}

    def _chosen(self) -> dict[RunnerSpec, Cell]:
        return representatives(self._times())
