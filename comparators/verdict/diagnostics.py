"""What speaks against trusting a verdict: signs that the blocks were not alike.

Each sign is looked for in the differences of the two best runners, one per block, so that the points are independent.
It must be both unlikely by chance and large enough to matter; on quiet noise a flag is raised in less than one comparison
of a thousand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from comparators.stats.intervals import Array
from comparators.verdict.noise import Control
from comparators.verdict.text_format import listing, named, percent

__all__ = ["Pair", "differs_flag", "flags_of", "incomplete_flag", "overlooked_flag", "stopped_flag"]

FEWEST = 10
"""Blocks from which the approximate p-values of rank tests are good enough for levels this small."""

LEVEL = 0.001
"""Five signs at this level: less than one false flag in 200 comparisons even if every effect were large enough."""

SHARE_OF_LEAD = 0.5
"""An effect of less than half the lead cannot turn the order round."""

MOST_INCOMPLETE = 0.2
"""Share of blocks without a value of every runner from which something outside keeps breaking in."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two best of a race, block by block.

    Attributes:
        first, second: their labels.
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


def flags_of(pair: Pair, margin: float) -> tuple[str, ...]:
    """Return what is suspicious about a pair, one line each."""
    differences = pair.differences
    if len(differences) < FEWEST:
        return ()
    matters = max(np.log1p(margin), SHARE_OF_LEAD * abs(float(differences.mean())))
    return tuple(_flags(pair, differences, matters))


def incomplete_flag(incomplete: int, counted: int) -> Iterator[str]:
    """Yield a flag when too many blocks lack a value."""
    share = incomplete / max(1, incomplete + counted)
    if share > MOST_INCOMPLETE:
        yield f"{percent(share)} of the blocks are incomplete and were left out"


def stopped_flag(label: str, stopped: int, counted: int) -> Iterator[str]:
    """Yield a flag when even the best was stopped at the limit: the host was far slower than in the pilot."""
    if stopped:
        yield f"`{label}` was stopped as too slow in {stopped} of {counted} blocks: its time is a lower bound"


def overlooked_flag(best: str, labels: Sequence[str]) -> Iterator[str]:
    """Yield a flag when runners that the pilot dropped for others were faster in it than the one that is best now."""
    if labels:
        yield f"{listing(labels)} did not race, though faster in the pilot than {named(best)}"


def differs_flag(control: Control | None) -> Iterator[str]:
    """Yield a flag when the run's control, a copy of a cell, came out different from it."""
    if control is not None and control.differs:
        name = named(control.cell.runner.label)
        yield f"a copy of {name} on {named(control.cell.workload.label)} came out different from itself in this run"


def _flags(pair: Pair, differences: Array, matters: float) -> Iterator[str]:
    blocks = np.arange(len(differences), dtype=np.float64)
    drift = _trend(blocks, differences)
    if abs(drift) > matters and _rank_p(blocks, differences) < LEVEL:
        yield f"the ratio of `{pair.second}` to `{pair.first}` drifted by {_change(drift)} over the blocks"
    places = np.asarray(pair.second_position, dtype=np.float64) - np.asarray(pair.first_position, dtype=np.float64)
    shift = _trend(places, differences)
    if abs(shift) > matters and _rank_p(places, differences) < LEVEL:
        yield f"the place within a block changes the ratio by up to {_change(shift)}"
    for label, previous in ((pair.first, pair.first_previous), (pair.second, pair.second_previous)):
        spread, groups = _groups(previous, differences)
        if spread > matters and stats.kruskal(*groups).pvalue < LEVEL:
            yield f"the time of `{label}` depends on what ran before it, by up to {_change(spread)}"
    if differences.std(ddof=1) > matters and _pushes(pair):
        yield f"when `{pair.first}` is slow in a block, `{pair.second}` is fast: they do not see the same conditions"


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


def _pushes(pair: Pair) -> bool:
    """Say whether the two go against each other within blocks: pairing then makes the interval wider, not narrower."""
    constant = min(np.ptp(pair.first_log), np.ptp(pair.second_log)) == 0
    if constant:
        return False
    test: Callable[[Array, Array], tuple[float, float]] = stats.spearmanr
    correlation, p = test(pair.first_log, pair.second_log)
    return correlation < 0 and p < LEVEL


def _change(logarithm: float) -> str:
    return percent(float(np.expm1(abs(logarithm))))
