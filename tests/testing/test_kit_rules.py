"""The rules of kits catch a kit that breaks them."""

import queue
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from comparators.coordination.kit import PRIMITIVES, Kit
from comparators.coordination.kits.coroutines import AsyncKit
from comparators.coordination.kits.threads import ThreadKit
from comparators.runner import Runner
from comparators.runners.asyncio import Asyncio
from comparators.runners.threading import Threading
from comparators.testing import kit_probes, kit_probes_async, marks
from comparators.testing.kit_rules import check_offers, check_primitive, offered
from comparators.testing.rules import Broken


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (kit_probes, kit_probes_async, marks):
        monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    monkeypatch.setattr(kit_probes, "LATER", (True, 0.05))


def alone(cls: type[Runner]) -> type[Runner]:
    """Return the runner with no more than one worker."""
    return type("Variant", (cls,), {"info": replace(cls.info, workers_maximum=1)})


def check(cls: type[Runner], primitive: str, kit: type[Kit]) -> None:
    """Try a primitive of a kit under a runner."""
    check_primitive(alone(cls) if primitive in ALONE else cls, {}, primitive, lambda runner: kit())


def making(primitive: str, make: Callable[..., Any], base: type[Kit] = ThreadKit) -> type[Kit]:
    """Return a kit that makes one primitive in another way."""

    def method(self: Kit, *arguments: Any) -> Any:
        made = make(*arguments)
        for end in made if isinstance(made, tuple) and base is AsyncKit else ():
            self.at_end(end.close)
        return made

    return type("Odd", (base,), {f"make_{primitive.replace('-', '_')}": method})


class Deaf(threading.Event):
    """Never wakes anybody."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


class Silent(threading.Condition):
    """Notifies nobody."""

    def notify(self, n: int = 1) -> None:
        pass


class Open(threading.Barrier):
    """Lets everybody through."""

    def wait(self, timeout: float | None = None) -> int:
        return 0


class OneWay:
    """An end of a pipe that loses everything."""

    def send(self, item: object) -> None:
        pass

    def poll(self, timeout: float) -> bool:
        return False


class Noisy:
    """An end of a stream that delivers what nobody sent."""

    def settimeout(self, seconds: float) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        pass

    def recv(self, most: int) -> bytes:
        return b"noise"


class Private(threading.local):
    """A counter of which every worker has its own."""

    value = 0


class Uncancelled(threading.Timer):
    """Fires whatever happens."""

    def cancel(self) -> None:
        pass


def set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def open_stream(bound: int) -> Any:
    import anyio

    return anyio.create_memory_object_stream[Any](bound + 1)


def noisy_stream() -> Any:
    """Return a stream in which something is on its way before anybody has sent it."""
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    there.send(b"noise")
    return here, there


def two_locks() -> Any:
    import anyio

    return anyio.Semaphore(2)


BROKEN: list[tuple[str, str, Callable[..., Any]]] = [
    ("lock", "while others hold it", threading.RLock),
    ("lock", "without waiting, while others hold it", lambda: threading.Semaphore(2)),
    ("rlock", "it cannot be taken 2 times", threading.Lock),
    ("semaphore", "it cannot be taken 2 times", lambda count: threading.Semaphore(count - 1)),
    ("semaphore", "without waiting, while others hold it", lambda count: threading.Semaphore(count + 1)),
    ("bounded-semaphore", "it takes back more than it gave", threading.Semaphore),
    ("event", "who waits for it is not woken", Deaf),
    ("event", "it is set from the beginning", set_event),
    ("condition", "who waits for it is not notified", Silent),
    ("barrier", "it opens before all have come", Open),
    ("queue", "it holds more items than it may", lambda size: queue.Queue()),
    ("queue", "[1, 0] comes out, not [0, 1]", queue.LifoQueue),
    ("lifo-queue", "[1, 2, 3] comes out, not [3, 2, 1]", queue.Queue),
    ("priority-queue", "[2, 3, 1] comes out, not [1, 2, 3]", queue.Queue),
    ("pipe", "nothing comes", lambda: (OneWay(), OneWay())),
    ("stream", "b'noise' comes out, not b'ping pong'", lambda: (Noisy(), Noisy())),
    ("counter", "7 was written, 0 is read in another worker", Private),
    ("array", "it has 2 numbers, not 3", lambda code, size: [0] * (size - 1)),
    ("timer", "comes out, not ['soon']", lambda: Uncancelled),
]

BROKEN_ASYNC: list[tuple[str, str, Callable[..., Any]]] = [
    ("lock", "without waiting, while others hold it", two_locks),
    ("bounded-semaphore", "it takes back more than it gave", AsyncKit().make_semaphore),
    ("queue", "it holds more items than it may", open_stream),
    ("stream", "b'noise' comes back", noisy_stream),
    ("array", "it has 2 numbers, not 3", lambda code, size: [0] * (size - 1)),
]

ALONE = {"queue", "lifo-queue", "priority-queue", "timer"}
"""Tried with one worker here: with two, the other one would wait until its patience ends."""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("primitive", "said", "make"), BROKEN)
def test_a_primitive_that_does_not_behave_is_caught(primitive: str, said: str, make: Callable[..., Any]) -> None:
    with pytest.raises(Broken) as caught:
        check(Threading, primitive, making(primitive, make))
    assert str(caught.value).startswith(f"{primitive}: ")
    assert said in str(caught.value)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("primitive", "said", "make"), BROKEN_ASYNC)
def test_an_async_primitive_that_does_not_behave_is_caught(primitive: str, said: str, make: Callable[..., Any]) -> None:
    with pytest.raises(Broken) as caught:
        check(Asyncio, primitive, making(primitive, make, AsyncKit))
    assert said in str(caught.value)


@pytest.mark.usefixtures("impatient")
def test_what_does_not_reach_the_workers_is_caught() -> None:
    def make() -> None:
        return None

    with pytest.raises(Broken, match="lock: AttributeError"):
        check(Threading, "lock", making("lock", make))


class Endless(ThreadKit):
    """Has a reason of two lines."""

    missing: ClassVar[Mapping[str, str]] = {"manager": "no\nmanager"}


@pytest.mark.parametrize(
    ("kit", "said"),
    [
        (Endless, "the reason for no manager is not one line"),
        (making("mutex", threading.Lock), "the kit makes 'mutex', which is none of the primitives"),
    ],
)
def test_a_kit_that_offers_oddly_is_caught(kit: Any, said: str) -> None:
    with pytest.raises(Broken) as caught:
        check_offers(kit)
    assert said in str(caught.value)


def test_every_primitive_has_its_probe_and_every_sync_one_is_shown_to_catch_something() -> None:
    assert list(kit_probes.PROBES) == list(PRIMITIVES)
    assert {name for name, _, _ in BROKEN} | {"manager"} == set(PRIMITIVES)
    assert set(kit_probes_async.PROBES) == set(offered(Asyncio))


def test_an_event_loop_cannot_try_what_has_no_coroutine_form() -> None:
    with pytest.raises(Broken, match="barrier: there is no way to try it in an event loop"):
        check(Asyncio, "barrier", making("barrier", threading.Barrier, AsyncKit))
