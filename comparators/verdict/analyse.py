"""From a journal to everything that reporters show: `analyse(run)`, the only way from one to the other."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from comparators.coordination.tables import tables
from comparators.journal.records import Run
from comparators.verdict.analysis import Analysis, Noise, Verdict
from comparators.verdict.comparison import Around, verdict_of
from comparators.verdict.facts import facts_of
from comparators.verdict.failures import failure_groups, not_applicable_groups
from comparators.verdict.lessons import lessons_of
from comparators.verdict.measurements import gather
from comparators.verdict.noise import copy_differs, noise_of
from comparators.verdict.pythons import across_pythons
from comparators.verdict.text_format import plural
from comparators.workload import MODELS, Model

__all__ = ["analyse"]


def analyse(run: Run, directory_hint: str = "") -> Analysis:
    """Return what a run found out.

    Args:
        run: as read from its journal; it may be cut off anywhere.
        directory_hint: run directory as the command knows it, for the commands that are printed.
    """
    noise = noise_of(run)
    around = _around(run, noise)
    verdicts = tuple(verdict_of(measured, around) for measured in gather(run))
    failed = {failure.cell.key for failure in run.failures if failure.cause != "capped"}
    return Analysis(
        title=_title(run),
        verdicts=verdicts,
        lessons=lessons_of(verdicts),
        noise=noise,
        failures=failure_groups(run),
        not_applicable=not_applicable_groups(run),
        pythons=across_pythons(run, verdicts),
        facts=facts_of(run, noise),
        host=run.header.host,
        preset=run.header.plan.settings.preset,
        finished=run.finished.reason if run.finished is not None else "",
        failed=len(failed),
        missing=sum(row.status == "not-reached" for verdict in verdicts for row in verdict.models if verdict.timed),
        elapsed_s=run.finished.elapsed_s if run.finished is not None else sum(one.elapsed_s for one in verdicts),
        started_at=run.header.started_at,
        warnings=run.warnings,
        directory_hint=directory_hint,
        capacities=tuple((one.workers, one.speedup) for one in run.capacities),
        starts=_starts(verdicts),
        tables=tables(run),
    )


def _around(run: Run, noise: Noise | None) -> Around:
    plan = run.header.plan
    return Around(
        settings=plan.settings,
        gil={one.label: one.gil for one in plan.interpreters},
        capacities=run.capacities,
        noise=noise,
        differs=copy_differs(run),
    )


def _title(run: Run) -> str:
    """Return what was compared: the names of a few workloads, or their number."""
    names = list(dict.fromkeys(one.workload.label for one in run.header.plan.comparisons))
    return ", ".join(names) if len(names) <= 3 else plural(len(names), "workload")


def _starts(verdicts: Sequence[Verdict]) -> tuple[tuple[Model, float], ...]:
    """Return what starting the workers of each model takes, median over the warm comparisons."""
    found: dict[Model, list[float]] = defaultdict(list)
    for verdict in verdicts:
        for row in verdict.models:
            if verdict.phase == "warm" and row.start_s is not None:
                found[row.model].append(row.start_s)
    return tuple((model, median(found[model])) for model in MODELS if model in found)
