"""`summary.md`: the answer as Markdown, readable as it is and rendered on a forge; what stands behind it is folded."""

from collections.abc import Iterable, Iterator

from comparators.report.columns import (
    COMPARISONS,
    COUNTS,
    FACTS,
    FAILURES,
    MODEL_RESULTS,
    NOT_APPLICABLE,
    RUNNERS,
    Column,
    columns_of,
    suite_columns,
)
from comparators.report.markdown_syntax import MOST_ROWS, code, column_table, escape, folded, prose, source
from comparators.report.run_words import ending, noise_words
from comparators.report.values import MODEL_NAMES, chosen_api, where, words
from comparators.verdict.analysis import Analysis, Table, Verdict
from comparators.verdict.text_format import short_seconds

__all__ = ["markdown_summary"]

MOST_TOLD = 3
"""Comparisons that are told one by one; more of them are a table."""

_CODE: Column[Verdict] = Column("api", "in code", "The simplest API.", lambda one: words(chosen_api(one)), name=True)

_ANSWER = tuple(one for one in MODEL_RESULTS if not one.detail)
_COSTS = tuple(one for one in MODEL_RESULTS if one.key in ("model", "status") or one.detail)
"""What the first table of a comparison says of its models, and what a reader unfolds."""


def markdown_summary(analysis: Analysis) -> str:
    """Return the summary of a run, the answer first."""
    lines = list(_told(analysis) if len(analysis.verdicts) <= MOST_TOLD else _suite(analysis))
    if ending(analysis):
        lines += [f"**Incomplete:** {prose(ending(analysis))}.", ""]
    lines += _failures(analysis)
    lines += ["The page with all pictures is report.html, the numbers are in verdicts.json.", ""]
    lines += folded("What does not apply, and why", column_table(NOT_APPLICABLE, analysis.not_applicable))
    for table in analysis.tables:
        lines += folded(table.title, list(_table(table)))
    lines += folded("How it was measured", list(_method(analysis)))
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).rstrip("\n") + "\n"


def _told(analysis: Analysis) -> Iterator[str]:
    """Yield each comparison with its answer as heading."""
    heading = "#"
    if len(analysis.verdicts) != 1:
        yield from (f"# {escape(analysis.title or 'nothing was measured')}", "")
        heading = "##"
    for verdict in analysis.verdicts:
        yield from (f"{heading} {escape(where(verdict, analysis.verdicts))}: {prose(verdict.headline)}", "")
        yield from _answer(verdict)
    yield from _items("Python", (one.text for one in analysis.pythons))
    yield ""


def _answer(verdict: Verdict) -> Iterator[str]:
    """Yield what the first screen of a terminal says, the code, and what stands behind it."""
    if verdict.timed:
        yield from column_table(_ANSWER, [one for one in verdict.models if one.status != "not-applicable"])
    yield from _clauses(verdict)
    if verdict.counts_given:
        yield from column_table(COUNTS, verdict.counts)
    if verdict.recipe:
        yield from source(verdict.recipe, "python")
    yield from folded("Models: starting, CPU, memory", column_table(_COSTS, verdict.models))
    if not verdict.counts_given:
        yield from folded("Worker counts", column_table(COUNTS, verdict.counts))
    yield from folded("APIs", column_table(RUNNERS, verdict.runners))
    yield from folded("Evidence", [*_items("", verdict.evidence), ""] if verdict.evidence else [])


def _clauses(verdict: Verdict) -> Iterator[str]:
    cause = verdict.cause
    numbers = f" ({cause.numbers})" if cause is not None and cause.numbers else ""
    yield from _items("seen", verdict.observations)
    yield from _items("why", [f"{cause.text}{numbers}"] if cause is not None else [])
    yield from _items("sure", verdict.sure)
    yield from _items("also", (one.text for one in verdict.advice))
    yield from _items("but", verdict.flags)
    yield ""


def _items(label: str, texts: Iterable[str]) -> Iterator[str]:
    before = f"**{label}** " if label else ""
    yield from (f"- {before}{prose(text)}" for text in texts)


def _suite(analysis: Analysis) -> Iterator[str]:
    """Yield a table of kinds of work and models, the lessons, then every comparison in a line."""
    timed = [one for one in analysis.verdicts if one.timed]
    yield from (f"# {escape(analysis.title)}: which model for which work", "")
    if timed:
        yield from ("Times faster than a plain loop; the best is bold.", "")
        yield from column_table((*suite_columns(timed), _CODE), timed)
    yield from (f"{number}. {prose(lesson)}" for number, lesson in enumerate(analysis.lessons, 1))
    yield ""
    costs = (f"{short_seconds(value)} under {MODEL_NAMES[model]}" for model, value in analysis.starts)
    yield from _items("start", [f"starting the workers costs {', '.join(costs)}"] if analysis.starts else [])
    yield from _items("Python", (one.text for one in analysis.pythons))
    for verdict in analysis.verdicts:
        yield from (f"- {code(verdict.workload)}: {prose(text)}" for text in (*verdict.observations, *verdict.flags))
    yield ""
    yield from folded("Every comparison", column_table(COMPARISONS, analysis.verdicts))
    sure = [
        f"- {code(where(one, analysis.verdicts))}: {prose(one.headline)} {prose(' · '.join(one.sure))}"
        for one in analysis.verdicts[:MOST_ROWS]
    ]
    yield from folded("Every answer, and how sure", [*sure, ""])


def _failures(analysis: Analysis) -> Iterator[str]:
    rows = column_table(FAILURES, analysis.failures)
    if rows:
        yield from ("## What failed", "", *rows)
        details = [line for one in analysis.failures if one.details for line in source(one.details)]
        yield from folded("Output of what failed", details)


def _table(table: Table) -> Iterator[str]:
    """Yield a table of a second wing."""
    yield from (prose(table.help), "")
    yield from column_table(columns_of(table), table.rows)
    yield from (f"- {prose(note)}" for note in table.notes)
    yield ""


def _method(analysis: Analysis) -> Iterator[str]:
    if analysis.noise is not None:
        yield from (f"Noise: {prose(noise_words(analysis.noise))}.", "")
    yield from (f"- {prose(warning)}" for warning in analysis.warnings)
    yield ""
    yield from column_table(FACTS, analysis.facts)
