"""Made-up runs: realistic shapes, no measuring.

The numbers come from a simple model of each kind of work, so threads lose on pure Python and win on waiting.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from comparators.journal.records import (
    Calibration,
    Cause,
    Evidence,
    Failure,
    Finished,
    Header,
    ParallelCapacity,
    Preflight,
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
from comparators.runner import Model
from comparators.workload import Observation, Phase

__all__ = [
    "CONFIDENCE",
    "DROP_ABOVE",
    "HOSTILE",
    "MARGIN",
    "PYTHONS",
    "RUNNERS",
    "START_UP",
    "WORKLOADS",
    "example_run",
    "hostile_run",
    "large_run",
]

WORKLOADS = ("integrate", "integrate-numpy", "hash", "sleep", "echo", "mixed", "noop", "transfer", "broken")
"""`hash` ties, `echo` is unresolved, `mixed` is won but unstable, `broken` fails everywhere."""

RUNNERS = (
    "serial",
    "threading",
    "futures-threads",
    "mp-pool",
    "mp-pool[method=imap]",
    "futures-processes",
    "futures-interpreters",
    "asyncio",
    "anyio-threads",
)

PYTHONS = ("3.11", "3.13t")

HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" 'twice' & `thrice`",
    "$x_1$ and ${HOME}",
    "\x1b[31mred\x1b[0m",
    "two\nlines",
    "x" * 300,
    "=cmd|' /C calc'!A0",
    "../../x",
    "mp-pool[method=imap][/bold]",
    "| pipes | and {{ braces }} %s",
)

CONFIDENCE = 0.95
MARGIN = 0.05
DROP_ABOVE = 3.0
START_UP = {"serial": 0.0, "threads": 0.001, "async": 0.002, "interpreters": 0.04, "processes": 0.06}
WORK = {  # seconds of computing and of waiting in all, number of tasks, factor for sending the data to a process
    "integrate": (1.6, 0.0, 16, 0.0),
    "integrate-numpy": (0.9, 0.0, 8, 0.0),
    "hash": (0.8, 0.0, 16, 0.0),
    "sleep": (0.0, 3.2, 64, 0.0),
    "echo": (0.1, 1.6, 64, 0.0),
    "mixed": (0.4, 0.8, 16, 0.0),
    "noop": (0.002, 0.0, 1000, 5.0),
    "transfer": (0.05, 0.0, 32, 6.0),
    "broken": (1.0, 0.0, 4, 0.0),
}
BEHIND = {  # how much more time a runner takes than the best of its kind
    "serial": 0.0,
    "threading": 0.08,
    "futures-threads": 0.0,
    "mp-pool": 0.07,
    "mp-pool[method=imap]": 0.15,
    "futures-processes": 0.04,
    "asyncio": 0.0,
    "anyio-threads": 0.2,
}
RELEASES_GIL = ("hash", "integrate-numpy")
CAUSES: tuple[tuple[Cause, str, str], ...] = (
    ("error", "PicklingError: cannot pickle '_thread.lock' object", "Traceback (most recent call last):\n  …"),
    ("wrong-result", "sum of squares: expected 333.28335, found 332.9", ""),
    ("crashed", "killed by SIGSEGV", "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f:\n  …"),
    ("timeout", "no result after 60 s", "Timeout (0:01:00)!\nThread 0x00007f (most recent call first):\n  …"),
    ("no-result", "ended with exit code 0 but without a result", ""),
)


def example_run(
    *,
    workloads: Sequence[str] = WORKLOADS,
    runners: Sequence[str] = RUNNERS,
    pythons: Sequence[str] = PYTHONS[:1],
    phases: Sequence[Phase] = ("warm", "cold"),
    workers: Sequence[int] = (1, 2, 4),
    blocks: int = 7,
    seed: int = 0,
    failures: bool = True,
    finished: bool = True,
) -> Run:
    """Make up a run: a pilot over `workers`, a race of `blocks`, and one failure of another cause per comparison."""
    looks = tuple(sorted({min(5, blocks), blocks}))
    settings = Settings(
        preset="quick",
        seed=seed,
        seed_given=False,
        margin=MARGIN,
        looks=looks,
        cold_looks=looks,
        minimum_time_s=0.1,
        drop_above=DROP_ABOVE,
        certain_above=3.0,
        racers_maximum=8,
        maximum_time_s=180.0,
        timeout_s=60.0,
        cpus=(0, 1),
    )
    plan = Plan(settings, _interpreters(pythons), _comparisons(workloads, runners, pythons, phases, workers))
    rng = random.Random(seed)
    parts = [_measure(comparison, number, plan, rng, failures) for number, comparison in enumerate(plan.comparisons)]
    host: dict[str, str | int | float] = {
        "name": "example-host",
        "system": "Linux 6.8.0 x86_64",
        "cpu_model": "Example CPU 2.50 GHz",
        "cpu_count": 2,
        "cpus_usable": 2,
        "memory_bytes": 8 * 2**30,
    }
    return Run(
        header=Header(schema=1, plan=plan, host=host, started_at=1_795_000_000.0),
        capacities=tuple(ParallelCapacity(count, min(count, 1.9)) for count in workers),
        calibrations=tuple(
            Calibration("mixed", python, (("rate", 12_345_678.0),)) for python in pythons if "mixed" in workloads
        ),
        preflights=tuple(shown for part in parts for shown in part.preflights),
        samples=tuple(sample for part in parts for sample in part.samples),
        failures=tuple(failure for part in parts for failure in part.failures),
        evidence=tuple(shown for part in parts for shown in part.evidence),
        finished=Finished("complete" if finished else "interrupted", 143.2),
        warnings=("worker count 4 given twice; measured once", "CPU frequency scaling is on"),
    )


def large_run(cells: int = 10_000, *, samples_per_cell: int = 6) -> Run:
    """Make up a run of about so many cells."""
    workers = (1, 2, 4, 8, 16)
    runners = ("serial", *(f"runner-{number:02d}" for number in range(19)))
    per_workload = 1 + 19 * len(workers)
    workloads = [f"workload-{number:03d}" for number in range(max(1, round(cells / per_workload)))]
    return example_run(
        workloads=workloads, runners=runners, phases=("warm",), workers=workers, blocks=samples_per_cell - 1
    )


def hostile_run() -> Run:
    """Make up a run in which every name and text tries to break out of a report."""
    run = example_run(workloads=HOSTILE, runners=("serial", *HOSTILE), phases=("warm",), pythons=("3.11",))
    nasty = " ".join(HOSTILE)
    return replace(
        run,
        header=replace(run.header, host={nasty: nasty, "name": HOSTILE[0]}),
        samples=tuple(replace(sample, observations=(Observation(nasty, 1.0, nasty),)) for sample in run.samples),
        failures=tuple(replace(failure, message=nasty, details=nasty + "\n" + nasty) for failure in run.failures),
        warnings=HOSTILE,
    )


@dataclass
class _Part:
    preflights: list[Preflight]
    samples: list[Sample]
    failures: list[Failure]
    evidence: list[Evidence]


def _model(runner: str) -> Model:
    name = runner.partition("[")[0]
    if name == "serial":
        return "loop"
    for word, model in (("asyncio", "async"), ("interpreters", "interpreters"), ("thread", "threads")):
        if word in name:
            return cast(Model, model)
    return "processes" if name.startswith(("mp-", "futures-", "anyio-")) else "threads"


def _runner(label: str) -> RunnerSpec:
    name, _, rest = label.partition("[")
    parameters: list[tuple[str, ParameterValue]] = []
    if rest.endswith("]") and "=" in rest and "[" not in rest:
        key, _, value = rest[:-1].partition("=")
        parameters.append((key, value))
    else:
        name = label
    return RunnerSpec(name, f"example.{name}", _model(label), tuple(parameters))


def _interpreters(pythons: Sequence[str]) -> tuple[Interpreter, ...]:
    return tuple(
        Interpreter(label, f"/opt/{label}/bin/python", f"{label.rstrip('t')}.7", "CPython", label[-1] != "t", "0.1.0")
        for label in pythons
    )


def _comparisons(
    workloads: Sequence[str],
    runners: Sequence[str],
    pythons: Sequence[str],
    phases: Sequence[Phase],
    workers: Sequence[int],
) -> tuple[Comparison, ...]:
    specs = [_runner(label) for label in runners]
    comparisons = []
    for name in workloads:
        tasks = WORK.get(name, (0.0, 0.0, 16, 0.0))[2]
        workload = WorkloadSpec(name, f"example.{name}", (("tasks", tasks), ("steps", 100_000)))
        comparisons += [
            Comparison(workload, phase, python, tasks, *_candidates(specs, workers, python, tasks))
            for python in pythons
            for phase in phases
        ]
    return tuple(comparisons)


def _candidates(
    specs: Sequence[RunnerSpec], workers: Sequence[int], python: str, tasks: int
) -> tuple[tuple[Candidate, ...], tuple[NotApplicable, ...]]:
    candidates, refused = [], []
    for spec in specs:
        if spec.name == "futures-interpreters" and python < "3.14":
            refused.append(NotApplicable(spec, "needs Python 3.14"))
        elif spec.model == "loop":
            candidates.append(Candidate(spec, (1,), search=False, limit=1))
        else:
            candidates.append(Candidate(spec, tuple(workers), search=True, limit=tasks))
    return tuple(candidates), tuple(refused)


@cache
def _seconds(workload: str, runner: str, workers: int, phase: str, gil: bool) -> float:
    """Return the true seconds of a cell in this made-up world of two CPUs."""
    own = sum(map(ord, workload[:40]))
    cpu, wait, tasks, sending = WORK.get(workload, (0.2 + own % 7 / 5, 0.3 * (own % 3), 16, 0.0))
    model = _model(runner)
    lanes = 1.0 if model == "loop" else min(workers, 1.9)
    in_step = gil and workload not in RELEASES_GIL
    if model == "async" or (model == "threads" and in_step):
        lanes = 1.0
    waiting = wait / (1 if model == "loop" else workers)
    overhead = {"serial": 0.0, "threads": 2e-5, "async": 1e-5, "interpreters": 4e-5, "processes": 6e-5}[model] * tasks
    extra = BEHIND.get(runner, 0.04 * (sum(map(ord, runner[:40])) * (1 + own % 3) % 7))
    if workload in ("hash", "echo"):
        extra = 0.0
    starting = START_UP[model] * (1 + workers / 8) if phase == "cold" else 0.0
    sent = cpu * sending if model in ("processes", "interpreters") else 0.0
    return (cpu / lanes + waiting + overhead + sent) * (1 + extra) + starting


def _noise(workload: str) -> float:
    return {"echo": 0.12, "hash": 0.006}.get(workload, 0.015)


def _cell_seconds(cell: Cell) -> float:
    return _seconds(cell.workload.name, cell.runner.label, cell.workers, cell.phase, not cell.python.endswith("t"))


def _best(comparison: Comparison) -> dict[str, Cell]:
    """Return each runner's cell with its best worker count."""
    return {
        one.runner.label: min((comparison.cell(one.runner, count) for count in one.counts), key=_cell_seconds)
        for one in comparison.candidates
    }


def _failing(comparison: Comparison, number: int) -> str:
    """Choose the comparison's failing runner: another one each time, never serial."""
    others = [one.runner.label for one in comparison.candidates if one.runner.model != "loop"]
    return others[(number * 3 + 1) % len(others)] if len(others) > 2 else ""


def _measure(comparison: Comparison, number: int, plan: Plan, rng: random.Random, failures: bool) -> _Part:
    part = _Part([], [], [], [])
    best = _best(comparison)
    broken = comparison.workload.name == "broken"
    if failures and (broken or _failing(comparison, number)):
        failing = list(best) if broken else [_failing(comparison, number)]
        for place, label in enumerate(failing):
            cause, message, details = CAUSES[(number + place) % len(CAUSES)]
            stage: Stage = "preflight" if cause == "error" or broken else "pilot"
            part.failures.append(
                Failure(best[label], stage, cause, message, details, -1, 60.0 if cause == "timeout" else 0.4)
            )
            del best[label]
    part.preflights.extend(Preflight(cell, 0.4) for cell in best.values())
    for label, cell in best.items():
        counts = next(one.counts for one in comparison.candidates if one.runner.label == label)
        for place, count in enumerate(counts):
            part.samples.append(_sample(replace(cell, workers=count), "", -1, place, rng))
    if best:
        _race(comparison, best, plan, rng, part)
    return part


def _race(comparison: Comparison, best: dict[str, Cell], plan: Plan, rng: random.Random, part: _Part) -> None:
    """Race what the pilot left; at the first look the clearly slower leave. A screened out serial is capped."""
    fastest = min(map(_cell_seconds, best.values()))
    slow = {label for label, cell in best.items() if _cell_seconds(cell) > DROP_ABOVE * fastest}
    serial = next((cell for cell in best.values() if cell.runner.model == "loop"), None)
    racing = [cell for label, cell in best.items() if label not in slow]
    first = plan.settings.looks[0]
    for block in range(plan.settings.looks[-1]):
        order = [cell for cell in racing if block < first or _cell_seconds(cell) <= 1.15 * fastest]
        if serial is not None and serial not in order and not (block and serial.runner.label in slow):
            order.append(serial)
        rng.shuffle(order)
        previous = ""
        for place, cell in enumerate(order):
            part.samples.append(_sample(cell, previous, block, place, rng))
            previous = cell.key
    if serial is not None and serial.runner.label in slow:
        limit = DROP_ABOVE * fastest
        message = f"stopped at {DROP_ABOVE:g} times the best"
        part.failures.append(Failure(serial, "race", "capped", message, "", 1, limit + 0.1, limit))
    part.evidence.extend(_evidence(cell) for cell in best.values())


def _memory(cell: Cell) -> dict[str, ParameterValue]:
    processes = 1 + cell.workers * (cell.runner.model == "processes")
    return {"comparators_memory_bytes": processes * 15_000_000, "comparators_memory_kind": "PSS"}


def _sample(cell: Cell, previous: str, block: int, place: int, rng: random.Random) -> Sample:
    seconds = _cell_seconds(cell) * math.exp(rng.gauss(0.0, _noise(cell.workload.name)))
    cpu, wait, _, _ = WORK.get(cell.workload.name, (0.5, 0.0, 16, 0.0))
    return Sample(
        cell=cell,
        stage="pilot" if block < 0 else "race",
        seconds=seconds,
        warmup_s=None if cell.phase == "cold" else seconds * 1.1,
        loops=1,
        block=block,
        position=place,
        previous=previous,
        elapsed_s=2 * seconds + 0.3,
        cpu_s=(cpu + 0.01 * wait) * 2 + 0.2,
        observations=(Observation("megabytes moved", 32.0, "MB"),) if cell.workload.name == "transfer" else (),
        metadata={
            "comparators_gil": "on" if not cell.python.endswith("t") else "off",
            "comparators_start_method": "forkserver",
            "load_avg_1min": 0.4,
            **({"comparators_cpu_s": cpu, **_memory(cell)} if block < 0 else {}),
        },
    )


def _evidence(cell: Cell) -> Evidence:
    cpu, wait, tasks, _ = WORK.get(cell.workload.name, (0.5, 0.3, 16, 0.0))
    wall = _cell_seconds(cell)
    busy = min(wall * cell.workers, cpu + wait) or 1e-4
    process = cell.runner.model == "processes"
    return Evidence(
        cell=cell,
        tasks=tasks,
        wall_s=wall,
        total_s=wall * 1.01,
        busy_s=busy,
        task_cpu_s=min(cpu, busy),
        peak=cell.workers,
        workers_seen=1 if cell.runner.model in ("serial", "async") else cell.workers,
        pickled_bytes=tasks * 64 if process else 0,
        longest_s=2 * busy / tasks,
        idle_tail_s=wall / 20,
        switches_voluntary=tasks,
        switches_involuntary=3,
    )
