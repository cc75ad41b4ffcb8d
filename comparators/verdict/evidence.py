"""Instrumented passes: used only where they agree with the timed samples, and never where they are impossible."""

from collections.abc import Iterator, Mapping

from comparators.journal.records import Evidence
from comparators.verdict.analysis import ModelResult
from comparators.verdict.causes.situation import View, per_second
from comparators.verdict.text_format import model_words, percent, plural, rough, short_size
from comparators.workload import Model

__all__ = ["contradiction", "facts", "views_of"]

AGREES = 1.5
"""An instrumented pass may take this many times the timed one's seconds, or the inverse, and still show the same."""
ROUNDING = 1.1
"""How far clocks of instrumented tasks may be off: a count above its bound by more than this is impossible."""
SHORTEST_S = 0.002
"""Passes shorter than this, on either side, say nothing about agreement: starting the clocks counts."""
MENTIONED = 0.05
"""Shares below this are not worth a word."""


def views_of(
    rows: Mapping[Model, ModelResult], evidence: Mapping[Model, Evidence], cpus: int
) -> tuple[dict[Model, View], tuple[str, ...]]:
    """Return each model's view, and a line for each instrumented pass that is not used.

    Args:
        rows: of models with a time.
        evidence: by model, of the same cell.
        cpus: that the run may use.
    """
    views: dict[Model, View] = {}
    rejected = []
    for model, row in rows.items():
        found = evidence.get(model)
        why = contradiction(found, row, cpus) if found is not None else ""
        if why:
            rejected.append(f"The traced pass of {model_words(model)} is not used: {why}.")
        views[model] = View(row, None if why else found)
    return views, tuple(rejected)


def contradiction(evidence: Evidence, row: ModelResult, cpus: int) -> str:
    """Say what is impossible about an instrumented pass, or how it differs from the timed samples; or nothing."""
    wall_s, workers = evidence.wall_s, max(1, evidence.workers_seen)
    if not 0 < wall_s <= evidence.total_s * ROUNDING:
        return "its tasks took longer than the whole pass"
    if evidence.delayed_s > wall_s * workers * ROUNDING:
        return "its workers lacked a CPU for more than the time they had"
    if evidence.task_cpu_s > wall_s * min(workers, cpus) * ROUNDING:
        return f"its tasks used {rough(evidence.task_cpu_s / wall_s)} CPUs, and there were {min(workers, cpus)}"
    if evidence.peak > evidence.cell.workers or evidence.overlap > evidence.cell.workers * ROUNDING:
        return f"it had {evidence.peak} tasks in progress with {plural(evidence.cell.workers, 'worker')}"
    seconds = row.seconds
    if seconds is None or min(seconds, evidence.total_s) < SHORTEST_S:
        return ""
    factor = evidence.total_s / seconds
    return f"it took {rough(factor)} times the timed seconds" if not 1 / AGREES <= factor <= AGREES else ""


def facts(views: Mapping[Model, View]) -> Iterator[str]:
    """Yield a line on what each model's pass showed."""
    for view in views.values():
        if view.evidence is not None:
            yield f"{_capital(view.words)}: {', '.join(_parts(view, view.evidence))}."


def _parts(view: View, evidence: Evidence) -> Iterator[str]:
    if view.row.model != "loop":
        yield f"at most {plural(evidence.peak, 'task')} in progress at once, {rough(evidence.overlap)} on average"
    if view.cpu_rate is not None:
        yield per_second(view.cpu_rate)
    outside = 1 - evidence.wall_s / evidence.total_s if evidence.total_s else 0.0
    if outside >= MENTIONED:
        yield f"{percent(round(outside, 2))} of the time before the first task and after the last"
    if evidence.pickled_bytes:
        yield f"{short_size(evidence.pickled_bytes / max(1, evidence.tasks))} pickled per task"
    if view.delayed >= MENTIONED:
        yield f"ready to run and without a CPU for {percent(round(view.delayed, 2))} of the time"
    tail = evidence.idle_tail_s / evidence.wall_s if evidence.workers_seen > 1 and evidence.wall_s else 0.0
    if tail >= MENTIONED:
        yield f"some workers out of tasks for the last {percent(round(tail, 2))}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
