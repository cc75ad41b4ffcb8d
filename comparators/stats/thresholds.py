"""Every number that a verdict depends on, named and sourced, in one frozen record that is kept in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from comparators.errors import UnknownName

__all__ = ["LEVELS", "Level", "LevelRule", "Thresholds"]

Level = Literal["model", "workers", "api"]
LEVELS: tuple[Level, ...] = ("model", "workers", "api")
"""The three questions in the order in which they are answered."""


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What one level's sequential test decides by; see `comparators.stats.sequential`.

    Attributes:
        level: which of the three questions.
        looks: planned interim looks, in blocks, ascending; the last is the most blocks of the test.
        error: probability of a wrong `decided`, over all looks and rivals.
        worth: a difference between models that is not worth further blocks, as a share; only `model` stops at it.
        margin: differences below it count as none, as a share; never below the host's noise floor.
        own_share: share of a pair's own standard error that the pooled one never goes below.
        sign_flip_from: blocks from which "slower" must also hold under exact flipping of signs.
        prior_sd, prior_freedom, sibling_ratio: see `Thresholds`.
    """

    level: Level
    looks: tuple[int, ...]
    error: float
    worth: float
    margin: float
    own_share: float
    sign_flip_from: int
    prior_sd: float = 0.10
    prior_freedom: float = 2.0
    sibling_ratio: float = 3.0

    @property
    def equal_within(self) -> float:
        """Difference, as a share, within which candidates count as equal on this level."""
        return max(self.worth, self.margin) if self.level == "model" else self.margin


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of a run: plain numbers, recorded as JSON, so that an old run is judged by its own rules.

    Shares are fractions: 0.05 is 5 %. Sources are named where a number was measured or taken from the literature;
    "simulated" refers to tests/stats/test_guarantees.py.

    Attributes:
        looks: blocks after which a warm comparison is judged. Two blocks tell what is several times slower, three find
            a difference of 18 % at a paired sd of 4 % with four candidates.
        cold_looks: the same for cold comparisons.
        error: probability of a wrong `decided` per level. At twice as much, two equal runners with a noise of 5 % get
            a winner in 3.5 of 100 simulated tests, with this in 1.9.
        model_worth: how much faster another model must be to be worth further blocks. A prototype that stops at 30 %
            named the right model in 9 of 9 runs, 0.4 to 1.6 % wrong in simulation.
        margin: differences below it count as none, for models and APIs, unless `--margin` says otherwise.
        workers_looks: blocks after which the test of worker counts ends at the latest: which of two similar counts is
            better is worth less than which model is.
        workers_margin: a smaller worker count is sufficient when it is within this of the best one.
        model_own_share: share of a pair's own standard error below which the pooled one never goes when models are
            compared. With half of it 3.0 % of verdicts were wrong at sds of 2, 2, 8 and 8 %, with all of it 1.5 %.
        own_share: the same for workers and APIs. Simulated, equal candidates: at most 1 % false winners (k = 2 to 7).
            One of the fastest is called slower than another in 1 % of tests where all are equally noisy; among seven of
            which some are four times as noisy in 2 %, a noisy one in 6 %. With all of its own error that is 3 %, for 12
            to 24 % more blocks.
        sign_flip_from: blocks from which an interval's "slower" is checked by exact sign flips; below, the fewest
            possible p-values are too coarse.
        prior_sd: standard deviation of one sample's log seconds that is expected before any is known; shared hosts show
            4 to 15 %. Where few candidates were never stopped, their variance alone has two degrees of freedom, and a
            rival 30 times slower could not be told apart after three blocks.
        prior_freedom: degrees of freedom that this expectation counts as (moderated variance, Smyth 2004). Two equal
            candidates with a noise of 30 % get a winner in 4.3 of 100 simulated tests with 2, in 7.2 with 3 and in 10.6
            with 4; for that, a rival twice as slow takes 2.8 blocks at a noise of 5 % instead of 2.0.
        sibling_ratio: of several worker counts that stand for one model, those that take this many times as long as the
            best of them in the first block leave: which model is best does not depend on them. With 1.5, a single spike
            of noise in the first block named the wrong model in 3 of 100 simulated tests.
        cap_factor: after the first block a candidate's value is stopped at this many times the best time so far.
        baseline_blocks: the plain loop stays for this many blocks when it has lost: a ratio to it needs an interval.
        baseline_ratio: the plain loop is tested unless it takes more than this times the best's seconds …
        baseline_s: … and more than this many seconds per value.
        screen_twice: the pilot screens a candidate out above this ratio to the best in each of two samples.
        screen_once: one pilot sample is enough above this ratio.
        pilot_cap_factor: the pilot stops a value at this many times the best time: it has nothing to win.
        candidates_maximum: the most candidates of one test; the pilot's best.
        minimum_value_s: seconds that one value should take at least; below, scheduling and clock noise grow.
        target_value_s: seconds that the calibration of loops aims at.
        longest_loop_s: seconds that all items of a person's own list may take one after the other; of a longer list the
            first items are measured, which the answer says.
        generation_blocks: blocks measured by one warm interpreter before the next one, with another hash seed and
            memory layout, takes over.
        generation_error: level at which the variance between generations counts as proved above zero.
        noise_error: level at which a cell counts as different from its own copy: a quiet host does in 1 of 100.
        noise_pairs: the fewest pairs that say something about a host's noise; three have four times the spread.
        noise_pairs_enough: pairs after which the A/A control ends.
        widest_equal: noise floor above which nothing is called equal: "within 60 %" is no answer, `undecided` is.
    """

    looks: tuple[int, ...] = (2, 3, 4, 5, 7, 10, 14, 20)
    cold_looks: tuple[int, ...] = (3, 5, 7, 10)
    error: float = 0.025
    model_worth: float = 0.30
    margin: float = 0.05
    workers_margin: float = 0.05
    workers_looks: int = 20
    model_own_share: float = 1.0
    own_share: float = 0.5
    sign_flip_from: int = 8
    prior_sd: float = 0.10
    prior_freedom: float = 2.0
    sibling_ratio: float = 3.0
    cap_factor: float = 3.0
    baseline_blocks: int = 5
    baseline_ratio: float = 10.0
    baseline_s: float = 1.5
    screen_twice: float = 2.0
    screen_once: float = 3.0
    pilot_cap_factor: float = 30.0
    candidates_maximum: int = 8
    minimum_value_s: float = 0.1
    target_value_s: float = 0.1
    longest_loop_s: float = 2.0
    generation_blocks: int = 5
    generation_error: float = 0.01
    noise_error: float = 0.01
    noise_pairs: int = 5
    noise_pairs_enough: int = 10
    widest_equal: float = 0.25

    @classmethod
    def for_preset(cls, preset: str) -> Self:
        """Return the thresholds of a preset.

        Raises:
            UnknownName: there is no such preset.
        """
        if preset not in _PRESETS:
            raise UnknownName("preset", preset, _PRESETS)
        return replace(cls(), **_PRESETS[preset])

    def rule(self, level: Level, *, margin: float | None = None, cold: bool = False) -> LevelRule:
        """Return what a level's test decides by.

        Args:
            level: which question.
            margin: instead of the preset's, for example raised to the noise floor.
            cold: whether starting and stopping workers counts.
        """
        usual = self.workers_margin if level == "workers" else self.margin
        return LevelRule(
            level=level,
            looks=self._looks(level, cold=cold),
            error=self.error,
            worth=self.model_worth,
            margin=usual if margin is None else margin,
            own_share=self.model_own_share if level == "model" else self.own_share,
            sign_flip_from=self.sign_flip_from,
            prior_sd=self.prior_sd,
            prior_freedom=self.prior_freedom,
            sibling_ratio=self.sibling_ratio,
        )

    def _looks(self, level: Level, *, cold: bool) -> tuple[int, ...]:
        looks = self.cold_looks if cold else self.looks
        return tuple(look for look in looks if look <= self.workers_looks) if level == "workers" else looks


_MORE_LOOKS = (*Thresholds().looks, 28, 40)
_RIGOROUS = {
    "looks": _MORE_LOOKS,
    "cold_looks": _MORE_LOOKS,
    "model_worth": 0.05,
    "screen_twice": 3.0,
    "longest_loop_s": 60.0,
    "candidates_maximum": 14,
}
_PRESETS: dict[str, Mapping[str, Any]] = {
    "quick": {
        "cold_looks": (3, 4, 5, 7),
        "longest_loop_s": 0.5,
        "workers_margin": 0.10,
        "workers_looks": 5,
        "screen_twice": 1.5,
        "screen_once": 1.75,
        "candidates_maximum": 5,
        "minimum_value_s": 0.03,
        "target_value_s": 0.05,
    },
    "default": {},
    "rigorous": _RIGOROUS,
    "full": _RIGOROUS,
}
"""Only what differs from `default`."""
