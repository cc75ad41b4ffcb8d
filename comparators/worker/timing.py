"""From a workload and a runner to the function that pyperf times; used by our worker and by `comparators bench`."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from comparators.errors import UsageError, WrongResult
from comparators.runner import Timing
from comparators.workload import LoopHooks, Workload

if TYPE_CHECKING:  # the plan is for the command; a worker process, which imports this, starts faster without it
    from comparators.parameters import ParameterValue
    from comparators.runner import Runner
    from comparators.worker.resource_usage import ResourceUsage
    from comparators.workload import Observations, Phase

    AnyWorkload = Workload[Any, Any]

__all__ = ["Timed", "timed"]


@dataclass(slots=True)
class Timed:
    """A time function in pyperf's sense: `timed(loops)` returns the seconds that `loops` loops took.

    With several `copies` a loop does all tasks that often at once, and the seconds are for one of them.

    The result of every call is verified, outside the clock; `observations` and `first_s`, see `Timing`, are those of
    the last call. `usage`, if any, is called when a measurement begins and ends, outside the clock, too.

    Attributes:
        runner: the runner whose workers exist already; None when cold.
        entered_s: seconds that starting the workers took, until the runner could be given tasks; 0 when cold.
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
    runner: Runner | None = None
    entered_s: float = 0.0
    _early: list[Sequence[object]] = field(default_factory=list)

    @property
    def warms_up_with_all_tasks(self) -> bool:
        """Whether a part of the tasks would not do: they need each other, or each worker has one at most."""
        together = not self.workload.independent or self.hooks.reset is not None
        return self.runner is None or together or self.tasks <= self.runner.workers

    def warm_up(self) -> float:
        """Let each worker do one task, outside every clock of ours; return the runner's seconds.

        Results are not verified: those of the value are, which comes afterwards.

        Raises:
            WrongResult: the runner's seconds cannot be.
        """
        if self.runner is None or self.warms_up_with_all_tasks:
            seconds = self.run(1).seconds
        else:
            tasks = self.runner.tasks
            self.runner.tasks = tasks[: self.runner.workers]
            try:
                seconds = self.runner.run(1).seconds
            finally:
                self.runner.tasks = tasks
        _require_time("seconds", seconds)
        return seconds

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
    work = workload.work_async if info.asynchronous else workload.work
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
            began = time.perf_counter()
            with runner:
                entered_s = time.perf_counter() - began
                yield replace(_warm(runner, ready, hooks, len(tasks)), entered_s=entered_s, copies=copies)
        else:
            cold = _cold(make, ready, len(tasks), before_end, instrumented=instrument is not None)
            cold.copies = copies  # the same object as its own loop refers to
            yield cold


def _warm(runner: Runner, workload: AnyWorkload, hooks: LoopHooks, tasks: int) -> Timed:
    reset = hooks.reset
    if reset is None:
        return Timed(runner.run, workload, hooks, tasks, runner=runner)

    def run(loops: int) -> Timing:
        timings = _Timings()
        for _ in range(loops):
            reset()
            timing = runner.run(1)
            timings.add(timing, timing.seconds, 0.0)
        return timings.together()

    return Timed(run, workload, hooks, tasks, runner=runner)


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
