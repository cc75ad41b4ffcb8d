"""CPU-bound tasks of very different lengths."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count
from comparators.workloads._support.spin import MODULUS, spin, spun

__all__ = ["LENGTH_RATIO", "Stretch", "Uneven", "stretch"]

LENGTH_RATIO = 100
"""How many times longer the longest task is than the shortest."""

Stretch = tuple[int, int]
"""Seed and turns of the task's work, see `spin`."""


def stretch(task: Stretch) -> int:
    """Do one task, short or long."""
    seed, turns = task
    return spin(seed, turns)


@dataclass(frozen=True)
class Uneven(Workload[Stretch, int]):
    """Do CPU-bound tasks of which the longest takes 100 times as long as the shortest, in mixed order.

    What it teaches: load balancing. A model that gives each worker its share of the tasks in advance, or in large
    chunks, leaves workers idle at the end; one that hands out task by task keeps them busy. No model is done before
    its longest task is. Compare with `integrate`, whose tasks are all alike.
    """

    name = "uneven"
    summary = "pure-Python tasks whose lengths differ 100-fold, to see load balancing"
    nature = "cpu"
    presets: ClassVar = {
        "tiny": {"count": 8, "shortest": 10},
        "quick": {"count": 16, "shortest": 6_000},
        "default": {},
        "full": {"count": 64, "shortest": 150_000},
    }
    work = staticmethod(stretch)

    count: int = parameter(32, "how many tasks", minimum=1, maximum=MODULUS - 1)
    shortest: int = parameter(
        20_000, "turns of the shortest task; the longest has 100 times as many", minimum=1, maximum=10**9
    )
    seed: int = parameter(1, "of the order of the tasks", minimum=0)

    def tasks(self) -> Sequence[Stretch]:
        """Return tasks whose lengths are a geometric series, in an order that the seed fixes."""
        from random import Random

        steps = max(1, self.count - 1)
        lengths = [round(self.shortest * LENGTH_RATIO ** (k / steps)) for k in range(self.count)]
        Random(self.seed).shuffle(lengths)
        return list(enumerate(lengths, start=1))

    def verify(self, result: object) -> Observations:
        """Check every result against its closed form."""
        results = check_count(result, self.count, "results")
        for (seed, turns), found in zip(self.tasks(), results, strict=True):
            expected = spun(seed, turns)
            if found != expected:
                raise WrongResult(f"result of task {seed} with {turns} turns", expected=expected, found=found)
        return ()
