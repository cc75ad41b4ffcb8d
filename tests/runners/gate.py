"""A gate that tasks of any model wait at, and that knows how many are in progress at once.

It is kept by a process of its own, `python gate.py`, because forking beside a thread that keeps it is not safe.
"""

import json
import select
import socket
import subprocess
import sys
from types import TracebackType
from typing import Self

__all__ = ["Gate"]

PATIENCE_S = 40.0


class Gate:
    """Lets tasks through one by one, each only while `parties` of them wait: with fewer workers it never opens.

    A task sends the byte "t" and waits for a byte.

    Args:
        parties: how many tasks must be in progress at once.
        tasks: how many tasks come in one loop; the last ones need not wait for others.
        again: whether the gate closes after each task; otherwise it stays open once `parties` were there.
    """

    port: int
    most: int
    failed: bool

    def __init__(self, parties: int, tasks: int, *, again: bool = True) -> None:
        self._arguments = [str(parties), str(tasks), "again" if again else "once"]

    def __enter__(self) -> Self:
        command = [sys.executable, "-S", "-E", __file__, *self._arguments]
        self._keeper = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._keeper.stdout is not None
        self.port = int(self._keeper.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as farewell:
            farewell.sendall(b"e")
            said, _ = self._keeper.communicate()
        self.most, self.failed = json.loads(said)


def keep(listener: socket.socket, parties: int, tasks: int, *, again: bool) -> tuple[int, bool]:
    """Keep the gate until someone sends "e"; return how many waited at most, and whether all could pass."""
    waiting: list[socket.socket] = []
    most, left, opened, failed = 0, tasks, False, False
    while True:
        enough = len(waiting) >= parties or (opened and not again) or len(waiting) == left
        if waiting and (failed or (enough and not _knocking(listener))):
            _let_through(waiting.pop(0))
            left, opened = left - 1, True
            if not left:
                left, opened = tasks, False
            continue
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            failed = True
            continue
        if connection.recv(1) == b"e":
            return most, failed
        waiting.append(connection)
        most = max(most, len(waiting))


def _knocking(listener: socket.socket) -> bool:
    return bool(select.select([listener], [], [], 0)[0])


def _let_through(connection: socket.socket) -> None:
    with connection:
        connection.sendall(b".")
        assert connection.recv(1) == b""


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        door.settimeout(PATIENCE_S)
        print(door.getsockname()[1], flush=True)
        print(json.dumps(keep(door, int(sys.argv[1]), int(sys.argv[2]), again=sys.argv[3] == "again")))
