"""The methods by which the pools of `multiprocessing` hand out tasks: the same for processes and for threads.

What differs is when the caller has a result. `map`, `starmap` and their asynchronous forms give all of them together,
in the end. `imap` gives each as soon as it and all before it are there, `imap_unordered` as soon as it is there itself.
`apply_async` gives a handle for each task, or calls back. `apply` does one task, waits for it, and does the next one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from comparators.runners._support.loops import LoopResults, take

if TYPE_CHECKING:
    from multiprocessing.pool import Pool
    from queue import SimpleQueue

__all__ = ["METHODS", "PATIENCE_S", "Method"]

PATIENCE_S = 0.01
"""How long `imap_timeout` waits for a result before it asks again."""

Work = Callable[[Any], Any]
Answer = tuple[int, Any, BaseException | None]
HandOut = Callable[["Pool", Work, Sequence[Any], int], LoopResults]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to use a pool.

    Attributes:
        hand_out: does all tasks once: takes the pool, the work, the tasks and the size of chunks, 0 for the library's
            own; returns the results in task order.
        call: the same as a person would write it, an expression with `pool`, `items`, `{work}` and `{chunks}`.
        functions: source of the functions that `call` uses; may be empty.
        imports: import lines of the recipe beside the pool's own.
        chunks: whether tasks travel in chunks: "several", a number that the library chooses; "one", unless asked
            for more; "never".
        one_by_one: it waits for each task before it hands out the next one, and uses one worker at a time.
        numbered: the work is called with `(number, task)`, and returns `(number, result)`.
    """

    hand_out: HandOut
    call: str
    functions: str = ""
    imports: tuple[str, ...] = ()
    chunks: Literal["several", "one", "never"] = "never"
    one_by_one: bool = False
    numbered: bool = False


def _map(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:
    return pool.map(work, tasks, chunksize or None), perf_counter()


def _map_async(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:
    return pool.map_async(work, tasks, chunksize or None).get(), perf_counter()


def _starmap(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:
    return pool.starmap(work, zip(tasks), chunksize or None), perf_counter()


def _starmap_async(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:
    return pool.starmap_async(work, zip(tasks), chunksize or None).get(), perf_counter()


def _imap(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:
    return take(pool.imap(work, tasks, chunksize or 1))


def _imap_timeout(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:  # noqa: ARG001  it has none
    return take(_asked_again(pool.imap(work, tasks), len(tasks)))


def _asked_again(iterator: Any, count: int) -> Iterator[Any]:
    """Yield `count` results of `imap`; ask again for one that is not there in time: it is not lost."""
    from multiprocessing import TimeoutError as NotYet

    for _ in range(count):
        while True:
            try:
                result = iterator.next(PATIENCE_S)
                break
            except NotYet as error:
                if _is_of_a_task(error, iterator):
                    raise
        yield result


def _is_of_a_task(error: BaseException, iterator: object) -> bool:
    """Tell what a task raised from what the iterator raises itself, whose frame is then the innermost.

    A task's error has frames of its own, from a thread, or a cause that holds their text, from a process.
    """
    from traceback import walk_tb

    *_, (innermost, _) = walk_tb(error.__traceback__)
    return error.__cause__ is not None or innermost.f_locals.get("self") is not iterator


def _imap_unordered(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:
    numbered, first = take(pool.imap_unordered(work, enumerate(tasks), chunksize or 1))
    return _in_order(numbered), first


def _apply(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:  # noqa: ARG001  it has none
    return take(pool.apply(work, (task,)) for task in tasks)


def _apply_async(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:  # noqa: ARG001  it has none
    pending = [pool.apply_async(work, (task,)) for task in tasks]
    return take(result.get() for result in pending)


def _apply_async_callback(pool: "Pool", work: Work, tasks: Sequence[Any], chunksize: int) -> LoopResults:  # noqa: ARG001  it has none
    from queue import SimpleQueue

    done: SimpleQueue[Answer] = SimpleQueue()
    for index, task in enumerate(tasks):
        pool.apply_async(
            work,
            (task,),
            callback=partial(_came, done, index),
            error_callback=partial(_failed, done, index),
        )
    numbered, first = take(_called_back(done, len(tasks)))
    return _in_order(numbered), first


def _came(done: "SimpleQueue[Answer]", index: int, result: Any) -> None:
    done.put((index, result, None))


def _failed(done: "SimpleQueue[Answer]", index: int, error: BaseException) -> None:
    done.put((index, None, error))


def _called_back(done: "SimpleQueue[Answer]", count: int) -> Iterator[tuple[int, Any]]:
    for _ in range(count):
        index, result, error = done.get()
        if error is not None:
            raise error
        yield index, result


def _in_order(numbered: Iterable[tuple[int, Any]]) -> list[Any]:
    results = dict(numbered)
    return [results[index] for index in range(len(results))]


_IMAP_TIMEOUT = """\
def do_all(pool, items):
    results, pending = [], pool.imap({work}, items)
    while len(results) < len(items):
        try:
            results.append(pending.next(timeout={patience}))
        except multiprocessing.TimeoutError:
            continue  # not there yet: do something else, then ask again; no result is lost
    return results
""".replace("{patience}", str(PATIENCE_S))

_IMAP_UNORDERED = """\
def numbered(item):
    index, task = item
    return index, {work}(task)


def do_all(pool, items):
    results = dict(pool.imap_unordered(numbered, enumerate(items){chunks}))
    return [results[index] for index in range(len(items))]
"""

_APPLY_ASYNC = """\
def do_all(pool, items):
    pending = [pool.apply_async({work}, (item,)) for item in items]
    return [result.get() for result in pending]
"""

_APPLY_ASYNC_CALLBACK = """\
def do_all(pool, items):
    results, done = [None] * len(items), SimpleQueue()
    for index, item in enumerate(items):
        pool.apply_async(
            {work},
            (item,),
            callback=lambda result, index=index: done.put((index, result, None)),
            error_callback=lambda error, index=index: done.put((index, None, error)),
        )
    for _ in items:
        index, results[index], error = done.get()
        if error:
            raise error
    return results
"""

_DO_ALL = "do_all(pool, items)"

METHODS: dict[str, Method] = {
    "map": Method(_map, "pool.map({work}, items{chunks})", chunks="several"),
    "map_async": Method(_map_async, "pool.map_async({work}, items{chunks}).get()", chunks="several"),
    "starmap": Method(_starmap, "pool.starmap({work}, zip(items){chunks})", chunks="several"),
    "starmap_async": Method(_starmap_async, "pool.starmap_async({work}, zip(items){chunks}).get()", chunks="several"),
    "imap": Method(_imap, "list(pool.imap({work}, items{chunks}))", chunks="one"),
    "imap_timeout": Method(_imap_timeout, _DO_ALL, _IMAP_TIMEOUT, ("import multiprocessing",)),
    "imap_unordered": Method(_imap_unordered, _DO_ALL, _IMAP_UNORDERED, chunks="one", numbered=True),
    "apply": Method(_apply, "[pool.apply({work}, (item,)) for item in items]", one_by_one=True),
    "apply_async": Method(_apply_async, _DO_ALL, _APPLY_ASYNC),
    "apply_async_callback": Method(
        _apply_async_callback, _DO_ALL, _APPLY_ASYNC_CALLBACK, ("from queue import SimpleQueue",)
    ),
}
"""Every method, by the name that the parameter `method` has. Two of them are ways to use a method of a pool:
`imap_timeout` asks the iterator of `imap` with a timeout; `apply_async_callback` gives `apply_async` its callbacks."""
