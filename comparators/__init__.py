"""Which Python concurrency model should this piece of work use, with how many workers, and why?

Importing this package is light: what measures, computes or draws is imported when it is needed.
"""

from comparators.api import compare
from comparators.errors import ComparatorsError, WrongResult
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.workload import Observation, Observations, Workload

__version__ = "0.1.0"

__all__ = [
    "ComparatorsError",
    "Observation",
    "Observations",
    "Recipe",
    "Runner",
    "RunnerInfo",
    "Timing",
    "Workload",
    "WrongResult",
    "compare",
    "parameter",
]
