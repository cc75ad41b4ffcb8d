"""Made-up runs and verdicts for tests: realistic shapes, no measuring.

run = example_run()
verdicts = example_verdicts(run)
"""

from tests.example_runs import HOSTILE, PYTHONS, RUNNERS, WORKLOADS, example_run, hostile_run, large_run
from tests.example_verdicts import example_verdicts

__all__ = [
    "HOSTILE",
    "PYTHONS",
    "RUNNERS",
    "WORKLOADS",
    "example_run",
    "example_verdicts",
    "hostile_run",
    "large_run",
]
