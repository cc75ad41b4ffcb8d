"""`multiprocessing.Pool` and its ways to hand out tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from comparators.errors import InvalidParameter
from comparators.kit import Kit, install
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.runners.process_kit import ProcessKit
from comparators.runners.start import POOL_MAXIMUM, default_chunk, start_parameter

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

__all__ = ["MpPool"]

METHODS = ("map", "imap", "imap_unordered", "map_async", "apply_async")


@dataclass(kw_only=True, eq=False)
class MpPool(Runner):
    """A pool of processes; tasks travel in chunks where the method has them."""

    info = RunnerInfo(
        name="mp-pool",
        family="processes",
        summary="multiprocessing.Pool, by default map in chunks of its own choice",
        pickles=True,
        workers_maximum=POOL_MAXIMUM,
        imports=("multiprocessing.pool", "multiprocessing.queues", "multiprocessing.synchronize"),
        kit=ProcessKit,
    )

    method: str = parameter("map", "method of the pool that hands out the tasks", choices=METHODS)
    chunksize: int = parameter(
        0, "tasks sent at a time; 0 for the library's own default, which apply_async has no choice about", minimum=0
    )
    start: str = start_parameter()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.chunksize and self.method == "apply_async":
            raise InvalidParameter(
                f"invalid value '{self.chunksize}' for 'chunksize' of 'mp-pool': 'apply_async' has no chunks",
                tip="leave 'chunksize' out, or use 'method=map_async'",
            )

    @property
    def chunk(self) -> int:
        """As many tasks as were asked for, or as the method puts into a chunk by itself."""
        if self.method in {"map", "map_async"}:
            return self.chunksize or default_chunk(len(self.tasks), self.workers)
        return self.chunksize or 1

    def new_kit(self) -> Kit:
        """Return a kit of the start method's own context."""
        return ProcessKit(self.start)

    def __enter__(self) -> Self:
        """Start the processes."""
        from multiprocessing import get_context

        context = get_context(self.start)
        if self.method == "imap_unordered":
            self._pool = context.Pool(self.workers, _keep, (self.work, self.shared))
        elif self.shared is not None:
            self._pool = context.Pool(self.workers, install, (self.shared,))
        else:
            self._pool = context.Pool(self.workers)
        self._loop = self._method(self._pool)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes, as the pool's own with statement does, and join them."""
        self._pool.terminate()
        self._pool.join()

    def repeat(self, loops: int) -> Timing:
        """Hand out all tasks, `loops` times."""
        loop, tasks = self._loop, self.tasks
        parts: list[Any] = []
        started = perf_counter()
        for _ in range(loops):
            parts = loop(tasks)
        return Timing(perf_counter() - started, parts)

    def recipe(self) -> Recipe:
        """Return a pool in a with statement."""
        template = _RECIPES[self.method]
        chunks = f", chunksize={self.chunksize}" if self.chunksize else ""
        pool = f'get_context("{self.start}").Pool({self.workers})'
        return Recipe(
            ("from multiprocessing import get_context",), template.replace("{pool}", pool).replace("{chunks}", chunks)
        )

    def _method(self, pool: "Pool") -> Callable[[Any], list[Any]]:
        work, chunks = self.work, self.chunksize
        match self.method:
            case "map":
                return partial(pool.map, work, chunksize=chunks or None)
            case "map_async":
                return lambda tasks: pool.map_async(work, tasks, chunks or None).get()
            case "imap":
                return lambda tasks: list(pool.imap(work, tasks, chunks or 1))
            case "imap_unordered":
                return lambda tasks: _in_order(
                    pool.imap_unordered(_numbered, enumerate(tasks), chunks or 1), len(tasks)
                )
            case _:
                return lambda tasks: [part.get() for part in [pool.apply_async(work, (task,)) for task in tasks]]


class _Kept:
    """The work, kept in each worker process so that it does not travel with every task."""

    work: Callable[[Any], Any]


def _keep(work: Callable[[Any], Any], shared: object) -> None:
    _Kept.work = work
    install(shared)


def _numbered(item: tuple[int, Any]) -> tuple[int, Any]:
    """Do one task and say which one it was: `imap_unordered` does not."""
    index, task = item
    return index, _Kept.work(task)


def _in_order(numbered: Iterable[tuple[int, Any]], count: int) -> list[Any]:
    parts = dict(numbered)
    return [parts[index] for index in range(count)]


_ONE_CALL = """\
def run(tasks):
    with {pool} as pool:
        return {call}
"""

_RECIPES = {
    "map": _ONE_CALL.replace("{call}", "pool.map({work}, tasks{chunks})"),
    "map_async": _ONE_CALL.replace("{call}", "pool.map_async({work}, tasks{chunks}).get()"),
    "imap": _ONE_CALL.replace("{call}", "list(pool.imap({work}, tasks{chunks}))"),
    "imap_unordered": """\
def numbered(item):
    index, task = item
    return index, {work}(task)


def run(tasks):
    with {pool} as pool:
        parts = dict(pool.imap_unordered(numbered, enumerate(tasks){chunks}))
    return [parts[index] for index in range(len(tasks))]
""",
    "apply_async": """\
def run(tasks):
    with {pool} as pool:
        pending = [pool.apply_async({work}, (task,)) for task in tasks]
        return [result.get() for result in pending]
""",
}
