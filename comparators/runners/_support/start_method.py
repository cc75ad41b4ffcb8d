"""How processes are started: what the runners made of processes share."""

import sys
from typing import Any

from comparators.parameters import parameter

__all__ = ["POOL_MAXIMUM", "START_METHODS", "default_chunk", "start_parameter"]


def _start_methods() -> tuple[str, ...]:
    """Return the start methods of `multiprocessing` that this system has, the interpreter's own default first.

    That is what `ProcessPoolExecutor(2)` gives people: `fork` on Linux before Python 3.14, `forkserver` since; `spawn`
    elsewhere. `multiprocessing.get_start_method` would say the same, and fix it for the whole process.
    """
    if sys.platform == "win32":
        return ("spawn",)
    usual = "spawn" if sys.platform == "darwin" else "forkserver" if sys.version_info >= (3, 14) else "fork"
    return (usual, *(method for method in ("forkserver", "spawn", "fork") if method != usual))


START_METHODS = _start_methods()
"""Start methods, the interpreter's own default first: that of the runners, too."""

POOL_MAXIMUM: int | None = 61 if sys.platform == "win32" else None
"""Windows waits for at most 63 objects at once; a pool needs two of them for itself."""


def default_chunk(tasks: int, workers: int) -> int:
    """Return how many tasks `map` of `multiprocessing`'s pools puts into a chunk: four chunks for each worker."""
    return max(1, -(-tasks // (4 * workers)))


def start_parameter() -> Any:
    """Declare the start method as a parameter."""
    return parameter(START_METHODS[0], "how worker processes are started", choices=START_METHODS)
