"""Primitives for workers that are interpreters of one process: queues, memory that is no object, and sockets."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from comparators.coordination.kit import PRIMITIVES, Kit

if TYPE_CHECKING:
    import socket
    import threading

    from comparators.coordination.kits.ctypes_sharing import Number

__all__ = ["InterpreterKit"]


class InterpreterKit(Kit):
    """`concurrent.interpreters`, from Python 3.14; numbers in memory by way of `ctypes`, sockets by their files."""

    model = "concurrent.interpreters"
    missing: ClassVar[Mapping[str, str]] = dict.fromkeys(
        PRIMITIVES, "interpreters share no objects, and the standard library gives them queues only"
    )

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[object] = []  # workers know no more than the address of what they share

    def make_queue(self, maxsize: int = 0) -> Any:
        """Return a cross-interpreter queue. Who has to wait for it looks again every 10 ms."""
        from concurrent import interpreters  # type: ignore[attr-defined]  # checked as Python 3.11

        return interpreters.create_queue(maxsize)

    def make_stream(self) -> "tuple[socket.socket, socket.socket]":
        """Return a `socket.socketpair`; interpreters reach its files, which are the process's, by their numbers."""
        from comparators.coordination.kits.socket_sharing import shared_pair

        ends = shared_pair()
        for end in ends:
            self.at_end(end.close)
        return ends

    def make_counter(self, value: int = 0) -> "Number":
        """Return a 64-bit integer in memory with the attribute `value`."""
        from comparators.coordination.kits.ctypes_sharing import Number

        made = Number(value)
        self._kept.append(made)
        return made

    def make_array(self, typecode: str, size: int) -> Any:
        """Return numbers in memory, all zero."""
        from comparators.coordination.kits.ctypes_sharing import array_of

        made = array_of(typecode, size)
        self._kept.append(made)
        return made

    def make_timer(self) -> "Callable[..., threading.Timer]":
        """Return `threading.Timer`; an interpreter has threads of its own."""
        import threading

        return threading.Timer
