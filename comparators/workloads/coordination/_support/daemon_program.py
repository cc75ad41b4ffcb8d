"""The program that tasks of the workload `daemon` run: it ends while its worker is at work.

    python daemon_program.py MODEL MARKS SECONDS

MODEL says what the worker is, MARKS is the file for what happened, a line each, SECONDS is how long the worker takes.
It needs the standard library only.
"""

import atexit
import os
import sys
import time
from collections.abc import Callable

__all__ = ["MODELS", "main"]

PAUSE_S = 0.001


def mark(path: str, text: str) -> None:
    """Append a line; one write, so that no line is torn by other writers."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{text}\n".encode())
    os.close(file)


def work(path: str, seconds: float) -> None:
    """Take some time, and tidy up in the two ways that there are: `finally`, and a function for the exit."""
    atexit.register(mark, path, "exit handler")
    mark(path, "started")
    try:
        time.sleep(seconds)
        mark(path, "finished")
    finally:
        mark(path, "cleaned up")


async def work_async(path: str, seconds: float) -> None:
    """Do the same in a coroutine."""
    import asyncio

    atexit.register(mark, path, "exit handler")
    mark(path, "started")
    try:
        await asyncio.sleep(seconds)
        mark(path, "finished")
    finally:
        mark(path, "cleaned up")


def has_started(path: str) -> bool:
    """Say whether the worker is at work."""
    try:
        return os.stat(path).st_size > 0  # noqa: PTH116  importing pathlib takes longer than most of these programs
    except FileNotFoundError:
        return False


def end_after_start(path: str) -> None:
    """Return when the worker is at work."""
    while not has_started(path):
        time.sleep(PAUSE_S)


def thread(path: str, seconds: float) -> None:
    """Leave a daemon thread behind."""
    import threading

    threading.Thread(target=work, args=(path, seconds), daemon=True).start()
    end_after_start(path)


def process(path: str, seconds: float) -> None:
    """Leave a daemon process behind."""
    from multiprocessing import get_context

    get_context("spawn").Process(target=work, args=(path, seconds), daemon=True).start()
    end_after_start(path)


def pool_thread(path: str, seconds: float) -> None:
    """Leave a thread of an executor behind, without shutting the executor down."""
    from concurrent.futures import ThreadPoolExecutor

    ThreadPoolExecutor(1).submit(work, path, seconds)
    end_after_start(path)


def pool_process(path: str, seconds: float) -> None:
    """Leave a process of an executor behind, without shutting the executor down."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    ProcessPoolExecutor(1, get_context("spawn")).submit(work, path, seconds)
    end_after_start(path)


def task(path: str, seconds: float) -> None:
    """Leave a task of an event loop behind, when the loop's main coroutine returns."""
    import asyncio

    async def leave() -> None:
        left = asyncio.create_task(work_async(path, seconds))
        while not has_started(path):
            await asyncio.sleep(PAUSE_S)
        assert not left.done()

    asyncio.run(leave())


MODELS: dict[str, Callable[[str, float], None]] = {
    "thread": thread,
    "process": process,
    "pool-thread": pool_thread,
    "pool-process": pool_process,
    "asyncio": task,
}
"""What can be left behind."""


def main(model: str, path: str, seconds: str) -> None:
    """Leave a worker behind and return, which is the end of the program."""
    MODELS[model](path, float(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
