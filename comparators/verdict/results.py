"""Result rows: what each model, worker count and runner came to, all read off one scale."""

import math
from collections.abc import Iterable, Mapping

from comparators.journal.records import Failure
from comparators.plan.model import Cell, RunnerSpec
from comparators.stats.interval import Interval
from comparators.verdict.analysis import CountResult, ModelResult, ResultStatus, RunnerResult
from comparators.verdict.break_even import tasks_to_pay
from comparators.verdict.measurements import Measurements
from comparators.verdict.observations import merged
from comparators.verdict.scale import Scale
from comparators.verdict.text_format import short_seconds
from comparators.workload import MODELS, Model

__all__ = ["api_of", "count_results", "model_results", "runner_results"]

_ORDER: Mapping[ResultStatus, int] = {
    "best": 0,
    "equal": 1,
    "open": 1,
    "slower": 1,
    "bound": 2,
    "pilot": 3,
    "not-reached": 4,
    "hangs": 5,
    "failed": 5,
    "wrong": 6,
    "not-applicable": 7,
}
"""What has a time comes first, by its time; what has none by how far it came."""

_WITH_TIMES = ("best", "equal", "open", "slower")
"""Statuses of rows that may show seconds."""

_WORTH_A_NOTE = 0.1
"""Share of the best's seconds from which starting the workers is told beside the bar."""

ENDED = "the run ended before it was measured"

_CAUSES = {
    "wrong-result": "wrong result: ",
    "crashed": "crashed: ",
    "timeout": "timeout: ",
    "no-result": "no result: ",
}
"""What stands before the message of a failure; other messages speak for themselves."""


def model_results(scale: Scale) -> tuple[ModelResult, ...]:
    """Return a row for each model of a comparison, best first; those that do not apply last."""
    found = [row for model in MODELS if (row := _model_result(scale, model)) is not None]
    return tuple(sorted(found, key=lambda row: _place(row.status, row.seconds, row.at_least)))


def runner_results(scale: Scale) -> tuple[RunnerResult, ...]:
    """Return a row for each runner of a comparison, best first; those that do not apply last."""
    comparison = scale.measured.comparison
    found = [_runner_result(scale, one.runner) for one in comparison.candidates]
    known = {one.runner for one in comparison.candidates}
    refused = {one.runner: one for one in comparison.not_applicable if one.runner not in known}
    found += [RunnerResult(one.runner, "not-applicable", reason=one.reason) for one in refused.values()]
    return tuple(sorted(found, key=lambda row: _place(row.status, row.seconds, row.at_least)))


def count_results(scale: Scale) -> tuple[CountResult, ...]:
    """Return a point for each worker count that was tried, by runner and count; the plain loop has no counts."""
    measured = scale.measured
    labels = [
        label
        for candidate in measured.comparison.candidates
        for label in measured.of_runner(candidate.runner)
        if candidate.runner.model != "loop"
    ]
    return tuple(_count_result(scale, label) for label in labels)


def api_of(measured: Measurements, cell: Cell) -> str:
    """Return what a cell's runner is in code: `ThreadPoolExecutor(40)`; its label where the plan does not say."""
    candidate = measured.candidates.get(cell.runner)
    written = candidate.api if candidate is not None else ""
    return written.replace("{workers}", str(cell.workers)) or cell.runner.label


def _model_result(scale: Scale, model: Model) -> ModelResult | None:
    """Return the row of a model; None where the comparison does not know it."""
    measured = scale.measured
    label = _representative(scale, (label for label, cell in measured.cells.items() if cell.runner.model == model))
    if label is not None:
        return _measured_model(scale, model, label)
    comparison = measured.comparison
    waiting = next((one.runner for one in comparison.candidates if one.runner.model == model), None)
    if waiting is not None:
        status, reason = _untried(measured, model)
        return ModelResult(model, status, waiting.label, reason=reason)
    refused = [one for one in comparison.not_applicable if one.runner.model == model]
    return ModelResult(model, "not-applicable", refused[0].runner.label, reason=refused[0].reason) if refused else None


def _measured_model(scale: Scale, model: Model, label: str) -> ModelResult:
    measured, cell, status = scale.measured, scale.measured.cells[label], scale.status(label)
    told = status in _WITH_TIMES
    start_s = measured.start_s(label) if told or status == "bound" else None
    gain = scale.gain(label) if told else None
    return ModelResult(
        model=model,
        status=status,
        runner=cell.runner.label,
        api=api_of(measured, cell),
        workers=cell.workers,
        seconds=scale.seconds(label) if told else None,
        gain=gain,
        at_least=scale.at_least(label) if status == "bound" else None,
        start_s=start_s if model != "loop" else None,
        tasks_to_pay=_pays(scale, label) if told and model != "loop" else None,
        cpu_s=measured.cpu_s(label) if told else None,
        memory_bytes=measured.memory(label)[0] if told else None,
        note=_note(scale, cell, start_s) if told else "",
        reason=_reason(scale, label, status),
    )


def _untried(measured: Measurements, model: Model, *, api: bool = False) -> tuple[ResultStatus, str]:
    """Return what is said of a model, or of an API, of which nothing was measured, and why."""
    profile = measured.profile
    if profile is not None and profile.unpicklable and model in ("processes", "interpreters"):
        return "not-applicable", profile.unpicklable
    if profile is None and measured.failures:
        return "not-reached", "not tried: the work itself fails"
    if api and measured.tests and "api" not in measured.comparison.levels:
        return "not-reached", "not compared: the preset decides the model and the workers only"
    if api and measured.tests:
        return "not-reached", "not compared: only APIs of the winning model are"
    return "not-reached", ENDED


def _pays(scale: Scale, label: str) -> int | None:
    """Return from how many tasks on a cell beats the loop although its workers must be started for them."""
    start_s, seconds, loop_s = scale.measured.start_s(label), scale.seconds(label), scale.loop_s
    if start_s is None or seconds is None or loop_s is None or scale.measured.comparison.phase == "cold":
        return None
    return tasks_to_pay(start_s, loop_s, seconds, scale.measured.comparison.tasks)


def _runner_result(scale: Scale, runner: RunnerSpec) -> RunnerResult:
    measured = scale.measured
    labels = measured.of_runner(runner)
    label = _representative(scale, labels)
    if label is None:
        untried, reason = _untried(measured, runner.model, api=True)
        return RunnerResult(runner, untried, reason=reason)
    status = scale.status(label)
    told = status in _WITH_TIMES
    seconds = scale.seconds(label) if told else None
    share = measured.first_share(label)
    memory, kind = measured.memory(label) if told else (None, "")
    return RunnerResult(
        runner=runner,
        status=status,
        cell=measured.cells[label],
        seconds=seconds,
        samples=scale.times.samples(label) if told else 0,
        gain=scale.gain(label) if told else None,
        to_best=scale.to_best(label) if told else None,
        at_least=scale.at_least(label) if status == "bound" else None,
        start_s=measured.start_s(label) if told else None,
        cpu_s=measured.cpu_s(label) if told else None,
        memory_bytes=memory,
        memory_kind=kind,
        first_s=seconds * share if seconds is not None and share is not None else None,
        observations=merged(sample for one in labels for sample in measured.samples.get(one, ())),
        reason=_reason(scale, label, status),
    )


def _count_result(scale: Scale, label: str) -> CountResult:
    measured, cell, status = scale.measured, scale.measured.cells[label], scale.status(label)
    gain: Interval | None = None
    seconds: float | None = None
    samples = 0
    if status in _WITH_TIMES:
        seconds, gain, samples = scale.seconds(label), scale.gain(label), scale.times.samples(label)
    elif status == "pilot":
        seconds, gain, samples = measured.pilot_s(label), scale.pilot_gain(label), 1
    reason = _reason(scale, label, status) or _limit(measured, cell)
    return CountResult(cell.runner.label, cell.runner.model, cell.workers, seconds, samples, gain, status, reason)


def _representative(scale: Scale, labels: Iterable[str]) -> str | None:
    """Return the cell that stands for several: the recommended, else the fastest, else what came furthest."""
    known = list(labels)

    def place(label: str) -> tuple[int, float]:
        status = scale.status(label)
        told = status in _WITH_TIMES
        return _place(status, scale.seconds(label) if told else None, scale.at_least(label))

    return min(known, key=place, default=None)


def _place(status: ResultStatus, seconds: float | None, at_least: float | None) -> tuple[int, float]:
    order = _ORDER[status]
    by = seconds if seconds is not None else at_least
    return order, by if by is not None else math.inf


def _reason(scale: Scale, label: str, status: ResultStatus) -> str:
    match status:
        case "failed" | "hangs":
            failure = scale.measured.failure(label)
            return _failure_words(failure) if failure is not None else ""
        case "wrong":
            return scale.wrong[label]
        case "bound":
            limits = [one.limit_s for one in scale.measured.failures.get(label, ()) if one.limit_s is not None]
            return f"stopped at its limit of {short_seconds(max(limits))}" if limits else "stopped at its limit"
        case "pilot":
            return "screened out after a single look"
        case "not-reached":
            return ENDED
        case _:
            return ""


def _failure_words(failure: Failure) -> str:
    return _CAUSES.get(failure.cause, "") + failure.message


def _note(scale: Scale, cell: Cell, start_s: float | None) -> str:
    """Say what a reader must know beside a bar: a limit of the count, and what starting the workers adds."""
    notes: list[str] = []
    limit = _limit(scale.measured, cell)
    if limit:
        notes.append(limit)
    seconds = scale.best_s
    if start_s is not None and seconds and cell.runner.model != "loop" and start_s >= _WORTH_A_NOTE * seconds:
        notes.append(f"+{short_seconds(start_s)} to start")
    notes += _failed_counts(scale.measured, cell)
    return "; ".join(notes)


def _limit(measured: Measurements, cell: Cell) -> str:
    """Say that a cell has the most workers that its model could be given, where there are more tasks than that."""
    candidate = measured.candidates.get(cell.runner)
    if candidate is None or cell.runner.model == "loop" or candidate.counts:
        return ""
    at_limit = cell.workers == candidate.limit < measured.comparison.tasks
    return f"at most {candidate.limit} tried" if at_limit and measured.profile and measured.profile.waits else ""


def _failed_counts(measured: Measurements, cell: Cell) -> list[str]:
    """Say which larger counts of the same runner did not work."""
    failed = [
        measured.cells[label].workers
        for label in measured.of_runner(cell.runner)
        if measured.failure(label) is not None and measured.cells[label].workers > cell.workers
    ]
    return [f"{min(failed)} at once failed"] if failed else []
