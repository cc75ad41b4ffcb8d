"""Which Python concurrency model should this piece of work use, with how many workers, and why?

Importing this package loads nothing; each public name is loaded when it is first used. The command line starts
with this import, and its start-up time is a budget: see `tests/cli/test_startup.py`.
"""

import typing

if typing.TYPE_CHECKING:
    from comparators.api import Comparison, compare
    from comparators.errors import ComparatorsError, WrongResult
    from comparators.parameters import parameter
    from comparators.runner import Recipe, Runner, RunnerInfo, Timing
    from comparators.workload import Observation, Observations, Workload

__version__ = "0.1.0"

__all__ = [
    "ComparatorsError",
    "Comparison",
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

_MODULES = {
    "ComparatorsError": "errors",
    "Comparison": "api",
    "Observation": "workload",
    "Observations": "workload",
    "Recipe": "runner",
    "Runner": "runner",
    "RunnerInfo": "runner",
    "Timing": "runner",
    "Workload": "workload",
    "WrongResult": "errors",
    "compare": "api",
    "parameter": "parameters",
}


def __getattr__(name: str) -> object:
    """Load a public name."""
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module 'comparators' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"comparators.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted([*globals(), *__all__])
