"""A sampler whose samples take the seconds that a formula says: no process runs and no time passes."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.comparison import ComparisonRun
from comparators.campaign.outcome import Occasion
from comparators.campaign.worker_client import Warmth
from comparators.journal.records import Cause, Evidence, Failure, LevelTest, Profile, Sample
from comparators.plan.model import Candidate, Cell, Comparison, RunnerSpec, Settings
from comparators.runner import Model
from comparators.stats.thresholds import Thresholds
from comparators.workload import Observation
from tests.journal.records import COMPARISON, SETTINGS, evidence, profile

__all__ = [
    "COMPUTING",
    "CROWDED",
    "DEFAULT",
    "MANY",
    "MIXED",
    "SHARED",
    "THREAD_APIS",
    "TINY",
    "WAITING",
    "Host",
    "SimulatedSampler",
    "Taken",
    "candidate",
    "comparison_of",
    "comparison_run",
    "counts",
    "measured",
    "runner",
    "sufficient",
    "winner",
]

LOOP = Candidate(RunnerSpec("serial", "made.up:serial", "loop"), counts=(), fewest=1, limit=1)
PER_TASK_S = {"loop": 0.0, "threads": 20e-6, "processes": 400e-6, "async": 15e-6, "interpreters": 200e-6}
"""Seconds in which a task is handed over and its result taken back."""


def runner(name: str, model: Model) -> RunnerSpec:
    """Return a runner that exists in name only."""
    return RunnerSpec(name, f"made.up:{name}", model)


def candidate(name: str, model: Model, *, limit: int = 64, rank: int = 0, **changes: Any) -> Candidate:
    """Return a runner that takes part with worker counts that are searched for."""
    whole = Candidate(runner(name, model), counts=(), fewest=1, limit=limit, rank=rank)
    return replace(whole, **changes)


MODELS = (
    LOOP,
    candidate("threads", "threads"),
    candidate("processes", "processes", limit=32),
    candidate("async", "async"),
    candidate("interpreters", "interpreters", limit=32),
)


def comparison_of(*candidates: Candidate, **changes: Any) -> Comparison:
    """Return a comparison of these with the plain loop; of one runner of each model by default."""
    rivals = candidates or MODELS[1:]
    return replace(COMPARISON, **{"candidates": (LOOP, *rivals), "tasks": 40, **changes})


@dataclass(frozen=True)
class Host:
    """Work on a host, as far as it decides how long a sample takes.

    Attributes:
        cpus: of the host.
        tasks, task_s: their number, and the seconds of each on its own.
        cpu_share: of a task's seconds that compute; in the rest it waits.
        gil: whether threads take turns at computing.
        noise: relative standard deviation of a value.
        broken: what becomes of a sample; None for a value.
    """

    cpus: int = 2
    tasks: int = 40
    task_s: float = 0.02
    cpu_share: float = 1.0
    gil: bool = True
    noise: float = 0.01
    broken: Callable[[Occasion], Cause | None] = lambda occasion: None

    def seconds(self, cell: Cell) -> float:
        """Return the seconds of one loop: what computes shares the CPUs or the GIL, what waits does so at once."""
        model, workers = cell.runner.model, min(cell.workers, self.tasks)
        computing_s = self.tasks * self.task_s * self.cpu_share
        if model == "loop":
            return self.tasks * self.task_s
        together = model in ("threads", "async") and (self.gil or model == "async")
        at_once = 1 if together else min(workers, self.cpus)
        handing_s = self.tasks * PER_TASK_S[model]
        return max(computing_s / at_once, self.tasks * self.task_s / workers) + handing_s

    def __call__(self, occasion: Occasion) -> float | Cause:
        """Return what a sample comes to."""
        if cause := self.broken(occasion):
            return cause
        chance = random.Random(f"{occasion.cell.key}/{occasion.stage}/{occasion.level}/{occasion.block}")
        return self.seconds(occasion.cell) * chance.lognormvariate(0.0, self.noise)

    @property
    def profile(self) -> Profile:
        """What a look at a few tasks says."""
        return profile(
            tasks=self.tasks,
            task_s=self.task_s,
            longest_s=self.task_s,
            total_s=self.tasks * self.task_s,
            cpu_share=self.cpu_share,
        )


@dataclass(frozen=True)
class Taken:
    """A sample that was asked for, and what came of it."""

    occasion: Occasion
    loops: int
    cap_s: float | None
    deadline_s: float | None
    record: Sample | Failure

    @property
    def cell(self) -> Cell:
        """What was measured."""
        return self.occasion.cell


@dataclass
class SimulatedSampler:
    """Stands in for `comparators.campaign.sampler.Sampler`.

    Attributes:
        outcome: seconds of one loop, or the cause of a failure.
        profiled: what the profile comes to.
        costed: runners whose work reports the cost of a primitive.
        overhead_s: seconds of a sample beside its loops.
        ends_s: the clock's seconds at which the run's time is up.
        steps: what was done, in order: "profile", "model", …, "recipe", "evidence", "control".
        shortened: to how many items lists were shortened.
    """

    outcome: Callable[[Occasion], float | Cause]
    profiled: Profile | Failure = field(default_factory=profile)
    costed: tuple[str, ...] = ()
    overhead_s: float = 0.03
    ends_s: float = float("inf")
    clock_s: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    tests: list[LevelTest] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    recipes: list[Cell] = field(default_factory=list)
    traced: list[Cell] = field(default_factory=list)
    shortened: list[int] = field(default_factory=list)
    client: Any = field(default_factory=lambda: SimpleNamespace(warmth=Warmth()))

    def enter(self, comparison: Comparison) -> None:
        self.steps.append("enter")

    def calibrate(self, comparison: Comparison, cell: Cell) -> None:
        self.steps.append("calibrate")

    def profile(self, comparison: Comparison, cell: Cell) -> Profile | Failure:
        self.steps.append("profile")
        return self.profiled

    def take_first(self, comparison: Comparison, count: int) -> None:
        """From here on the work is that of the first items only."""
        self.steps.append("take first")
        self.shortened.append(count)
        if isinstance(self.outcome, Host):
            self.outcome = replace(self.outcome, tasks=count)

    def begin(self, comparison: Comparison, test: LevelTest) -> LevelTest:
        self.tests.append(test)
        return test

    def recipe(self, cell: Cell) -> None:
        self.steps.append("recipe")
        self.recipes.append(cell)

    def evidence(self, cell: Cell) -> Evidence:
        self.steps.append("evidence")
        self.traced.append(cell)
        return evidence(cell)

    def sample(
        self, occasion: Occasion, *, loops: int = 1, cap_s: float | None = None, deadline_s: float | None = None
    ) -> Sample | Failure:
        if self.clock_s >= self.ends_s:
            raise OutOfTime
        self.steps.append(occasion.level or occasion.stage)
        record = self._record(occasion, loops, cap_s)
        self.clock_s += record.elapsed_s
        self.taken.append(Taken(occasion, loops, cap_s, deadline_s, record))
        return record

    def _record(self, occasion: Occasion, loops: int, cap_s: float | None) -> Sample | Failure:
        found = self.outcome(occasion)
        if isinstance(found, str):
            return self._failure(occasion, found, 0.0)
        if cap_s is not None and found > cap_s:
            return self._failure(occasion, "capped", cap_s * loops, cap_s)
        costs = Observation("cost", 1.0, "ns", primitive="lock", operation="uncontended")
        return Sample(
            cell=occasion.cell,
            stage=occasion.stage,
            level=occasion.level,
            seconds=found,
            warmup_s=found,
            loops=loops,
            block=occasion.block,
            position=occasion.position,
            previous="",
            elapsed_s=found * (loops + 1) + self.overhead_s,
            cpu_s=0.0,
            observations=(costs,) if occasion.cell.runner.name in self.costed else (),
        )

    def _failure(self, occasion: Occasion, cause: Cause, seconds: float, limit_s: float | None = None) -> Failure:
        return Failure(
            cell=occasion.cell,
            stage=occasion.stage,
            level=occasion.level,
            cause=cause,
            message="made up",
            details="",
            block=occasion.block,
            elapsed_s=seconds + self.overhead_s,
            limit_s=limit_s,
        )

    def clock(self) -> Clock:
        """Return a clock that moves with the samples."""
        return Clock(0.0, None, lambda: self.clock_s)

    def tested(self, level: str) -> list[Taken]:
        """Return the samples of a level's test, in order."""
        return [one for one in self.taken if one.occasion.stage == "test" and one.occasion.level == level]

    def begun(self, level: str) -> LevelTest:
        """Return with what the test of a level began."""
        (test,) = [one for one in self.tests if one.level == level]
        return test

    def staged(self, stage: str) -> list[Taken]:
        """Return the samples of a stage, in order."""
        return [one for one in self.taken if one.occasion.stage == stage]


def comparison_run(
    sampler: SimulatedSampler,
    comparison: Comparison | None = None,
    *,
    settings: Settings = SETTINGS,
    deadline_s: float = float("inf"),
    controlled: bool = False,
) -> ComparisonRun:
    """Return a comparison that is measured by a simulated sampler, on a clock that moves with its samples."""
    return ComparisonRun(
        comparison=comparison or comparison_of(),
        sampler=sampler,  # type: ignore[arg-type]  # it offers what a comparison uses
        settings=settings,
        clock=sampler.clock(),
        deadline_s=deadline_s,
        controlled=controlled,
        tell=lambda activity, cell, block, test: None,
    )


COMPUTING = Host(cpu_share=1.0)
WAITING = Host(cpu_share=0.01)
MIXED = Host(cpu_share=0.25, gil=False, cpus=2)
SHARED = Host(cpu_share=0.25, cpus=1)
"""Four workers keep the CPU busy, and more do no harm."""
TINY = Host(task_s=1e-6)
CROWDED = Host(cpu_share=0.01, tasks=400)
"""So many items that wait that 200 workers are worth a try on two CPUs."""
MANY = comparison_of(
    candidate("threads", "threads", limit=400),
    candidate("processes", "processes", limit=400),
    candidate("async", "async", limit=400),
    tasks=400,
)
THREAD_APIS = (
    candidate("threads", "threads", rank=0),
    candidate("threadpool", "threads", rank=1),
    candidate("threading", "threads", rank=2),
)
DEFAULT = replace(SETTINGS, preset="default", thresholds=Thresholds.for_preset("default"))


def measured(
    host: Host, comparison: Comparison | None = None, **given: object
) -> tuple[SimulatedSampler, ComparisonRun]:
    """Measure a comparison on a simulated host to its answer."""
    comparison = comparison or comparison_of(tasks=host.tasks)
    sampler = SimulatedSampler(host, profiled=replace(host.profile, tasks=host.tasks))
    run = comparison_run(sampler, comparison, **given)  # type: ignore[arg-type]  # options of a comparison
    run.measure()
    return sampler, run


def counts(sampler: SimulatedSampler, level: str) -> dict[str, list[int]]:
    """Return the worker counts of each runner in the test of a level."""
    found: dict[str, list[int]] = {}
    for cell in sampler.begun(level).cells:
        found.setdefault(cell.runner.name, []).append(cell.workers)
    return found


def winner(run: ComparisonRun) -> Model:
    """Return the model that won."""
    best = run._best()
    assert best is not None
    return best.runner.model


def sufficient(run: ComparisonRun) -> int:
    """Return the worker count of the answer."""
    best = run._best()
    assert best is not None
    return best.workers
