"""What a runner is: one concurrency model behind one small interface.

class FuturesThreads(Runner):
    info = RunnerInfo(name="futures-threads", model="threads", summary="…")

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(max_workers=self.workers)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._pool.shutdown()

    def run(self, loops: int) -> Timing: ...
    def recipe(self) -> Recipe: ...
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self, cast

from comparators.parameters import check_parameters
from comparators.workload import API_VERSION, MODELS, Model

__all__ = ["MISSING", "MODELS", "Initializer", "Model", "Recipe", "Runner", "RunnerInfo", "Timing"]


class _Missing(Enum):
    MISSING = "no result"


MISSING = _Missing.MISSING
"""Stands for the result of a task that has not returned one, where None is a result like any other."""

Initializer = tuple[Callable[..., object], tuple[Any, ...]]
"""A function and its arguments."""


class Timing(NamedTuple):
    """What a runner says of its loops; it reads `time.perf_counter` itself.

    Attributes:
        seconds: for all loops.
        results: of the last loop, in task order.
        first_s: seconds from the beginning of a loop until the caller had its first result, mean of all loops; None
            where the model cannot say. As long as the whole loop where all results come together.
    """

    seconds: float
    results: Sequence[Any]
    first_s: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a person would use the model on a piece of work, as the parts of a file; see `comparators.recipes`.

    In every part `{work}` stands for the name of the function that does one task, and `items` for the list of tasks.

    Attributes:
        imports: import lines, without those of the work.
        functions: source of functions that `pool` or `call` use; may be empty.
        pool: what a with statement enters, as in `ThreadPoolExecutor(4) as pool`; empty where there is nothing to keep.
        call: expression for the list of results, in the order of the items.
    """

    imports: tuple[str, ...]
    functions: str
    pool: str
    call: str


@dataclass(frozen=True, slots=True)
class RunnerInfo:
    """What a runner is and what it can do, as data that the plan reads.

    Attributes:
        name: registry name, command-line word and label in reports.
        model: the kind of workers it has.
        summary: one line for `comparators list`.
        api: how people write it, with `{workers}` for the worker count: `ThreadPoolExecutor({workers})`. Empty for a
            runner whose name says it.
        simplicity: rank among the runners of its model; of those that are equally fast the lowest is recommended.
        asynchronous: True when it runs `work_async`, False when it runs `work`.
        pickles: True when the work, its tasks and its results travel by pickle.
        initializer: True when each worker calls `Runner.initializer` when it starts.
        workers_maximum: the most workers it can have; None for no limit of its own.
        python: the oldest Python that has it.
        modules: what must be importable beyond this package's own dependencies.
        imports: modules that the model's code imports; they are imported before any clock starts, as a program
            that uses the model would have done.
        extra: the extra of this distribution that installs those modules.
        platforms: values of `sys.platform` it works on; empty for all.
        interface: the version of this interface that the class was written for.
    """

    name: str
    model: Model
    summary: str
    api: str = ""
    simplicity: int = 9
    asynchronous: bool = False
    pickles: bool = False
    initializer: bool = False
    workers_maximum: int | None = None
    python: tuple[int, int] = (3, 11)
    modules: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    extra: str | None = None
    platforms: tuple[str, ...] = ()
    interface: int = API_VERSION

    def written(self, workers: int) -> str:
        """Return how people write it with this many workers: `ThreadPoolExecutor(40)`."""
        return self.api.replace("{workers}", str(workers)) or self.name


@dataclass(kw_only=True, eq=False)
class Runner(ABC):
    """A context manager with one verb. Entering starts the workers, leaving stops and joins them all.

    A subclass is a dataclass whose own fields, declared with `parameter`, are the runner's parameters.

    Attributes:
        work: does one task; the runner calls it as it is, never wrapped.
        tasks: all the tasks of one loop.
        workers: how many tasks may be in progress at once.
        initializer: what each worker calls when it starts, before its first task; None for nothing. Set before
            entering; it travels by pickle where `RunnerInfo.pickles` says so.
    """

    info: ClassVar[RunnerInfo]

    work: Callable[[Any], Any]
    tasks: Sequence[Any]
    workers: int
    initializer = cast(Initializer | None, None)  # without an annotation, for it is no parameter

    def __post_init__(self) -> None:
        check_parameters(self, owner=self.info.name)

    @property
    def chunk_size(self) -> int:
        """How many tasks one worker is handed together, at most. Tasks that need each other must come one by one."""
        return 1

    @property
    def max_concurrency(self) -> int:
        """How many tasks are in progress at once, at most: `workers`, unless the model waits for each task."""
        return self.workers

    @abstractmethod
    def __enter__(self) -> Self:
        """Start the workers."""

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers and wait until every one is gone."""

    @abstractmethod
    def run(self, loops: int) -> Timing:
        """Do all tasks `loops` times, one loop after the other, and time exactly that.

        Raises:
            BaseException: the first exception of a task, as the model lets it through.
        """

    @abstractmethod
    def recipe(self) -> Recipe:
        """Return plain code that does the same, for people to copy; a test runs it and compares the results."""
