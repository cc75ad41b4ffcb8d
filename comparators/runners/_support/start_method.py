"""How processes are started: what the runners made of processes share."""

import sys
from typing import Any

from comparators.parameters import parameter

__all__ = ["POOL_MAXIMUM", "START_METHODS", "default_chunk", "start_parameter"]

START_METHODS: tuple[str, ...] = ("spawn",) if sys.platform == "win32" else ("forkserver", "spawn", "fork")
"""The start methods of `multiprocessing` that this system has, this package's default first.

`forkserver` is the default here because it is safe beside threads, as `spawn` is, and faster; Python 3.14 made it
its own default on Linux.
"""

POOL_MAXIMUM: int | None = 61 if sys.platform == "win32" else None
"""Windows waits for at most 63 objects at once; a pool needs two of them for itself."""


def default_chunk(tasks: int, workers: int) -> int:
    """Return how many tasks `map` of `multiprocessing`'s pools puts into a chunk: four chunks for each worker."""
    return max(1, -(-tasks // (4 * workers)))


def start_parameter() -> Any:
    """Declare the start method as a parameter."""
    return parameter(START_METHODS[0], "how worker processes are started", choices=START_METHODS)
