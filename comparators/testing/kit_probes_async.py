"""The same as `kit_probes` for coroutines: what waits is awaited."""

from typing import Any

from comparators.coordination.kit import shared
from comparators.testing.kit_probes import PROBES as SYNC_PROBES
from comparators.testing.kit_probes import Task
from comparators.testing.marks import PATIENCE_S, leave, wait_for_async

__all__ = ["PROBES"]

SHORT_S = 0.01


async def lock(task: Task) -> str:
    """Hold it while others try, then let them have it."""
    return await _excludes(task, shared(), held=1)


async def semaphore(task: Task) -> str:
    """Take as many as there are."""
    return await _excludes(task, shared(), held=2)


async def bounded_semaphore(task: Task) -> str:
    """Take as many as there are, give them back, and one more."""
    said = await _excludes(task, shared(), held=2)
    path, number, parties = task
    leave(path, "e")
    if said or number:
        return said
    await wait_for_async(path, "e", parties)
    try:
        shared().release()
    except ValueError:
        return ""
    return "it takes back more than it gave"


async def _excludes(task: Task, guard: Any, held: int) -> str:
    """Take `held` of it, at once; then no other task can."""
    from anyio import fail_after

    path, number, parties = task
    if number:
        await wait_for_async(path, "h")
        said = await _refuses(guard)
        leave(path, "t")
        if said:
            return said
        with fail_after(PATIENCE_S):
            await guard.acquire()
        guard.release()
        return ""
    for _ in range(held):
        guard.acquire_nowait()
    leave(path, "h")
    await wait_for_async(path, "t", parties - 1)
    for _ in range(held):
        guard.release()
    return ""


async def _refuses(guard: Any) -> str:
    from anyio import WouldBlock, move_on_after

    try:
        guard.acquire_nowait()
    except WouldBlock:
        with move_on_after(SHORT_S):
            await guard.acquire()
            return "it is given, after waiting, while others hold it"
        return ""
    return "it is given, without waiting, while others hold it"


async def event(task: Task) -> str:
    """Wait for it; the leader sets it when all others are about to wait."""
    from anyio import fail_after

    path, number, parties = task
    if number:
        leave(path, "w")
    else:
        await wait_for_async(path, "w", parties - 1)
        if shared().is_set():
            return "it is set from the beginning"
        shared().set()
    with fail_after(PATIENCE_S):
        await shared().wait()
    return "" if shared().is_set() else "it is not set after it was set"


async def condition(task: Task) -> str:
    """Wait for it; the leader notifies, once for each of the others."""
    from anyio import fail_after

    path, number, parties = task
    if number:
        async with shared():
            leave(path, "w")
            with fail_after(PATIENCE_S):
                await shared().wait()
        return ""
    await wait_for_async(path, "w", parties - 1)
    for _ in range(parties):
        async with shared():
            shared().notify()
    return ""


async def queue(task: Task) -> str:
    """Send five items through a queue that holds two."""
    from anyio import WouldBlock, fail_after

    path, number, parties = task
    sender, receiver = shared()
    if number == 0:
        sender.send_nowait(0)
        sender.send_nowait(1)
        try:
            sender.send_nowait(2)
        except WouldBlock:
            leave(path, "f")
        else:
            leave(path, "f")
            return "it holds more items than it may"
        if parties > 1:
            for item in range(2, 5):
                await sender.send(item)
    if number != parties - 1:
        return ""
    await wait_for_async(path, "f")
    items = range(5 if parties > 1 else 2)
    with fail_after(PATIENCE_S):
        found = [await receiver.receive() for _ in items]
    return "" if found == list(items) else f"{found} comes out, not {list(items)}"


async def pipe(task: Task) -> str:
    """Send there and back."""
    from anyio import create_task_group, fail_after

    _, number, parties = task
    here, there = shared()

    async def answer() -> None:
        await there.send(f"{await there.receive()} pong")

    with fail_after(PATIENCE_S):
        async with create_task_group() as group:
            if number == parties - 1:
                group.start_soon(answer)
            if number == 0:
                await here.send("ping")
                found = await here.receive()
                return "" if found == "ping pong" else f"'{found}' comes back"
    return ""


async def stream(task: Task) -> str:
    """Send bytes there and back."""
    from anyio import fail_after, wait_readable

    _, number, parties = task
    here, there = shared()
    found = b"ping pong"
    with fail_after(PATIENCE_S):
        if number == 0:
            here.send(b"ping")
        if number == parties - 1:
            await wait_readable(there)
            there.send(there.recv(16) + b" pong")
        if number == 0:
            await wait_readable(here)
            found = here.recv(16)
    return "" if found == b"ping pong" else f"{found!r} comes back"


async def counter(task: Task) -> str:
    """Write a number and read it; all coroutines are in one thread."""
    return SYNC_PROBES["counter"]((*task[:1], 0, 1)) if task[1] == 0 else ""


async def array(task: Task) -> str:
    """Write a number and read it; all coroutines are in one thread."""
    return SYNC_PROBES["array"]((*task[:1], 0, 1)) if task[1] == 0 else ""


async def timer(task: Task) -> str:
    """Let one fire and cancel another."""
    from anyio import create_task_group, current_time

    del task
    fired = []

    async def fire(name: str) -> None:
        await shared()(current_time() + SHORT_S)
        fired.append(name)

    async with create_task_group() as never:
        never.start_soon(fire, "never")
        never.cancel_scope.cancel()
    async with create_task_group() as soon:
        soon.start_soon(fire, "soon")
    return "" if fired == ["soon"] else f"{fired} fired, not ['soon']"


PROBES = {
    "lock": lock,
    "semaphore": semaphore,
    "bounded-semaphore": bounded_semaphore,
    "event": event,
    "condition": condition,
    "queue": queue,
    "pipe": pipe,
    "stream": stream,
    "counter": counter,
    "array": array,
    "timer": timer,
}
"""The coroutine for each primitive that a kit for event loops may offer."""
