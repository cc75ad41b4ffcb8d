"""From a request to a plan: every name resolved, every parameter checked, every impossible cell named."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comparators.errors import NothingSelected
from comparators.plan.code import files_of
from comparators.plan.interpreters import Described, describe
from comparators.plan.model import (
    Candidate,
    Comparison,
    NotApplicable,
    Plan,
    RunnerSpec,
    Settings,
    WorkloadSpec,
)
from comparators.plan.names import ChosenRunner, choose_runners, choose_workloads
from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.built_in import WORKLOADS
from comparators.request.presets import effort_of
from comparators.request.request import Request
from comparators.runner import Runner
from comparators.stats.thresholds import Thresholds
from comparators.workload import Phase, Workload, is_coroutine_function

__all__ = ["make_plan"]

PROCESSES_PER_CPU = 16
"""The search for a worker count goes no further for models whose workers are processes or interpreters: each takes
tens of megabytes. The limit is named where the answer ends at it."""
BEYOND = 4
"""A look at scaling goes on to this many workers per CPU: a peak shows only with counts on both sides of it."""
THREADS_MAXIMUM = 1_000
"""Nor further than this for threads and coroutines, whatever the number of tasks, unless asked for by `--workers`."""
_PHASES: tuple[Phase, ...] = ("warm", "cold")
"""In the order in which they are measured: when time is short, the cold ones are missing."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A workload with its parameters filled in, the phases it is measured in, and who takes part."""

    spec: WorkloadSpec
    workload: Workload[Any, Any]
    tasks: int
    phases: tuple[Phase, ...]
    runners: tuple[ChosenRunner, ...]
    ranked: bool


def make_plan(request: Request) -> Plan:
    """Check a request against this package, its plugins and this host, and say what will be measured.

    Raises:
        UsageError: a name, parameter or number is wrong; see its subclasses.
        NothingSelected: nothing that was asked for can be measured here.
    """
    effort = effort_of(request.preset)
    cpus = usable_cpus()
    request = _for_scaling(request, len(cpus))
    settings = Settings(
        preset=request.preset,
        seed=random.SystemRandom().randrange(2**31) if request.seed is None else request.seed,
        seed_given=request.seed is not None,
        thresholds=_thresholds(request),
        maximum_time_s=effort.maximum_time_s if request.maximum_time_s is None else request.maximum_time_s,
        timeout_s=effort.timeout_s if request.timeout_s is None else request.timeout_s,
        cost_samples=effort.cost_samples,
        memory_bytes=request.memory_bytes,
        scaling=request.scaling,
        isolate=request.isolate,
        fresh=effort.fresh,
        cpus=cpus,
    )
    workloads = _choose(request)
    runners = {one.spec: one for chosen in workloads for one in chosen.runners}
    described = describe(request.pythons, list(dict.fromkeys(spec.target for spec in runners)))
    comparisons = tuple(
        _comparison(chosen, phase, python, request, len(cpus))
        for phase in _PHASES
        for chosen in workloads
        if phase in chosen.phases
        for python in described
    )
    _require_something(comparisons, list(runners.values()))
    targets = {*(one.spec.target for one in workloads), *(spec.target for spec in runners)}
    return Plan(settings, tuple(one.interpreter for one in described), comparisons, files_of(sorted(targets)))


def _thresholds(request: Request) -> Thresholds:
    """Return the preset's thresholds, with the margin that was asked for."""
    usual = Thresholds.for_preset(request.preset)
    return usual if request.margin is None else replace(usual, margin=request.margin)


def _for_scaling(request: Request, cpus: int) -> Request:
    """Fill in what a look at scaling needs: worker counts up to beyond the CPUs, and workers that already run."""
    if not request.scaling:
        return request
    counts = tuple(2**power for power in range(20) if 2**power <= BEYOND * cpus)
    return replace(request, workers=request.workers or counts, phases=request.phases or ("warm",))


def _choose(request: Request) -> list[_Chosen]:
    """Resolve the workloads, and for each one what was asked for, or else what its suite says, or else everything."""
    found = []
    runners: dict[tuple[str, ...], tuple[ChosenRunner, ...]] = {}
    for one in choose_workloads(request.workloads, effort_of(request.preset).size, request.parameters):
        names = request.runners or (one.suite.runners if one.suite else ())
        if names not in runners:
            runners[names] = choose_runners(names, request.models, request.left_out)
        found.append(
            _Chosen(
                one.spec,
                one.workload,
                one.tasks,
                request.phases or one.phases,
                runners[names],
                ranked=one.suite is None or request.preset not in one.suite.surveyed,
            )
        )
    return found


def _comparison(chosen: _Chosen, phase: Phase, python: Described, request: Request, cpus: int) -> Comparison:
    candidates: list[Candidate] = []
    excluded: list[NotApplicable] = []
    for runner in chosen.runners:
        reason = python.unavailable.get(runner.spec.target) or _unsupported_on(runner, chosen)
        reason = reason or _bound(chosen, request.scaling)
        if reason:
            excluded.append(NotApplicable(runner.spec, reason))
            continue
        candidate, impossible = _candidate(runner, chosen, request, cpus)
        excluded += impossible
        if candidate is not None:
            candidates.append(candidate)
    return Comparison(
        workload=chosen.spec,
        phase=phase,
        python=python.interpreter.label,
        tasks=chosen.tasks,
        candidates=tuple(candidates),
        not_applicable=tuple(excluded),
        levels=effort_of(request.preset).levels if chosen.ranked else (),
        kind=_kind(chosen),
        waits=_waits(chosen.workload),
        own=chosen.workload.own,
        timed=chosen.workload.timed,
    )


def _kind(chosen: _Chosen) -> str:
    """Return the kind of work in plain words, where the catalogue has it: "computing in Python"."""
    known = {entry.target: entry.work for entry in WORKLOADS}
    return known.get(chosen.spec.target, chosen.workload.summary)


def _bound(chosen: _Chosen, scaling: str) -> str | None:
    if scaling == "weak" and not chosen.workload.independent:
        return "weak scaling does the tasks several times at once, and these share something or need each other"
    return None


def _unsupported_on(runner: ChosenRunner, chosen: _Chosen) -> str | None:
    alone = is_coroutine_function(chosen.workload.work) and runner.cls.info.model != "loop"
    if alone and not runner.cls.info.asynchronous:
        return f"'{chosen.spec.name}' is a coroutine function: it needs an event loop"
    if reason := chosen.workload.not_applicable(runner.cls.info):
        return reason
    if runner.cls.info.asynchronous and chosen.workload.work_async is None:
        return "the work has no coroutine form: it never waits, a coroutine would block the loop"
    if (
        runner.cls.info.workers_maximum is not None
        and runner.cls.info.workers_maximum < chosen.workload.min_concurrency
    ):
        return _too_few(chosen.workload.min_concurrency, runner.cls.info.workers_maximum)
    return None


def _too_few(needed: int, workers: int) -> str:
    return f"needs {needed} tasks in progress at once, {workers} worker{'s' * (workers > 1)} cannot do that"


def _candidate(
    runner: ChosenRunner, chosen: _Chosen, request: Request, cpus: int
) -> tuple[Candidate | None, list[NotApplicable]]:
    """Return the worker counts a runner will have, and those it cannot have with the reasons."""
    maximum = runner.cls.info.workers_maximum
    needed = chosen.workload.min_concurrency
    limit = _search_limit(runner.spec, chosen.tasks, cpus, maximum)
    if runner.baseline_only or not request.workers:
        reason = _together(runner, chosen, max(needed, min(cpus, limit)))
        excluded = [NotApplicable(runner.spec, reason)] if reason else []
        return _candidate_of(runner, (), needed, max(limit, needed), excluded=bool(reason)), excluded
    impossible = []
    counts = []
    for count in request.workers:
        reason = _impossible(runner, chosen, count, maximum)
        if reason:
            impossible.append(NotApplicable(runner.spec, reason, count))
        else:
            counts.append(count)
    if maximum == 1 and not counts and not runner.alone:
        return _candidate_of(runner, (), 1, 1), []  # serial stays as the measure of the others
    return _candidate_of(runner, tuple(counts), needed, max(counts, default=1), excluded=not counts), impossible


def _candidate_of(
    runner: ChosenRunner, counts: tuple[int, ...], fewest: int, limit: int, *, excluded: bool = False
) -> Candidate | None:
    if excluded:
        return None
    info = runner.cls.info
    return Candidate(runner.spec, counts, fewest, limit, info.api, info.simplicity)


def _impossible(runner: ChosenRunner, chosen: _Chosen, count: int, maximum: int | None) -> str | None:
    """Return why a runner cannot have this many workers, None when it can."""
    if maximum is not None and count > maximum:
        return f"'{runner.spec.label}' has at most {maximum} worker{'s' * (maximum > 1)}"
    if count < chosen.workload.min_concurrency:
        return _too_few(chosen.workload.min_concurrency, count)
    return _together(runner, chosen, count)


def _together(runner: ChosenRunner, chosen: _Chosen, workers: int) -> str | None:
    """Say why tasks that need each other may wait for ever: one worker is handed several of them together."""
    if chosen.workload.min_concurrency == 1:
        return None
    make: Any = runner.cls  # a subclass's own fields are its parameters
    parameters = dict(runner.spec.parameters)
    one: Runner = make(work=chosen.workload.work, tasks=chosen.workload.tasks(), workers=workers, **parameters)
    if one.max_concurrency < chosen.workload.min_concurrency:
        return "waits for each task before it hands out the next, and tasks that need each other would wait for ever"
    if one.chunk_size == 1:
        return None
    return f"hands one worker {one.chunk_size} tasks together, and tasks that need each other would wait for ever"


def _waits(workload: Workload[Any, Any]) -> bool:
    return workload.nature in {"wait", "mixed"}


def _search_limit(spec: RunnerSpec, tasks: int, cpus: int, maximum: int | None) -> int:
    limit = tasks if maximum is None else min(tasks, maximum)
    if spec.model in {"processes", "interpreters"}:
        return max(1, min(limit, PROCESSES_PER_CPU * cpus))
    return max(1, min(limit, THREADS_MAXIMUM))


def _require_something(comparisons: Sequence[Comparison], runners: Sequence[ChosenRunner]) -> None:
    asked = {chosen.spec.label for chosen in runners if not chosen.baseline_only}
    if any(one.runner.label in asked for comparison in comparisons for one in comparison.candidates):
        return
    reasons = list(_reasons(comparisons, asked))
    raise NothingSelected(
        "nothing to measure: "
        + "; ".join(reasons[:3])
        + (f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""),
        tip="'comparators list' shows what applies here",
    )


def _reasons(comparisons: Sequence[Comparison], asked: set[str]) -> Iterator[str]:
    said: set[str] = set()
    for comparison in comparisons:
        for one in comparison.not_applicable:
            workers = "" if one.workers is None else f" with {one.workers} workers"
            text = f"'{one.runner.label}'{workers} on '{comparison.workload.label}': {one.reason}"
            if one.runner.label in asked and text not in said:
                said.add(text)
                yield text
