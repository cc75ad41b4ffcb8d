"""A suite on the terminal: kinds of work and models in one table, the lessons, what starting costs."""

from collections.abc import Iterator, Sequence

from comparators.report.columns import suite_columns
from comparators.report.layout import COLOURS, Layout, Line, Span, cells
from comparators.report.values import MODEL_NAMES, Value, chosen_api
from comparators.verdict.analysis import Analysis, ResultStatus, Verdict
from comparators.verdict.text_format import count, short_seconds

__all__ = ["observed", "suite_lines"]

MOST_OBSERVATIONS = 6
"""Observations that are named; the report has all."""

MOST_ROWS = 40
"""Comparisons in the table; the report has all."""

WIDE = 112
"""Cells from which the API stands beside the numbers instead of below the kind of work."""

NARROWEST = 10
"""Cells of the first column at least."""

_MARKS: dict[ResultStatus, str] = {"best": "▸", "equal": "=", "open": "?"}
_LEGEND = (("▸", "best"), ("=", "as good"), ("?", "not told apart"), ("–", "not applicable"))
"""Signs in the table and what they say."""


def suite_lines(layout: Layout, analysis: Analysis) -> Iterator[Line]:
    """Yield a table of kinds of work and models, the lessons, what starting costs, what was observed."""
    timed = [one for one in analysis.verdicts if one.timed]
    yield from layout.paragraph(f"{analysis.title}: times faster than a plain loop", style="bold")
    if timed:
        yield from _table(layout, timed[:MOST_ROWS])
    if len(timed) > MOST_ROWS:
        yield from layout.paragraph(f"and {count(len(timed) - MOST_ROWS)} more in the report", indent=2, style="dim")
    for number, lesson in enumerate(analysis.lessons, 1):
        yield from layout.paragraph(f"{number}. {lesson}", hang=3)
    costs = [f"{short_seconds(value)} under {MODEL_NAMES[model]}" for model, value in analysis.starts]
    yield from layout.labelled("start", [f"starting the workers costs {', '.join(costs)}"] if costs else [])
    for comparison in analysis.pythons:
        yield from layout.labelled("Python", [comparison.text])
    yield from _observations(layout, analysis.verdicts)


def observed(verdict: Verdict) -> tuple[str, str]:
    """Return label and style of a verdict's observations: those of a wrong result must not be missed."""
    wrong = any(one.status == "wrong" for one in verdict.models) or any(
        one.status == "wrong" for one in verdict.runners
    )
    return ("wrong", COLOURS["wrong"]) if wrong else ("seen", "")


def _observations(layout: Layout, verdicts: Sequence[Verdict]) -> Iterator[Line]:
    """Yield what was seen beside the time, wrong results first, and what work of fixed duration came to."""
    seen = [(observed(one), f"{one.workload}: {text}") for one in verdicts for text in one.observations]
    seen += [(("seen", ""), f"{one.workload}: {one.headline}") for one in verdicts if not one.timed]
    seen.sort(key=lambda entry: entry[0][0] != "wrong")
    before = ""
    for (label, style), text in seen[:MOST_OBSERVATIONS]:
        yield from layout.labelled("" if label == before else label, [text], style=style)
        before = label
    left = len(seen) - MOST_OBSERVATIONS
    yield from layout.labelled("", [f"{count(left)} more in the report"] if left > 0 else [])


def _table(layout: Layout, verdicts: Sequence[Verdict]) -> Iterator[Line]:
    """Yield a row per kind of work and what the signs mean."""
    kinds, *models = suite_columns(verdicts)
    values = [[column.value(one) for column in models] for one in verdicts]
    texts = [[layout.text(_marked(value)) for value in row] for row in values]
    headings = [layout.text(column.heading) for column in models]
    widths = [max(map(cells, column)) + 2 for column in zip(headings, *texts, strict=True)]
    names = [layout.text(kinds.value(one).text) for one in verdicts]
    apis = [layout.text(chosen_api(one)) for one in verdicts]
    beside = max(map(cells, apis)) + 2 if layout.width >= WIDE else 0
    first = max(cells(one) for one in (kinds.heading, *names))
    first = max(NARROWEST, min(first, layout.width - 2 - sum(widths) - beside))
    heads = (Span(layout.padded(text, width, "right"), "bold") for text, width in zip(headings, widths, strict=True))
    yield (Span(f"  {layout.padded(kinds.heading, first)}", "bold"), *heads)
    for name, api, row, row_texts in zip(names, apis, values, texts, strict=True):
        numbers = [
            Span(layout.padded(text, width, "right"), COLOURS.get(value.mark, "") if value.mark else "")
            for text, width, value in zip(row_texts, widths, row, strict=True)
        ]
        yield from _row(layout.wrapped(name, first), layout, first, numbers, api, beside=bool(beside))
    yield from _legend(layout, texts)


def _row(
    name: Sequence[str], layout: Layout, first: int, numbers: Sequence[Span], api: str, *, beside: bool
) -> Iterator[Line]:
    """Yield a row of the table with the API in small print beside it or below it."""
    small = [Span(f"  {api}", "dim")] if api else []
    yield (Span(f"  {layout.padded(name[0], first)}"), *numbers, *(small if beside else []))
    yield from ((Span(f"  {line}"),) for line in name[1:])
    if small and not beside:
        yield (Span("  "), *small)


def _legend(layout: Layout, texts: Sequence[Sequence[str]]) -> Iterator[Line]:
    signs = {text[:1] for row in texts for text in row}
    used = [f"{layout.text(sign)} {text}" for sign, text in _LEGEND if layout.text(sign) in signs]
    if used:
        yield from layout.paragraph(" · ".join(used), style="dim", indent=2)


def _marked(value: Value) -> str:
    return (_MARKS.get(value.mark, "") if value.mark else "") + value.text
