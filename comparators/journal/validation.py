"""What a journal that a run wrote cannot hold, though its types are right: a file from elsewhere is not to be trusted.

Verdicts and reports divide by these numbers and look these names up; they rely on what is checked here.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from comparators.journal.records import (
    Evidence,
    Failure,
    Header,
    LevelTest,
    Profile,
    Record,
    Sample,
    candidate_label,
)
from comparators.plan.model import Cell, Comparison, Plan, Settings

__all__ = ["Implausible", "check"]

LONGEST_S = 1e9
"""Seconds that nothing takes, about 30 years."""

MOST = 10**9
"""More than there are workers, blocks, tasks or loops."""


class Implausible(ValueError):
    """A record that no run writes; the message says in what way."""


def check(record: Record) -> None:
    """Check the values of a record that was read.

    Raises:
        Implausible: no run writes such a record.
    """
    for complaint in _complaints(record):
        raise Implausible(complaint)


def _complaints(record: Record) -> Iterator[str]:
    match record:
        case Header():
            yield from _of_plan(record.plan)
        case Sample():
            yield from _of_cell(record.cell)
            yield from _of_seconds(record.seconds, record.warmup_s, record.elapsed_s, record.cpu_s)
            if not 1 <= record.loops <= MOST:
                yield f"{record.loops} loops"
            if abs(record.block) > MOST:
                yield f"block {record.block}"
        case Failure():
            yield from _of_cell(record.cell)
            yield from _of_seconds(record.limit_s, record.elapsed_s)
            if abs(record.block) > MOST:
                yield f"block {record.block}"
        case LevelTest():
            yield from _of_test(record)
        case Profile():
            yield from _of_profile(record)
        case Evidence():
            yield from _of_cell(record.cell)
            yield from _of_evidence(record)
        case _:
            return


def _of_test(test: LevelTest) -> Iterator[str]:
    for cell in test.cells:
        yield from _of_cell(cell)
    if not test.cells or len(test.loops) != len(test.cells) or not all(1 <= loops <= MOST for loops in test.loops):
        yield f"a test of {len(test.cells)} cells with {len(test.loops)} counts of loops"
    yield from _twice("candidate", map(candidate_label, test.cells))
    if len({(cell.workload, cell.phase, cell.python) for cell in test.cells}) > 1:
        yield "a test across comparisons"


def _of_profile(profile: Profile) -> Iterator[str]:
    yield from _of_seconds(profile.task_s, profile.longest_s, profile.total_s)
    shares = (
        profile.cpu_share,
        profile.library_threads,
        profile.threads_gain,
        profile.repeat_ratio,
        profile.blocked_share,
    )
    for share in (*shares, profile.pickled_bytes):
        if share is not None and share < 0:
            yield f"a share of {share:g}"
    if not 0 <= profile.seen <= max(1, profile.tasks) <= MOST:
        yield f"{profile.seen} of {profile.tasks} tasks seen"


def _of_seconds(*values: float | None) -> Iterator[str]:
    for value in values:
        if value is not None and not 0 <= value <= LONGEST_S:
            yield f"{value:g} s"


def _of_cell(cell: Cell) -> Iterator[str]:
    if not 1 <= cell.workers <= MOST:
        yield f"{cell.workers} workers"


def _of_evidence(record: Evidence) -> Iterator[str]:
    seconds = (record.wall_s, record.total_s, record.busy_s, record.task_cpu_s, record.longest_s, record.delayed_s)
    yield from _of_seconds(*seconds, record.idle_tail_s)
    counts = (record.tasks, record.peak, record.workers_seen, record.switches_voluntary, record.switches_involuntary)
    for value in counts:
        if not 0 <= value <= 10**15:
            yield f"a count of {value}"
    if not 0 <= record.pickled_bytes <= 10**18:
        yield f"{record.pickled_bytes} bytes"


def _of_plan(plan: Plan) -> Iterator[str]:
    yield from _of_settings(plan.settings)
    labels = [one.label for one in plan.interpreters]
    if not labels:
        yield "no Python"
    yield from _twice("Python", labels)
    yield from _twice("comparison", [comparison.key for comparison in plan.comparisons])
    for comparison in plan.comparisons:
        if comparison.python not in labels:
            yield f"a comparison under Python '{comparison.python}', which is not there"
        yield from _of_comparison(comparison)


def _of_comparison(comparison: Comparison) -> Iterator[str]:
    if not 0 <= comparison.tasks <= MOST:
        yield f"{comparison.tasks} tasks"
    yield from _twice("runner", [one.runner.label for one in comparison.candidates])
    for one in comparison.candidates:
        if not all(1 <= count <= MOST for count in (*one.counts, one.fewest, one.limit)):
            yield f"worker counts {list(one.counts)} of '{one.runner.label}'"


def _of_settings(settings: Settings) -> Iterator[str]:
    thresholds = settings.thresholds
    if not 0 < settings.margin < 1:
        yield f"a margin of {settings.margin:g}"
    for looks in (thresholds.looks, thresholds.cold_looks):
        if any(not 1 <= look <= MOST for look in looks) or any(low >= high for low, high in pairwise(looks)):
            yield f"looks after {list(looks)} blocks"
    if not settings.cpus:
        yield "no CPU to measure on"
    yield from _of_seconds(settings.timeout_s, settings.maximum_time_s, thresholds.target_value_s)


def _twice(kind: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{kind} '{name}' twice"
        seen.add(name)
