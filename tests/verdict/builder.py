"""Small made-up runs: what each cell gave in each test, and around it profile, pilot, evidence and control.

    run = make_run(
        model={"serial": times(0.89), "futures-threads/40": times(0.05), "mp-pool/8": times(0.12)},
        workers={"futures-threads/20": times(0.055), "futures-threads/40": times(0.05)},
        profile=profile_of(task_s=0.022, cpu_share=0.06),
    )

A cell is named by its runner and workers; a runner without a count has one. A value is seconds, `capped(limit)`,
`broken(...)`, or None where the run never took it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from comparators.journal.records import Cause as FailureCause
from comparators.journal.records import (
    CellRecipe,
    Evidence,
    Failure,
    Finished,
    Header,
    Level,
    LevelTest,
    ParallelCapacity,
    Profile,
    Run,
    Sample,
    Stage,
)
from comparators.parameters import ParameterValue
from comparators.plan.model import (
    Candidate,
    Cell,
    Comparison,
    Interpreter,
    NotApplicable,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)
from comparators.stats.thresholds import Thresholds
from comparators.workload import Model, Observation, Phase

__all__ = [
    "Broken",
    "Capped",
    "Details",
    "Value",
    "broken",
    "capped",
    "evidence_of",
    "make_run",
    "merge_runs",
    "profile_of",
    "times",
]

MODEL_OF: Mapping[str, Model] = {
    "serial": "loop",
    "futures-threads": "threads",
    "threadpool": "threads",
    "anyio-threads": "threads",
    "futures-processes": "processes",
    "mp-pool": "processes",
    "asyncio": "async",
    "anyio": "async",
    "futures-interpreters": "interpreters",
}
API_OF = {
    "serial": "for",
    "futures-threads": "ThreadPoolExecutor({workers})",
    "futures-processes": "ProcessPoolExecutor({workers})",
    "mp-pool": "multiprocessing.Pool({workers})",
    "asyncio": "asyncio.TaskGroup",
}
LEVELS: tuple[Level, ...] = ("model", "workers", "api")


@dataclass(frozen=True)
class Capped:
    """A sample that was stopped at a limit."""

    limit_s: float


@dataclass(frozen=True)
class Broken:
    """A sample that failed."""

    cause: FailureCause = "crashed"
    message: str = "killed by SIGSEGV"
    details: str = ""


Value = float | Capped | Broken | None


@dataclass(frozen=True)
class Details:
    """What the samples of a cell say beside the time."""

    start_s: float | None = None
    cpu_s: float | None = None
    memory_bytes: int | None = None
    observations: tuple[Observation, ...] = ()
    metadata: Mapping[str, ParameterValue] = field(default_factory=dict)


def capped(limit_s: float) -> Capped:
    """Return a value that was stopped."""
    return Capped(limit_s)


def broken(cause: FailureCause = "crashed", message: str = "killed by SIGSEGV", details: str = "") -> Broken:
    """Return a value that failed."""
    return Broken(cause, message, details)


def times(seconds: float, blocks: int = 5, *, share: float = 0.01, start: int | None = None) -> list[Value]:
    """Return values close to `seconds`; the noise of cells with different seconds follows different patterns."""
    noise = Random(repr(seconds) if start is None else start)
    return [seconds * math.exp(noise.uniform(-share, share)) for _ in range(blocks)]


def profile_of(
    *,
    task_s: float = 0.02,
    cpu_share: float = 1.0,
    tasks: int = 40,
    longest_s: float | None = None,
    library_threads: float = 0.0,
    threads_gain: float | None = None,
    repeat_ratio: float | None = None,
    pickled_bytes: float | None = None,
    blocked_share: float | None = None,
) -> Profile:
    """Return a profile of tasks that are all alike unless said otherwise."""
    return Profile(
        workload="get",
        python="3.11",
        tasks=tasks,
        seen=min(tasks, 5),
        task_s=task_s,
        longest_s=task_s if longest_s is None else longest_s,
        total_s=task_s * tasks,
        cpu_share=cpu_share,
        library_threads=library_threads,
        threads_gain=threads_gain,
        repeat_ratio=repeat_ratio,
        pickled_bytes=pickled_bytes,
        blocked_share=blocked_share,
    )


def evidence_of(
    cell: Cell,
    *,
    wall_s: float,
    busy_s: float,
    task_cpu_s: float,
    peak: int | None = None,
    workers_seen: int | None = None,
    total_s: float | None = None,
    tasks: int = 40,
    pickled_bytes: int = 0,
    longest_s: float | None = None,
    delayed_s: float = 0.0,
) -> Evidence:
    """Return what an instrumented pass of a cell found."""
    return Evidence(
        cell=cell,
        tasks=tasks,
        wall_s=wall_s,
        total_s=wall_s * 1.01 if total_s is None else total_s,
        busy_s=busy_s,
        task_cpu_s=task_cpu_s,
        peak=min(cell.workers, tasks) if peak is None else peak,
        workers_seen=cell.workers if workers_seen is None else workers_seen,
        pickled_bytes=pickled_bytes,
        longest_s=busy_s / tasks if longest_s is None else longest_s,
        idle_tail_s=0.0,
        switches_voluntary=10,
        switches_involuntary=2,
        delayed_s=delayed_s,
    )


def make_run(
    *,
    model: Mapping[str, Sequence[Value]] | None = None,
    workers: Mapping[str, Sequence[Value]] | None = None,
    api: Mapping[str, Sequence[Value]] | None = None,
    pilot: Mapping[str, float | Capped | Broken] | None = None,
    costs: Mapping[str, Sequence[float]] | None = None,
    details: Mapping[str, Details] | None = None,
    evidence: Mapping[str, Mapping[str, float]] | None = None,
    profile: Profile | None = None,
    control: Sequence[tuple[float, float]] = (),
    recipes: Mapping[str, str] | None = None,
    not_applicable: Mapping[str, str] | None = None,
    limits: Mapping[str, int] | None = None,
    workload: str = "get",
    kind: str = "",
    tasks: int = 40,
    phase: Phase = "warm",
    python: str = "3.11",
    gil: bool = True,
    cpus: int = 2,
    own: bool = True,
    timed: bool = True,
    levels: tuple[Level, ...] = LEVELS,
    preset: str = "default",
    thresholds: Thresholds | None = None,
    capacity: float | None = None,
    finished: bool = True,
) -> Run:
    """Make a run of one comparison."""
    tests = {"model": model, "workers": workers, "api": api}
    given: dict[Level, Mapping[str, Sequence[Value]]] = {
        level: test for level in LEVELS if (test := tests[level]) is not None
    }
    comparison = _comparison(
        [*(name for test in given.values() for name in test), *(pilot or {}), *(costs or {})],
        not_applicable or {},
        limits or {},
        Comparison(WorkloadSpec(workload, f"/work.py:{workload}", ()), phase, python, tasks, (), levels=levels),
    )
    comparison = replace(comparison, kind=kind, own=own, timed=timed)
    book = _Book(comparison, details or {})
    for level, test in given.items():
        book.test(level, test)
    for name, value in (pilot or {}).items():
        book.take(name, value, "pilot")
    for name, values in (costs or {}).items():
        for seconds in values:
            book.take(name, seconds, "cost")
    settings = Settings(
        preset=preset,
        seed=1,
        seed_given=False,
        thresholds=thresholds or Thresholds.for_preset(preset),
        maximum_time_s=None,
        timeout_s=60.0,
        cpus=tuple(range(cpus)),
    )
    plan = Plan(settings, (Interpreter(python, "/python", f"{python}.7", "CPython", gil, "0.1.0"),), (comparison,))
    looks = {name: evidence_of(book.cell(name), **_counts(facts)) for name, facts in (evidence or {}).items()}
    return Run(
        header=Header(1, plan, {"name": "host", "cpu_count": cpus}, 1_800_000_000.0),
        capacities=(ParallelCapacity(cpus, capacity),) if capacity is not None else (),
        calibrations=(),
        samples=tuple(book.samples),
        failures=tuple(book.failures),
        evidence=tuple(looks.values()),
        finished=Finished("complete", 12.5) if finished else None,
        controls=tuple(book.controls(control)),
        recipes=tuple(CellRecipe(book.cell(name), source) for name, source in (recipes or {}).items()),
        profiles=(replace(profile, workload=workload, python=python, tasks=tasks),) if profile is not None else (),
        tests=tuple(LevelTest(level, tuple(map(book.cell, test)), (1,) * len(test)) for level, test in given.items()),
    )


def merge_runs(*runs: Run) -> Run:
    """Put the comparisons of several runs into one."""
    first = runs[0]
    comparisons = tuple(one for run in runs for one in run.header.plan.comparisons)
    pythons = {one.label: one for run in runs for one in run.header.plan.interpreters}
    plan = replace(first.header.plan, comparisons=comparisons, interpreters=tuple(pythons.values()))
    return replace(
        first,
        header=replace(first.header, plan=plan),
        samples=tuple(one for run in runs for one in run.samples),
        failures=tuple(one for run in runs for one in run.failures),
        evidence=tuple(one for run in runs for one in run.evidence),
        recipes=tuple(one for run in runs for one in run.recipes),
        profiles=tuple(one for run in runs for one in run.profiles),
        tests=tuple(one for run in runs for one in run.tests),
    )


def _counts(facts: Mapping[str, float]) -> dict[str, Any]:
    whole = ("peak", "workers_seen", "tasks", "pickled_bytes")
    return {name: int(value) if name in whole else value for name, value in facts.items()}


def _comparison(
    names: Sequence[str], refused: Mapping[str, str], limits: Mapping[str, int], plain: Comparison
) -> Comparison:
    runners = dict.fromkeys(name.partition("/")[0] for name in names)
    candidates = tuple(
        Candidate(_spec(name), (), 1, limits.get(name, plain.tasks), API_OF.get(name, ""), place)
        for place, name in enumerate(runners)
    )
    excluded = tuple(NotApplicable(_spec(name), reason) for name, reason in refused.items())
    return replace(plain, candidates=candidates, not_applicable=excluded)


def _spec(name: str) -> RunnerSpec:
    plain, bracket, rest = name.partition("[")
    parameters: tuple[tuple[str, ParameterValue], ...] = ()
    if bracket:
        key, _, value = rest.rstrip("]").partition("=")
        parameters = ((key, int(value) if value.isdigit() else value),)
    return RunnerSpec(plain, f"comparators:{plain}", MODEL_OF[plain], parameters)


@dataclass
class _Book:
    """Collects the records of one comparison."""

    comparison: Comparison
    details: Mapping[str, Details]
    samples: list[Sample] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def cell(self, name: str) -> Cell:
        runner, _, workers = name.partition("/")
        return self.comparison.cell(_spec(runner), int(workers or 1))

    def test(self, level: Level, values: Mapping[str, Sequence[Value]]) -> None:
        """Take the blocks of a test; the order within a block goes round."""
        names = list(values)
        for block in range(max(map(len, values.values()), default=0)):
            turned = names[block % len(names) :] + names[: block % len(names)]
            for position, name in enumerate(turned):
                value = values[name][block] if block < len(values[name]) else None
                if value is not None:
                    self.take(name, value, "test", level=level, block=block, position=position)

    def take(
        self,
        name: str,
        value: float | Capped | Broken,
        stage: Stage,
        *,
        level: Level | None = None,
        block: int = -1,
        position: int = 0,
    ) -> None:
        cell = self.cell(name)
        if isinstance(value, Capped):
            message = f"stopped: slower than {value.limit_s:.3g} s"
            self.failures.append(
                Failure(cell, stage, "capped", message, "", block, value.limit_s, value.limit_s, level)
            )
        elif isinstance(value, Broken):
            self.failures.append(
                Failure(cell, stage, value.cause, value.message, value.details, block, 0.1, None, level)
            )
        else:
            self.samples.append(self._sample(name, cell, value, stage, level, block, position))

    def controls(self, pairs: Sequence[tuple[float, float]]) -> Iterator[Sample]:
        for block, pair in enumerate(pairs):
            for position, seconds in enumerate(pair):
                yield self._sample("serial", self.cell("serial"), seconds, "control", None, block, position)

    def _sample(
        self, name: str, cell: Cell, seconds: float, stage: Stage, level: Level | None, block: int, position: int
    ) -> Sample:
        said = self.details.get(name, Details())
        metadata: dict[str, ParameterValue] = {"comparators_first_s": seconds / 10, **said.metadata}
        if said.start_s is not None:
            metadata["comparators_start_s"] = said.start_s
        if said.cpu_s is not None:
            metadata["comparators_cpu_s"] = said.cpu_s
        if said.memory_bytes is not None:
            metadata |= {"comparators_memory_bytes": said.memory_bytes, "comparators_memory_kind": "PSS"}
        return Sample(
            cell=cell,
            stage=stage,
            seconds=seconds,
            warmup_s=seconds if cell.phase == "warm" else None,
            loops=1,
            block=block,
            position=position,
            previous="",
            elapsed_s=seconds * 2 + 0.01,
            cpu_s=seconds,
            observations=said.observations,
            metadata=metadata,
            level=level,
        )
