"""A small TCP service on loopback, run as a program of its own: `python echo_server.py`.

A client connects and sends one line, `SECONDS REST`. The service takes that many seconds for it, sends the same line
back and closes the connection. It writes the port that the system gave it to stdout, in one line, and ends when its
stdin is closed or its parent is gone. Only the standard library is needed.
"""

import asyncio
import os
import signal
import sys
import threading

__all__ = ["BACKLOG", "LONGEST_LINE", "EchoProtocol", "delay_of", "main", "serve"]

BACKLOG = 4_096
"""Connections that may wait to be accepted; Linux allows no more unless told to. A lost one is retried after 1 s."""

LONGEST_LINE = 1_000
"""Bytes of a request; a longer one is no request."""

PARENT_CHECK_S = 0.2
"""How often the parent is looked for, for the case that a relative of it holds this process's stdin open."""


def delay_of(line: bytes) -> float:
    """Return the seconds that a request asks for.

    Raises:
        ValueError: it is too long, or does not begin with a number from 0 to 3600.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError(f"no delay in {len(line)} bytes")
    seconds = float(line.split(b" ", 1)[0])
    if not 0 <= seconds <= 3600:
        raise ValueError(f"no delay: {seconds}")
    return seconds


class EchoProtocol(asyncio.Protocol):
    """One connection: one request, one reply."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a whole line after the delay it asks for; drop the connection when it is none."""
        assert self._transport is not None
        self._received += data
        line, end, _ = self._received.partition(b"\n")
        if not end and len(line) <= LONGEST_LINE:
            return
        self._transport.pause_reading()  # one request per connection
        try:
            delay_s = delay_of(line)
        except ValueError:
            self._transport.abort()
            return
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._reply, line + end)
        else:
            self._reply(line + end)

    def _reply(self, line: bytes) -> None:
        assert self._transport is not None
        self._transport.write(line)
        self._transport.close()  # the side that closes first keeps the pair of ports for a minute: not the client


async def serve(stop: asyncio.Event) -> None:
    """Serve on a free port of the loopback interface, and say which, until `stop` is set."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(EchoProtocol, "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  the port is this program's output
    await stop.wait()
    server.close()  # without waiting: a connection may still have an hour to go


async def main() -> None:
    """Serve until stdin is closed or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group; the parent decides
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_wait_for_end_of_stdin, args=(loop, stop), daemon=True).start()
    parent = asyncio.create_task(_wait_for_end_of_parent(stop))
    await serve(stop)
    parent.cancel()


def _wait_for_end_of_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 1_024):
        pass
    loop.call_soon_threadsafe(stop.set)


async def _wait_for_end_of_parent(stop: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_CHECK_S)
    stop.set()


if __name__ == "__main__":
    asyncio.run(main())
