"""Small made-up runs: one comparison, each runner's pilot and race written down as numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from comparators.journal.records import (
    Cause,
    Evidence,
    Failure,
    Finished,
    Header,
    ParallelCapacity,
    Race,
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
    Phase,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)
from comparators.runner import Model

__all__ = ["SETTINGS", "Broken", "Capped", "Lane", "Shown", "evidence_of", "make_run", "merge_runs", "wobble"]

SETTINGS = Settings(
    preset="default",
    seed=1,
    seed_given=False,
    margin=0.05,
    looks=(5, 7, 10),
    cold_looks=(5, 7, 10),
    minimum_time_s=0.1,
    drop_above=2.0,
    certain_above=3.0,
    racers_maximum=8,
    maximum_time_s=None,
    timeout_s=60.0,
    cpus=(0, 1),
)
WORKLOAD = WorkloadSpec("squares", "elsewhere:Squares", (("count", 16),))


@dataclass(frozen=True)
class Capped:
    """A sample that was stopped at a limit."""

    limit_s: float


@dataclass(frozen=True)
class Broken:
    """A sample that failed."""

    cause: Cause = "crashed"
    message: str = "killed by SIGSEGV"


@dataclass(frozen=True)
class Shown:
    """An instrumented look, in the numbers that matter to a reason."""

    wall_s: float
    busy_s: float
    task_cpu_s: float
    peak: int
    workers_seen: int
    total_s: float | None = None
    tasks: int = 16
    pickled_bytes: int = 0
    longest_s: float | None = None
    idle_tail_s: float = 0.0
    delayed_s: float = 0.0
    switches_voluntary: int = 10
    switches_involuntary: int = 2


@dataclass(frozen=True)
class Lane:
    """One runner: seconds by worker count in the pilot, then its values block by block; None for no value."""

    model: Model
    pilot: Mapping[int, float | Capped | Broken] = field(default_factory=dict)
    race: Sequence[float | Capped | Broken | None] = ()
    shown: Shown | None = None
    workers: int | None = None
    memory_bytes: int | None = None
    preflight: Broken | None = None


def wobble(seconds: float, blocks: int, *, share: float = 0.002, start: int = 0) -> list[float]:
    """Return values close to `seconds` that repeat no pattern of another start."""
    return [seconds * (1 + share * (((number + start) * 7919 % 13) - 6) / 6) for number in range(blocks)]


def make_run(
    lanes: Mapping[str, Lane],
    *,
    phase: Phase = "warm",
    settings: Settings = SETTINGS,
    finished: Literal["complete", "interrupted", "out-of-time"] | None = "complete",
    not_applicable: Mapping[str, str] | None = None,
    gil: bool = True,
    capacities: Sequence[ParallelCapacity] = (),
    order: Sequence[str] | None = None,
    copies: Mapping[str, Sequence[float]] | None = None,
) -> Run:
    """Make a run of one comparison. Positions in a block go round; `order` fixes them.

    `copies` holds, for the runner that the run is controlled with, the seconds of its copy by block.
    """
    specs = {label: RunnerSpec(label, f"elsewhere:{label}", lane.model) for label, lane in lanes.items()}
    refused = tuple(
        NotApplicable(RunnerSpec(label, f"elsewhere:{label}", "processes"), reason)
        for label, reason in (not_applicable or {}).items()
    )
    candidates = tuple(
        Candidate(specs[label], tuple(lane.pilot) or (1,), search=False, limit=16) for label, lane in lanes.items()
    )
    comparison = Comparison(WORKLOAD, phase, "3.11", 16, candidates, refused)
    plan = Plan(settings, (Interpreter("3.11", "/python", "3.11.7", "CPython", gil, "0.1.0"),), (comparison,))
    records = _Records([], [], [])
    for label, lane in lanes.items():
        _pilot(comparison, specs[label], lane, records)
    for number in range(max((len(lane.race) for lane in lanes.values()), default=0)):
        _block(comparison, specs, lanes, number, records, order)
    return Run(
        header=Header(1, plan, {"name": "host", "cpu_count": 2}, 1_800_000_000.0),
        capacities=tuple(capacities),
        calibrations=(),
        samples=tuple(records.samples),
        failures=tuple(records.failures),
        evidence=tuple(records.evidence),
        finished=None if finished is None else Finished(finished, 12.5),
        races=_races(comparison, specs, lanes),
        controls=tuple(
            _sample(comparison.cell(specs[label], _workers(lanes[label])), "control", value, block, len(lanes), "")
            for label, values in (copies or {}).items()
            for block, value in enumerate(values)
        ),
    )


def merge_runs(first: Run, second: Run) -> Run:
    """Put the comparisons of two runs into one."""
    plan = replace(first.header.plan, comparisons=(*first.header.plan.comparisons, *second.header.plan.comparisons))
    return replace(
        first,
        header=replace(first.header, plan=plan),
        samples=(*first.samples, *second.samples),
        failures=(*first.failures, *second.failures),
        evidence=(*first.evidence, *second.evidence),
        races=(*first.races, *second.races),
    )


@dataclass
class _Records:
    samples: list[Sample]
    failures: list[Failure]
    evidence: list[Evidence]


def _pilot(comparison: Comparison, spec: RunnerSpec, lane: Lane, records: _Records) -> None:
    if lane.preflight is not None:
        cell = comparison.cell(spec, 1)
        records.failures.append(Failure(cell, "preflight", lane.preflight.cause, lane.preflight.message, "", -1, 0.1))
    for count, value in lane.pilot.items():
        cell = comparison.cell(spec, count)
        if isinstance(value, float):
            metadata: dict[str, ParameterValue] = {"comparators_cpu_s": 1.06 * value}
            if lane.memory_bytes:
                metadata |= {"comparators_memory_bytes": lane.memory_bytes, "comparators_memory_kind": "PSS"}
            records.samples.append(replace(_sample(cell, "pilot", value, -1, 0, ""), metadata=metadata))
        else:
            records.failures.append(_failure(cell, "pilot", value, -1))
    if lane.shown is not None:
        records.evidence.append(evidence_of(comparison.cell(spec, _workers(lane)), lane.shown))


def _block(
    comparison: Comparison,
    specs: Mapping[str, RunnerSpec],
    lanes: Mapping[str, Lane],
    number: int,
    records: _Records,
    order: Sequence[str] | None,
) -> None:
    labels = list(order or lanes)
    turned = labels if order else labels[number * number % len(labels) :] + labels[: number * number % len(labels)]
    previous = ""
    for position, label in enumerate(turned):
        lane = lanes[label]
        value = lane.race[number] if number < len(lane.race) else None
        if value is None:
            continue
        cell = comparison.cell(specs[label], _workers(lane))
        if isinstance(value, float):
            records.samples.append(_sample(cell, "race", value, number, position, previous))
        else:
            records.failures.append(_failure(cell, "race", value, number))
        previous = cell.key


def _races(comparison: Comparison, specs: Mapping[str, RunnerSpec], lanes: Mapping[str, Lane]) -> tuple[Race, ...]:
    """Let those race that have values of a race, the pilot's favourite first."""

    def piloted(label: str) -> float:
        return min((value for value in lanes[label].pilot.values() if isinstance(value, float)), default=math.inf)

    racing = sorted((label for label in lanes if lanes[label].race), key=piloted)
    return (Race(tuple(comparison.cell(specs[label], _workers(lanes[label])) for label in racing)),) if racing else ()


def _workers(lane: Lane) -> int:
    measured = {count: value for count, value in lane.pilot.items() if isinstance(value, float)}
    return lane.workers or min(measured, key=lambda count: (measured[count], count), default=1)


def _sample(cell: Cell, stage: Stage, seconds: float, block: int, position: int, previous: str) -> Sample:
    warm = cell.phase == "warm"
    return Sample(
        cell=cell,
        stage=stage,
        seconds=seconds,
        warmup_s=seconds * 1.02 if warm else None,
        loops=1,
        block=block,
        position=position,
        previous=previous,
        elapsed_s=seconds * (2.02 if warm else 1) + 0.2,
        cpu_s=seconds * (2 if warm else 1) + 0.2,
        metadata={"comparators_first_s": seconds / 10},
    )


def _failure(cell: Cell, stage: Stage, value: Capped | Broken, block: int) -> Failure:
    if isinstance(value, Capped):
        message = f"stopped: slower than {value.limit_s:.3g} s"
        return Failure(cell, stage, "capped", message, "", block, value.limit_s * 2, value.limit_s)
    return Failure(cell, stage, value.cause, value.message, "", block, 0.1)


def evidence_of(cell: Cell, shown: Shown) -> Evidence:
    """Return the evidence that a look at a cell found these numbers."""
    return Evidence(
        cell=cell,
        tasks=shown.tasks,
        wall_s=shown.wall_s,
        total_s=shown.total_s if shown.total_s is not None else shown.wall_s * 1.01,
        busy_s=shown.busy_s,
        task_cpu_s=shown.task_cpu_s,
        peak=shown.peak,
        workers_seen=shown.workers_seen,
        pickled_bytes=shown.pickled_bytes,
        longest_s=shown.longest_s if shown.longest_s is not None else shown.busy_s / shown.tasks,
        idle_tail_s=shown.idle_tail_s,
        switches_voluntary=shown.switches_voluntary,
        switches_involuntary=shown.switches_involuntary,
        delayed_s=shown.delayed_s,
    )
