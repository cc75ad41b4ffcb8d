"""Small workloads that go right or wrong in one way each, in a file that worker processes import."""

import asyncio
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Nature, Observation, Observations, Workload

__all__ = ["Good", "target"]


def target(name: str) -> str:
    """Return how a class of this file is named in jobs."""
    return f"{__file__}:{name}"


def double(task: int) -> int:
    return 2 * task


async def double_async(task: int) -> int:
    await asyncio.sleep(0)
    return 2 * task


@dataclass(frozen=True)
class Good(Workload[int, Any]):
    """Doubles numbers."""

    name = "good"
    summary = "for tests"
    nature: ClassVar[Nature] = "wait"
    presets: ClassVar = {"tiny": {"count": 3}, "quick": {"count": 6}, "default": {}, "full": {}}
    work = staticmethod(double)
    work_async = staticmethod(double_async)

    count: int = parameter(4, "how many", minimum=1)
    speed: float = parameter(0.0, "of this host; 0 until calibrated", minimum=0.0)

    def calibrate(self) -> Self:
        return self.with_parameters(speed=12.5)

    def tasks(self) -> Sequence[int]:
        return range(self.count)

    def verify(self, result: object) -> Observations:
        if not isinstance(result, list) or result != [2 * task for task in range(self.count)]:
            raise WrongResult("doubles", expected="doubles", found=result)
        return (
            Observation("doubled", float(self.count), "numbers", "from 0 on"),
            Observation("speed", self.speed, "1/s"),
        )


def fail(task: int) -> int:
    if task == 2:
        raise LookupError(f"task {task} is missing\nand more could be said")
    return 2 * task


async def fail_async(task: int) -> int:
    return fail(task)


class Failing(Good):
    """One task raises."""

    name = "failing"
    work = staticmethod(fail)
    work_async = staticmethod(fail_async)


def leave(task: int) -> int:
    if task == 2:
        sys.exit(3)
    return 2 * task


async def leave_async(task: int) -> int:
    return leave(task)


class Leaving(Good):
    """One task calls `sys.exit`."""

    name = "leaving"
    work = staticmethod(leave)
    work_async = staticmethod(leave_async)


class Wrong(Good):
    """The check fails."""

    name = "wrong"

    def verify(self, result: object) -> Observations:
        raise WrongResult("luck", expected="good", found="bad")


def close_over(task: int) -> Any:
    return lambda: task


class Unpicklable(Good):
    """Parts that stay in their process."""

    name = "unpicklable"
    work = staticmethod(close_over)

    def verify(self, result: object) -> Observations:
        return ()


def vanish(task: int) -> int:
    os._exit(task)


class Vanishing(Good):
    """The first task ends the process that does it, with exit code 0."""

    name = "vanishing"
    work = staticmethod(vanish)


class Uncalibrated(Good):
    """Cannot be calibrated."""

    name = "uncalibrated"

    def calibrate(self) -> Self:
        raise OSError("no clock")


def linger(task: int) -> int:
    threading.Thread(target=threading.Event().wait).start()
    return 2 * task


class Lingering(Good):
    """A task leaves a thread behind that never ends."""

    name = "lingering"
    work = staticmethod(linger)
