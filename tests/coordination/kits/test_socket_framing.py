import socket
from collections.abc import Iterator
from threading import Thread

import anyio
import pytest

from comparators.coordination.kits.socket_framing import receive, receive_async, send_async

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def test_what_comes_in_pieces_is_put_together(ends: Ends) -> None:
    def send() -> None:
        for piece in (b"ab", b"c", b"defg"):
            ends[0].sendall(piece)

    sender = Thread(target=send)
    sender.start()
    assert (receive(ends[1], 4), receive(ends[1], 3)) == (b"abcd", b"efg")
    sender.join()


class Sparing:
    """Gives less than it was asked for."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def recv(self, most: int, flags: int = 0) -> bytes:
        return self.pieces.pop(0)


def test_what_was_cut_short_is_asked_for_again() -> None:
    assert receive(Sparing([b"ab", b"c", b"d"]), 4) == b"abcd"  # type: ignore[arg-type]  # all that is used of a socket


def test_the_end_of_a_stream_is_no_message(ends: Ends) -> None:
    ends[0].sendall(b"abc")
    ends[0].close()
    with pytest.raises(EOFError, match="the other end of the stream was closed"):
        receive(ends[1], 4)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_more_than_there_is_room_for_waits(ends: Ends, backend: str) -> None:
    for end in ends:
        end.setblocking(False)
    data, found = bytes(range(256)) * 8_192, []

    async def take() -> None:
        found.extend([await receive_async(ends[1], length) for length in (1, 255, len(data) - 256)])

    async def both() -> None:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                group.start_soon(take)
                group.start_soon(send_async, ends[0], data)

    anyio.run(both, backend=backend)
    assert b"".join(found) == data
    assert [len(piece) for piece in found] == [1, 255, len(data) - 256]


def test_the_end_of_a_stream_is_no_message_for_coroutines_either(ends: Ends) -> None:
    ends[1].setblocking(False)
    ends[0].close()
    with pytest.raises(EOFError, match="the other end of the stream was closed"):
        anyio.run(receive_async, ends[1], 4)
