import asyncio
import resource
import shutil
import socket
import sys
import time

import anyio
import pytest

from comparators.errors import ComparatorsError, WrongResult
from comparators.workloads.echo import HOST, Echo, ask, ask_async, service


def test_replies_are_the_requests_and_take_their_time() -> None:
    with Echo(count=3, delay=0.004).setup() as workload:
        tasks = workload.tasks()
        started = time.monotonic()
        results = [ask(task) for task in tasks]
        assert time.monotonic() - started >= 3 * 0.004
    assert results == [b"0.004 request 0\n", b"0.004 request 1\n", b"0.004 request 2\n"]
    assert workload.verify(results) == ()


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_the_coroutine_asks_the_same_under_anyio(library: str) -> None:
    async def main() -> list[bytes]:
        return [await ask_async(task) for task in workload.tasks()]

    with Echo.from_preset("tiny").setup() as workload:
        assert workload.verify(anyio.run(main, backend=library)) == ()


def test_the_coroutine_asks_the_same_under_plain_asyncio() -> None:
    async def main() -> list[bytes]:
        return await asyncio.gather(*map(ask_async, workload.tasks()))

    with Echo.from_preset("tiny").setup() as workload:
        assert workload.verify(asyncio.run(main())) == ()


def test_many_connections_may_be_open_at_once() -> None:
    async def main() -> list[bytes]:
        return await asyncio.gather(*map(ask_async, workload.tasks()))

    with Echo(count=300, delay=0.001).setup() as workload:
        assert workload.verify(asyncio.run(main())) == ()


def test_the_service_is_gone_afterwards() -> None:
    with service() as port:
        assert ask((port, b"0 here\n")) == b"0 here\n"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port))


def test_the_service_is_gone_after_an_error_too() -> None:
    with pytest.raises(KeyError), service() as port:
        raise KeyError
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port))


def test_a_given_port_is_used_and_nothing_started() -> None:
    workload = Echo(port=4_711)
    with workload.setup() as opened:
        assert opened is workload
        assert opened.tasks()[0][0] == 4_711


def test_the_requests_can_be_counted_without_a_service() -> None:
    assert len(Echo(count=7).tasks()) == 7


def test_wrong_replies_are_wrong() -> None:
    workload = Echo(count=2, delay=0.0)
    right = [b"0.0 request 0\n", b"0.0 request 1\n"]
    assert workload.verify(right) == ()
    for wrong in (right[::-1], right[:1], [right[0], b""], [right[0], right[0]], [right[0], None]):
        with pytest.raises(WrongResult):
            workload.verify(wrong)


def test_a_service_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = shutil.which("true")
    assert silent
    monkeypatch.setattr(sys, "executable", silent)
    with pytest.raises(ComparatorsError, match="the echo service did not start"), service():
        pass


def test_open_files_are_allowed_while_the_service_runs() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    try:
        with Echo(count=100, port=1).setup():
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 128
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
