"""Messages of known length over a socket that others may write to and read from, too, one after the other."""

import socket

__all__ = ["receive", "receive_async", "send_async"]


def receive(end: socket.socket, length: int) -> bytes:
    """Return exactly `count` bytes from a socket that blocks.

    Raises:
        EOFError: the other end was closed.
    """
    data = end.recv(length, socket.MSG_WAITALL)
    while len(data) < length:  # a signal or a large message may cut it short
        data += _some(end.recv(length - len(data), socket.MSG_WAITALL))
    return data


async def receive_async(end: socket.socket, length: int) -> bytes:
    """Return exactly `count` bytes from a socket that never blocks; wait where there is nothing yet.

    Raises:
        EOFError: the other end was closed.
    """
    from anyio import wait_readable

    data = b""
    while len(data) < length:
        try:
            data += _some(end.recv(length - len(data)))
        except BlockingIOError:
            await wait_readable(end)
    return data


async def send_async(end: socket.socket, data: bytes) -> None:
    """Send all bytes over a socket that never blocks; wait where there is no room."""
    from anyio import wait_writable

    left = memoryview(data)
    while left:
        try:
            left = left[end.send(left) :]
        except BlockingIOError:
            await wait_writable(end)


def _some(data: bytes) -> bytes:
    if not data:
        raise EOFError("the other end of the stream was closed")
    return data
