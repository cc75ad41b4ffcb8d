"""Where tasks that need each other wait until all have come so far, with no primitive but an array."""

import os
import time
from collections.abc import Callable
from typing import Any

__all__ = ["PATIENCE_S", "let_run", "meet", "meet_async"]

PATIENCE_S = 60
"""How long a task waits for the others; long, for a slow host must not look like a lost task."""

PAUSE_S = 0.0002
"""How long until it looks again. Every kit has an array; not every one has something to wait for."""

EAGER_S = 0.0002
"""So long it looks again at once, letting others run in between; who is nearly there is not kept waiting."""

let_run: Callable[[], None] = getattr(os, "sched_yield", lambda: time.sleep(0))
"""Lets other threads and processes run, also those that wait for the GIL; the system's own way takes the least time."""


def meet(arrived: Any, number: int, meeting: int) -> None:
    """Say that this task has come to a meeting, and wait for the others.

    Args:
        arrived: the last meeting that each task has come to, in an array that all share; 0 for none.
        number: this task's place in it, where no other task writes.
        meeting: which meeting, from 1 up.

    Raises:
        TimeoutError: the others have not come.
    """
    arrived[number] = meeting
    began = time.monotonic()
    while _missing(arrived, meeting, began + PATIENCE_S):
        if time.monotonic() < began + EAGER_S:
            let_run()
        else:
            time.sleep(PAUSE_S)


async def meet_async(arrived: Any, number: int, meeting: int) -> None:
    """Do the same in a coroutine.

    Raises:
        TimeoutError: the others have not come.
    """
    from anyio import sleep

    arrived[number] = meeting
    deadline = time.monotonic() + PATIENCE_S
    while _missing(arrived, meeting, deadline):
        await sleep(0)


def _missing(arrived: Any, meeting: int, deadline: float) -> bool:
    missing = [number for number, reached in enumerate(arrived) if reached < meeting]
    if missing and time.monotonic() > deadline:
        raise TimeoutError(f"{len(arrived) - len(missing)} of {len(arrived)} came to meeting {meeting}")
    return bool(missing)
