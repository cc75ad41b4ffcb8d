"""The sequential test, once: the running measurement and judging an old journal drive the same object.

    a = error / (K (k - 1))   K planned looks, k candidates at the start; constant, also when candidates fail or leave
    leave i      the (1 - a) interval of log(T_i / T_j) lies above 0 for some remaining j, and i was not shown to be
                 within the margin of that j: then it is as good for practical purposes and stays
    decided      one candidate is left: every rival was shown slower
    equal        every pair of those left is shown within ± log(1 + margin): workers and APIs by (1 - 2a) intervals;
                 models by (1 - a) intervals within ± log(1 + worth), since no more than that is worth further blocks
    undecided    looks or time are used up

Guarantees, for any number of candidates and whenever the test stops at a look: a candidate that is not the fastest is
named the only one with a probability of at most `error`; a fastest one leaves with at most error / 2 where all are
equally noisy. One that is four times as noisy as others leaves more often, see `Thresholds.own_share`. Where a sample's
noise is above 10 % both are more, at most twice as much at 30 %, see `comparators.stats.moderated`.
Assumed: blocks are independent and interleaved, so that drift of the host cancels within a block.

    test = SequentialTest(("threads", "processes", "async"), thresholds.rule("model"))
    while True:
        test.add({"threads": 0.051, "processes": 0.112, "async": AtLeast(0.153)})
        if test.due and test.look().status is not None:
            break

Sources: Kalibera & Jones (ISMM'13) for paired ratios over independent processes, Abedi & Brecht (ICPE'17) for
interleaving, López-Ibáñez et al. (irace, 2016) for leaving early, Schuirmann (1987) for equivalence by two one-sided
tests.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from comparators.stats.censored import FEWEST_BLOCKS, AtLeast
from comparators.stats.interval import Interval
from comparators.stats.intervals import CONFIDENCE, Array, logs
from comparators.stats.look import Look, Proof, Relation, Rival, Status, interval_of, relation_of
from comparators.stats.needed import blocks_needed
from comparators.stats.pairs import Flags, PairTable, pair_table
from comparators.stats.thresholds import LevelRule

__all__ = ["AtLeast", "LevelRule", "Look", "Proof", "Relation", "Rival", "SequentialTest", "Status", "Value"]

Value = float | AtLeast
"""Seconds of one sample, or the bound at which it was stopped."""

_LARGEST_SPAN = 5.0
"""Logarithm of a ratio above which "no difference above" says nothing."""


@dataclass(frozen=True, slots=True)
class _Departure:
    """A candidate that was shown slower: the proof, and its ratios to all that remained then."""

    proof: Proof
    ratios: Mapping[str, Interval]


@dataclass(slots=True)
class SequentialTest:
    """One level's test over interleaved blocks.

    Attributes:
        candidates: labels at the start, in the order that breaks ties; the error is shared out among these.
        rule: of the level.
        groups: what each label stands for, where several candidates stand for one answer: a model with two worker
            counts. The test is decided when all that remain stand for the same. A label without one stands for itself.
            After the first block those of a group leave that are far slower than the best of it.
    """

    candidates: Sequence[str]
    rule: LevelRule
    groups: Mapping[str, str] = field(default_factory=dict)
    _remaining: list[str] = field(init=False)
    _blocks: list[Mapping[str, Value]] = field(init=False, default_factory=list)
    _departed: dict[str, _Departure] = field(init=False, default_factory=dict)
    _settled: Look | None = field(init=False, default=None)
    _screened: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Begin with all candidates.

        Raises:
            ValueError: a label is there twice.
        """
        if len(set(self.candidates)) < len(self.candidates):
            raise ValueError(f"candidates are not distinct: {self.candidates}")
        self._remaining = list(self.candidates)

    @property
    def remaining(self) -> tuple[str, ...]:
        """Labels that neither were shown slower nor failed, in their first order; each must be in the next block."""
        return tuple(self._remaining)

    @property
    def screened(self) -> tuple[str, ...]:
        """Labels that left after the first block, because another one of their group is far faster."""
        return tuple(self._screened)

    @property
    def blocks(self) -> int:
        """How many blocks were added."""
        return len(self._blocks)

    @property
    def recorded(self) -> Sequence[Mapping[str, Value]]:
        """The blocks that were added, in their order."""
        return tuple(self._blocks)

    @property
    def error(self) -> float:
        """Two-sided error of each interval, the same at every look."""
        return self.rule.error / (max(len(self.rule.looks), 1) * max(len(self.candidates) - 1, 1))

    @property
    def due(self) -> bool:
        """Whether a look is wanted now: one is planned after this many blocks, or there is nothing left to compare."""
        return self._settled is None and (len(self._remaining) < 2 or self.blocks in self.rule.looks)

    def add(self, block: Mapping[str, Value]) -> None:
        """Take in one block: seconds of one loop by label.

        Each remaining candidate must be there until the test is settled. Candidates that left may be, the baseline for
        one, and then count for `ratio` only.

        Raises:
            ValueError: a candidate is missing or unknown, or a value is not a finite, positive number.
        """
        missing = set(self._remaining) - block.keys() if self._settled is None else set()
        unknown = block.keys() - set(self.candidates)
        if missing or unknown:
            raise ValueError(f"block {self.blocks}: missing {sorted(missing)}, unknown {sorted(unknown)}")
        for label, value in block.items():
            if not 0 < _seconds(value) < math.inf:
                raise ValueError(f"block {self.blocks}: {label} has {value}")
        self._blocks.append(dict(block))
        if self.blocks == 1:
            self._screen_siblings()

    def drop(self, label: str) -> None:
        """Take out a candidate that failed: it is in no further look, and the error of the others stays as it was."""
        if label in self._remaining:
            self._remaining.remove(label)
        self._departed.pop(label, None)

    def _screen_siblings(self) -> None:
        """Let those of a group go that are far slower than the best of it: the best speaks for the group."""
        for group in set(self.groups.values()):
            seconds = {
                label: _seconds(self._blocks[0][label]) for label in self._remaining if self.groups.get(label) == group
            }
            limit = self.rule.sibling_ratio * min(seconds.values(), default=0.0)
            for label in (label for label, value in seconds.items() if value > limit):
                self._remaining.remove(label)
                self._screened.append(label)

    def look(self, *, last: bool = False) -> Look:
        """Judge the blocks so far; candidates shown slower leave.

        Once settled, the same look is returned again.

        Args:
            last: no further blocks will come: a status is wanted now. It takes the place of a planned look that will
                not be, so it is allowed after any number of blocks.

        Raises:
            ValueError: no look is planned now, and looking more often than planned would break the error rate.
        """
        if self._settled is not None:
            return self._settled
        if not (self.due or last):
            raise ValueError(f"no look is planned after {self.blocks} blocks, only after {self.rule.looks}")
        found = self._judge(last=last or self.blocks >= max(self.rule.looks, default=0))
        self._settled = found if found.status is not None else None
        return found

    def ratio(self, label: str, base: str, confidence: float = CONFIDENCE) -> Interval | None:
        """Return the ratio of two candidates' seconds over all blocks that both are in; None without any.

        For numbers beside a decision, such as the gain over the baseline; it decides nothing.
        """
        shared = [block for block in self._blocks if label in block and base in block]
        if not shared:
            return None
        times, bounded = _table(shared, (label, base))
        if len(times) < 2:
            known = not bounded.any()
            ratio = float(np.exp(times[0, 0] - times[0, 1]))
            return Interval(ratio, None, None, confidence) if known else None
        return interval_of(pair_table(times, bounded, 1 - confidence, self.rule), 0, 1, confidence)

    def _judge(self, *, last: bool) -> Look:
        """Let the slower ones go and find the status."""
        labels, times, bounded = self._ordered()
        if self.blocks < FEWEST_BLOCKS or len(labels) < 2:
            undecided: Status | None = "undecided" if last or not labels else None
            return self._told("decided" if len(labels) == 1 else undecided, labels, None)
        table = pair_table(times, bounded, self.error, self.rule, self._noise_of_departed())
        slower = table.slower & ~(table.equal_high < math.log1p(self.rule.margin))
        slower[0] = False  # the least mean cannot be shown slower, except by medians beside stopped samples: not enough
        leaving = slower.any(axis=1)
        for place in np.flatnonzero(leaving):
            self._depart(labels, int(place), table, slower[place])
        status = self._status(labels, table, np.flatnonzero(~leaving), last=last)
        return self._told(status, labels, table)

    def _status(
        self, labels: Sequence[str], table: PairTable, kept: npt.NDArray[np.intp], *, last: bool
    ) -> Status | None:
        fastest: dict[str, int] = {}
        for place in kept:  # ordered by speed: the first of a group speaks for it
            fastest.setdefault(self.groups.get(labels[place], labels[place]), int(place))
        if len(fastest) == 1:
            return "decided"
        kept = np.array(list(fastest.values()))
        if (table.equal_high[np.ix_(kept, kept)] < math.log1p(self.rule.equal_within)).all():
            return "equal"
        return "undecided" if last else None

    def _depart(self, labels: Sequence[str], place: int, table: PairTable, slower: Flags) -> None:
        """Take out a candidate that was shown slower; keep its ratios to the others: one will lead in the end."""
        than = 0 if slower[0] else int(np.where(slower, table.low[place], -np.inf).argmax())
        ratios = {label: interval_of(table, place, other, 1 - self.error) for other, label in enumerate(labels)}
        proof = Proof(labels[than], ratios[labels[than]], self.blocks)
        self._departed[labels[place]] = _Departure(proof, ratios)
        self._remaining.remove(labels[place])

    def _ordered(self) -> tuple[list[str], Array, Flags]:
        """Return the remaining labels by mean log seconds, with their table; those with bounds only come last."""
        times, bounded = _table(self._blocks, self._remaining)
        if not self._blocks:
            return list(self._remaining), times, bounded
        order = np.lexsort((times.mean(axis=0), bounded.all(axis=0)))
        return [self._remaining[at] for at in order], times[:, order], bounded[:, order]

    def _noise_of_departed(self) -> Array | None:
        """Return log seconds of those that left, up to then; later blocks that they stayed in decide nothing."""
        columns = []
        for label, departure in self._departed.items():
            times, bounded = _table(self._blocks[: departure.proof.blocks], (label,))
            if not bounded.any():
                columns.append(np.append(times[:, 0], [np.nan] * (self.blocks - len(times))))
        return np.column_stack(columns) if columns else None

    def _told(self, status: Status | None, labels: Sequence[str], table: PairTable | None) -> Look:
        """Put a look together.

        Args:
            status: of the test.
            labels: of the candidates that were judged, fastest first.
            table: of these; None with too few blocks for one.
        """
        leaders = tuple(label for label in labels if label in self._remaining)
        leader = leaders[0] if leaders and self._has_time(leaders[0]) else None
        rivals = self._rivals(labels, leader, table) if leader is not None else []
        return Look(
            status=status,
            leader=leader,
            leaders=leaders,
            rivals={rival.label: rival for rival in rivals},
            slower={label: departure.proof for label, departure in self._departed.items()},
            margin=self.rule.margin,
            equal_within=self.rule.equal_within,
            span=self._span(labels, table),
            blocks=self.blocks,
            blocks_needed=self._needed(labels, table) if status in (None, "undecided") else None,
            error=self.rule.error,
        )

    def _rivals(self, labels: Sequence[str], leader: str, table: PairTable | None) -> list[Rival]:
        rivals = [self._rival(labels, at, table) for at in range(1, len(labels)) if labels[at] in self._remaining]
        rivals += [self._gone(label, leader) for label in self._departed]
        return sorted(rivals, key=lambda rival: rival.ratio.ratio)

    def _rival(self, labels: Sequence[str], place: int, table: PairTable | None) -> Rival:
        """Return what is known of a remaining candidate beside the leader, which is the first."""
        label = labels[place]
        if table is None:
            means = _table(self._blocks, labels)[0].mean(axis=0)
            ratio = Interval(float(np.exp(means[place] - means[0])), None, None, 1 - self.error)
            return Rival(label, ratio, "open", None)
        ratio = interval_of(table, place, 0, 1 - self.error)
        return Rival(label, ratio, relation_of(ratio, self.rule.margin, shown=bool(table.slower[place, 0])), None)

    def _gone(self, label: str, leader: str) -> Rival:
        """Return what was known of a candidate when it left; whatever leads now remained then."""
        departure = self._departed[label]
        ratio = departure.ratios[leader]
        return Rival(label, ratio, relation_of(ratio, self.rule.margin, shown=True), departure.proof.blocks)

    def _span(self, labels: Sequence[str], table: PairTable | None) -> float | None:
        kept = [place for place, label in enumerate(labels) if label in self._remaining]
        if len(kept) < 2:
            return 1.0 if kept else None
        widest = math.inf if table is None else float(table.equal_high[np.ix_(kept, kept)].max())
        return math.exp(widest) if widest < _LARGEST_SPAN else None

    def _needed(self, labels: Sequence[str], table: PairTable | None) -> int | None:
        kept = [place for place, label in enumerate(labels) if place and label in self._remaining]
        if table is None or not kept:
            return None
        mean, spread = table.mean[kept, 0], table.spread[kept, 0]
        return blocks_needed(mean, spread, table.freedom, self.blocks, self.error, self.rule)

    def _has_time(self, label: str) -> bool:
        return any(isinstance(block.get(label), float | int) for block in self._blocks)


def _seconds(value: Value) -> float:
    return value.seconds if isinstance(value, AtLeast) else value


def _table(blocks: Sequence[Mapping[str, Value]], labels: Sequence[str]) -> tuple[Array, Flags]:
    """Return log seconds and which of them are bounds, shape (blocks, labels)."""
    rows = [[block[label] for label in labels] for block in blocks]
    times = logs([[_seconds(value) for value in row] for row in rows])
    return times, np.array([[isinstance(value, AtLeast) for value in row] for row in rows], dtype=np.bool_)
