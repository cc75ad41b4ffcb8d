"""What is special about the kit of each model."""

import multiprocessing
import pickle
import threading
from multiprocessing.pool import Pool, ThreadPool
from typing import Any

import anyio
import pytest

from comparators.coordination.kit import PRIMITIVES, missing_reason
from comparators.coordination.kit_choice import kit_class_of, kit_of
from comparators.coordination.kits.coroutines import AsyncKit
from comparators.coordination.kits.ctypes_sharing import Number, array_of
from comparators.coordination.kits.interpreters import InterpreterKit
from comparators.coordination.kits.processes import ProcessKit
from comparators.coordination.kits.socket_sharing import shared_pair
from comparators.coordination.kits.threads import ThreadKit
from comparators.runners._support import start_method
from comparators.runners._support.pool_methods import METHODS
from tests.runners.variants import TARGETS, Variant

INTERPRETERS_HAVE = ("queue", "stream", "counter", "array", "timer")


def test_what_each_model_lacks() -> None:
    lacks = {
        kit.model: [name for name in PRIMITIVES if not kit.offers(name)]
        for kit in (ThreadKit, ProcessKit, AsyncKit, InterpreterKit)
    }
    assert lacks == {
        "threading": ["manager"],
        "multiprocessing": ["lifo-queue", "priority-queue"],
        "anyio": ["rlock", "barrier", "lifo-queue", "priority-queue", "manager"],
        "concurrent.interpreters": [name for name in PRIMITIVES if name not in INTERPRETERS_HAVE],
    }
    assert missing_reason(ProcessKit, "lifo-queue") == "multiprocessing has no LIFO queue"


def test_each_runner_has_the_kit_of_its_model() -> None:
    models = {name: kit_class_of(Variant(name, {}).info).model for name in TARGETS}
    assert models == {
        "serial": "threading",
        "threading": "threading",
        "threadpool": "threading",
        "futures-threads": "threading",
        "multiprocessing": "multiprocessing",
        "mp-pool": "multiprocessing",
        "futures-processes": "multiprocessing",
        "futures-interpreters": "concurrent.interpreters",
        "asyncio": "anyio",
        "anyio": "anyio",
        "anyio-trio": "anyio",
        "anyio-threads": "threading",
        "anyio-processes": "none",
        "anyio-interpreters": "none",
    }


@pytest.mark.parametrize("name", ["multiprocessing", "mp-pool", "futures-processes"])
@pytest.mark.parametrize("method", start_method.START_METHODS)
def test_process_kits_are_of_the_cells_start_method(name: str, method: str) -> None:
    runner = Variant(name, {"start": method}).make(str, [1], 1)
    with kit_of(runner) as kit:
        assert isinstance(kit, ProcessKit)
        assert kit._context is multiprocessing.get_context(method)


@pytest.mark.parametrize("primitive", ["lock", "event"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_async_primitives_are_those_of_the_loop_and_no_stand_ins(backend: str, primitive: str) -> None:
    with AsyncKit(backend) as kit:
        made = kit.make(primitive)
    assert type(made).__module__ == f"anyio._backends._{backend}"


@pytest.mark.parametrize(("name", "backend"), [("asyncio", "asyncio"), ("anyio", "asyncio"), ("anyio-trio", "trio")])
def test_async_runners_ask_for_their_own_loop(name: str, backend: str) -> None:
    with kit_of(Variant(name, {}).make(str, [1], 1)) as kit:
        assert type(kit.make("lock")).__module__ == f"anyio._backends._{backend}"


@pytest.mark.parametrize("item", ["small", "large" * 100_000])
def test_what_nobody_took_from_a_queue_does_not_keep_it_from_ending(item: str) -> None:
    threads = set(threading.enumerate())
    with ProcessKit(start_method.START_METHODS[0]) as kit:
        queue = kit.make("queue")
        queue.put(item)
        queue.put(item)
    assert set(threading.enumerate()) == threads


def test_a_manager_ends_with_its_kit() -> None:
    with ProcessKit(start_method.START_METHODS[0]) as kit:
        shared = kit.make("manager").list([1])
        shared.append(2)
        assert list(shared) == [1, 2]
        (server,) = multiprocessing.active_children()
    assert not server.is_alive()


def test_numbers_travel_by_their_address() -> None:
    number, numbers = Number(3), array_of("d", 2)
    there: Any = pickle.loads(pickle.dumps((number, numbers)))
    there[0].value += 1
    there[1][1] = 0.5
    assert number.value == 4
    assert list(numbers) == [0.0, 0.5]


def test_streams_are_shared_by_the_numbers_of_their_files() -> None:
    here, there = shared_pair()
    borrowed: Any = pickle.loads(pickle.dumps(there))
    borrowed.sendall(b"hello")
    assert here.recv(9) == b"hello"
    assert borrowed.fileno() == there.fileno()
    del borrowed
    there.sendall(b"still open")
    assert here.recv(99) == b"still open"
    here.close()
    there.close()


def test_pipes_of_an_event_loop_take_what_nobody_waits_for() -> None:
    async def send_and_receive() -> list[int]:
        for item in range(5):
            await here.send(item)
        return [await there.receive() for _ in range(5)]

    with AsyncKit() as kit:
        here, there = kit.make("pipe")
        assert anyio.run(send_and_receive) == list(range(5))


@pytest.mark.parametrize("workers", [1, 3, 8])
@pytest.mark.parametrize("tasks", [1, 3, 12, 13, 100])
def test_chunks_are_those_of_the_library(workers: int, tasks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    cut = Pool._get_tasks  # type: ignore[attr-defined]  # how Pool.map cuts what it is given

    def get_tasks(func: Any, it: Any, size: int) -> Any:
        sizes.append(size)
        return cut(func, it, size)

    monkeypatch.setattr(Pool, "_get_tasks", staticmethod(get_tasks))
    with ThreadPool(workers) as pool:
        pool.map(str, range(tasks))
    assert sizes == [Variant("threadpool", {}).make(str, range(tasks), workers).chunk_size]
    assert sizes == [Variant("mp-pool", {}).make(str, range(tasks), workers).chunk_size]


def test_chunks_that_were_asked_for() -> None:
    def chunk(name: str, **parameters: Any) -> int:
        return Variant(name, parameters).make(str, range(100), 2).chunk_size

    assert chunk("mp-pool", chunksize=5) == chunk("mp-pool", method="imap", chunksize=5) == 5
    for pool in ("mp-pool", "threadpool"):
        assert {chunk(pool, method=method) for method in ("map", "map_async", "starmap", "starmap_async")} == {13}
        assert {chunk(pool, method=method) for method in METHODS if not method.startswith(("map", "star"))} == {1}
    assert (chunk("futures-processes"), chunk("futures-processes", chunksize=5)) == (1, 5)
    assert chunk("threading") == chunk("asyncio") == 1
