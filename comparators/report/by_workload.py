"""The verdicts of a workload together: its phases and Pythons side by side, each recipe once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from comparators.report.resource_text import cost_words
from comparators.report.table_rows import (
    NOTHING,
    GlanceRow,
    StandingRow,
    Value,
    confidence_words,
    glance_row,
    serial_of,
    standing_row,
    where_words,
)
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import seconds

__all__ = ["Answer", "CountRow", "Group", "RecipeShown", "group_verdicts"]


@dataclass(frozen=True, slots=True)
class CountRow:
    """The seconds of one runner by worker count; True marks its best."""

    runner: str
    cells: tuple[tuple[Value, bool], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One comparison, ready to be shown.

    Attributes:
        anchor: where it is in a page; made of numbers, never of a name.
        where: phase, and Python where there are several.
        counts: worker counts that are the columns of `by_workers`.
    """

    anchor: str
    where: str
    verdict: Verdict
    glance: GlanceRow
    confidence: str
    standings: tuple[StandingRow, ...]
    counts: tuple[int, ...]
    by_workers: tuple[CountRow, ...]
    cost: str


@dataclass(frozen=True, slots=True)
class RecipeShown:
    """Code to copy, the runner it is for and the comparisons in which that runner won."""

    runner: str
    where: str
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """One workload."""

    anchor: str
    workload: str
    answers: tuple[Answer, ...]
    recipes: tuple[RecipeShown, ...]


def group_verdicts(verdicts: Sequence[Verdict], *, several_pythons: bool) -> tuple[Group, ...]:
    """Group verdicts by workload, in the order in which the workloads appear."""
    by_workload: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_workload[verdict.workload].append(verdict)
    groups = []
    for place, (workload, found) in enumerate(by_workload.items(), 1):
        answers = tuple(
            _answer(f"w{place}-{number}", verdict, where_words(verdict, several_pythons=several_pythons))
            for number, verdict in enumerate(found, 1)
        )
        groups.append(Group(f"w{place}", workload, answers, _recipes(answers)))
    return tuple(groups)


def _answer(anchor: str, verdict: Verdict, where: str) -> Answer:
    counts = tuple(sorted({workers for standing in verdict.standings for workers, _ in standing.by_workers}))
    serial = serial_of(verdict)
    return Answer(
        anchor=anchor,
        where=where,
        verdict=verdict,
        glance=glance_row(verdict),
        confidence=confidence_words(verdict),
        standings=tuple(standing_row(standing, verdict, serial) for standing in verdict.standings),
        counts=counts,
        by_workers=tuple(_count_row(one, counts) for one in verdict.standings if one.by_workers),
        cost=cost_words(verdict),
    )


def _count_row(standing: Standing, counts: tuple[int, ...]) -> CountRow:
    measured = dict(standing.by_workers)
    best = standing.cell.workers if standing.cell is not None else None
    cells = (
        (Value(seconds(measured[count]), measured[count]), count == best) if count in measured else (NOTHING, False)
        for count in counts
    )
    return CountRow(standing.runner.label, tuple(cells))


def _recipes(answers: tuple[Answer, ...]) -> tuple[RecipeShown, ...]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for answer in answers:
        if answer.verdict.recipe and answer.verdict.winners:
            found[answer.verdict.winners[0], answer.verdict.recipe].append(answer.where)
    return tuple(RecipeShown(runner, "; ".join(where), source) for (runner, source), where in found.items())
