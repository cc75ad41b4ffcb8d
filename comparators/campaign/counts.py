"""Which worker counts to try, and how many loops a value has. Pure: the profile in, numbers out."""

import math
from collections.abc import Sequence

from comparators.journal.records import Profile
from comparators.plan.model import Candidate

__all__ = ["LOOPS_MAXIMUM", "expected_s", "loops_for", "model_counts"]

LOOPS_MAXIMUM = 100_000
"""Loops of a value at most: tasks that take no time at all would need any number."""
LEAST_CPU_SHARE = 0.01
"""CPU seconds per wall second below which a smaller share allows no more workers: 100 per CPU already wait."""
HEAVY_PER_CPU = 8
"""Workers per CPU with which processes and interpreters stand for their model at first: each takes milliseconds to
start. Where they win, more are searched."""
GIVEN_MAXIMUM = 6
"""Worker counts asked for by hand that are all compared under each model; of longer lists the ends and the middle."""


def model_counts(candidate: Candidate, profile: Profile, cpus: int) -> tuple[int, ...]:
    """Return the worker counts with which a runner stands for its model.

    As many as there are CPUs, two at least: one worker is a loop. Where the work waits also as many as keep the CPUs
    busy, because with few workers such work gains next to nothing.
    """
    if candidate.counts:
        return _spread(candidate.counts)
    if candidate.limit == 1:
        return (1,)
    few = _within(max(2, cpus), candidate, profile.tasks)
    if not profile.waits:
        return (few,)
    busy = math.ceil(max(2, cpus) / max(profile.cpu_share, LEAST_CPU_SHARE))
    if candidate.runner.model in ("processes", "interpreters"):
        busy = min(busy, HEAVY_PER_CPU * cpus)
    return tuple(sorted({few, _within(max(2 * few, busy), candidate, profile.tasks)}))


def _spread(counts: Sequence[int]) -> tuple[int, ...]:
    """Return all of a short list, and of a long one its ends and what lies evenly between."""
    if len(counts) <= GIVEN_MAXIMUM:
        return tuple(counts)
    ordered = sorted(counts)
    places = {round(at * (len(ordered) - 1) / (GIVEN_MAXIMUM - 1)) for at in range(GIVEN_MAXIMUM)}
    return tuple(ordered[place] for place in sorted(places))


def _within(count: int, candidate: Candidate, tasks: int) -> int:
    """Return a count that is possible; a list may have been shortened to fewer tasks than the limit allows for."""
    return max(candidate.fewest, min(count, candidate.limit, tasks))


def expected_s(profile: Profile, workers: int, cpus: int) -> float:
    """Return the least seconds that all tasks can take: at once what waits, on the CPUs what computes."""
    at_once = profile.total_s / workers
    computing = profile.total_s * profile.cpu_share / min(workers, cpus)
    return max(at_once, computing, profile.longest_s if workers > 1 else 0.0, 1e-9)


def loops_for(seconds: float, value_s: float) -> int:
    """Return how many loops make a value long enough."""
    return max(1, min(LOOPS_MAXIMUM, math.ceil(value_s / max(seconds, 1e-9))))
