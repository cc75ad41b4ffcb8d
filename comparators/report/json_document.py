"""`verdicts.json`: the verdicts of a run as one JSON document, described by `verdicts.schema.json` beside this file."""

import math
from collections.abc import Sequence
from importlib.resources import files

from comparators.coordination.costs import Cost, costs_of
from comparators.journal.records import Failure, Run
from comparators.plan.model import Interpreter, RunnerSpec
from comparators.plan.presets import INDICATIVE
from comparators.stats.interval import Interval
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.noise import Control, control_of

__all__ = ["NAME", "VERSION", "schema_text", "to_document"]

NAME = "comparators-verdicts"
VERSION = 1
"""Raised when a field is removed or changes its meaning; new fields do not raise it."""

Document = dict[str, object]


def to_document(run: Run, verdicts: Sequence[Verdict]) -> Document:
    """Return the document as plain dicts, lists, numbers and text; what is unknown is None, never NaN or zero."""
    plan = run.header.plan
    settings = plan.settings
    return {
        "schema": NAME,
        "version": VERSION,
        "plan": plan.fingerprint,
        "started_at": run.header.started_at,
        "finished": run.finished.reason if run.finished is not None else None,
        "elapsed_s": _number(run.finished.elapsed_s) if run.finished is not None else None,
        "host": dict(run.header.host),
        "interpreters": [_interpreter(one) for one in plan.interpreters],
        "settings": {
            "preset": settings.preset,
            "seed": settings.seed,
            "scaling": settings.scaling or None,
            "margin": settings.margin,
            "looks": list(settings.looks),
            "cold_looks": list(settings.cold_looks),
            "minimum_time_s": settings.minimum_time_s,
            "drop_above": settings.drop_above,
            "certain_above": settings.certain_above,
            "racers_maximum": settings.racers_maximum,
            "maximum_time_s": _number(settings.maximum_time_s),
            "timeout_s": settings.timeout_s,
            "cpus": list(settings.cpus),
            "cost_samples": settings.cost_samples,
        },
        "capacities": [{"workers": one.workers, "speedup": _number(one.speedup)} for one in run.capacities],
        "indicative": settings.preset == INDICATIVE,
        "control": _control(control_of(run)),
        "comparisons": [_verdict(one, scaling=bool(settings.scaling)) for one in verdicts],
        "costs": [_cost(one) for one in costs_of(run)],
        "failures": [_failure(one) for one in run.failures],
        "warnings": list(run.warnings),
    }


def schema_text() -> str:
    """Return the JSON Schema of the document."""
    return files("comparators.report").joinpath("verdicts.schema.json").read_text(encoding="utf-8")


def _verdict(verdict: Verdict, *, scaling: bool) -> Document:
    return {
        "comparison": verdict.comparison,
        "workload": verdict.workload,
        "phase": verdict.phase,
        "python": verdict.python,
        "outcome": verdict.outcome,
        "unstable": verdict.unstable,
        "winners": list(verdict.winners),
        "runner_up": verdict.runner_up or None,
        "lead": _interval(verdict.lead),
        "to_serial": _interval(verdict.to_serial),
        "blocks": verdict.blocks,
        "blocks_needed": verdict.blocks_needed,
        "margin": verdict.margin,
        "noise": _number(verdict.noise),
        "confidence": verdict.confidence,
        "headline": verdict.headline,
        "why": verdict.why,
        "evidence": list(verdict.evidence),
        "flags": list(verdict.flags),
        "recipe": verdict.recipe or None,
        "scaling": _scaling(verdict) if scaling else [],
        "standings": [_standing(one) for one in verdict.standings],
    }


def _control(control: Control | None) -> Document | None:
    if control is None:
        return None
    return {
        "cell": control.cell.key,
        "blocks": control.blocks,
        "ratio": _interval(control.ratio),
        "noise": _number(control.floor),
        "differs": control.differs,
    }


def _scaling(verdict: Verdict) -> list[Document]:
    from comparators.stats.scaling_laws import fits_of

    return [
        {
            "runner": standing.runner.label,
            "law": fit.law,
            "contention": _interval(fit.contention),
            "coherence": _interval(fit.coherence),
            "peak": _interval(fit.peak),
            "error": _number(fit.error),
            "doubt": fit.doubt or None,
        }
        for standing in verdict.standings
        for fit in fits_of(standing.by_workers)
    ]


def _standing(standing: Standing) -> Document:
    return {
        "runner": _runner(standing.runner),
        "status": standing.status,
        "workers": standing.cell.workers if standing.cell is not None else None,
        "cell": standing.cell.key if standing.cell is not None else None,
        "seconds": _number(standing.seconds),
        "samples": standing.samples,
        "to_serial": _interval(standing.to_serial),
        "to_winner": _interval(standing.to_winner),
        "at_least": _number(standing.at_least),
        "by_workers": [{"workers": count, "seconds": _number(value)} for count, value in standing.by_workers],
        "flat_workers": list(standing.flat_workers) if standing.flat_workers is not None else None,
        "first_s": _number(standing.first_s),
        "startup_s": _number(standing.startup_s),
        "cpu_s": _number(standing.cpu_s),
        "memory_bytes": standing.memory_bytes,
        "memory_kind": standing.memory_kind or None,
        "reason": standing.reason or None,
    }


def _cost(cost: Cost) -> Document:
    return {
        "primitive": cost.primitive,
        "operation": cost.operation,
        "workload": cost.workload,
        "phase": cost.phase,
        "python": cost.python,
        "runner": _runner(cost.runner),
        "workers": cost.workers,
        "seconds": _number(cost.seconds),
        "low": _number(cost.low),
        "high": _number(cost.high),
        "confidence": cost.confidence,
        "samples": cost.samples,
        "reason": cost.reason or None,
    }


def _runner(runner: RunnerSpec) -> Document:
    return {
        "label": runner.label,
        "name": runner.name,
        "model": runner.model,
        "parameters": dict(runner.parameters),
    }


def _interpreter(interpreter: Interpreter) -> Document:
    return {
        "label": interpreter.label,
        "version": interpreter.version,
        "implementation": interpreter.implementation,
        "gil": interpreter.gil,
        "executable": interpreter.executable,
        "libraries": dict(interpreter.libraries),
    }


def _failure(failure: Failure) -> Document:
    return {
        "cell": failure.cell.key,
        "stage": failure.stage,
        "cause": failure.cause,
        "message": failure.message,
        "block": failure.block if failure.block >= 0 else None,
        "limit_s": _number(failure.limit_s),
    }


def _interval(interval: Interval | None) -> Document | None:
    if interval is None:
        return None
    return {
        "ratio": _number(interval.ratio),
        "low": _number(interval.low),
        "high": _number(interval.high),
        "confidence": interval.confidence,
    }


def _number(value: float | None) -> float | None:
    """Return the number; JSON has no NaN and no infinity, which may come from a journal that was tampered with."""
    return value if value is not None and math.isfinite(value) else None
