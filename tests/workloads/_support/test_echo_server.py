import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comparators.workloads._support import echo_server
from comparators.workloads._support.echo_server import LONGEST_LINE, delay_of
from comparators.workloads.echo import HOST, service

DEADLINE_S = 20.0

PARENT = """
from comparators.workloads.echo import service
with service() as port:
    print(port, flush=True)
    input()
"""

PARENT_WITH_RELATIVE = """
import subprocess, sys
server = subprocess.Popen([sys.executable, "-I", sys.argv[1]], stdin=int(sys.argv[2]))
input()
"""


def send(port: int, data: bytes) -> bytes:
    received = b""
    with socket.create_connection((HOST, port), timeout=DEADLINE_S) as connection:
        connection.sendall(data)
        try:
            while chunk := connection.recv(4_096):
                received += chunk
        except ConnectionResetError:
            pass  # dropped by the service
    return received


def refuses_at_last(port: int) -> bool:
    """Say whether the service stops to accept connections; there is nothing to wait on but the connection itself."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), timeout=DEADLINE_S).close()
        except OSError:
            return True
        time.sleep(0.005)
    return False


def test_a_request_may_come_in_pieces() -> None:
    with service() as port, socket.create_connection((HOST, port), timeout=DEADLINE_S) as connection:
        connection.sendall(b"0.0")
        connection.sendall(b" in two")
        connection.sendall(b" pieces\n")
        assert connection.makefile("rb").read() == b"0.0 in two pieces\n"


def test_a_connection_is_good_for_one_request() -> None:
    with service() as port, socket.create_connection((HOST, port), timeout=DEADLINE_S) as connection:
        connection.sendall(b"0.001 first\n")
        connection.sendall(b"0 second\n")
        assert connection.recv(4_096) == b"0.001 first\n"


@pytest.mark.parametrize(
    "line", [b"\n", b"now\n", b"-1 x\n", b"nan x\n", b"inf x\n", b"1e9 x\n", b"0 " + b"x" * (2 * LONGEST_LINE)]
)
def test_what_is_no_request_gets_no_reply(line: bytes) -> None:
    with service() as port:
        assert send(port, line) == b""
        assert send(port, b"0 still here\n") == b"0 still here\n"


@pytest.mark.parametrize("line", [b"", b"-0.1 x", b"nan x", b"inf x", b"3601 x", b"x 1", b"0" * 2_000])
def test_delays_are_sensible(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"delay|could not convert"):
        delay_of(line)


def test_the_delay_is_the_first_word() -> None:
    assert delay_of(b"0.25 request 7") == 0.25


def test_the_service_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-P", "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        assert send(port, b"0 x\n") == b"0 x\n"
        parent.kill()
    assert refuses_at_last(port)


def test_the_service_does_not_wait_for_requests_that_are_under_way() -> None:
    command = [sys.executable, "-I", str(Path(echo_server.__file__))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        address = (HOST, int(server.stdout.readline()))
        with socket.create_connection(address, timeout=DEADLINE_S) as connection, connection.makefile("rb") as reply:
            assert send(address[1], b"0 x\n") == b"0 x\n"
            connection.sendall(b"3600 x\n")
            server.stdin.close()
            assert server.wait(DEADLINE_S) == 0
            assert reply.read() == b""


def test_it_ends_with_its_parent_even_when_somebody_else_holds_its_stdin() -> None:
    read, write = os.pipe()
    program = str(Path(echo_server.__file__))
    command = [sys.executable, "-P", "-c", PARENT_WITH_RELATIVE, program, str(read)]
    try:
        parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[read])
        with parent:
            assert parent.stdout is not None
            port = int(parent.stdout.readline())
            parent.kill()
        assert refuses_at_last(port)
    finally:
        os.close(read)
        os.close(write)
