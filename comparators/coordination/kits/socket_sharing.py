"""Sockets that every interpreter of this process reaches: a file belongs to the process, and its number is the way.

The kit keeps them as long as any interpreter uses them.
"""

import socket

__all__ = ["shared_pair"]


class _Shared(socket.socket):
    """A socket of the interpreter that made it; pickled as the number of its file."""

    def __reduce__(self) -> tuple[type[socket.socket], tuple[int, int, int, int]]:
        return _Borrowed, (self.family, self.type, self.proto, self.fileno())


class _Borrowed(socket.socket):
    """The same in another interpreter, which must not close it."""

    def __del__(self) -> None:
        self.detach()


def shared_pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets."""
    here, there = socket.socketpair()
    return _shared(here), _shared(there)


def _shared(end: socket.socket) -> _Shared:
    return _Shared(end.family, end.type, end.proto, end.detach())
