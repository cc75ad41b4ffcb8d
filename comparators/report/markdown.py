"""`summary.md`: the answer as Markdown, readable as it is and rendered on a forge.

Names stand in code spans and other text is escaped, so nothing from outside becomes a link, a table or HTML.
"""

import re
from collections.abc import Iterable, Sequence

from comparators.coordination.costs import costs_of
from comparators.coordination.report.costs import cost_grid, samples_words
from comparators.coordination.report.grids import Entry, Grid
from comparators.coordination.report.mistakes import correctness_grid
from comparators.journal.records import Run
from comparators.report.by_workload import Answer, Group, RecipeShown, group_verdicts
from comparators.report.escaping import DASH, clean, one_line, spans
from comparators.report.run_facts import ended_early, failure_rows, method, overview, refused_rows
from comparators.report.table_rows import PHASES, tally
from comparators.verdict.model import Verdict

__all__ = ["code", "escape", "markdown_summary", "table"]

MOST_ROWS = 500
"""Rows of the tables about failures; `journal.jsonl` has all."""

SPECIAL = re.compile(r"[\\`*<$~|#]|(?<!\w)_|_(?!\w)")
"""What means something within a line. An underscore between letters does not."""

BARE_PIPE = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"\](?=[(\[:])")
FIRST = re.compile(r"^([=+@>-]|\d+[.)] )")
"""What a line or a spreadsheet's cell must not begin with: a formula, a list, a quotation."""


def markdown_summary(run: Run, verdicts: Sequence[Verdict]) -> str:
    """Return the summary of a run."""
    several = len(run.header.plan.interpreters) > 1
    groups = group_verdicts(verdicts, several_pythons=several)
    lines = ["# Which concurrency model, and how many workers?", "", escape(" · ".join(overview(run))), ""]
    if ended_early(run):
        lines += [f"**Incomplete.** {ended_early(run)}", ""]
    lines += ["## At a glance", "", tally(verdicts), "", *_glance(groups), ""]
    surveyed = {comparison.key for comparison in run.header.plan.comparisons if comparison.survey}
    lines += _coordination(run, several=several)
    for group in groups:
        if any(answer.verdict.comparison not in surveyed for answer in group.answers):
            lines += _group(group)
    lines += _failures(run)
    lines += _refused(run)
    lines += ["## How it was measured", ""]
    lines += [f"- {escape(warning)}" for warning in run.warnings]
    lines += ["", *table(("what", "value"), ((escape(name), escape(value)) for name, value in method(run)))]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return text as one line that Markdown shows as it is."""
    return FIRST.sub(_defused, _literal(one_line(text)))


def code(name: str) -> str:
    """Return a name as a code span, whatever is in it."""
    line = one_line(name)
    longest = max((len(ticks) for ticks in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return a table's lines; the cells are Markdown already. Columns whose numbers are in `right` are aligned so."""
    rule = ("---:" if place in right else "---" for place in range(len(headings)))
    return [_row(headings), _row(tuple(rule)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    """Put Markdown into a row; within tables a pipe needs its backslash in code spans too."""
    shown = (BARE_PIPE.sub(r"\\|", cell) or DASH for cell in cells)
    return f"| {' | '.join(shown)} |"


def _literal(text: str) -> str:
    special = SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;"))
    return LINK.sub(r"\\]", special).replace("://", ":\\//")


def _defused(found: re.Match[str]) -> str:
    return f"{found[0][:-2]}\\{found[0][-2:]}" if found[0][0].isdigit() else f"\\{found[0]}"


def _prose(sentence: str) -> str:
    """Escape a verdict's sentence; the names between its backticks become code spans."""
    line = " ".join(sentence.split())
    return FIRST.sub(_defused, "".join(code(part) if name else _literal(part) for part, name in spans(line)))


def _glance(groups: Iterable[Group]) -> list[str]:
    headings = (
        "workload",
        "comparison",
        "outcome",
        "leading",
        "workers",
        "times faster than serial",
        "seconds",
        "runner-up",
    )
    rows = (
        (
            code(group.workload),
            escape(answer.where),
            answer.glance.outcome,
            _names(answer.glance.leaders) + (f" and {answer.glance.more} more" if answer.glance.more else ""),
            answer.glance.workers.text,
            answer.glance.to_serial.text,
            answer.glance.seconds.text,
            _names((answer.verdict.runner_up,) if answer.verdict.runner_up else ()),
        )
        for group in groups
        for answer in group.answers
    )
    return table(headings, rows, right=(4, 5, 6))


def _coordination(run: Run, *, several: bool) -> list[str]:
    costs = costs_of(run)
    grid = cost_grid(costs, several_pythons=several)
    correctness = correctness_grid(run, several_pythons=several)
    lines = []
    if grid.rows:
        lines += ["## What it costs here", "", f"With 95 % intervals of the mean, from {samples_words(costs)}.", ""]
        lines += _grid(grid)
    if correctness.rows:
        lines += [
            "## Correctness",
            "",
            "Mistakes counted: lowest to highest over the samples.",
            "",
            *_grid(correctness),
        ]
    return lines


def _grid(grid: Grid) -> list[str]:
    rows = ((*map(escape, row.headings), *(_entry(entry) for entry in row.entries)) for row in grid.rows[:MOST_ROWS])
    fixed = len(grid.headings)
    right = range(fixed, fixed + len(grid.runners))
    lines = table((*grid.headings, *map(code, grid.runners)), rows, right=right)
    left = len(grid.rows) - MOST_ROWS
    lines += ["", f"{left} more rows follow from journal.jsonl."] if left > 0 else []
    return [*lines, "", *(f"{number}. {escape(note)}" for number, note in enumerate(grid.notes, 1)), ""]


def _entry(entry: Entry | None) -> str:
    if entry is None:
        return ""
    note = f" ({entry.note})" if entry.note else ""
    return f"{entry.value.text}{note}" + (f" ({entry.extra})" if entry.extra else "")


def _names(labels: Iterable[str]) -> str:
    return ", ".join(map(code, labels)) or DASH


def _group(group: Group) -> list[str]:
    lines = [f"## {code(group.workload)}", ""]
    for answer in group.answers:
        lines += _answer(answer)
    for recipe in group.recipes:
        lines += _recipe(recipe)
    return lines


def _answer(answer: Answer) -> list[str]:
    verdict = answer.verdict
    lines = [f"### {escape(answer.where)}: {answer.glance.outcome}", "", f"**{_prose(verdict.headline)}**", ""]
    if verdict.why:
        lines += [_prose(verdict.why), ""]
    lines += [f"- ⚑ {_prose(flag)}" for flag in verdict.flags]
    lines += [f"- {_prose(line)}" for line in verdict.evidence]
    if answer.cost:
        lines.append(f"- {_prose(answer.cost)}")
    lines += [f"- {escape(answer.confidence)}", f"- {verdict.phase}: {PHASES[verdict.phase]}", ""]
    headings = (
        "runner",
        "status",
        "workers",
        "seconds",
        "times faster than serial",
        "first result",
        "start-up",
        "CPU seconds",
        "memory",
        "samples",
        "reason",
    )
    rows = (
        (
            code(row.runner),
            row.status,
            row.workers.text,
            row.seconds.text,
            row.to_serial.text,
            row.first.text,
            row.startup.text,
            row.cpu.text,
            row.memory.text,
            row.samples.text,
            _prose(row.reason),
        )
        for row in answer.standings
    )
    return [*lines, *table(headings, rows, right=(2, 3, 4, 5, 6, 7, 8, 9)), ""]


def _recipe(recipe: RecipeShown) -> list[str]:
    source = clean(recipe.source).rstrip("\n")
    longest = max((len(ticks) for ticks in re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"Recipe for {code(recipe.runner)} ({escape(recipe.where)}):", "", f"{fence}python", source, fence, ""]


def _failures(run: Run) -> list[str]:
    rows = failure_rows(run)
    if not rows:
        return []
    cells = (
        (code(row.comparison), code(row.runner), ", ".join(map(str, row.workers)), row.cause, escape(row.message))
        for row in rows[:MOST_ROWS]
    )
    lines = ["## What failed, and why", "", *table(("comparison", "runner", "workers", "cause", "message"), cells), ""]
    return lines + ([f"{len(rows) - MOST_ROWS} more are in journal.jsonl.", ""] if len(rows) > MOST_ROWS else [])


def _refused(run: Run) -> list[str]:
    rows = refused_rows(run.header.plan.comparisons)
    if not rows:
        return []
    cells = (
        (
            code(row.runner),
            ", ".join(map(str, row.workers)) or "any",
            escape(row.reason),
            "all comparisons" if row.everywhere else _names(row.comparisons),
        )
        for row in rows
    )
    return ["## What does not apply, and why", "", *table(("runner", "workers", "reason", "where"), cells), ""]
