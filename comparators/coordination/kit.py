"""A model's own synchronisation and messaging primitives, by name, and how tasks get at them.

A workload that coordinates names the primitives it needs and makes what its workers share from the runner's kit; the
runner hands that to every worker when it starts, and a task asks for it:

    class Guarded(Workload[int, int]):
        primitives = ("lock", "counter")

        def make_shared(self, kit: Kit) -> Shared:
            return Shared(lock=kit.make("lock"), counter=kit.make("counter"))

    def add(operations: int) -> int:          # the work
        lock, counter = shared()
        for _ in range(operations):
            with lock:
                counter.value += 1
        return operations

What a model lacks is data, `Kit.missing`, which the plan reads before anything starts.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, ClassVar, Self

__all__ = ["PRIMITIVES", "Kit", "NoKit", "install", "missing_reason", "shared"]

PRIMITIVES: dict[str, str] = {
    "lock": "mutual exclusion: `acquire(blocking, timeout)`, `release()`, `with`; name neither argument",
    "rlock": "a lock that its holder may take again",
    "semaphore": "at most `n` holders",
    "bounded-semaphore": "the same, which refuses more releases than acquisitions",
    "event": "a flag to wait for",
    "condition": "a lock with `wait()` and `notify()`",
    "barrier": "`n` parties wait for each other, again and again",
    "queue": "first in, first out, at most `maxsize` items",
    "lifo-queue": "last in, first out, at most `maxsize` items",
    "priority-queue": "smallest first, at most `maxsize` items",
    "pipe": "a pair of connected ends, each with `send` and `recv`",
    "stream": "a pair of connected sockets: bytes both ways, without marks between messages",
    "counter": "an integer, `value`, that all workers see; nothing guards it",
    "array": "numbers that all workers see and change in place; nothing guards them",
    "manager": "a server that holds objects, reached through proxies",
    "timer": "calls a function later, unless cancelled before",
}
"""Every primitive that a workload may ask for, with what it is."""


class Kit:
    """The primitives of one model. A subclass has a method `make_NAME` for each primitive that it offers.

    Use as a context manager: leaving ends what the primitives keep running, such as a manager's server.

    Class attributes:
        model: whose primitives they are, in a few words.
        missing: for each primitive that it does not offer, why not.
    """

    model: ClassVar[str]
    missing: ClassVar[Mapping[str, str]]

    def __init__(self) -> None:
        self._endings = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._endings.close()

    @classmethod
    def offers(cls, primitive: str) -> bool:
        """Say whether the model has a primitive."""
        return hasattr(cls, _method(primitive))

    def make(self, primitive: str, *arguments: Any) -> Any:
        """Make a primitive; `arguments` as listed in `PRIMITIVES`.

        Raises:
            LookupError: the model has none, which the plan has failed to see.
        """
        if not self.offers(primitive):
            raise LookupError(f"{primitive}: {missing_reason(type(self), primitive)}")
        return getattr(self, _method(primitive))(*arguments)

    def at_end(self, ending: Callable[[], object]) -> None:
        """Call something when the kit is left, the last added first."""
        self._endings.callback(ending)


class NoKit(Kit):
    """For models whose workers cannot be handed anything to share."""

    model = "none"
    missing: ClassVar[Mapping[str, str]] = dict.fromkeys(
        PRIMITIVES, "its workers take tasks only: nothing can be handed to them when they start"
    )


def missing_reason(kit: type[Kit], primitive: str) -> str | None:
    """Return why a kit lacks a primitive; None when it has it."""
    if kit.offers(primitive):
        return None
    return kit.missing.get(primitive, f"{kit.model} has no {primitive}")


def _method(primitive: str) -> str:
    return "make_" + primitive.replace("-", "_")


_installed: Any = None


def install(value: Any) -> None:
    """Make something the shared value of this process or interpreter; runners call it in every worker they start."""
    global _installed  # noqa: PLW0603  one value per process is the point: tasks have no other way to reach it
    _installed = value


def shared() -> Any:
    """Return what `Workload.make_shared` made; for tasks."""
    return _installed
