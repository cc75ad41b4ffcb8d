"""The answer on the terminal: one block per comparison, or one table for a suite; the last line says where to go on.

Pure: an analysis and a width in, lines out; `print_summary` puts them on a console. Nothing here is read as rich
markup, so `mp-pool[method=imap]` keeps its brackets; a terminal that cannot show `×` gets `x`.
"""

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from comparators.report.bars import count_lines, model_lines
from comparators.report.layout import LABEL, Layout, Line, Span, cells
from comparators.report.run_words import ending
from comparators.report.terminal_details import analysis_details, verdict_details
from comparators.report.terminal_suite import observed, suite_lines
from comparators.report.values import several, where
from comparators.verdict.analysis import Analysis, Cause, FailureGroup, Verdict
from comparators.verdict.text_format import plural

if TYPE_CHECKING:  # rich is slow to import, and only a terminal needs it
    from rich.console import Console

__all__ = ["MOST_BLOCKS", "print_lines", "print_summary", "summary_lines"]

MOST_BLOCKS = 3
"""Comparisons that are told one by one; more of them are a table."""

MOST_DETAILED = 40
"""Comparisons whose details are printed; the report has all."""

MOST_FAILURES, MOST_HIT, MOST_LINES = 5, 3, 4
"""Causes of failure that are named, cells of each, lines of its output; the report has all."""

GAP = "     "
"""Between the command that prints the code and the report's path."""

_FAILED: dict[str, str] = {"hangs": "hangs", "wrong-result": "wrong"}
"""Labels of failures by cause; all others have failed."""


def print_summary(analysis: Analysis, console: "Console", *, verbose: bool = False) -> None:
    """Print what a run found out; `verbose` adds runners, worker counts, evidence and how it was measured."""
    layout = Layout(console.width, console.options.ascii_only)
    print_lines(summary_lines(analysis, layout, verbose=verbose), console)


def print_lines(lines: Iterator[Line], console: "Console") -> None:
    """Print lines that are laid out for a console's width."""
    from rich.text import Text

    for line in lines:
        text = Text.assemble(*((span.text, span.style) for span in line))
        text.rstrip()
        console.print(text, no_wrap=True, overflow="ignore", crop=False)


def summary_lines(analysis: Analysis, layout: Layout, *, verbose: bool = False) -> Iterator[Line]:
    """Yield the summary of a run: the answer first, what went wrong, then where to go on."""
    several = len(analysis.verdicts) > MOST_BLOCKS
    if several:
        yield from suite_lines(layout, analysis)
    if not several or verbose:
        yield from _blocks(layout, analysis, after_table=several, verbose=verbose)
    yield from _trouble(layout, analysis, verbose=verbose)
    if verbose:
        yield from analysis_details(layout, analysis)
    yield from last_line(layout, analysis)


def _blocks(layout: Layout, analysis: Analysis, *, after_table: bool, verbose: bool) -> Iterator[Line]:
    """Yield the answers one by one, with an empty line between them."""
    if not analysis.verdicts:
        yield from layout.paragraph("nothing was measured", style="bold")
    for number, verdict in enumerate(analysis.verdicts[:MOST_DETAILED]):
        if number or after_table:
            yield ()
        yield from verdict_lines(layout, verdict, where(verdict, analysis.verdicts), verbose=verbose)
    for comparison in analysis.pythons if not after_table else ():
        yield from layout.labelled("Python", [comparison.text])


def _trouble(layout: Layout, analysis: Analysis, *, verbose: bool) -> Iterator[Line]:
    """Yield what failed, one block per cause, and why the run is incomplete."""
    for group in analysis.failures[:MOST_FAILURES]:
        yield from failure_lines(layout, group, verbose=verbose)
    left = len(analysis.failures) - MOST_FAILURES
    yield from layout.labelled("", [plural(left, "more cause") + " in the report"] if left > 0 else [])
    yield from layout.labelled("but", [ending(analysis)], style="yellow")


def verdict_lines(layout: Layout, verdict: Verdict, name: str, *, verbose: bool = False) -> Iterator[Line]:
    """Yield the answer of one comparison: headline, bars, cause, how sure, advice, what speaks against it."""
    yield from layout.paragraph(f"{name}: {verdict.headline}", style="bold")
    if verdict.timed:
        yield from model_lines(layout, verdict, every=verbose)
    if verdict.counts_given:
        yield from count_lines(layout, verdict.counts)
    label, style = observed(verdict)
    yield from layout.labelled(label, verdict.observations, style=style)
    if verdict.cause is not None:
        yield from _why(layout, verdict.cause)
    yield from layout.labelled("sure", verdict.sure)
    yield from layout.labelled("also", [one.text for one in verdict.advice])
    yield from layout.labelled("but", verdict.flags, style="yellow")
    if verbose:
        yield from verdict_details(layout, verdict)


def _why(layout: Layout, cause: Cause) -> Iterator[Line]:
    """Yield the cause, with its numbers in brackets where they fit in the line; the details have them anyway."""
    whole = f"{cause.text} ({cause.numbers})" if cause.numbers else cause.text
    fits = LABEL + cells(layout.text(whole)) <= layout.width
    yield from layout.labelled("why", [whole if fits else cause.text])


def failure_lines(layout: Layout, group: FailureGroup, *, verbose: bool = False) -> Iterator[Line]:
    """Yield one cause of failure: what happened, where, the first lines of its output, a tip."""
    hit = several(group.cells, len(group.cells), MOST_HIT)
    yield from layout.labelled(_FAILED.get(group.cause, "failed"), [group.message], style="red")
    yield from layout.labelled("", [f"{plural(len(group.cells), 'cell')}: {hit}"])
    lines = group.details.splitlines()
    for line in lines if verbose else lines[:MOST_LINES]:
        room = layout.width - LABEL
        indent = min(len(line) - len(line.lstrip()), room // 2)
        yield (Span(" " * (LABEL + indent) + layout.text(line, longest=max(1, room - indent)), "dim"),)
    yield from layout.labelled("tip", [group.tip] if group.tip else [])


def last_line(layout: Layout, analysis: Analysis) -> Iterator[Line]:
    """Yield how to get the code and where the report is; nothing without a run directory."""
    if not analysis.directory_hint:
        return
    folder = shlex.quote(analysis.directory_hint)
    report = layout.text(shlex.quote(f"{analysis.directory_hint}/report.html"))
    if not any(verdict.recipe for verdict in analysis.verdicts):
        yield Span("report".ljust(LABEL), "bold"), Span(report)
        return
    one = len({verdict.workload for verdict in analysis.verdicts}) == 1
    code = layout.text(f"comparators recipe {folder}" + ("" if one else " WORKLOAD"))
    first = (Span("code".ljust(LABEL), "bold"), Span(code))
    second = (Span("report", "bold"), Span(f"  {report}"))
    if LABEL + cells(code + GAP + second[0].text + second[1].text) <= layout.width:
        yield (*first, Span(GAP), *second)
    else:
        yield first
        yield Span("report".ljust(LABEL), "bold"), Span(report)
