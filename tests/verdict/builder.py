"""Small made-up runs: what each cell gave in each test, and around it profile, pilot, evidence and control.

    run = make_run(
        model={"serial": times(0.89), "futures-threads/40": times(0.05), "mp-pool/8": times(0.12)},
        workers={"futures-threads/20": times(0.055), "futures-threads/40": times(0.05)},
        profile=profile_of(task_s=0.022, cpu_share=0.06),
    )

A cell is named by its runner and workers; a runner without a count has one. A value is seconds, `capped(limit)`,
`broken(...)`, or None where the run never took it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from comparators.journal.records import (
    CellRecipe,
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
from comparators.workload import Model, Phase
from tests.verdict.cells import Broken, Capped, Details, Value, broken, capped, evidence_of, profile_of, times

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
    given = _given(model, workers, api)
    single = {**(pilot or {}), **dict.fromkeys(costs or {}, 0.0)}
    names = dict.fromkeys([*(name for test in given.values() for name in test), *single])
    spec = WorkloadSpec(workload, f"/work.py:{workload}", ())
    plain = Comparison(spec, phase, python, tasks, _candidates(names, limits or {}, tasks), _refused(not_applicable))
    comparison = replace(plain, levels=levels, kind=kind, own=own, timed=timed)
    book = _Book(comparison, details or {})
    book.take_all(given, pilot or {}, costs or {})
    interpreter = Interpreter(python, "/python", f"{python}.7", "CPython", gil, "0.1.0")
    return Run(
        header=_header(Plan(_settings(preset, thresholds, cpus), (interpreter,), (comparison,))),
        capacities=(ParallelCapacity(cpus, capacity),) if capacity is not None else (),
        calibrations=(),
        samples=tuple(book.samples),
        failures=tuple(book.failures),
        evidence=tuple(evidence_of(book.cell(name), **_counts(facts)) for name, facts in (evidence or {}).items()),
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


def _given(*tests: Mapping[str, Sequence[Value]] | None) -> dict[Level, Mapping[str, Sequence[Value]]]:
    return {level: test for level, test in zip(LEVELS, tests, strict=True) if test is not None}


def _header(plan: Plan) -> Header:
    return Header(1, plan, {"name": "host", "cpu_count": len(plan.settings.cpus)}, 1_800_000_000.0)


def _settings(preset: str, thresholds: Thresholds | None, cpus: int) -> Settings:
    return Settings(
        preset=preset,
        seed=1,
        seed_given=False,
        thresholds=thresholds or Thresholds.for_preset(preset),
        maximum_time_s=None,
        timeout_s=60.0,
        cpus=tuple(range(cpus)),
    )


def _candidates(names: Iterable[str], limits: Mapping[str, int], tasks: int) -> tuple[Candidate, ...]:
    runners = dict.fromkeys(name.partition("/")[0] for name in names)
    return tuple(
        Candidate(_spec(name), (), 1, limits.get(name, tasks), API_OF.get(name, ""), place)
        for place, name in enumerate(runners)
    )


def _refused(reasons: Mapping[str, str] | None) -> tuple[NotApplicable, ...]:
    return tuple(NotApplicable(_spec(name), reason) for name, reason in (reasons or {}).items())


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

    def take_all(
        self,
        tests: Mapping[Level, Mapping[str, Sequence[Value]]],
        pilot: Mapping[str, float | Capped | Broken],
        costs: Mapping[str, Sequence[float]],
    ) -> None:
        """Take the values of tests, pilot and costs."""
        for level, test in tests.items():
            self.test(level, test)
        for name, value in pilot.items():
            self.take(name, value, "pilot")
        for name, values in costs.items():
            for seconds in values:
                self.take(name, seconds, "cost")

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
