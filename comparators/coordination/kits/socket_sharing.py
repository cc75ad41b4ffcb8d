"""Sockets that every interpreter of this process reaches: a file belongs to the process, and its number is the way.

Whoever made them must keep them as long as any interpreter uses them; the kit does.
"""

import socket

__all__ = ["lent_pair"]


class _Lent(socket.socket):
    """A socket of the interpreter that made it; pickled as the number of its file."""

    def __reduce__(self) -> tuple[type[socket.socket], tuple[int, int, int, int]]:
        return _Borrowed, (self.family, self.type, self.proto, self.fileno())


class _Borrowed(socket.socket):
    """The same in another interpreter, which must not close it."""

    def __del__(self) -> None:
        self.detach()


def lent_pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets."""
    here, there = socket.socketpair()
    return _lent(here), _lent(there)


def _lent(end: socket.socket) -> _Lent:
    return _Lent(end.family, end.type, end.proto, end.detach())
