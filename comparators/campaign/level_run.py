"""The sequential test of one level while it is measured: blocks of fresh samples until it is settled.

The rule is `comparators.stats.sequential.SequentialTest`; judging the journal later drives the same object over the
same blocks. A sample stopped at its cap enters as a bound, never as a time.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comparators.campaign.clock import Clock
from comparators.campaign.outcome import Occasion
from comparators.campaign.sampler import Sampler
from comparators.journal.records import Failure, LevelTest, Sample, candidate_label
from comparators.plan.model import Cell, Comparison, Settings
from comparators.plan.names import BASELINE
from comparators.stats.censored import FEWEST_BLOCKS
from comparators.stats.look import Look
from comparators.stats.sequential import AtLeast, SequentialTest, Value
from comparators.stats.thresholds import LevelRule

__all__ = ["LevelOutcome", "LevelRun", "Watch"]

Watch = Callable[[Cell, int, SequentialTest], None]
"""Called with the cell to be measured, the number of its block, from 1, and the test so far."""

FIRST_DEADLINE = 50.0
"""A value of the first block, which has no cap, may take this many times the plain loop's expected seconds …"""
FIRST_DEADLINE_S = 10.0
"""… and at least this many seconds: what has given nothing by then hangs, or has nothing to win."""
START_S = 10.0
"""Seconds that a capped sample may need besides its value: workers to start, a task each to warm up."""
SIBLING_SLACK = 1.05
"""A value of the first block is stopped this far beyond the ratio at which another count speaks for its model."""
LEAST_CAP_S = 0.02
"""Seconds of a value below which no cap stops it: a busy moment of the host lasts as long."""


@dataclass(frozen=True, slots=True)
class LevelOutcome:
    """How the test of a level ended.

    Attributes:
        test: with all its blocks; to be asked for ratios.
        look: the last one; None when there is no block.
        cells: by label.
        failed: cells that gave no value, with why.
    """

    test: SequentialTest
    look: Look | None
    cells: Mapping[str, Cell]
    failed: Mapping[str, Failure]

    @property
    def best(self) -> Cell | None:
        """The fastest that remains; None without any time."""
        return self.cells[self.look.leader] if self.look is not None and self.look.leader is not None else None


@dataclass(slots=True)
class LevelRun:
    """Measures one level of a comparison.

    Attributes:
        comparison: whose level.
        begun: with what the test begins, as recorded.
        rule: of the level.
        sampler, clock, settings: of the run.
        expected_s: seconds that one loop is expected to take under the plain loop.
        deadline_s: the run's elapsed seconds after which this level must come to an end.
        watch: is called before each sample.
    """

    comparison: Comparison
    begun: LevelTest
    rule: LevelRule
    sampler: Sampler
    clock: Clock
    settings: Settings
    expected_s: float
    deadline_s: float
    watch: Watch
    _cells: dict[str, Cell] = field(init=False)
    _loops: dict[str, int] = field(init=False)
    _failed: dict[str, Failure] = field(init=False, default_factory=dict)
    _best_s: float = field(init=False, default=0.0)
    _leader: str = field(init=False, default="")
    _seen_s: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Label the cells."""
        self._cells = {candidate_label(cell): cell for cell in self.begun.cells}
        self._loops = dict(zip(self._cells, self.begun.loops, strict=True))

    def measure(self) -> LevelOutcome:
        """Measure blocks until the test is settled or the time is up.

        The plain loop stays for some blocks after it has been shown slower: a gain over it needs an interval.
        """
        groups = (
            {label: cell.runner.model for label, cell in self._cells.items()} if self.begun.level == "model" else {}
        )
        test = SequentialTest(tuple(self._cells), self.rule, groups)
        look: Look | None = None
        most = max(self.rule.looks, default=0)
        while test.remaining and test.blocks < most:
            block = self._block(test)
            for label in self._failed.keys() & set(test.remaining):
                test.drop(label)
            if not test.remaining:
                break
            test.add(block)
            last = test.blocks >= self.rule.looks[0] and self._no_time_for(len(block))
            if test.due or last:
                look = test.look(last=last)
                if look.status is not None:
                    break
        return LevelOutcome(test, look, self._cells, self._failed)

    def _block(self, test: SequentialTest) -> dict[str, Value]:
        """Measure each candidate once, in random order; return seconds or bounds by label."""
        number = test.blocks
        labels = [*test.remaining, *self._kept(test)]
        seed = f"{self.settings.seed}/{self.comparison.key}/{self.begun.level}/{number}"
        values: dict[str, Value] = {}
        order = random.Random(seed).sample(labels, len(labels))
        if (
            number == 0
        ):  # what a larger count of the same model may speak for comes last, and is stopped when it has lost
            order.sort(key=self._has_larger_sibling)
        for position, label in enumerate(order):
            self.watch(self._cells[label], number + 1, test)
            record = self._sample(label, number, position)
            if isinstance(record, Sample):
                values[label] = record.seconds
                self._seen_s[label] = min(record.seconds, self._seen_s.get(label, math.inf))
            elif record.cause == "capped" and record.limit_s is not None:
                values[label] = AtLeast(record.limit_s)
            else:
                self._failed[label] = record
        times = {label: value for label, value in values.items() if isinstance(value, float)}
        if times:  # the fastest is never capped: against a bound on the leader hardly anything can be shown
            self._leader = min(times, key=times.__getitem__)
            self._best_s = min(times[self._leader], self._best_s or math.inf)
        self.sampler.client.warmth.count_block(self.settings.thresholds.generation_blocks)
        return values

    def _kept(self, test: SequentialTest) -> Sequence[str]:
        """Return the plain loop where it has left the test but not long enough ago."""
        if test.blocks >= self.settings.thresholds.baseline_blocks:
            return ()
        left = set(self._cells) - set(test.remaining) - self._failed.keys()
        return [label for label in left if self._cells[label].runner.name == BASELINE]

    def _sample(self, label: str, block: int, position: int) -> Sample | Failure:
        cell, loops = self._cells[label], self._loops[label]
        occasion = Occasion(cell, "test", self.begun.level, block, position)
        if block == 0 and (sibling_s := self._sibling_s(label)) is not None:
            cap_s = max(SIBLING_SLACK * self.rule.sibling_ratio * sibling_s, LEAST_CAP_S / loops)
            return self.sampler.sample(occasion, loops=loops, cap_s=cap_s, deadline_s=START_S + 3 * cap_s * loops)
        if block == 0 or not self._best_s or label == self._leader or self._is_affordable_loop(cell, loops, block):
            deadline_s = max(FIRST_DEADLINE_S, FIRST_DEADLINE * self.expected_s * loops)
            return self.sampler.sample(occasion, loops=loops, deadline_s=deadline_s)
        cap_s = max(self.settings.thresholds.cap_factor * self._best_s, LEAST_CAP_S / loops)
        return self.sampler.sample(occasion, loops=loops, cap_s=cap_s, deadline_s=START_S + 3 * cap_s * loops)

    def _is_affordable_loop(self, cell: Cell, loops: int, block: int) -> bool:
        """Say whether this is the plain loop and may run to its end: gains over it are to be measured, not bounded."""
        thresholds = self.settings.thresholds
        near = self.expected_s <= thresholds.baseline_ratio * self._best_s
        short = self.expected_s * loops <= thresholds.baseline_s
        return cell.runner.name == BASELINE and (near or (short and block < FEWEST_BLOCKS))

    def _has_larger_sibling(self, label: str) -> bool:
        """Say whether another candidate of the same model has more workers; only where models are compared."""
        cell = self._cells[label]
        return self.begun.level == "model" and any(
            one.runner == cell.runner and one.workers > cell.workers for one in self._cells.values()
        )

    def _sibling_s(self, label: str) -> float | None:
        """Return the seconds of the fastest larger count of the same model in the first block; None without one."""
        if not self._has_larger_sibling(label):
            return None
        runner = self._cells[label].runner
        found = [each for other, each in self._seen_s.items() if self._cells[other].runner == runner]
        return min(found, default=None)

    def _no_time_for(self, samples: int) -> bool:
        return self.clock.elapsed_s + samples * self.clock.sample_s > self.deadline_s
