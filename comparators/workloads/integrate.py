"""The classic piece of CPU-bound work: a Riemann sum in pure Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count

__all__ = [
    "EXACT",
    "UPPER",
    "Integrate",
    "Slice",
    "check_sums",
    "f",
    "integrate",
    "left_sum",
    "relative_bound",
    "slices",
]

UPPER = 10
"""The upper end of the interval; the lower end is 0."""

EXACT = 1000 / 3
"""The integral of x² over [0, 10], which the left sums approach from below."""

Slice = tuple[int, int, float]
"""First step, step after the last, width of a step."""


def f(x: float) -> float:
    """Return the function to integrate at x."""
    return x**2


def integrate(task: Slice) -> float:
    """Return the left Riemann sum of `f` over the steps from `start` up to `stop`."""
    start, stop, dx = task
    total = 0.0
    for i in range(start, stop):
        total += f(i * dx)
    return total * dx


def left_sum(start: int, stop: int, steps: int) -> float:
    """Return the exact left sum over steps `start` to `stop` of `steps`, correctly rounded.

    With dx = 10 / steps, the sum of (i·dx)²·dx is dx³ times the sum of i². The squares below n add up to
    (n - 1)·n·(2n - 1) / 6, a whole number, so one division of whole numbers is the only rounding.
    """
    return UPPER**3 * (_squares_below(stop) - _squares_below(start)) / steps**3


def relative_bound(terms: int) -> float:
    """Return how far, relative to its value, a sum of `terms` terms in double precision can be from `left_sum`.

    Every operation is off by at most a factor 1 + d with |d| ≤ u = 2⁻⁵³, and `pow` by two of them. A term carries
    two factors in x = i·dx (dx is rounded, the product is), four once x is squared, and two of `pow`: six. It takes
    part in at most `terms` - 1 additions, in whatever order. The last product adds one factor for dx and one of its
    own, the rounding of the expected value one more. No term is negative, so nothing cancels, and the whole is off
    by at most γ(k) = k·u / (1 - k·u) with k = terms + 8 (N. J. Higham, Accuracy and Stability of Numerical
    Algorithms, 2nd edition, lemma 3.1 and section 4.2).
    """
    off = (terms + 8) * 2.0**-53
    return off / (1 - off)


def slices(steps: int, chunks: int) -> Iterator[Slice]:
    """Cut `steps` steps into `chunks` runs whose lengths differ by at most one."""
    dx = UPPER / steps
    for k in range(chunks):
        yield k * steps // chunks, (k + 1) * steps // chunks, dx


def check_sums(results: object, steps: int, chunks: int) -> None:
    """Check each result against the closed form of its own slice.

    Raises:
        WrongResult: results are missing, or one is further off than rounding can explain.
    """
    sums = check_count(results, chunks, "partial sums")
    for number, (result, (start, stop, _)) in enumerate(zip(sums, slices(steps, chunks), strict=True)):
        expected = left_sum(start, stop, steps)
        allowed = expected * relative_bound(stop - start)
        if not isinstance(result, float) or not abs(result - expected) <= allowed:
            raise WrongResult(f"sum of slice {number}", expected=f"{expected!r} ± {allowed:.1e}", found=result)


def _squares_below(n: int) -> int:
    return (n - 1) * n * (2 * n - 1) // 6


@dataclass(frozen=True)
class Integrate(Workload[Slice, float]):
    """Integrate x² over [0, 10] with a loop of Python instructions.

    What it teaches: the GIL lets one thread at a time run Python instructions, so threads cannot beat serial here
    and coroutines cannot either. Processes can, up to the number of CPUs. So can threads where there is no GIL.
    Each task is a slice of the steps; the slices add up to the same sum for every runner.
    """

    name = "integrate"
    summary = "left Riemann sum of x² over [0, 10] in pure Python"
    nature = "cpu"
    presets: ClassVar = {
        "tiny": {"steps": 2_000, "chunks": 8},
        "quick": {"steps": 1_000_000},
        "default": {},
        "full": {"steps": 10**8, "chunks": 64},
    }
    work = staticmethod(integrate)

    steps: int = parameter(6_000_000, "steps of the sum", minimum=1, maximum=10**12)
    chunks: int = parameter(16, "tasks that the steps are cut into; at most one per step", minimum=1, maximum=10**6)

    def tasks(self) -> Sequence[Slice]:
        """Return one slice of the steps per chunk."""
        return list(slices(self.steps, self._slices))

    def verify(self, result: object) -> Observations:
        """Check every partial sum against its closed form."""
        check_sums(result, self.steps, self._slices)
        return ()

    @property
    def _slices(self) -> int:
        return min(self.chunks, self.steps)
