"""Work for runner tests, in a module that worker processes and interpreters can import."""

import importlib
import multiprocessing
import os
import socket
import sys
import threading
from typing import NamedTuple

from comparators.coordination import kit

__all__ = [
    "Place",
    "TwoArguments",
    "arrive",
    "arrive_async",
    "cancel",
    "cancel_async",
    "double",
    "double_async",
    "exit_at_once",
    "fail",
    "fail_async",
    "fail_with_two",
    "give_up",
    "interrupt",
    "interrupt_async",
    "leave",
    "leave_async",
    "meet",
    "meet_async",
    "nothing",
    "nothing_async",
    "pass_latch",
    "same",
    "unpicklable",
]


class Place(NamedTuple):
    """Where a task ran."""

    process: int
    interpreter: int
    thread: int


def double(task: int) -> int:
    return 2 * task


async def double_async(task: int) -> int:
    return 2 * task


def nothing(task: object) -> None:
    return None


async def nothing_async(task: object) -> None:
    return None


def fail(task: int) -> int:
    if task == 2:
        raise ValueError(f"task {task} is wrong")
    return task


async def fail_async(task: int) -> int:
    return fail(task)


def leave(task: int) -> None:
    sys.exit(3)


async def leave_async(task: int) -> None:
    sys.exit(3)


def cancel(task: int) -> int:
    """Raise for one task what cancels it."""
    import asyncio  # here: worker interpreters start faster without it

    if task == 1:
        raise asyncio.CancelledError
    return task


async def cancel_async(task: int) -> int:
    return cancel(task)


def interrupt(task: int) -> None:
    raise KeyboardInterrupt


async def interrupt_async(task: int) -> None:
    raise KeyboardInterrupt


def exit_at_once(task: int) -> None:
    os._exit(task)


def unpicklable(task: object) -> object:
    return lambda: task


class TwoArguments(Exception):
    """An exception that pickle cannot make again."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def fail_with_two(task: object) -> None:
    raise TwoArguments("a", "b")


def give_up(task: int) -> int:
    """Raise what the pools of `multiprocessing` raise when a result is not there in time."""
    if task == 1:
        raise multiprocessing.TimeoutError("mine")
    return task


def pass_latch(task: tuple[int, str]) -> int:
    """Return the number; where a latch is named, not before there is a byte in it."""
    number, latch = task
    if latch:
        with open(latch, "rb", buffering=0) as file:  # noqa: PTH123  interpreters start faster without pathlib
            assert file.read(1) == b"."
    return number


def same(task: object) -> object:
    return task


def meet(port: int) -> Place:
    """Wait at the gate until it opens."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"t")
        assert connection.recv(1) == b"."
    return Place(os.getpid(), _interpreter(), threading.get_ident())


async def meet_async(port: int) -> Place:
    """Wait at the gate until it opens."""
    import anyio

    async with await anyio.connect_tcp("127.0.0.1", port) as connection:
        await connection.send(b"t")
        assert await connection.receive(1) == b"."
    return Place(os.getpid(), 0, threading.get_ident())


def _interpreter() -> int:
    """Return the interpreter's number; 0 on Pythons whose interpreters no library uses."""
    try:
        module = importlib.import_module("_interpreters")
    except ImportError:
        return 0
    found = module.get_current()
    return int(found[0] if isinstance(found, tuple) else found)


def arrive(number: int) -> int:
    """Leave the number in each kind of thing that is shared; without a lock, only one task counts."""
    things = kit.shared()
    if "lock" in things:
        with things["lock"]:
            things["counter"].value += 1
    elif number == 0:
        things["counter"].value += 1
    things["array"][number] = number + 10
    things["queue"].put(number)
    return number


async def arrive_async(number: int) -> int:
    """Leave the number in each kind of thing that is shared."""
    things = kit.shared()
    async with things["lock"]:
        things["counter"].value += 1
    things["array"][number] = number + 10
    things["queue"][0].send_nowait(number)
    return number
