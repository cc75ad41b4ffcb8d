"""Real waiting: requests to a service over TCP."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Self

from comparators.errors import ComparatorsError, WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count

__all__ = ["HOST", "Echo", "Request", "ask", "ask_async", "service"]

HOST = "127.0.0.1"
STOP_S = 5.0
"""How long the service may take to stop before it is killed."""

Request = tuple[int, bytes]
"""Port of the service, line to send."""


def ask(task: Request) -> bytes:
    """Send one request over a new connection and return the reply, with blocking sockets."""
    from socket import create_connection

    port, line = task
    reply = b""
    with create_connection((HOST, port)) as connection:
        connection.sendall(line)
        while received := connection.recv(4_096):
            reply += received
    return reply


async def ask_async(task: Request) -> bytes:
    """Send one request over a new connection and return the reply, letting other tasks run meanwhile."""
    from anyio import connect_tcp

    port, line = task
    reply = b""
    async with await connect_tcp(HOST, port) as connection:
        await connection.send(line)
        async for received in connection:
            reply += received
    return reply


@contextmanager
def service() -> Iterator[int]:
    """Run the service in a process of its own and yield its port.

    Raises:
        ComparatorsError: it did not start.
    """
    import subprocess
    import sys
    from pathlib import Path

    program = str(Path(__file__).parent / "_support" / "echo_server.py")
    with subprocess.Popen(  # isolated: it needs nothing that is installed, and no folder of the user's can change it
        [sys.executable, "-I", "-S", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            if not line.strip().isdigit():
                raise ComparatorsError(f"the echo service did not start: it said '{line.decode(errors='replace')}'")
            yield int(line)
        finally:
            server.stdin.close()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def _open_files(count: int) -> Iterator[None]:
    """Allow this process, and those it starts, that many open files, as far as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@dataclass(frozen=True)
class Echo(Workload[Request, bytes]):
    """Ask a service over TCP on loopback, one connection per task, and wait for its reply.

    What it teaches: real waiting is cheap to overlap with threads or coroutines, yet each request costs some CPU:
    sockets, system calls, the event loop. With `delay=0` nothing is left to wait for, and that cost decides.

    The service is a process of its own, which takes a CPU's share of the machine. It closes connections, not the
    client: thousands of requests do not use up the client's ports.
    """

    name = "echo"
    summary = "requests over real TCP sockets to a service that takes its time"
    nature = "wait"
    presets: ClassVar = {
        "tiny": {"count": 4, "delay": 0.001},
        "quick": {"count": 20},
        "default": {},
        "full": {"count": 1_000, "delay": 0.01},
    }
    work = staticmethod(ask)
    work_async = staticmethod(ask_async)

    count: int = parameter(80, "how many requests", minimum=1, maximum=10_000)
    delay: float = parameter(0.01, "seconds that the service takes for a request", minimum=0, maximum=3600)
    port: int = parameter(0, "port of a running service; 0: start one", minimum=0, maximum=65_535)

    @contextmanager
    def setup(self) -> Iterator[Self]:
        """Run the service while the tasks run, unless a port was given."""
        with _open_files(self.count + 200):
            if self.port:
                yield self
                return
            with service() as port:
                yield self.with_parameters(port=port)

    def tasks(self) -> Sequence[Request]:
        """Return port and request of each task; without a service they can be counted but not done."""
        return [(self.port, self._line(number)) for number in range(self.count)]

    def verify(self, result: object) -> Observations:
        """Check that every reply is its request."""
        for number, found in enumerate(check_count(result, self.count, "replies")):
            if found != self._line(number):
                raise WrongResult(f"reply {number}", expected=self._line(number), found=found)
        return ()

    def _line(self, number: int) -> bytes:
        return b"%r request %d\n" % (self.delay, number)
