"""Tasks that show what a runner does. Worker processes import them by name; traces go to files, which all can reach."""

import time

from comparators.testing.marks import leave, read

__all__ = [
    "FAILURE",
    "fail",
    "fail_async",
    "leave_mark",
    "mark",
    "mark_async",
    "marked",
    "meet",
    "meet_and_fail",
    "meet_and_fail_async",
    "meet_async",
    "overlap",
    "overlap_async",
    "square",
    "square_async",
]

FAILURE = "this task fails on purpose"
MEETING_S = 10.0
"""How long a task waits for the others; long, for a slow host must not look like a broken runner."""

PAUSE_S = 0.001


def square(number: int) -> int:
    """Return the square."""
    return number * number


async def square_async(number: int) -> int:
    """Return the square."""
    return number * number


def mark(path: str) -> None:
    """Leave one mark."""
    leave(path, "+")


async def mark_async(path: str) -> None:
    """Leave one mark."""
    leave(path, "+")


def overlap(path: str) -> None:
    """Leave a mark at the start and another at the end."""
    leave(path, "+")
    time.sleep(PAUSE_S)
    leave(path, "-")


async def overlap_async(path: str) -> None:
    """Leave a mark at the start and another at the end."""
    from anyio import sleep

    leave(path, "+")
    await sleep(PAUSE_S)
    leave(path, "-")


def leave_mark(path: str) -> None:
    """Leave the mark of an initializer."""
    leave(path, "i")


def marked(task: tuple[str, int]) -> bool:
    """Wait like `meet`; say whether an initializer had been called before."""
    return "i" in read(task[0]) and meet(task)


def meet(task: tuple[str, int]) -> bool:
    """Wait until `parties` tasks have begun; say whether they did, in time."""
    path, parties = task
    leave(path, "+")
    deadline = time.monotonic() + MEETING_S
    while _waiting(path, parties, deadline):
        time.sleep(PAUSE_S)
    return _met(path)


async def meet_async(task: tuple[str, int]) -> bool:
    """Wait until `parties` tasks have begun; say whether they did, in time."""
    from anyio import sleep

    path, parties = task
    leave(path, "+")
    deadline = time.monotonic() + MEETING_S
    while _waiting(path, parties, deadline):
        await sleep(PAUSE_S)
    return _met(path)


def meet_and_fail(task: tuple[str, int]) -> None:
    """Wait like `meet`, then raise: every worker is there, and busy, when it happens."""
    meet(task)
    raise ValueError(FAILURE)


async def meet_and_fail_async(task: tuple[str, int]) -> None:
    """Wait like `meet_async`, then raise: every worker is there, and busy, when it happens."""
    await meet_async(task)
    raise ValueError(FAILURE)


def fail(number: int) -> int:
    """Raise for one number, return any other."""
    if number == 2:
        raise ValueError(FAILURE)
    return number


async def fail_async(number: int) -> int:
    """Raise for one number, return any other."""
    return fail(number)


def _waiting(path: str, parties: int, deadline: float) -> bool:
    """Say whether to wait on; the first task that has waited in vain tells the others not to."""
    marks = read(path)
    if marks.count("+") >= parties or "!" in marks:
        return False
    if time.monotonic() > deadline:
        leave(path, "!")
    return True


def _met(path: str) -> bool:
    return "!" not in read(path)
