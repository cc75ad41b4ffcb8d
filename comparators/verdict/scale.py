"""One scale for all that is told of a comparison: seconds and gains follow from the ratios to the recommended cell."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from comparators.stats.interval import Interval
from comparators.stats.intervals import CONFIDENCE
from comparators.verdict.analysis import Level, ResultStatus
from comparators.verdict.levels import Levels, equal_to_leader
from comparators.verdict.measurements import Measurements
from comparators.verdict.times import SAME, Times, combined, inverse, recentred

__all__ = ["Scale"]

_SHOWN_BY: tuple[Level, ...] = ("api", "workers", "model")
"""Levels in the order in which their looks are asked about a cell: the latest knows most."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Ratios and seconds of cells, consistent with each other.

        seconds(cell) = best_s * to_best(cell)        gain(cell) = gain(best) / to_best(cell)

    Attributes:
        measured: of the comparison.
        times: of all tests.
        levels: what they decided.
        loop: label of the plain loop; None when it has no value.
        wrong: labels of cells whose results are wrong, with what they did in words.
    """

    measured: Measurements
    times: Times
    levels: Levels
    loop: str | None
    wrong: Mapping[str, str] = field(default_factory=dict)
    _statuses: dict[str, ResultStatus] = field(default_factory=dict, compare=False)
    _gains: dict[str, Interval | None] = field(default_factory=dict, compare=False)

    @property
    def best(self) -> str | None:
        """Label of the recommended cell."""
        return self.levels.label

    @property
    def best_s(self) -> float | None:
        """Seconds of the recommended cell."""
        return self.times.seconds(self.best) if self.best is not None else None

    @property
    def best_gain(self) -> Interval | None:
        """How many times faster than the loop the recommended cell is."""
        if self.best is None or self.loop is None:
            return None
        return self.times.ratio(self.loop, self.best)

    @property
    def loop_s(self) -> float | None:
        """Seconds of the loop: the recommended cell's times its gain."""
        gain, best_s = self.best_gain, self.best_s
        if gain is not None and best_s is not None:
            return gain.ratio * best_s
        alone = self.loop is not None and not self.times.bounded(self.loop) and self.best is None
        return self.times.seconds(self.loop) if alone and self.loop is not None else None

    def to_best(self, label: str) -> Interval | None:
        """Return how many times the recommended cell's seconds a cell takes."""
        return self.times.ratio(label, self.best) if self.best is not None else None

    def seconds(self, label: str) -> float | None:
        """Return a cell's seconds of all tasks, free of what its blocks had in common."""
        to_best, best_s = self.to_best(label), self.best_s
        return None if to_best is None or best_s is None else to_best.ratio * best_s

    def gain(self, label: str) -> Interval | None:
        """Return how many times faster than the loop a cell is, paired by block where both were in the same ones."""
        if label not in self._gains:
            self._gains[label] = self._gain(label)
        return self._gains[label]

    def _gain(self, label: str) -> Interval | None:
        best, to_best = self.best_gain, self.to_best(label)
        if best is None or to_best is None or self.loop is None:
            return None
        if label == self.loop:
            return SAME
        direct = self.times.ratio(self.loop, label)
        return recentred(direct or combined(best, inverse(to_best)), best.ratio / to_best.ratio)

    def at_least(self, label: str) -> float | None:
        """Return how many times the recommended cell's seconds a stopped cell takes at the very least."""
        return self.times.at_least(label, self.best) if self.best is not None else None

    def pilot_gain(self, label: str) -> Interval | None:
        """Return how many times faster a cell was than the loop, as far as single samples tell."""
        mine, loop_s = self.measured.pilot_s(label), self.loop_s
        return None if mine is None or loop_s is None else Interval(loop_s / mine, None, None, CONFIDENCE)

    def status(self, label: str) -> ResultStatus:
        """Return how far a cell came."""
        if label not in self._statuses:
            self._statuses[label] = self._status(label)
        return self._statuses[label]

    def _status(self, label: str) -> ResultStatus:
        if label in self.wrong:
            return "wrong"
        if label == self.best:
            return "best"
        failure = self.measured.failure(label)
        if failure is not None:
            return "hangs" if failure.cause == "hangs" else "failed"
        if label not in self.times:
            return self._status_without_times(label)
        if self.times.bounded(label):
            return "bound"
        return self._tested(label)

    def _status_without_times(self, label: str) -> ResultStatus:
        if self.measured.pilot_s(label) is not None:
            return "pilot"
        return "bound" if self.measured.failures.get(label) else "not-reached"

    def _tested(self, label: str) -> ResultStatus:
        to_best = self.to_best(label)
        if to_best is None:
            return "open"
        replays = {one.level: one for one in self.levels.replays}
        for level in _SHOWN_BY:
            replay = replays.get(level)
            if replay is None or label not in replay.cells:
                continue
            look = replay.look
            beyond = to_best.ratio > 1 + look.margin
            as_fast = label == look.leader or label in equal_to_leader(look)
            if as_fast and abs(math.log(to_best.ratio)) <= math.log1p(look.equal_within):
                return "equal"
            return "slower" if beyond and label in look.slower else "open"
        margin = max((one.look.margin for one in self.levels.replays), default=0.0)
        return "slower" if (to_best.low or 0) > 1 and to_best.ratio > 1 + margin else "open"
