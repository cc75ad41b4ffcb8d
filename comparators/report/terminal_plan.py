"""What will be measured, on the terminal: `comparators run --plan`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from comparators.plan.model import Comparison, Plan
from comparators.report.columns import NOT_APPLICABLE, Column
from comparators.report.layout import Layout, Line, Span
from comparators.report.terminal import print_lines
from comparators.report.text_table import table_lines
from comparators.report.values import counted, words
from comparators.verdict.analysis import NotApplicableGroup
from comparators.verdict.text_format import count, duration, plural

if TYPE_CHECKING:  # rich is slow to import
    from rich.console import Console

__all__ = ["plan_lines", "print_plan"]

_Group = Sequence[Comparison]
"""Comparisons that differ only in phase or Python."""

COLUMNS: tuple[Column[_Group], ...] = (
    Column("workload", "workload", "What is measured.", lambda group: words(group[0].workload.label), name=True),
    Column("tasks", "tasks", "How many tasks it has.", lambda group: counted(group[0].tasks), "right"),
    Column("phase", "phases", "Warm, cold or both.", lambda group: words(_each(one.phase for one in group))),
    Column("candidates", "runners", "How many runners.", lambda group: counted(_most_runners(group)), "right"),
    Column("counts", "workers", "Worker counts that are tried.", lambda group: words(_counts(group))),
)
"""One row per workload of a plan."""


def print_plan(plan: Plan, expected_s: float, console: "Console") -> None:
    """Print what will be measured, what does not apply and why, and how long it takes."""
    print_lines(plan_lines(plan, expected_s, Layout(console.width, console.options.ascii_only)), console)


def plan_lines(plan: Plan, expected_s: float, layout: Layout) -> Iterator[Line]:
    """Yield the lines of a plan; the time that it takes stands last."""
    settings = plan.settings
    runners = {one.runner.label for comparison in plan.comparisons for one in comparison.candidates}
    yield from layout.paragraph(
        f"{plural(len(plan.comparisons), 'comparison')}, {plural(len(runners), 'runner')}, preset {settings.preset}, "
        f"seed {settings.seed}, {plural(len(settings.cpus), 'CPU')}"
    )
    for one in plan.interpreters:
        gil = "with" if one.gil else "without"
        yield from layout.paragraph(f"Python {one.label}: {one.implementation} {one.version} {gil} the GIL")
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for comparison in plan.comparisons:
        groups[comparison.workload.label].append(comparison)
    yield from table_lines(layout, COLUMNS, list(groups.values()))
    reasons = list(_not_applicable(plan.comparisons))
    if reasons:
        yield (Span("not applicable", "bold"),)
        yield from table_lines(layout, NOT_APPLICABLE, reasons)
    limit = "" if settings.maximum_time_s is None else f", at most {duration(settings.maximum_time_s)}"
    yield from layout.paragraph(f"Expected time: about {duration(expected_s)}{limit}", style="bold")


def _not_applicable(comparisons: Sequence[Comparison]) -> Iterator[NotApplicableGroup]:
    """Yield every reason with what it holds for."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for comparison in comparisons:
        for one in comparison.not_applicable:
            workers = f" with {plural(one.workers, 'worker')}" if one.workers is not None else ""
            groups[one.reason][f"{one.runner.label}{workers} on {comparison.key}"] = None
    for reason, what in groups.items():
        yield NotApplicableGroup(reason, tuple(what), len(what))


def _each(texts: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _most_runners(group: _Group) -> int:
    return max(len(comparison.candidates) for comparison in group)


def _counts(group: _Group) -> str:
    """Name the worker counts asked for, or how far they are searched."""
    candidates = [one for comparison in group for one in comparison.candidates]
    given = sorted({number for one in candidates for number in one.counts})
    most = max((one.limit for one in candidates), default=0)
    return ", ".join(map(count, given)) if given else f"searched, at most {count(most)}"
