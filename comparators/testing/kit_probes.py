"""Tasks that try one primitive with real workers; what they say is empty when all is well.

A task is `(path, number, parties)`: a file for marks, which tasks wait for so that nothing depends on time; the task's
own number; how many tasks there are, which is 1 where a runner has one worker. Task 0 leads, the others follow.
"""

from queue import Full
from time import sleep
from typing import Any

from comparators.coordination.kit import shared
from comparators.testing.marks import PATIENCE_S, leave, read, wait_for

__all__ = ["PROBES", "Task"]

Task = tuple[str, int, int]

SHORT_S = 0.01
LATE_S = 0.1
"""A barrier that does not hold has let the others through by then."""
AT_ONCE, SOON, LATER = (False,), (True, SHORT_S), (True, PATIENCE_S)
"""Whether to wait for a lock, and how long; the first argument is called `blocking` here and `block` there."""


def lock(task: Task) -> str:
    """Hold it while others try, then let them have it."""
    return _excludes(task, shared(), held=1, again=False)


def rlock(task: Task) -> str:
    """Take it twice; others get it after it was given back as often."""
    return _excludes(task, shared(), held=2, again=True)


def semaphore(task: Task) -> str:
    """Take as many as there are."""
    return _excludes(task, shared(), held=2, again=False)


def bounded_semaphore(task: Task) -> str:
    """Take as many as there are, give them back, and one more."""
    said = _excludes(task, shared(), held=2, again=False)
    path, number, parties = task
    leave(path, "e")
    if said or number:
        return said
    wait_for(path, "e", parties)
    try:
        shared().release()
    except ValueError:
        return ""
    return "it takes back more than it gave"


def _excludes(task: Task, guard: Any, held: int, *, again: bool) -> str:
    """Take `held` of it, at once; then no other task can, nor the holder itself unless it may take it `again`."""
    path, number, parties = task
    if number:
        wait_for(path, "h")
        said = _refuses(guard)
        leave(path, "t")
        if said or not guard.acquire(*LATER):
            return said or "no task gets it after it was given back"
        guard.release()
        return ""
    taken = all(guard.acquire(*AT_ONCE) for _ in range(held))
    leave(path, "h")
    if not taken:
        return f"it cannot be taken {held} times"
    wait_for(path, "t", parties - 1)
    said = "" if again else _refuses(guard)
    for _ in range(held):
        guard.release()
    return said


def _refuses(guard: Any) -> str:
    if guard.acquire(*AT_ONCE):
        return "it is given, without waiting, while others hold it"
    if guard.acquire(*SOON):
        return "it is given, after waiting, while others hold it"
    return ""


def event(task: Task) -> str:
    """Wait for it; the leader sets it when all others are about to wait."""
    path, number, parties = task
    if number:
        leave(path, "w")
        return "" if shared().wait(PATIENCE_S) else "who waits for it is not woken"
    wait_for(path, "w", parties - 1)
    if shared().is_set():
        return "it is set from the beginning"
    shared().set()
    return "" if shared().is_set() and shared().wait(PATIENCE_S) else "it is not set after it was set"


def condition(task: Task) -> str:
    """Wait for it; the leader notifies, once for each of the others."""
    path, number, parties = task
    if number:
        with shared():
            leave(path, "w")  # the leader gets the lock when this one has begun to wait, no earlier
            return "" if shared().wait(PATIENCE_S) else "who waits for it is not notified"
    wait_for(path, "w", parties - 1)
    for _ in range(parties):
        with shared():
            shared().notify()
    return ""


def barrier(task: Task) -> str:
    """Meet twice; the leader comes late the first time, when the others have been waiting for a while."""
    path, number, parties = task
    for meeting in (1, 2):
        if number == 0 and meeting == 1:
            wait_for(path, "w", parties - 1)
            sleep(LATE_S)
        leave(path, "b" if number == 0 else "wb")
        shared().wait(PATIENCE_S)
        if read(path).count("b") < meeting * parties:
            return f"it opens before all have come, at meeting {meeting}"
    return ""


def queue(task: Task) -> str:
    """Send five items through a queue that holds two."""
    path, number, parties = task
    if number == 0:
        shared().put(0)
        shared().put(1)
        try:
            shared().put_nowait(2)
        except Full:
            leave(path, "f")
        else:
            leave(path, "f")
            return "it holds more items than it may"
        if parties > 1:
            for item in range(2, 5):
                shared().put(item, timeout=PATIENCE_S)
    if number != parties - 1:
        return ""
    wait_for(path, "f")
    items = range(5 if parties > 1 else 2)
    return _expect(list(items), [shared().get(timeout=PATIENCE_S) for _ in items])


def lifo_queue(task: Task) -> str:
    """Put three items in, take them out in the opposite order."""
    return _ordered(task, [1, 2, 3], [3, 2, 1])


def priority_queue(task: Task) -> str:
    """Put three items in, take them out by size."""
    return _ordered(task, [2, 3, 1], [1, 2, 3])


def _ordered(task: Task, put: list[int], expected: list[int]) -> str:
    path, number, parties = task
    if number == 0:
        for item in put:
            shared().put(item, timeout=PATIENCE_S)
        leave(path, "f")
    if number != parties - 1:
        return ""
    wait_for(path, "f")
    return _expect(expected, [shared().get(timeout=PATIENCE_S) for _ in expected])


def pipe(task: Task) -> str:
    """Send there and back."""
    _, number, parties = task
    here, there = shared()
    if number == 0:
        here.send("ping")
    if number == parties - 1:
        if not there.poll(PATIENCE_S):
            return "nothing comes"
        there.send(f"{there.recv()} pong")
    if number == 0:
        return _expect("ping pong", here.recv() if here.poll(PATIENCE_S) else "nothing")
    return ""


def stream(task: Task) -> str:
    """Send bytes there and back."""
    _, number, parties = task
    here, there = shared()
    for end in shared():
        end.settimeout(PATIENCE_S)
    if number == 0:
        here.sendall(b"ping")
    if number == parties - 1:
        there.sendall(there.recv(16) + b" pong")
    if number == 0:
        return _expect(b"ping pong", here.recv(16))
    return ""


def counter(task: Task) -> str:
    """Write a number for another worker to see, and read its answer."""
    path, number, parties = task
    return _seen(path, number, parties, _Counter(shared()))


def array(task: Task) -> str:
    """Write a number for another worker to see, and read its answer; the rest stays zero."""
    path, number, parties = task
    if len(shared()) != 3:
        return f"it has {len(shared())} numbers, not 3"
    return _seen(path, number, parties, shared()) or _expect([0, 0], [shared()[0], shared()[2]])


def manager(task: Task) -> str:
    """Write into a dictionary for another worker to see, and read its answer."""
    path, number, parties = task
    return _seen(path, number, parties, shared())


class _Counter:
    """A counter that is written and read like an array."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter

    def __setitem__(self, index: int, value: int) -> None:
        self.counter.value = value

    def __getitem__(self, index: int) -> int:
        return int(self.counter.value)


def _seen(path: str, number: int, parties: int, numbers: Any) -> str:
    if number == 0:
        numbers[1] = 7
        leave(path, "s")
    if number == parties - 1:
        wait_for(path, "s")
        found = numbers[1]
        numbers[1] = 8
        leave(path, "a")
        if found != 7:
            return f"7 was written, {found} is read in another worker"
    if number == 0:
        wait_for(path, "a")
        return _expect(8, numbers[1])
    return ""


def timer(task: Task) -> str:
    """Let one fire and cancel another."""
    del task
    fired: list[str] = []
    soon = shared()(SHORT_S, fired.append, ("soon",))
    never = shared()(SHORT_S, fired.append, ("never",))
    never.cancel()  # before it starts, so that it cannot be too late
    for each in (soon, never):
        each.start()
    for each in (soon, never):
        each.join(PATIENCE_S)
    return _expect(["soon"], fired)


def _expect(expected: object, found: object) -> str:
    return "" if found == expected else f"{found} comes out, not {expected}"


PROBES = {
    "lock": lock,
    "rlock": rlock,
    "semaphore": semaphore,
    "bounded-semaphore": bounded_semaphore,
    "event": event,
    "condition": condition,
    "barrier": barrier,
    "queue": queue,
    "lifo-queue": lifo_queue,
    "priority-queue": priority_queue,
    "pipe": pipe,
    "stream": stream,
    "counter": counter,
    "array": array,
    "manager": manager,
    "timer": timer,
}
"""The task for each primitive."""
