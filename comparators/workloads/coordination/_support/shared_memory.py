"""A segment of shared memory: made by one process, reached by its name from every worker, and gone when it is left."""

import sys
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory

__all__ = ["attached", "memory_of", "segment"]

_memories: dict[str, "SharedMemory"] = {}
"""What this process, or interpreter, has made or attached to; a worker keeps it until it ends."""


@contextmanager
def segment(size: int) -> Iterator[str]:
    """Make a segment of `size` bytes and yield its name; leaving removes the name, and closes it here.

    Workers that are still attached keep the memory until they end. Python's resource tracker, a process of its own,
    knows the segment and removes it when this process is killed.
    """
    from multiprocessing.shared_memory import SharedMemory

    memory = SharedMemory(create=True, size=size)
    _memories[memory.name] = memory
    try:
        yield memory.name
    finally:
        memory.unlink()
        _memories.pop(memory.name).close()


def memory_of(name: str) -> memoryview:
    """Return the bytes of a segment; a caller that takes a part of them releases it before leaving the segment."""
    memory = _memories.get(name)
    if memory is None:
        memory = _memories.setdefault(name, attached(name))
    assert memory.buf is not None, "it is closed only when it is left"
    return memory.buf


def attached(name: str) -> "SharedMemory":
    """Attach to a segment, and let no resource tracker know: who made it has told one.

    A worker that is no child of multiprocessing has a tracker of its own, which would remove the segment at its end.
    """
    from multiprocessing.shared_memory import SharedMemory

    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    from multiprocessing import resource_tracker

    register = resource_tracker.register
    resource_tracker.register = _leave_untracked
    try:
        return SharedMemory(name)
    finally:
        resource_tracker.register = register


def _leave_untracked(name: Sized, rtype: str) -> None:
    """Stand in for `resource_tracker.register` in Pythons where attaching has no parameter `track`."""
