"""With how many busy processes a run looks at what its host can give."""

from collections.abc import Iterator

from comparators.plan.model import Plan

__all__ = ["capacity_counts"]

SCALED_PER_CPU = 4
"""More processes than this for each CPU reach no more than fewer do."""


def capacity_counts(plan: Plan) -> tuple[int, ...]:
    """Return the numbers of processes, ascending.

    They double up to twice the CPUs or to the most workers of any runner, whichever is smaller. A look at scaling adds
    the counts that it compares.
    """
    cpus = len(plan.settings.cpus)
    candidates = [one for comparison in plan.comparisons for one in comparison.candidates]
    most = max((one.limit for one in candidates), default=1)
    asked = {count for one in candidates for count in one.counts} if plan.settings.scaling else set()
    return tuple(
        sorted({1, *_doubling(min(most, 2 * cpus)), *(count for count in asked if count <= SCALED_PER_CPU * cpus)})
    )


def _doubling(limit: int) -> Iterator[int]:
    count = 2
    while count < limit:
        yield count
        count *= 2
    yield limit
