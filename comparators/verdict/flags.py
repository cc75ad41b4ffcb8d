"""What speaks against trusting a verdict: blocks that were not alike, numbers that cannot be, work that changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from comparators.journal.records import Profile, Sample
from comparators.stats.intervals import Array, logs
from comparators.verdict.analysis import ModelResult, Noise
from comparators.verdict.causes.situation import Situation
from comparators.verdict.measurements import Measurements
from comparators.verdict.replay import Replay
from comparators.verdict.scale import Scale
from comparators.verdict.text_format import count, model_words, named, percent, plural, rough

__all__ = ["Pair", "block_flags", "impossible_flags", "pair_flags", "pair_of", "work_flags"]

FEWEST = 10
"""Blocks from which the approximate p-values of rank tests are good enough for levels this small."""
LEVEL = 0.001
"""Five signs at this level: less than one false flag in 200 comparisons even if every effect were large enough."""
SHARE_OF_LEAD = 0.5
"""An effect of less than half the lead cannot turn the order round."""
MOST_INCOMPLETE = 0.2
"""Share of blocks without a value of every candidate from which something outside keeps breaking in."""
SUPERLINEAR = 1.1
"""A gain above this times what its workers can do at once comes from something other than concurrency."""
CHEAPER = 0.3
"""A second call of a task that takes less than this share of its first finds something that the first one left.

The look has few calls: on a busy host one of them may well take twice as long as another.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two best of a test, block by block.

    Attributes:
        first, second: what they are called.
        first_log, second_log: logs of their seconds.
        first_position, second_position: places in the block.
        first_previous, second_previous: keys of the cells measured before them.
    """

    first: str
    second: str
    first_log: Array
    second_log: Array
    first_position: Sequence[int]
    second_position: Sequence[int]
    first_previous: Sequence[str]
    second_previous: Sequence[str]

    @property
    def differences(self) -> Array:
        """Logs of how many times longer the second takes."""
        return self.second_log - self.first_log


def block_flags(replays: Sequence[Replay], noise: Noise | None, *, differs: bool) -> Iterator[str]:
    """Yield what is wrong with the blocks of a comparison as a whole."""
    counted = sum(len(one.values) for one in replays)
    incomplete = sum(one.incomplete for one in replays)
    if incomplete > 1 and incomplete / (incomplete + counted) > MOST_INCOMPLETE:
        yield f"{percent(round(incomplete / (incomplete + counted), 2))} of the rounds are incomplete and were left out"
    if differs and noise is not None:
        yield f"a copy of {named(noise.runner)} came out different from itself in this run: the host was not steady"


def impossible_flags(situation: Situation, rows: Sequence[ModelResult]) -> Iterator[str]:
    """Yield a line for each gain that its workers alone cannot explain, and for a look at the host that cannot be."""
    for row in rows:
        if row.gain is None or row.workers is None or row.model == "loop":
            continue
        at_once = min(row.workers, situation.tasks)
        most = min(at_once, situation.cpus) if situation.computes else at_once
        if (row.gain.low or row.gain.ratio) > SUPERLINEAR * most:
            yield (
                f"{model_words(row.model)} came out {rough(row.gain.ratio)} times faster than the loop, more than "
                f"{plural(most, 'worker')} can do at once: caches, memory or the order made part of it, not the model"
            )
        capacity = situation.capacity(most) if situation.computes else None
        if capacity is not None and capacity * SUPERLINEAR < row.gain.ratio <= SUPERLINEAR * most:
            more = f"{model_words(row.model)} gained more"
            yield f"the look at what this host reaches ({rough(capacity)} times) was disturbed: {more}"


def work_flags(profile: Profile | None) -> Iterator[str]:
    """Yield a line where a task is much cheaper when it is done again."""
    ratio = profile.repeat_ratio if profile is not None else None
    if ratio is not None and ratio < CHEAPER:
        yield f"a second call of a task takes {percent(round(ratio, 3))} of its first: it finds what the first one left"


def pair_of(measured: Measurements, replay: Replay, scale: Scale) -> Pair | None:
    """Return the leader of a test and its closest rival over the blocks that both have times in; None without both."""
    look = replay.look
    first = look.leader
    second = next(iter(look.rivals), None)
    if first is None or second is None:
        return None
    blocks = measured.blocks[replay.level]
    both = [
        (mine, other)
        for entries in (blocks[number] for number in sorted(blocks))
        if isinstance(mine := entries.get(first), Sample) and isinstance(other := entries.get(second), Sample)
    ]
    if not both or scale.times.samples(second) == 0:
        return None
    return Pair(
        first=first,
        second=second,
        first_log=logs([mine.seconds for mine, _ in both]),
        second_log=logs([other.seconds for _, other in both]),
        first_position=[mine.position for mine, _ in both],
        second_position=[other.position for _, other in both],
        first_previous=[mine.previous for mine, _ in both],
        second_previous=[other.previous for _, other in both],
    )


def pair_flags(pair: Pair, margin: float) -> tuple[str, ...]:
    """Return what is suspicious about a pair, one line each: both unlikely by chance and large enough to matter."""
    differences = pair.differences
    if len(differences) < FEWEST:
        return ()
    matters = max(np.log1p(margin), SHARE_OF_LEAD * abs(float(differences.mean())))
    return tuple(_flags(pair, differences, matters))


def _flags(pair: Pair, differences: Array, matters: float) -> Iterator[str]:
    blocks = np.arange(len(differences), dtype=np.float64)
    drift = _trend(blocks, differences)
    first, second = named(pair.first), named(pair.second)
    if abs(drift) > matters and _rank_p(blocks, differences) < LEVEL:
        yield f"the ratio of {second} to {first} drifted by {_change(drift)} over {count(len(blocks))} rounds"
    places = np.asarray(pair.second_position, dtype=np.float64) - np.asarray(pair.first_position, dtype=np.float64)
    shift = _trend(places, differences)
    if abs(shift) > matters and _rank_p(places, differences) < LEVEL:
        yield f"the place within a round changes the ratio of {second} to {first} by up to {_change(shift)}"
    for label, previous in ((first, pair.first_previous), (second, pair.second_previous)):
        spread, groups = _groups(previous, differences)
        if spread > matters and stats.kruskal(*groups).pvalue < LEVEL:
            yield f"the time of {label} depends on what ran before it, by up to {_change(spread)}"
    if differences.std(ddof=1) > matters and _opposed(pair):
        yield f"when {first} is slow in a round, {second} is fast: they do not see the same conditions"


def _trend(along: Array, values: Array) -> float:
    """Return the change of the fitted line over the whole range; 0 when there is no range."""
    centred = along - along.mean()
    total = float(centred @ centred)
    return float(centred @ values) / total * float(np.ptp(along)) if total else 0.0


def _rank_p(along: Array, values: Array) -> float:
    return float(stats.spearmanr(along, values).pvalue)


def _groups(keys: Sequence[str], values: Array) -> tuple[float, list[Array]]:
    """Return the range of the medians, and the groups, of values that come after the same cell; three at least each."""
    names = np.asarray(keys)
    found = [values[names == key] for key in sorted(set(keys))]
    groups = [group for group in found if len(group) >= 3]
    if len(groups) < 2:
        return 0.0, []
    return float(np.ptp([np.median(group) for group in groups])), groups


def _opposed(pair: Pair) -> bool:
    """Say whether the two go against each other within blocks: pairing then makes the interval wider, not narrower."""
    if min(np.ptp(pair.first_log), np.ptp(pair.second_log)) == 0:
        return False
    test: Callable[[Array, Array], tuple[float, float]] = stats.spearmanr
    correlation, p = test(pair.first_log, pair.second_log)
    return correlation < 0 and p < LEVEL


def _change(logarithm: float) -> str:
    return percent(float(np.expm1(abs(logarithm))))
