"""What a cause is looked for in: the timed rows of each model, and the instrumented passes that agree with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from comparators.journal.records import Evidence, ParallelCapacity, Profile
from comparators.verdict.analysis import ModelResult
from comparators.verdict.text_format import ratio
from comparators.workload import Model

__all__ = ["GAINS", "Situation", "View", "per_second"]

GAINS = 1.3
"""A gain from which a model is worth being explained: what is not worth a change needs no cause."""

WAITS = 0.5
"""Share of waiting from which tasks are said to wait: overlapping it alone can make them twice as fast."""

COMPUTES = 0.8
"""CPU seconds per second from which a task is said to compute: noise of a busy host alone stays above."""


@dataclass(frozen=True, slots=True)
class View:
    """One model as it was timed, with what an instrumented pass adds.

    Attributes:
        row: of the analysis, with a time.
        evidence: of the same cell; None without one that agrees with the timed samples.
    """

    row: ModelResult
    evidence: Evidence | None = None

    @property
    def workers(self) -> int:
        """How many tasks may be in progress at once."""
        return self.row.workers or 1

    @property
    def seconds(self) -> float:
        """Of all tasks once."""
        return self.row.seconds or 0.0

    @property
    def gain(self) -> float | None:
        """Times faster than the loop."""
        return self.row.gain.ratio if self.row.gain is not None else None

    @property
    def cpu_rate(self) -> float | None:
        """CPU seconds per second, of the timed samples where they counted them, else of the instrumented pass."""
        if self.row.cpu_s is not None and self.seconds > 0:
            return self.row.cpu_s / self.seconds
        if self.evidence is not None and self.evidence.wall_s > 0:
            return self.evidence.task_cpu_s / self.evidence.wall_s
        return None

    @property
    def task_s(self) -> float | None:
        """Mean duration of a task in the instrumented pass."""
        return self.evidence.busy_s / self.evidence.tasks if self.evidence is not None and self.evidence.tasks else None

    @property
    def delayed(self) -> float:
        """Share of the workers' time in which they could have run but had no CPU."""
        evidence = self.evidence
        if evidence is None or not evidence.wall_s:
            return 0.0
        return evidence.delayed_s / (evidence.wall_s * max(1, evidence.workers_seen))

    @property
    def words(self) -> str:
        """Its workers in words: `2 threads`, `async`."""
        model = self.row.model
        if model in ("loop", "async"):
            return "the loop" if model == "loop" else "async"
        return f"{self.workers} {model}" if self.workers > 1 else f"one {_SINGULAR[model]}"


_SINGULAR: Mapping[Model, str] = {"threads": "thread", "processes": "process", "interpreters": "interpreter"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a comparison when a cause is looked for.

    Attributes:
        best: the recommended model.
        views: every model with a time, the best included.
        bounds: models that were stopped at a limit: at least this many times the best's seconds.
        profile: what the tasks do on their own; None without one.
        tasks: how many.
        cpus: that the run may use.
        gil: whether the interpreter has it on.
        cold: whether starting and stopping the workers counts.
        capacities: what independent busy processes reach.
        coroutine_only: whether there is no form of the work but a coroutine.
    """

    best: View
    views: Mapping[Model, View]
    profile: Profile | None
    tasks: int
    cpus: int
    gil: bool
    cold: bool = False
    bounds: Mapping[Model, float] = field(default_factory=dict)
    capacities: Sequence[ParallelCapacity] = ()

    @property
    def loop(self) -> View | None:
        """The plain loop."""
        return self.views.get("loop")

    @property
    def task_s(self) -> float | None:
        """Seconds of a task on its own: the loop's share or the profile's, whichever has less of the clocks in it."""
        known = [self.loop.seconds / self.tasks] if self.loop is not None and self.tasks else []
        known += [self.profile.task_s] if self.profile is not None else []
        return min(known, default=None)

    @property
    def cpu_share(self) -> float | None:
        """CPU seconds per second of tasks on their own; None where nothing tells."""
        if self.profile is not None:
            return min(1.0, self.profile.cpu_share)
        loop = self.loop
        return loop.evidence.cpu_share if loop is not None and loop.evidence is not None else None

    @property
    def computes(self) -> bool:
        """Whether tasks compute nearly all of their time."""
        return self.cpu_share is not None and self.cpu_share >= COMPUTES

    @property
    def waits(self) -> bool:
        """Whether tasks wait for a good part of their time."""
        return self.cpu_share is not None and 1 - self.cpu_share >= WAITS

    @property
    def best_gain(self) -> float:
        """How many times faster than the loop the best is; 1 where that is not known."""
        return self.best.gain or 1.0

    def wanted(self, view: View) -> float:
        """Return the CPU seconds per second that a model's tasks would use if nothing held them up."""
        return min(float(self.cpus), min(view.workers, self.tasks) * (self.cpu_share or 0.0))

    def parallel(self) -> list[View]:
        """Return the models other than the loop, fastest first."""
        others = [view for model, view in self.views.items() if model != "loop"]
        return sorted(others, key=lambda view: view.seconds)

    def capacity(self, workers: int) -> float | None:
        """Return how many times the work of one this many busy processes do; None if unknown."""
        counted = {one.workers: one.speedup for one in self.capacities if one.workers > 1}
        return counted.get(min(workers, max(counted))) if counted else None


def per_second(rate: float) -> str:
    """Write CPU seconds per second."""
    return f"{ratio(rate)} CPU seconds per second"
