"""How tools decide which of two is faster, each as it does by itself, on seconds that are given.

hyperfine names the lowest mean the fastest; pytest-benchmark sorts by the minimum, of five rounds at least; pyperf's
`compare_to` makes a t test at 95 % over all values, of 20 processes by default and of 10 with `--fast`, three each
(`pyperf._utils.is_significant`, pyperf 2.10). Here a process has one value: values of one process are not independent,
and pooling them, as pyperf does, makes more errors than are counted here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from comparators.verdict.sequential import judge

__all__ = ["RULES", "Answer", "Rule"]

LOOKS = (5, 7, 10, 14, 20)
MARGIN = 0.05
_T_95 = {40 - 2: 2.024, 20 - 2: 2.101}
"""Quantiles of Student's t for two equal groups of 20 and of 10."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says: `first` or `second` is faster, or neither; and the evaluations that this took."""

    faster: str
    evaluations: int


Series = Sequence[float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A tool's way to decide.

    Attributes:
        name: of the tool.
        interleaved: whether both are measured in turn; otherwise one after the other.
        needs: values of each of the two at most.
        decide: from the values of both.
    """

    name: str
    interleaved: bool
    needs: int
    decide: Callable[[Series, Series], Answer]


def ours(first: Series, second: Series) -> Answer:
    """Look at the planned numbers of blocks; a warm-up and a value each, and a pilot of one sample."""
    for look in LOOKS:
        blocks = [{"first": one, "second": other} for one, other in zip(first[:look], second[:look], strict=True)]
        decision = judge(blocks, ("first", "second"), 2, MARGIN, LOOKS, last=look == LOOKS[-1])
        if decision.outcome is not None:
            faster = decision.remaining[0] if decision.outcome == "win" else "neither"
            return Answer(faster, 2 * 2 * (look + 1))
    raise AssertionError("the last look must decide")


def hyperfine(first: Series, second: Series) -> Answer:
    """Name the lower mean of ten runs."""
    return Answer(_lower(fmean(first[:10]), fmean(second[:10])), 2 * 10)


def hyperfine_sigma(first: Series, second: Series) -> Answer:
    """The same, for a reader who believes it only where the ratio is more than its standard deviation above 1."""
    one, other = first[:10], second[:10]
    low, high = sorted((one, other), key=fmean)
    ratio = fmean(high) / fmean(low)
    sigma = ratio * math.hypot(stdev(high) / fmean(high), stdev(low) / fmean(low))
    return Answer(_lower(fmean(one), fmean(other)) if ratio - sigma > 1 else "neither", 2 * 10)


def pytest_benchmark(first: Series, second: Series) -> Answer:
    """Put the lower minimum of five rounds first."""
    return Answer(_lower(min(first[:5]), min(second[:5])), 2 * 5)


def pyperf(processes: int) -> Callable[[Series, Series], Answer]:
    """Return pyperf's t test, over so many processes of a warm-up and three values each, and its calibration."""

    def decide(first: Series, second: Series) -> Answer:
        one, other = first[:processes], second[:processes]
        error = math.sqrt((stdev(one) ** 2 + stdev(other) ** 2) / processes)
        significant = abs(fmean(one) - fmean(other)) > _T_95[2 * processes - 2] * error
        return Answer(_lower(fmean(one), fmean(other)) if significant else "neither", 2 * (4 * processes + 4))

    return decide


def _lower(first: float, second: float) -> str:
    return "first" if first < second else "second"


RULES = (
    Rule("comparators", True, LOOKS[-1], ours),
    Rule("pyperf compare_to", False, 20, pyperf(20)),
    Rule("pyperf --fast, compare_to", False, 10, pyperf(10)),
    Rule("hyperfine", False, 10, hyperfine),
    Rule("hyperfine, beyond its sigma", False, 10, hyperfine_sigma),
    Rule("pytest-benchmark", False, 5, pytest_benchmark),
)
