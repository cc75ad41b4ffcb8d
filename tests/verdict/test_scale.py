"""The verdicts of a large run: one pass over the records, nothing quadratic."""

from comparators.verdict.verdicts import verdicts_of
from tests.counting import calls_of
from tests.example_runs import large_run


def test_work_grows_no_faster_than_the_run() -> None:
    small, large = large_run(400), large_run(1_600)
    verdicts_of(small)  # imports and caches
    assert calls_of(lambda: verdicts_of(large)) < 4.8 * calls_of(lambda: verdicts_of(small))
