"""A set-up runs once per worker, and what it made is closed by the worker that made it."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import anyio
import pytest

from comparators.errors import UsageError
from comparators.workloads._support.own.calls import Fit, call_of, fit
from comparators.workloads._support.own.setups import SetUp, setup_in

LOG: list[tuple[str, object]] = []


class Made:
    """What a set-up makes; it notes by which thread it is closed."""

    def __init__(self) -> None:
        LOG.append(("made", threading.get_ident()))

    def close(self) -> None:
        LOG.append(("closed", threading.get_ident()))


def function() -> Made:
    return Made()


def generator() -> Iterator[Made]:
    made = Made()
    yield made
    made.close()


managed = contextlib.contextmanager(generator)


class Managed(Made):
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def coroutine() -> Made:
    await asyncio.sleep(0)
    return Made()


async def async_generator() -> AsyncIterator[Made]:
    made = Made()
    await anyio.lowlevel.checkpoint()
    yield made
    await anyio.lowlevel.checkpoint()
    made.close()


async_managed = contextlib.asynccontextmanager(async_generator)


def lock() -> Any:
    return threading.Lock()


def broken() -> None:
    raise OSError("no server")


async def async_broken() -> None:
    raise OSError("no server")


def to_file() -> Iterator[int]:
    folder = Path(os.environ["SETUP_FOLDER"])
    yield os.getpid()
    (folder / str(os.getpid())).write_text("closed", encoding="utf-8")


def slow_pid(_: int, made: int) -> int:
    assert made == os.getpid()
    return made


@pytest.fixture(autouse=True)
def _empty_log() -> Iterator[None]:
    LOG.clear()
    yield
    LOG.clear()


def here(name: str) -> SetUp:
    module = __import__(__name__, fromlist=[name])
    found = setup_in(module, name, required=True)
    assert found is not None
    return found


def use(item: int, made: object) -> int:
    assert made is not None
    return item


@pytest.mark.parametrize("name", ["function", "generator", "managed", "Managed"])
def test_each_thread_makes_one_and_closes_it_itself(name: str) -> None:
    setup = here(name)
    assert not setup.asynchronous
    work = call_of(use, Fit("one", "next"), setup)
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2, initializer=barrier.wait) as pool:
        assert list(pool.map(work, range(50))) == list(range(50))
    made = [thread for what, thread in LOG if what == "made"]
    assert sorted(made) == sorted(set(made))
    assert sorted(thread for what, thread in LOG if what == "closed") == sorted(made)


def test_this_thread_closes_when_it_is_told() -> None:
    setup = here("function")
    assert setup.value() is setup.value()
    setup.close()
    assert [what for what, _ in LOG] == ["made", "closed"]


def test_what_a_function_returns_is_not_entered() -> None:
    setup = here("lock")
    assert not setup.value().locked()
    setup.close()


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_each_process_makes_one_and_closes_it(start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETUP_FOLDER", str(tmp_path))
    setup = here("to_file")
    mine = setup.value()  # a forked process must not use, or close, that of its parent
    work = call_of(slow_pid, Fit("one", "next"), setup)
    with ProcessPoolExecutor(1, mp_context=get_context(start)) as pool:
        workers = set(pool.map(work, range(4)))
    assert mine not in workers
    assert {path.name for path in tmp_path.iterdir()} == {str(pid) for pid in workers}
    setup.close()


async def ause(item: int, *, made: object) -> int:
    assert made is not None
    return item


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("name", ["async_generator", "async_managed"])
def test_each_event_loop_makes_one_and_closes_it(name: str, backend: str) -> None:
    setup = here(name)
    assert setup.asynchronous
    found = fit(ause, 1, star="auto", with_setup=True)
    assert found == Fit("one", ("made",))
    work = call_of(ause, found, setup)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for item in range(5):
                group.start_soon(work, item)

    for _ in range(2):
        anyio.run(main, backend=backend)
    assert [what for what, _ in LOG] == ["made", "closed", "made", "closed"]


def test_what_a_coroutine_function_makes_is_closed() -> None:
    setup = here("coroutine")
    asyncio.run(setup.value_in_loop())
    assert [what for what, _ in LOG] == ["made", "closed"]


def test_a_set_up_that_fails_says_that_it_is_one() -> None:
    with pytest.raises(OSError, match="no server") as raised:
        here("broken").value()
    assert raised.value.__notes__ == ["raised by the set-up 'broken', which each worker runs once"]
    with pytest.raises(OSError, match="no server"):
        asyncio.run(here("async_broken").value_in_loop())


def test_a_set_up_that_is_named_must_be_there() -> None:
    module = ModuleType("mine")
    assert setup_in(module, "SETUP", required=False) is None
    with pytest.raises(UsageError, match="'mine' has no set-up 'open'"):
        setup_in(module, "open", required=True)
    vars(module)["SETUP"] = 5
    with pytest.raises(UsageError, match="must be a function or a context manager's, not int"):
        setup_in(module, "SETUP", required=False)


def plain(item: int, verbose: bool = False) -> None: ...
def by_name(item: int, *, setup: object = None) -> None: ...
def second(item: int, connection: object) -> None: ...
def third(one: int, two: int, connection: object) -> None: ...


@pytest.mark.parametrize(
    ("called", "item", "expected"),
    [
        (plain, 1, Fit("one", "no")),
        (by_name, 1, Fit("one", ("setup",))),
        (second, 1, Fit("one", "next")),
        (third, (1, 2), Fit("unpacked", "next")),
        (third, 1, None),
    ],
)
def test_what_a_set_up_made_is_passed_where_it_is_wanted(called: Any, item: object, expected: Fit | None) -> None:
    assert fit(called, item, star="auto", with_setup=True) == expected
