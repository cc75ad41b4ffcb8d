"""Why: one cause per verdict from a closed list, each found by a small detector that says nothing when in doubt."""

from collections.abc import Callable

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.gil import gil
from comparators.verdict.causes.handing import handing_over, moving_data, start_up
from comparators.verdict.causes.host import blocked_loop, busy_host, library_threads, one_cpu
from comparators.verdict.causes.overlap import computing_in_parallel, waiting_overlaps
from comparators.verdict.causes.shape import one_long_task
from comparators.verdict.causes.sharing import contended_objects, lock, memory_bandwidth
from comparators.verdict.causes.situation import Situation

__all__ = ["DETECTORS", "cause_of"]

DETECTORS: tuple[Callable[[Situation], Cause | None], ...] = (
    one_cpu,
    library_threads,
    blocked_loop,
    start_up,
    one_long_task,
    handing_over,
    moving_data,
    lock,
    contended_objects,
    memory_bandwidth,
    busy_host,
    gil,
    waiting_overlaps,
    computing_in_parallel,
)
"""From the special to the general: what limits comes before what works, and the first that is sure is the cause."""


def cause_of(situation: Situation) -> Cause | None:
    """Return the cause of a verdict; None where nothing measured names one."""
    return next((found for detect in DETECTORS if (found := detect(situation)) is not None), None)
