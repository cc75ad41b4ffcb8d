"""How the seconds of a runner go with its workers: curves that are known, to search for their best count.

Each takes a second for one worker, if that is all there is to it.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from comparators.plan.model import Candidate, Cell
from tests.campaign.simulated import Simulated, comparison_of, runner, simulation

__all__ = ["CURVES", "LIMIT", "STARTS", "Curve", "Found", "search"]

Curve = Callable[[int], float]

LIMIT = 32
"""A sweep measures every count up to it."""
STARTS = (1, 2, 4, 6, 8)
"""Where a search begins: the usual numbers of CPUs."""


def overheads(contention: float, coherence: float) -> Curve:
    """Follow the Universal Scalability Law: contention for something shared, and all waiting for all."""
    return lambda count: (1 + contention * (count - 1) + coherence * count * (count - 1)) / count


def flat_from(cpus: int, each_more: float = 0.0) -> Curve:
    """Have as many CPUs as that, and lose a share of the time for each further worker."""
    return lambda count: (1 + each_more * max(0, count - cpus)) / min(count, cpus)


def cliff(most: int, beyond: float) -> Curve:
    """Take as long as that with one worker more than the most."""
    return lambda count: 1 / count if count <= most else beyond


def waiting(tasks: int) -> Curve:
    """Do tasks that only wait: in as many rounds as it takes."""
    return lambda count: math.ceil(tasks / count) / tasks


CURVES: Mapping[str, Curve] = {
    "USL, peak at 3": overheads(0.05, 0.1),
    "USL, peak at 6": overheads(0.02, 0.027),
    "USL, peak at 12": overheads(0.02, 0.0065),
    "Amdahl, a tenth serial": overheads(0.1, 0.0),
    "plateau from 4": flat_from(4),
    "plateau from 10": flat_from(10),
    "peak at 2, then slowly worse": flat_from(2, 0.08),
    "cliff after 8": cliff(8, 0.6),
    "cliff after 20": cliff(20, 0.5),
    "40 tasks that wait, in rounds": waiting(40),
}


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        workers: the count it chose.
        loss: seconds with that count over those with the best of all, less 1; without the noise.
        samples: how many it took.
    """

    workers: int
    loss: float
    samples: int


def search(curve: Curve, start: int, noise: float, rng: random.Random) -> Found:
    """Let a comparison look for the worker count of its only runner; `noise` is the standard deviation of a sample."""

    def seconds(cell: Cell, _ordinal: int) -> float:
        return curve(cell.workers) * math.exp(rng.gauss(0, noise))

    sampler = Simulated(seconds)
    candidate = Candidate(runner("searching"), (start,), search=True, limit=LIMIT)
    chosen = simulation(comparison_of(candidate), sampler).measure()[candidate.runner]
    best = min(map(curve, range(1, LIMIT + 1)))
    return Found(chosen, curve(chosen) / best - 1, len(sampler.piloted()["searching"]))
