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
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeVar

from comparators.errors import UnknownName
from comparators.parameters import ParameterValue, check_parameters

if TYPE_CHECKING:
    from comparators.runner import Runner, RunnerInfo

__all__ = [
    "API_VERSION",
    "COST_UNITS",
    "MODELS",
    "LoopHooks",
    "Model",
    "Nature",
    "Observation",
    "Observations",
    "Operation",
    "Phase",
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
"""Version of the `Workload` and `Runner` interfaces. A plugin written for another one is named and left out."""

Nature = Literal["cpu", "cpu-releases-gil", "wait", "mixed", "transfer", "coordination"]
Model = Literal["loop", "threads", "processes", "async", "interpreters"]
"""What the workers of a runner are."""
MODELS: tuple[Model, ...] = ("loop", "threads", "processes", "async", "interpreters")
Phase = Literal["warm", "cold"]
"""`warm`: the workers are there when the clock starts. `cold`: starting and stopping them is inside it."""
Preset = Literal["tiny", "quick", "default", "full"]
Operation = Literal["uncontended", "contended", "hand-off", "start"]
"""What is done with a primitive: one operation while no other worker uses it, one that several workers want at once,
handing one item to another worker, starting and ending one worker."""

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Observation:
    """A named number that a workload reports beside the time, such as lost updates or bytes moved.

    Attributes:
        details: lines of text that say more than the number, such as the stacks of a deadlock; kept in the journal.
        primitive: set when the number is the cost of one operation on a primitive, for the table of costs; the unit is
            then one of `COST_UNITS`.
        operation: what was done with the primitive; None when `primitive` is empty.
        wrong: whether the number shows a wrong result, such as lost updates. A runner with one has no time and no rank.
    """

    name: str
    value: float
    unit: str
    details: str = ""
    primitive: str = ""
    operation: Operation | None = None
    wrong: bool = False


COST_UNITS = ("ns", "µs", "ms", "s")
"""Units of an observation that is a cost, see `Observation.primitive`."""

Observations = tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class LoopHooks:
    """What to do around the loops of one runner, outside every clock; see `Workload.attach`.

    Attributes:
        combine: puts the results of a loop together, while the workers are still there.
        reset: brings what the tasks share back to its beginning before each loop; None where loops can follow each
            other at once.
        observe_cold: turns the seconds of one cold loop, starting and stopping included, into observations.
    """

    combine: Callable[[Sequence[Any]], object]
    reset: Callable[[], None] | None = None
    observe_cold: Callable[[float], Observations] | None = None


@dataclass(frozen=True)
class Workload(ABC, Generic[TaskT, ResultT]):
    """Work to be done: a list of tasks, a function that does one task, a way to combine and verify the results.

    Tasks that share or need something of each other are a `comparators.coordination.workload.CoordinatedWorkload`.

    Class attributes:
        name: registry name, command-line word and label in reports.
        summary: one line for `comparators list`.
        nature: where its author expects the time to go. It orders the search for worker counts; it never
            decides a verdict or a cause.
        presets: parameter values that differ from the defaults, for "quick", "default" and "full". An optional
            "tiny" is used where a few tasks are enough; without it "quick" is.
        work: does one task. A module-level function wrapped in `staticmethod`, so that worker processes can
            import it; it takes a task and returns its result.
        work_async: the same as a coroutine function, or None where waiting without blocking makes no sense.
        own: whether it is a person's own function, not a class made for this package.
        timed: False for work whose duration is fixed, such as a deadlock's deadline: its time decides nothing.
        independent: whether tasks neither share nor need anything of each other, so that the same tasks can be done
            several times at once.
        interface: the version of this interface that the class was written for.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    nature: ClassVar[Nature]
    presets: ClassVar[Mapping[str, Mapping[str, ParameterValue]]]
    work: ClassVar[Callable[..., Any]]
    work_async: ClassVar[Callable[..., Coroutine[Any, Any, Any]] | None] = None
    own: ClassVar[bool] = False
    timed: ClassVar[bool] = True
    independent: ClassVar[bool] = True
    interface: ClassVar[int] = API_VERSION

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

    def with_parameters(self, **values: ParameterValue) -> Self:
        """Return the same workload with some parameters replaced."""
        return replace(self, **values)

    @abstractmethod
    def tasks(self) -> Sequence[TaskT]:
        """Return the tasks: the same list for every runner and every worker count."""

    def combine(self, results: Sequence[ResultT]) -> object:
        """Put the results together, in task order; the default leaves them as they are."""
        return results

    @abstractmethod
    def verify(self, result: object) -> Observations:
        """Check what `combine` returned, on every timed run, and report what else was seen.

        Raises:
            WrongResult: with what was expected and what was found.
        """

    @contextmanager
    def setup(self) -> Iterator[Self]:
        """Hold what the tasks need while they run (a server, a file) and yield the workload that uses it.

        Entered before the workers start and left after they have stopped, outside every clock.
        """
        yield self

    def calibrate(self) -> Self:
        """Return the workload with parameters that depend on this host filled in; called once per run.

        The result is recorded and every later sample uses it. The default changes nothing.
        """
        return self

    def not_applicable(self, runner: "RunnerInfo") -> str | None:  # noqa: ARG002  for work that excludes some
        """Return why the work makes no sense under a runner, in one line; None where it does. The plan asks."""
        return None

    @property
    def min_concurrency(self) -> int:
        """How many tasks must be in progress at once for the work to finish at all; a barrier of 4 needs 4."""
        return 1

    @property
    def needs(self) -> str:
        """What it needs from a model beside workers, in words, for `comparators list`; empty for nothing."""
        return ""

    @contextmanager
    def attach(self, runner: "Runner") -> Iterator[LoopHooks]:  # noqa: ARG002  for work that hands workers something
        """Prepare a runner that has not started its workers yet, and yield what to do around its loops."""
        yield LoopHooks(self.combine)
