"""Noise as hosts make it, and races over it. Arrays of log seconds, shape (repetitions, blocks, runners)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from comparators.verdict.sequential import Decision, judge

__all__ = ["LOOKS", "MARGIN", "drifting", "ends", "lognormal", "outcomes", "spiky", "square", "stepping"]

Array = npt.NDArray[np.float64]

LOOKS = (5, 7, 10, 14, 20, 28, 40)
MARGIN = 0.05


def lognormal(rng: np.random.Generator, repetitions: int, runners: int, cv: float = 0.05) -> Array:
    """Independent noise of every sample."""
    spread = float(np.sqrt(np.log1p(cv**2)))
    return np.asarray(rng.normal(0.0, spread, (repetitions, LOOKS[-1], runners)))


def spiky(rng: np.random.Generator, repetitions: int, runners: int) -> Array:
    """One sample in twenty takes three times as long."""
    noise = lognormal(rng, repetitions, runners)
    return np.asarray(noise + np.log(3) * (rng.random(noise.shape) < 0.05))


def drifting(rng: np.random.Generator, repetitions: int, runners: int, *, interleaved: bool = True) -> Array:
    """The host becomes slower and faster, slowly: AR(1) over the samples in the order in which they were taken."""
    total = LOOKS[-1] * runners
    steps = rng.normal(0, 0.02, (repetitions, total))
    host = np.empty_like(steps)
    host[:, 0] = steps[:, 0]
    for now in range(1, total):
        host[:, now] = 0.98 * host[:, now - 1] + steps[:, now]
    return np.asarray(
        lognormal(rng, repetitions, runners, 0.02) + _laid_out(rng, host, runners, interleaved=interleaved)
    )


def stepping(rng: np.random.Generator, repetitions: int, runners: int, *, interleaved: bool = True) -> Array:
    """From some sample on everything takes 30 % longer."""
    total = LOOKS[-1] * runners
    host = np.log(1.3) * (np.arange(total) >= rng.integers(0, total, (repetitions, 1)))
    return np.asarray(
        lognormal(rng, repetitions, runners, 0.02) + _laid_out(rng, host, runners, interleaved=interleaved)
    )


def square(rng: np.random.Generator, repetitions: int, runners: int, *, interleaved: bool = True) -> Array:
    """Another load takes a third of the host for twelve samples, then lets go for twelve, and so on."""
    total = LOOKS[-1] * runners
    phase = rng.integers(0, 24, (repetitions, 1))
    host = np.log(1.5) * ((np.arange(total) + phase) // 12 % 2)
    return np.asarray(
        lognormal(rng, repetitions, runners, 0.02) + _laid_out(rng, host, runners, interleaved=interleaved)
    )


def outcomes(
    noise: Array,
    truth: Sequence[float],
    looks: Sequence[int] = LOOKS,
    margin: float = MARGIN,
    candidates: int | None = None,
) -> list[Decision]:
    """Race each repetition for as many blocks as there are; `truth` holds the true seconds of the runners."""
    return [decision for decision, _ in ends(noise, truth, looks, margin, candidates)]


def ends(
    noise: Array,
    truth: Sequence[float],
    looks: Sequence[int] = LOOKS,
    margin: float = MARGIN,
    candidates: int | None = None,
) -> list[tuple[Decision, int]]:
    """Return how each race ends and after how many blocks; `candidates` when more began than are simulated."""
    labels = [f"r{number}" for number in range(noise.shape[2])]
    seconds = np.exp(noise + np.log(truth))
    found = []
    for repetition in seconds:
        blocks = [dict(zip(labels, row, strict=True)) for row in repetition.tolist()]
        found.append(_race(blocks, labels, looks, margin, candidates or len(labels)))
    return found


def _race(
    blocks: list[dict[str, float]], labels: Sequence[str], looks: Sequence[int], margin: float, candidates: int
) -> tuple[Decision, int]:
    remaining: Sequence[str] = labels
    for look in looks:
        decision = judge(blocks[:look], remaining, candidates, margin, looks, last=look == len(blocks))
        remaining = decision.remaining
        if decision.outcome is not None:
            return decision, look
    raise AssertionError("the last look must decide")


def _laid_out(rng: np.random.Generator, host: Array, runners: int, *, interleaved: bool) -> Array:
    """Give each sample the state of the host at its time: blocks in random order, or one runner after the other."""
    repetitions = len(host)
    if not interleaved:
        return np.asarray(host.reshape(repetitions, runners, LOOKS[-1]).swapaxes(1, 2))
    return np.asarray(rng.permuted(host.reshape(repetitions, LOOKS[-1], runners), axis=2))
