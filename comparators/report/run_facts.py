"""What the documents say about a run as a whole: what it was, how it was measured, what failed or does not apply."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comparators.journal.records import Failure, Run
from comparators.plan.model import Comparison, Interpreter, Settings
from comparators.plan.presets import INDICATIVE
from comparators.report.escaping import day
from comparators.report.noise import control_words
from comparators.report.table_rows import CAUSES, Value
from comparators.verdict.noise import control_of
from comparators.verdict.text_format import bytes_size, count, duration, number, percent, plural, ratio, seconds

__all__ = [
    "FailureRow",
    "ObservationRow",
    "RefusedRow",
    "ended_early",
    "failure_rows",
    "host_name",
    "interpreter_words",
    "method",
    "observation_rows",
    "overview",
    "refused_rows",
]

LONGEST_DETAILS = 4000
"""Characters of a worker's standard error, or of an observation's details, that a document shows; the journal has all
that was kept."""

MOST_SEEN = 8
"""Values of one kind of sample metadata that a document lists."""

ENDINGS = {
    "interrupted": "The run was interrupted. What is missing is marked as not reached.",
    "out-of-time": "The run's time was used up. What is missing is marked as not reached.",
}
TAKEN = {
    "comparators_steal_s": "CPU time taken by other guests of the machine",
    "comparators_throttled_s": "CPU time kept back by a quota",
}
"""Metadata of samples, in seconds, and what it means."""

SEEN = {
    "comparators_start_method": "start methods",
    "comparators_blas_threads": "BLAS threads",
    "comparators_gil": "GIL in the workers",
    "cpu_affinity": "CPU affinity of the workers",
    "timer": "clock",
}


@dataclass(frozen=True, slots=True)
class FailureRow:
    """Failures of one runner in one comparison that have the same cause and message."""

    comparison: str
    runner: str
    workers: tuple[int, ...]
    stage: str
    cause: str
    message: str
    details: str
    times: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A runner, or some worker counts of it, that could not take part, for one reason, in these comparisons."""

    runner: str
    workers: tuple[int, ...]
    reason: str
    comparisons: tuple[str, ...]
    everywhere: bool


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """What a workload reported beside the time: the range over the samples of one runner in one comparison.

    `details` are those of the first sample that has some, such as the stacks of a deadlock.
    """

    comparison: str
    runner: str
    name: str
    unit: str
    low: Value
    high: Value
    samples: Value
    details: str = ""


def host_name(run: Run) -> str:
    """Return the name of the machine that measured."""
    return str(run.header.host.get("name") or run.header.host.get("hostname") or "this host")


def interpreter_words(interpreter: Interpreter) -> str:
    """Name an interpreter: `CPython 3.13.1 without the GIL`."""
    return f"{interpreter.implementation} {interpreter.version} {'with' if interpreter.gil else 'without'} the GIL"


def overview(run: Run) -> tuple[str, ...]:
    """Say in a few words what was compared, where and when."""
    plan = run.header.plan
    workloads = {comparison.workload.label for comparison in plan.comparisons}
    runners = {one.runner.label for comparison in plan.comparisons for one in comparison.candidates}
    return (
        plural(len(workloads), "workload"),
        plural(len(runners), "runner"),
        *map(interpreter_words, plan.interpreters),
        plural(len(plan.settings.cpus), "CPU"),
        *([f"{plan.settings.scaling} scaling"] if plan.settings.scaling else []),
        *(["quick preset: indicative"] if plan.settings.preset == INDICATIVE else []),
        host_name(run),
        day(run.header.started_at),
    )


def ended_early(run: Run) -> str:
    """Say why a run is incomplete; empty when it is complete."""
    if run.finished is None:
        return "The run has not ended, or was killed. What is missing is marked as not reached."
    return ENDINGS.get(run.finished.reason, "")


def _libraries(interpreter: Interpreter) -> str:
    return "".join(f", {name} {version}" for name, version in interpreter.libraries)


def method(run: Run) -> tuple[tuple[str, str], ...]:
    """List how it was measured: settings, host, interpreters, parallel capacities, what the samples' metadata tell."""
    settings = run.header.plan.settings
    limit = "none" if settings.maximum_time_s is None else duration(settings.maximum_time_s)
    rows = [
        ("preset", settings.preset),
        ("seed of every random order", str(settings.seed)),
        ("samples", f"{count(len(run.samples))}, each from a fresh process"),
        ("warm comparisons are judged after", _looks(settings.looks)),
        ("cold comparisons are judged after", _looks(settings.cold_looks)),
        ("differences that count as none", f"below {percent(settings.margin)}"),
        ("one value takes at least", seconds(settings.minimum_time_s)),
        ("the pilot drops", _drops(settings)),
        ("deadline of one sample", duration(settings.timeout_s)),
        ("memory of one sample", _memory(settings)),
        ("time limit of the run", limit),
        ("CPUs used", ", ".join(map(str, settings.cpus))),
        *(
            (f"Python {one.label}", f"{interpreter_words(one)}, comparators {one.package}" + _libraries(one))
            for one in run.header.plan.interpreters
        ),
        *(
            (f"host: {name.removesuffix('_bytes').replace('_', ' ')}", _fact(name, value))
            for name, value in run.header.host.items()
        ),
    ]
    if any(one.workers > 1 for one in run.capacities):
        rows.append(("what this host can reach", _capacities(run)))
    control = control_of(run)
    if control is not None:
        rows.append(("control", control_words(control)))
    rows += [
        (f"calibrated for {one.workload} on {one.python}", _pairs(one.parameters))
        for one in run.calibrations
        if one.parameters
    ]
    rows += [*_seen(run), *_taken_away(run)]
    if run.finished is not None:
        rows.append(("the run took", f"{duration(run.finished.elapsed_s)}, ended: {run.finished.reason}"))
    return tuple(rows)


def _fact(name: str, value: str | float) -> str:
    if name.endswith("_bytes") and not isinstance(value, str):
        return bytes_size(value)
    return value if isinstance(value, str) else f"{value:,}"


def _memory(settings: Settings) -> str:
    return "nine tenths of what was free" if settings.memory_bytes is None else bytes_size(settings.memory_bytes)


def _taken_away(run: Run) -> list[tuple[str, str]]:
    """List what the host kept from the samples, where it kept anything."""
    rows = []
    for name, words in TAKEN.items():
        amounts = [float(one.metadata[name]) for one in run.samples if one.metadata.get(name)]
        if amounts:
            rows.append((words, f"{seconds(sum(amounts))} in {plural(len(amounts), 'sample')} of {len(run.samples)}"))
    disturbed = sum("comparators_disturbance" in one.metadata for one in run.samples)
    if disturbed:
        rows.append(("disturbed each time they were taken", plural(disturbed, "sample")))
    return rows


def _looks(looks: Sequence[int]) -> str:
    return ", ".join(map(count, looks)) + " blocks" if looks else "the pilot alone: they are not raced"


def _drops(settings: Settings) -> str:
    once, twice = f"{settings.certain_above:g}", f"{settings.drop_above:g}"
    words = f"runners that take more than {once} times the best's seconds"
    return words if once == twice else f"{words}, or more than {twice} times in each of two samples"


def _pairs(pairs: Iterable[tuple[str, object]]) -> str:
    return ", ".join(f"{name}={value}" for name, value in pairs)


def _capacities(run: Run) -> str:
    several = (one for one in run.capacities if one.workers > 1)
    reached = (f"{count(one.workers)} do {ratio(one.speedup)} times" for one in several)
    return "busy processes against one of them: " + ", ".join(reached) + " its work"


def _seen(run: Run) -> list[tuple[str, str]]:
    """List the values that some metadata had over all samples."""
    found: dict[str, dict[str, None]] = {name: {} for name in SEEN}
    for sample in run.samples:
        for name, values in found.items():
            if name in sample.metadata:
                values[str(sample.metadata[name])] = None
    rows = []
    for name, values in found.items():
        if values:
            listed = sorted(values)[:MOST_SEEN]
            rows.append((SEEN[name], ", ".join(listed) + (", …" if len(values) > MOST_SEEN else "")))
    return rows


def _comparison_of(failure: Failure) -> str:
    cell = failure.cell
    return f"{cell.workload.label}/{cell.phase}/{cell.python}"


def failure_rows(run: Run) -> tuple[FailureRow, ...]:
    """Return what failed, the same failure of several worker counts or blocks in one row; capped is no failure."""
    groups: dict[tuple[str, str, str, str], list[Failure]] = defaultdict(list)
    for failure in run.failures:
        if failure.cause != "capped":
            groups[_comparison_of(failure), failure.cell.runner.label, failure.cause, failure.message].append(failure)
    return tuple(
        FailureRow(
            comparison=comparison,
            runner=runner,
            workers=tuple(sorted({one.cell.workers for one in same})),
            stage=", ".join(dict.fromkeys(one.stage for one in same)),
            cause=CAUSES[same[0].cause],
            message=message,
            details=same[0].details[-LONGEST_DETAILS:],
            times=len(same),
        )
        for (comparison, runner, _, message), same in groups.items()
    )


def refused_rows(comparisons: Iterable[Comparison]) -> tuple[RefusedRow, ...]:
    """Return what does not apply and why, comparisons that share runner and reason in one row."""
    groups: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    counts: dict[tuple[str, str], set[int]] = defaultdict(set)
    total = 0
    for comparison in comparisons:
        total += 1
        for refused in comparison.not_applicable:
            key = (refused.runner.label, refused.reason)
            groups[key][comparison.key] = None
            if refused.workers is not None:
                counts[key].add(refused.workers)
    return tuple(
        RefusedRow(runner, tuple(sorted(counts[runner, reason])), reason, tuple(keys), len(keys) == total)
        for (runner, reason), keys in groups.items()
    )


def observation_rows(run: Run) -> tuple[ObservationRow, ...]:
    """Return what workloads reported beside the time, the range per comparison and runner."""
    values: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    details: dict[tuple[str, str, str, str], str] = {}
    for sample in run.samples:
        cell = sample.cell
        for seen in sample.observations:
            key = (f"{cell.workload.label}/{cell.phase}/{cell.python}", cell.runner.label, seen.name, seen.unit)
            values[key].append(seen.value)
            if seen.details:
                details.setdefault(key, _shortened(seen.details))
    return tuple(
        ObservationRow(
            *key, _value(min(seen)), _value(max(seen)), Value(count(len(seen)), len(seen)), details.get(key, "")
        )
        for key, seen in values.items()
    )


def _shortened(details: str) -> str:
    left_out = len(details) - LONGEST_DETAILS
    return details if left_out <= 0 else f"{details[:LONGEST_DETAILS]}\n… {plural(left_out, 'more character')}"


def _value(measured: float) -> Value:
    return Value(number(measured), measured if math.isfinite(measured) else None)
