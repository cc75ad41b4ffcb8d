"""Marks in a file: how tasks of any model say to each other how far they are, without a primitive of any model.

An append of one byte to a file is never lost or torn, whichever thread, process or interpreter does it.
"""

import os
import time

__all__ = ["PATIENCE_S", "Impatient", "leave", "read", "wait_for", "wait_for_async"]

PATIENCE_S = 10
"""How long a task waits for the others, in whole seconds; long, for a slow host must not look like a broken kit."""

PAUSE_S = 0.001


class Impatient(Exception):
    """The others did not come."""


def leave(path: str, mark: str) -> None:
    """Leave one mark."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, mark.encode())
    finally:
        os.close(file)


def read(path: str) -> str:
    """Return all marks in the order in which they were left."""
    with open(path, encoding="ascii") as file:  # noqa: PTH123  pathlib is not imported into worker processes for this
        return file.read()


def wait_for(path: str, mark: str, count: int = 1) -> None:
    """Wait until a mark was left `count` times.

    Raises:
        Impatient: it was not, in time.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not _enough(path, mark, count, deadline):
        time.sleep(PAUSE_S)


async def wait_for_async(path: str, mark: str, count: int = 1) -> None:
    """Wait until a mark was left `count` times, and let other coroutines run meanwhile.

    Raises:
        Impatient: it was not, in time.
    """
    from anyio import sleep

    deadline = time.monotonic() + PATIENCE_S
    while not _enough(path, mark, count, deadline):
        await sleep(PAUSE_S)


def _enough(path: str, mark: str, count: int, deadline: float) -> bool:
    if read(path).count(mark) >= count:
        return True
    if time.monotonic() > deadline:
        raise Impatient(f"waited {PATIENCE_S} s for other tasks, for the mark '{mark}' {count} times")
    return False
