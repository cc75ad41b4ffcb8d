"""Workloads whose tasks share something or need each other: what they add to `comparators.workload.Workload`.

    class Guarded(CoordinatedWorkload[int, int]):
        primitives = ("lock", "counter")

        def make_shared(self, kit: Kit) -> Shared:
            return Shared(lock=kit.make("lock"), counter=kit.make("counter"))

The core sees none of this: `attach` makes what is shared, hands it to the workers with `Runner.initializer`, and tells
the core what to do before and after each loop.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from comparators.coordination.kit import Kit, install, missing_reason
from comparators.coordination.kit_choice import kit_class_of, kit_of
from comparators.workload import LoopHooks, Model, Observation, Observations, Workload

if TYPE_CHECKING:
    from comparators.runner import Runner, RunnerInfo

__all__ = ["CoordinatedWorkload"]

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

SEPARATE: tuple[Model, ...] = ("processes", "interpreters")
"""Models whose workers do not share this process's objects: what is shared must be handed to each."""


class CoordinatedWorkload(Workload[TaskT, ResultT]):
    """Work whose tasks share primitives, wait for each other or hand things over."""

    nature = "coordination"
    independent: ClassVar[bool] = False

    @property
    def primitives(self) -> tuple[str, ...]:
        """Names of the primitives it needs from a kit, see `comparators.coordination.kit.PRIMITIVES`."""
        return ()

    @property
    def needs(self) -> str:
        """The primitives in words."""
        return ", ".join(self.primitives)

    @property
    def unsupported_on(self) -> Mapping[Model, str]:
        """Models under which it makes no sense for other reasons than a missing primitive, each with the reason."""
        return {}

    @property
    def workers_started(self) -> int:
        """How many workers a cold loop certainly starts, for work that does nothing else; 0 for all other work.

        Its cold time divided by that is reported as the cost of one start.
        """
        return 0

    def make_shared(self, kit: Kit) -> Any:  # noqa: ARG002  for workloads that need primitives
        """Make what all workers share; tasks get it from `comparators.coordination.kit.shared`.

        It travels to worker processes and interpreters by pickle, when they start.
        """
        return None

    def reset(self, shared: Any) -> None:
        """Bring what is shared back to its beginning; called before every loop, outside the clock.

        It happens in the process that measures. Warm workers exist already, others have not started.
        """

    def finalize(self, results: Sequence[ResultT], shared: Any) -> object:  # noqa: ARG002  see `make_shared`
        """Combine the results with what is shared, after a loop; the default looks at the results only.

        Called while the workers are still there. It must leave what is shared as it found it.
        """
        return self.combine(results)

    def not_applicable(self, runner: "RunnerInfo") -> str | None:
        """Return why a runner cannot do it: its model makes no sense here, or it lacks a primitive."""
        if reason := self.unsupported_on.get(runner.model):
            return reason
        kit = kit_class_of(runner)
        for primitive in self.primitives:
            if reason := missing_reason(kit, primitive):
                article = "an" if primitive[0] in "aeiou" or primitive == "rlock" else "a"
                return f"'{self.name}' needs {article} {primitive}: {reason}"
        return None

    @contextmanager
    def attach(self, runner: "Runner") -> Iterator[LoopHooks]:
        """Make what the tasks share, hand it to the workers when they start, and yield what to do around loops."""
        with ExitStack() as endings:
            shared = None
            if self.primitives:
                shared = self.make_shared(endings.enter_context(kit_of(runner)))
                install(shared)  # for the models whose workers live in this process
                endings.callback(install, None)
                if runner.info.model in SEPARATE:
                    runner.initializer = (install, (shared,))
            yield LoopHooks(
                combine=lambda results: self.finalize(results, shared),
                reset=(lambda: self.reset(shared)) if type(self).reset is not CoordinatedWorkload.reset else None,
                observe_cold=self._cost_of_a_start if self.workers_started else None,
            )

    def _cost_of_a_start(self, seconds: float) -> Observations:
        each = seconds / self.workers_started
        return (Observation("start and end of a worker", each * 1e6, "µs", primitive="worker", operation="start"),)
