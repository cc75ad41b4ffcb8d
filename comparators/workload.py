"""What a workload is: tasks, the function that does one task, and the check of the results.

A workload is a frozen dataclass whose fields are its parameters:

    @dataclass(frozen=True)
    class Squares(Workload[int, int]):
        name = "squares"
        summary = "squares of the first integers, in pure Python"
        nature = "cpu"
        presets = {"quick": {"count": 100}, "default": {}, "full": {"count": 100_000}}
        work = staticmethod(square)  # a module-level function: worker processes import it by name

        count: int = parameter(10_000, "how many integers", minimum=1)

        def tasks(self) -> Sequence[int]:
            return range(self.count)

        def verify(self, result: object) -> Observations:
            if result != self.count: raise WrongResult(...)
            return ()
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from comparators.coordination.kit import Kit
from comparators.errors import UnknownName
from comparators.parameters import ParameterValue, check_parameters

__all__ = [
    "API_VERSION",
    "COST_UNITS",
    "MODELS",
    "Model",
    "Nature",
    "Observation",
    "Observations",
    "Operation",
    "Preset",
    "Workload",
    "is_coroutine_function",
]


def is_coroutine_function(work: Callable[..., Any]) -> bool:
    """Say whether calling something returns a coroutine; `inspect` does not know it of instances and their calls."""
    if iscoroutinefunction(work) or getattr(work, "asynchronous", False) is True:
        return True
    own = next((vars(base)["__call__"] for base in type(work).__mro__ if "__call__" in vars(base)), None)
    return not isinstance(work, type) and iscoroutinefunction(own)


API_VERSION = 1
"""Version of the `Workload` and `Runner` interfaces. A plugin with another one is named and left out."""

Nature = Literal["cpu", "cpu-releases-gil", "wait", "mixed", "transfer", "coordination"]
Model = Literal["loop", "threads", "processes", "async", "interpreters"]
"""What the workers of a runner are."""
MODELS: tuple[Model, ...] = ("loop", "threads", "processes", "async", "interpreters")
Preset = Literal["tiny", "quick", "default", "full"]
Operation = Literal["alone", "contended", "hand-over", "start"]
"""What is done with a primitive: one operation that nobody else wants, one that several workers want at once, handing
one item to another worker, starting and ending one worker."""

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Observation:
    """A named number that a workload reports beside the time, such as lost updates or bytes moved.

    Attributes:
        details: lines of text that say more than the number, such as the stacks of a deadlock; kept in the journal.
        primitive: set when the number is the cost of doing something once with a primitive of the kit, for the
            report's table of what coordination costs; the unit is then one of `COST_UNITS`.
        act: what was done with it; None when `primitive` is empty.
    """

    name: str
    value: float
    unit: str
    details: str = ""
    primitive: str = ""
    operation: Operation | None = None


COST_UNITS = ("ns", "µs", "ms", "s")
"""Units of an observation that is a cost, see `Observation.primitive`."""

Observations = tuple[Observation, ...]


@dataclass(frozen=True)
class Workload(ABC, Generic[TaskT, ResultT]):
    """Work to be done: a list of tasks, a function that does one task, a way to combine and verify the results.

    Class attributes:
        name: registry name, command-line word and label in reports.
        summary: one line for `comparators list`.
        nature: where its author expects the time to go. It orders the search for worker counts; it never
            decides a verdict or a reason.
        presets: parameter values that differ from the defaults, for "quick", "default" and "full". An optional
            "tiny" is used to try each runner once before measuring; without it "quick" is.
        work: does one task. A module-level function wrapped in `staticmethod`, so that worker processes can
            import it; it takes a task and returns a part.
        work_async: the same as a coroutine function, or None where waiting without blocking makes no sense.
        api: the version of this interface that the class was written for.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    nature: ClassVar[Nature]
    presets: ClassVar[Mapping[str, Mapping[str, ParameterValue]]]
    work: ClassVar[Callable[..., Any]]
    work_async: ClassVar[Callable[..., Coroutine[Any, Any, Any]] | None] = None
    api: ClassVar[int] = API_VERSION

    def __post_init__(self) -> None:
        check_parameters(self, owner=self.name)

    @classmethod
    def from_preset(cls, preset: str, **overrides: ParameterValue) -> Self:
        """Make the workload with the parameters of a preset, some of them replaced.

        Raises:
            UnknownName: a preset that the workload does not have.
            InvalidParameter: a value of the wrong type or out of range.
        """
        if preset == "tiny" and "tiny" not in cls.presets:
            preset = "quick"
        if preset not in cls.presets:
            raise UnknownName("preset", preset, cls.presets, where=f"of '{cls.name}'")
        return cls(**{**cls.presets[preset], **overrides})

    @property
    def primitives(self) -> tuple[str, ...]:
        """Names of the primitives it needs from a runner's kit, see `comparators.coordination.kit.PRIMITIVES`."""
        return ()

    @property
    def unsupported_on(self) -> Mapping[Model, str]:
        """Models of runners under which it makes no sense, each with the reason in words; the plan reads it.

        For what no primitive stands for: a primitive that a runner lacks is known from its kit.
        """
        return {}

    @property
    def min_concurrency(self) -> int:
        """How many tasks must be in progress at once for the work to finish at all; a barrier of 4 needs 4."""
        return 1

    @property
    def starts(self) -> int:
        """How many workers a cold run is sure to start, for work that is nothing else; 0 for all other work.

        Its cold time divided by that is reported as the cost of one start.
        """
        return 0

    def calibrated(self) -> Self:
        """Return the workload with parameters that depend on this host filled in; called once per run.

        The result is recorded and every later sample uses it. The default changes nothing.
        """
        return self

    @contextmanager
    def opened(self) -> Iterator[Self]:
        """Hold what the tasks need while they run (a server, a file) and yield the workload that uses it.

        Entered before the workers start and left after they have stopped, outside every clock.
        """
        yield self

    def share(self, kit: Kit) -> Any:  # noqa: ARG002  for workloads that need primitives
        """Make what all workers share; tasks get it from `comparators.coordination.kit.shared`.

        It travels to worker processes and interpreters by pickle, when they start.
        """
        return None

    def reset(self, shared: Any) -> None:
        """Bring what is shared back to its beginning; called before every loop, outside the clock.

        It happens in the process that measures. Workers that are warm are already there, others have not started.
        """

    @abstractmethod
    def tasks(self) -> Sequence[TaskT]:
        """Return the tasks: the same list for every runner and every worker count."""

    def combine(self, parts: Sequence[ResultT]) -> object:
        """Put the parts together, in task order; the default leaves them as they are."""
        return parts

    def settle(self, parts: Sequence[ResultT], shared: Any) -> object:  # noqa: ARG002  see `share`
        """Put the parts together with what is shared, after a loop; the default looks at the parts only.

        Called while the workers are still there. It leaves what is shared as it found it.
        """
        return self.combine(parts)

    @abstractmethod
    def verify(self, result: object) -> Observations:
        """Check what `combine` returned, on every timed run, and report what else was seen.

        Raises:
            WrongResult: with what was expected and what was found.
        """

    def with_parameters(self, **values: ParameterValue) -> Self:
        """Return the same workload with some parameters replaced."""
        return replace(self, **values)
