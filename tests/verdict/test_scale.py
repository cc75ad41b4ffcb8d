"""The verdicts of a large run: one pass over the records, nothing quadratic."""

import sys
from collections.abc import Callable
from types import FrameType

from comparators.measure.records import Run
from comparators.verdict.verdicts import verdicts_of
from tests.example_runs import large_run


def calls_of(work: Callable[[Run], object], run: Run) -> int:
    """Count the Python calls: a measure of work that no other load changes."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        work(run)
    finally:
        sys.setprofile(None)
    return calls


def test_work_grows_no_faster_than_the_run() -> None:
    small, large = large_run(400), large_run(1_600)
    verdicts_of(small)  # imports and caches
    assert calls_of(verdicts_of, large) < 4.8 * calls_of(verdicts_of, small)
