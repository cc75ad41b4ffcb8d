"""From a workload and a runner to the function that pyperf times; used by our worker and by `comparators bench`."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from comparators.errors import UsageError, WrongResult
from comparators.runner import Timing
from comparators.workload import LoopHooks, Workload

if TYPE_CHECKING:  # the plan is for the command; a worker process, which imports this, starts faster without it
    from comparators.parameters import ParameterValue
    from comparators.plan.model import Phase
    from comparators.runner import Runner
    from comparators.worker.resource_usage import ResourceUsage
    from comparators.workload import Observations

    AnyWorkload = Workload[Any, Any]

__all__ = ["Timed", "timed"]


@dataclass(slots=True)
class Timed:
    """A time function in pyperf's sense: `timed(loops)` returns the seconds that `loops` loops took.

    With several `copies` a loop does all tasks that often at once, and the seconds are for one of them.

    The result of every call is verified, outside the clock; `observations` and `first_s`, see `Timing`, are those of
    the last call. `usage`, if any, is told when a measurement begins and ends, outside the clock, too.

    """

    run: Callable[[int], Timing]
    workload: AnyWorkload
    hooks: LoopHooks
    tasks: int
    observations: Observations = ()
    first_s: float | None = None
    usage: ResourceUsage | None = None
    cold: bool = False
    copies: int = 1
    _early: list[Sequence[object]] = field(default_factory=list)

    def __call__(self, loops: int) -> float:
        """Measure `loops` loops, in seconds.

        Raises:
            WrongResult: not the results of all tasks, the workload's own check failed, or the runner's seconds
                cannot be.
        """
        if self.usage is not None:
            self.usage.start()
        timing = self.run(loops)
        if self.usage is not None:
            self.usage.stop(loops * self.copies)
        _require_time("seconds", timing.seconds)
        if timing.first_s is not None:
            _require_time("seconds to the first result", timing.first_s)
        self.check(timing.results)
        self.first_s = timing.first_s
        if self.cold and self.hooks.observe_cold is not None:
            self.observations = (*self.observations, *self.hooks.observe_cold(timing.seconds / loops))
        return timing.seconds / self.copies

    def of(self, copies: int) -> Self:
        """Take the seconds as those of so many copies of the work."""
        self.copies = copies
        return self

    def finalize_early(self, results: Sequence[Any]) -> None:
        """Put the results together while there are workers: what they share may go when they go.

        Raises:
            WrongResult: the results are not those of all tasks.
        """
        self._early = [self._finalized(results)]

    def check(self, results: Sequence[Any]) -> None:
        """Verify the results of one loop and keep what the workload observed.

        Raises:
            WrongResult: the results are not those of all tasks, or the workload's own check failed.
        """
        for result in self._early.pop() if self._early else self._finalized(results):
            self.observations = self.workload.verify(result)
        for seen in self.observations:
            if not math.isfinite(seen.value):
                raise WrongResult(f"observation '{seen.name}'", expected="a finite number", found=seen.value)

    def _finalized(self, results: Sequence[Any]) -> Sequence[object]:
        if len(results) != self.tasks:
            raise WrongResult("number of results", expected=self.tasks, found=len(results))
        each = self.tasks // self.copies
        copies = [results] if self.copies == 1 else [results[at : at + each] for at in range(0, self.tasks, each)]
        return [self.hooks.combine(one) for one in copies]


def _require_time(what: str, seconds: float) -> None:
    """Refuse what no clock says; zero is refused by pyperf, except where it looks for the number of loops."""
    if not 0 <= seconds < math.inf:
        raise WrongResult(what, expected="a finite number, not below 0", found=seconds)


@contextmanager
def timed(
    workload: AnyWorkload,
    runner_class: type[Runner],
    parameters: Mapping[str, ParameterValue],
    workers: int,
    phase: Phase,
    *,
    instrument: Callable[[Callable[[Any], Any]], Callable[[Any], Any]] | None = None,
    before_end: Callable[[], None] | None = None,
    copies: int = 1,
) -> Iterator[Timed]:
    """Open a workload, start a runner on it and yield what measures it.

    Warm: the workers start here and end when the context ends, outside every clock. Cold: each loop starts the
    workers, does all tasks once and stops the workers, all of it inside the clock. What the tasks share is made before
    the workers start, and brought back to its beginning before each loop, outside every clock.

    Args:
        workload: the work, calibrated.
        runner_class: the model.
        parameters: the runner's own parameters.
        workers: how many tasks may be in progress at once.
        phase: warm or cold.
        instrument: replaces the task function for a pass that is not timed; None leaves tasks unwrapped.
        copies: how often the tasks are done at once within a loop.
        before_end: called in a cold loop, outside its clock, while its workers are still there.

    Raises:
        UsageError: the runner needs a coroutine function and the workload has none.
    """
    info = runner_class.info
    work = type(workload).work_async if info.asynchronous else type(workload).work
    if work is None:
        raise UsageError(f"'{workload.name}' has no coroutine form for '{info.name}'")
    if instrument is not None:
        work = instrument(work)
    for module in info.imports:
        importlib.import_module(module)
    with workload.setup() as ready, ExitStack() as attached:
        tasks = ready.tasks() if copies == 1 else [*ready.tasks()] * copies

        def make() -> tuple[Runner, LoopHooks]:
            runner = runner_class(work=work, tasks=tasks, workers=workers, **parameters)
            return runner, attached.enter_context(ready.attach(runner))

        if phase == "warm":
            runner, hooks = make()
            with runner:
                yield _warm(runner, ready, hooks, len(tasks)).of(copies)
        else:
            cold = _cold(make, ready, len(tasks), before_end, instrumented=instrument is not None)
            yield cold.of(copies)


def _warm(runner: Runner, workload: AnyWorkload, hooks: LoopHooks, tasks: int) -> Timed:
    reset = hooks.reset
    if reset is None:
        return Timed(runner.run, workload, hooks, tasks)

    def run(loops: int) -> Timing:
        timings = _Timings()
        for _ in range(loops):
            reset()
            timing = runner.run(1)
            timings.add(timing, timing.seconds, 0.0)
        return timings.together()

    return Timed(run, workload, hooks, tasks)


def _cold(
    make: Callable[[], tuple[Runner, LoopHooks]],
    workload: AnyWorkload,
    tasks: int,
    before_end: Callable[[], None] | None,
    *,
    instrumented: bool,
) -> Timed:
    def run(loops: int) -> Timing:
        timings = _Timings()
        for _ in range(loops):
            runner, cold.hooks = make()
            if cold.hooks.reset is not None:
                cold.hooks.reset()
            started = time.perf_counter()
            with runner:
                entered = time.perf_counter()
                timing = runner.run(1)
                paused = time.perf_counter()
                if not instrumented:
                    cold.finalize_early(timing.results)
                if before_end is not None:
                    before_end()
                paused -= time.perf_counter()
            timings.add(timing, time.perf_counter() - started + paused, entered - started)
        return timings.together()

    cold = Timed(run, workload, LoopHooks(workload.combine), tasks, cold=True)
    return cold


@dataclass(slots=True)
class _Timings:
    """Loops that were timed one by one."""

    seconds: float = 0.0
    results: Sequence[Any] = ()
    firsts_s: list[float] = field(default_factory=list)

    def add(self, timing: Timing, seconds: float, before_s: float) -> None:
        """Add a loop that took `seconds`, of which `before_s` had gone before the runner read its clock."""
        self.seconds += seconds
        self.results = timing.results
        if timing.first_s is not None:
            self.firsts_s.append(before_s + timing.first_s)

    def together(self) -> Timing:
        """Return all loops as one measurement."""
        first_s = sum(self.firsts_s) / len(self.firsts_s) if self.firsts_s else None
        return Timing(self.seconds, self.results, first_s)
