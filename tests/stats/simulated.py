"""Noise as hosts make it, and sequential tests over it. Arrays of log seconds, shape (repetitions, blocks, k)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from comparators.stats.sequential import AtLeast, LevelRule, Look, SequentialTest, Value
from comparators.stats.thresholds import Level, Thresholds

__all__ = [
    "BLOCKS",
    "Array",
    "allowed",
    "capped_block",
    "drifting",
    "labels_of",
    "lognormal",
    "rule_of",
    "run_test",
    "run_tests",
    "spiky",
    "stepping",
]

Array = npt.NDArray[np.float64]

BLOCKS = Thresholds().looks[-1]


def rule_of(level: Level, **changed: object) -> LevelRule:
    """Return the default rule of a level with some fields changed."""
    return replace(Thresholds().rule(level), **changed)  # type: ignore[arg-type]  # fields by name


def labels_of(count: int) -> tuple[str, ...]:
    return tuple("abcdefgh"[:count])


def lognormal(rng: np.random.Generator, repetitions: int, spreads: Sequence[float]) -> Array:
    """Independent noise of every sample, one spread (standard deviation of log seconds) per candidate."""
    return np.asarray(rng.normal(0.0, spreads, (repetitions, BLOCKS, len(spreads))))


def spiky(rng: np.random.Generator, repetitions: int, spreads: Sequence[float]) -> Array:
    """One sample in twenty takes three times as long."""
    noise = lognormal(rng, repetitions, spreads)
    return np.asarray(noise + np.log(3) * (rng.random(noise.shape) < 0.05))


def drifting(
    rng: np.random.Generator, repetitions: int, spreads: Sequence[float], *, interleaved: bool = True
) -> Array:
    """The host becomes slower and faster, slowly: AR(1) over the samples in the order in which they were taken."""
    steps = rng.normal(0, 0.02, (repetitions, BLOCKS * len(spreads)))
    host = np.empty_like(steps)
    host[:, 0] = steps[:, 0]
    for now in range(1, steps.shape[1]):
        host[:, now] = 0.98 * host[:, now - 1] + steps[:, now]
    return _on(host, rng, spreads, interleaved=interleaved)


def stepping(
    rng: np.random.Generator, repetitions: int, spreads: Sequence[float], *, interleaved: bool = True
) -> Array:
    """From some sample on everything takes 30 % longer."""
    total = BLOCKS * len(spreads)
    host = np.log(1.3) * (np.arange(total) >= rng.integers(0, total, (repetitions, 1)))
    return _on(host, rng, spreads, interleaved=interleaved)


def _on(host: Array, rng: np.random.Generator, spreads: Sequence[float], *, interleaved: bool) -> Array:
    """Give each sample the host's state at its time: blocks in random order, or one candidate after the other."""
    noise = lognormal(rng, len(host), spreads)
    if not interleaved:
        return np.asarray(noise + host.reshape(len(host), len(spreads), BLOCKS).swapaxes(1, 2))
    return np.asarray(noise + rng.permuted(host.reshape(noise.shape), axis=2))


def run_tests(noise: Array, truth: Sequence[float], rule: LevelRule, cap: float | None = None) -> list[Look]:
    """Run each repetition to its end; `truth` holds the true seconds of the candidates."""
    return [run_test(seconds, rule, cap) for seconds in np.exp(noise + np.log(truth))]


def run_test(seconds: Array, rule: LevelRule, cap: float | None = None, *, as_times: bool = False) -> Look:
    """Run one test over seconds of shape (blocks, candidates).

    Args:
        seconds: of each sample.
        rule: of the level.
        cap: after the first block, samples are stopped at this many times the best time so far.
        as_times: whether a stopped sample is wrongly taken for a time.
    """
    labels = labels_of(seconds.shape[1])
    test = SequentialTest(labels, rule)
    best = np.inf
    for number, row in enumerate(seconds.tolist()):
        limit = cap * best if cap is not None and number else np.inf
        test.add(capped_block(dict(zip(labels, row, strict=True)), limit, as_times=as_times, only=test.remaining))
        best = min(best, *row)
        if test.due:
            look = test.look(last=number == len(seconds) - 1)
            if look.status is not None:
                return look
    return test.look(last=True)


def capped_block(
    seconds: dict[str, float], limit: float, *, as_times: bool = False, only: Sequence[str] = ()
) -> dict[str, Value]:
    """Return the block as it is measured when every sample is stopped at a limit."""
    stopped: Value = limit if as_times else AtLeast(limit)
    wanted = {label: value for label, value in seconds.items() if label in only or not only}
    return {label: value if value < limit else stopped for label, value in wanted.items()}


def allowed(rate: float, repetitions: int) -> float:
    """Return a rate and three standard errors."""
    return float(rate + 3 * np.sqrt(rate * (1 - rate) / repetitions))
