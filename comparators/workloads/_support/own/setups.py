"""A set-up per worker: made with a worker's first task, kept for all its tasks, closed when the worker ends.

A worker is a thread, a process, an interpreter, or, for coroutines, the event loop. A warm runner has done a loop
before the clock starts, so its workers are set up; a cold one does it within the clock, as a program that starts would.

Thread-local values are dropped by the thread that ends, so closing happens in the thread that opened, which SQLite for
one insists on. A value that a fork has copied is neither used nor closed by the child: it is its parent's.
"""

import contextlib
import inspect
import os
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from comparators.errors import UsageError
from comparators.workload import is_coroutine_function

__all__ = ["SetUp", "setup_in"]

Close = Callable[[], object]


@dataclass(frozen=True, slots=True)
class SetUp:
    """A set-up by name: it is looked up where it runs, so it travels to every worker.

    Attributes:
        module, name: where it is.
        asynchronous: whether an event loop must run it.
    """

    module: str
    name: str
    asynchronous: bool = False

    def value(self) -> Any:
        """Return what this thread's set-up made, after running it where there is none."""
        held = _here()
        try:
            return held.values[self.name]
        except KeyError:
            held.values[self.name], close = self._opened()
            held.closes.append(close)
            return held.values[self.name]

    async def value_in_loop(self) -> Any:
        """Return what this event loop's set-up made, after running it where there is none."""
        loop = _running()
        of_loop = _loops.setdefault(loop, {})
        if self.name not in of_loop:
            of_loop[self.name] = _InLoop(self, loop)
        return await of_loop[self.name].value()

    def close(self) -> None:
        """Close what this thread's set-ups made."""
        _here().close()

    def function(self) -> Callable[[], Any]:
        """Return what is called."""
        found: Callable[[], Any] = attrgetter(self.name)(import_module(self.module))
        return found

    def _opened(self) -> tuple[Any, Close]:
        try:
            return _opened(self.function())
        except Exception as error:
            _noted(error, self.name)
            raise


def setup_in(module: ModuleType, name: str, *, required: bool) -> SetUp | None:
    """Return the set-up that a module has by a name; None where it has none.

    Raises:
        UsageError: it is required and is not there, or it cannot be called.
    """
    try:
        found = attrgetter(name)(module)
    except AttributeError:
        if required:
            raise UsageError(
                f"'{module.__name__}' has no set-up '{name}'", tip=f"write def {name}() beside the function"
            ) from None
        return None
    if not callable(found):
        raise UsageError(
            f"the set-up '{name}' must be a function or a context manager's, not {type(found).__name__}",
            tip=f"write def {name}(): return ..., with yield instead of return to close it at the end",
        )
    return SetUp(module.__name__, name, _is_async(found))


def _is_async(found: Any) -> bool:
    inner = inspect.unwrap(found)
    if isinstance(found, type):
        return hasattr(found, "__aenter__") and not hasattr(found, "__enter__")
    return is_coroutine_function(inner) or inspect.isasyncgenfunction(inner)


def _opened(function: Callable[[], Any]) -> tuple[Any, Close]:
    """Call a set-up; return what it made and what closes that.

    A generator function and a class that is a context manager are entered. What another function returns is taken as it
    is: entering would take a lock and begin a transaction.
    """
    if inspect.isgeneratorfunction(function):
        made: Any = contextlib.contextmanager(function)()
    else:
        made = function()
    if isinstance(made, contextlib._GeneratorContextManager) or (  # noqa: SLF001  what `contextmanager` returns
        isinstance(function, type) and hasattr(made, "__enter__")
    ):
        return made.__enter__(), lambda: made.__exit__(None, None, None)
    return made, getattr(made, "close", None) or (lambda: None)


@dataclass(slots=True)
class _Held:
    """What the set-ups of one thread made, by name, and what closes it."""

    values: dict[str, Any] = field(default_factory=dict)
    closes: list[Close] = field(default_factory=list)
    process: int = field(default_factory=os.getpid)

    def close(self) -> None:
        closes, self.closes = self.closes, []
        self.values.clear()
        for close in reversed(closes):
            try:
                close()
            except Exception:  # noqa: BLE001  an ending worker goes on to end
                traceback.print_exc()

    def __del__(self) -> None:
        if self.process == os.getpid():
            self.close()


_local = threading.local()
_loops: "WeakKeyDictionary[Any, dict[str, _InLoop]]" = WeakKeyDictionary()


def _here() -> _Held:
    """Return what this thread holds; nothing yet in a process that a fork has made."""
    held: _Held | None = getattr(_local, "held", None)
    if held is None or held.process != os.getpid():
        held = _local.held = _Held()
        if threading.current_thread() is threading.main_thread():
            _close_at_exit(held)
    return held


def _close_at_exit(held: _Held) -> None:
    """Close when the process ends; one of `multiprocessing` does not come as far as `atexit`."""
    multiprocessing = sys.modules.get("multiprocessing.process")
    if multiprocessing is not None and multiprocessing.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, held.close, exitpriority=10)
        return
    import atexit

    atexit.register(held.close)


def _running() -> Any:
    """Return what stands for the running event loop."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        with contextlib.suppress(RuntimeError):
            return asyncio.get_running_loop()
    import trio

    return trio.lowlevel.current_trio_token()


class _InLoop:
    """What a set-up made in an event loop.

    A task of its own opens it, waits for its cancellation, which comes when the loop ends, and closes it: a context of
    anyio or trio insists that the task which opened it closes it.
    """

    def __init__(self, setup: SetUp, loop: Any) -> None:
        self._setup = setup
        self._loop = loop
        self._made: list[Any] = []
        self._error: Exception | None = None
        if "trio" in type(loop).__module__:
            import trio

            self._ready: Any = trio.Event()
            self._forever: Any = trio.sleep_forever
            self._shielded: Any = partial(trio.CancelScope, shield=True)
            trio.lowlevel.spawn_system_task(self._hold)
        else:
            import asyncio

            self._ready, self._forever, self._shielded = asyncio.Event(), loop.create_future, contextlib.nullcontext
            self._task = loop.create_task(self._hold())

    async def value(self) -> Any:
        """Wait for the set-up and return what it made."""
        if not self._made:
            await self._ready.wait()
            if self._error is not None:
                raise self._error
        return self._made[0]

    async def _hold(self) -> None:
        try:
            context = _context(self._setup.function())
            self._made.append(await context.__aenter__())
        except Exception as error:  # noqa: BLE001  raised by `value`, in each of the tasks
            self._error = _noted(error, self._setup.name)
            return
        finally:
            self._ready.set()
        try:
            await self._forever()
        finally:
            _loops.pop(self._loop, None)
            with self._shielded():
                await context.__aexit__(None, None, None)


def _context(function: Callable[[], Any]) -> AbstractAsyncContextManager[Any]:
    """Call a set-up; return a context manager for what it makes."""
    if inspect.isasyncgenfunction(function):
        return contextlib.asynccontextmanager(function)()
    made: Any = function()
    return _closing(made) if inspect.isawaitable(made) else made


@contextlib.asynccontextmanager
async def _closing(made: Awaitable[Any]) -> AsyncIterator[Any]:
    """Await what a coroutine function makes, and close it in the end where it can be closed."""
    value = await made
    yield value
    close = getattr(value, "aclose", None) or getattr(value, "close", None)
    ending = close() if close is not None else None
    if inspect.isawaitable(ending):
        await ending


def _noted(error: Exception, name: str) -> Exception:
    error.add_note(f"raised by the set-up '{name}', which each worker runs once")
    return error
