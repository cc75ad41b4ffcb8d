"""What `--verbose` adds on the terminal: runners, worker counts, evidence, how it was measured."""

from collections.abc import Iterator

from comparators.report.columns import COUNTS, FACTS, MODEL_RESULTS, NOT_APPLICABLE, RUNNERS, columns_of
from comparators.report.layout import Layout, Line, Span
from comparators.report.run_words import noise_words
from comparators.report.text_table import table_lines
from comparators.verdict.analysis import Analysis, Table, Verdict

__all__ = ["analysis_details", "verdict_details"]


_MODELS = tuple(one for one in MODEL_RESULTS if one.key not in ("api", "status", "note"))
"""What the bars of the models do not say."""


def verdict_details(layout: Layout, verdict: Verdict) -> Iterator[Line]:
    """Yield what stands behind one verdict."""
    numbers = [verdict.cause.numbers] if verdict.cause is not None and verdict.cause.numbers else []
    yield from layout.labelled("facts", [*numbers, *verdict.evidence])
    measured = [one for one in verdict.models if one.seconds is not None]
    yield from _titled("models", table_lines(layout, _MODELS, measured))
    yield from _titled("worker counts", table_lines(layout, COUNTS, verdict.counts))
    took_part = [one for one in verdict.runners if one.status != "not-applicable"]
    yield from _titled("runners", table_lines(layout, RUNNERS, took_part))


def analysis_details(layout: Layout, analysis: Analysis) -> Iterator[Line]:
    """Yield what holds for the whole run: what does not apply, its noise, how it was measured, further tables."""
    yield from _titled("not applicable", table_lines(layout, NOT_APPLICABLE, analysis.not_applicable))
    for table in analysis.tables:
        yield from _titled(layout.text(table.title), _table(layout, table))
    if analysis.noise is not None:
        yield from layout.labelled("noise", [noise_words(analysis.noise)])
    for warning in analysis.warnings:
        yield from layout.labelled("note", [warning], style="yellow")
    yield from _titled("how it was measured", _facts(layout, analysis))


def _titled(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    """Yield a heading and its lines; nothing without lines."""
    first = next(lines, None)
    if first is not None:
        yield (Span(title, "bold"),)
        yield first
        yield from lines


def _facts(layout: Layout, analysis: Analysis) -> Iterator[Line]:
    lines = table_lines(layout, FACTS, analysis.facts)
    next(lines, None)  # these columns need no headings
    yield from lines


def _table(layout: Layout, table: Table) -> Iterator[Line]:
    """Yield a table of another wing."""
    yield from layout.paragraph(table.help, style="dim", indent=2)

    yield from table_lines(layout, columns_of(table), table.rows)
    for note in table.notes:
        yield from layout.paragraph(note, style="dim", indent=2)
