"""The answer on the terminal: verdicts in words, one table, then what failed, what does not apply, what to doubt.

Nothing here is read as rich markup, so `mp-pool[method=imap]` keeps its brackets; a terminal that cannot show `×`
gets `x`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from comparators.coordination.costs import costs_of
from comparators.coordination.report.costs import cost_grid
from comparators.coordination.report.grids import Entry, Grid, GridRow
from comparators.coordination.report.mistakes import correctness_grid
from comparators.journal.records import Run
from comparators.plan.model import Comparison, Plan
from comparators.report.escaping import ascii_only, one_line, spans
from comparators.report.noise import control_words
from comparators.report.resource_text import cost_words
from comparators.report.run_facts import ended_early, failure_rows, interpreter_words, overview, refused_rows
from comparators.report.table_rows import GlanceRow, Mark, glance_row, outcome_words, tally, where_words
from comparators.verdict.model import Verdict
from comparators.verdict.noise import control_of
from comparators.verdict.text_format import count, duration, plural

if TYPE_CHECKING:  # rich is slow to import, and only a terminal needs it
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["print_plan", "print_summary"]

LONGEST_NAME = 48
LONGEST_REASON = 300
MOST_LINES = 20
"""Failures and reasons that are listed; the report has all."""

MOST_VERDICTS = 40
"""Verdicts in words; the table has all."""

MOST_ROWS = 60
"""Rows of a table about coordination; the report has all."""

GRID_HEAD, NARROWEST_VALUE, GRID_GAP = 20, 8, 3
"""Characters at least of the first column of a table about coordination, of the others, and between columns."""

LONGEST_BUILT_IN, MOST_BUILT_IN = 21, 18
"""Characters of the longest name of a built-in runner, a comma included, and of all but two of them."""

WIDE, ROOMY, USUAL, NARROW = 112, 88, 80, 72
"""Columns from which the table shows everything, from which it breaks no name of a built-in runner, from which it
breaks few, and below which it leaves intervals to the report."""

STYLES: dict[Mark, str] = {
    "win": "bold green",
    "tie": "cyan",
    "open": "yellow",
    "slower": "",
    "absent": "dim",
    "none": "red",
}


def print_summary(run: Run, verdicts: Sequence[Verdict], console: "Console") -> None:
    """Print what a run found out: the verdicts in words first."""
    page = _Page(console)
    page.line(" · ".join(overview(run)), style="dim")
    if ended_early(run):
        page.line(ended_early(run), style="yellow")
    several = len(run.header.plan.interpreters) > 1
    surveyed = {comparison.key for comparison in run.header.plan.comparisons if comparison.survey}
    told = [verdict for verdict in verdicts if verdict.comparison not in surveyed]
    for verdict in told[:MOST_VERDICTS]:
        _print_verdict(page, verdict, several=several)
    page.gap()
    if len(told) > MOST_VERDICTS:
        page.line(f"The other {count(len(told) - MOST_VERDICTS)} comparisons are in the table.")
    if told:
        page.table(_overview_table(page, told, several=several))
    if verdicts:
        page.line(tally(verdicts))
    _print_coordination(page, run, several=several)
    control = control_of(run)
    if control is not None:
        page.line(f"Control: {control_words(control)}.", style="dim")
    _print_failures(page, run)
    _print_refused(page, run.header.plan.comparisons)


def print_plan(plan: Plan, expected_s: float, console: "Console") -> None:
    """Print what will be measured, what does not apply and why, and how long it takes."""
    page = _Page(console)
    settings = plan.settings
    runners = {one.runner.label for comparison in plan.comparisons for one in comparison.candidates}
    page.line(
        f"{plural(len(plan.comparisons), 'comparison')}, {plural(len(runners), 'runner')}, preset {settings.preset}, "
        f"seed {settings.seed}, {plural(len(settings.cpus), 'CPU')}"
    )
    for interpreter in plan.interpreters:
        page.line(f"Python {interpreter.label}: {interpreter_words(interpreter)}")
    page.table(_plan_table(page, plan))
    _print_refused(page, plan.comparisons)
    limit = "" if settings.maximum_time_s is None else f", at most {duration(settings.maximum_time_s)}"
    page.line(f"Expected time: about {duration(expected_s)}{limit}", style="bold")


class _Page:
    """Writes cleaned text to a console, in ASCII where it can take no more."""

    def __init__(self, console: "Console") -> None:
        self.console = console
        self.plain = console.options.ascii_only
        self.width = console.width

    def text(self, words: str, *, style: str = "", longest: int | None = None) -> "Text":
        from rich.text import Text

        line = one_line(words, longest=longest)
        return Text(ascii_only(line) if self.plain else line, style=style)

    def prose(self, sentence: str, *, style: str = "") -> "Text":
        """Show a verdict's sentence, the names in it set apart by colour instead of backticks."""
        from rich.text import Text

        whole = Text(style=style)
        for part, name in spans(" ".join(sentence.split())):
            whole.append(ascii_only(part) if self.plain else part, style="cyan" if name else "")
        return whole

    def line(self, words: str, *, style: str = "", indent: int = 0) -> None:
        self.show(self.text(words, style=style), indent)

    def show(self, text: "Text", indent: int = 0) -> None:
        for line in text.wrap(self.console, max(20, self.width - indent)):
            line.pad_left(indent)
            self.console.print(line)

    def item(self, text: "Text") -> None:
        """Show one of a list, its later lines below the first one's words."""
        from rich.text import Text

        for number, line in enumerate(text.wrap(self.console, max(20, self.width - 4))):
            self.console.print(Text("    " if number else "  - ") + line)

    def gap(self) -> None:
        self.console.print()

    def table(self, table: "Table") -> None:
        self.console.print(table)


def _print_verdict(page: _Page, verdict: Verdict, *, several: bool) -> None:
    mark = glance_row(verdict).mark
    page.gap()
    where = where_words(verdict, several_pythons=several)
    head = page.text(outcome_words(verdict), style=STYLES[mark])
    head.append("  ")
    head.append_text(page.text(f"{verdict.workload}, {where}", style="dim", longest=2 * LONGEST_NAME))
    page.show(head)
    page.show(page.prose(verdict.headline, style="bold"), 2)
    if verdict.why:
        page.show(page.prose(verdict.why), 2)
    if cost := cost_words(verdict):
        page.show(page.prose(cost, style="dim"), 2)
    for flag in verdict.flags:
        page.show(page.prose(f"! {flag}", style="yellow"), 2)


def _print_coordination(page: _Page, run: Run, *, several: bool) -> None:
    """Print what it costs and what went wrong, in short; the reports have intervals and reasons."""
    costs = cost_grid(costs_of(run), several_pythons=several)
    if costs.rows:
        page.gap()
        page.line("What it costs here", style="bold")
        page.table(_grid_table(page, costs, costs.rows))
    grid = correctness_grid(run, several_pythons=several)
    wrong = [row for row in grid.rows if any(entry is not None and entry.alarm for entry in row.entries)]
    if wrong:
        page.gap()
        page.line("Mistakes that workers made with what they share", style="bold")
        page.table(_grid_table(page, grid, wrong))
    if grid.rows:
        left = len(grid.rows) - len(wrong)
        page.line(
            f"None in {plural(left, 'other case')} that {'was' if left == 1 else 'were'} checked." if left else ""
        )


def _grid_table(page: _Page, grid: Grid, rows: Sequence[GridRow]) -> "Table":
    """Make a table of the runners that have a value somewhere, as many as there is room for.

    What a row is about stands in one column. Columns have fixed widths: rich would cut off the last ones.
    """
    valued = [place for place in range(len(grid.runners)) if any(_has_value(row.entries[place]) for row in rows)]
    longest = max((len(", ".join(row.headings)) for row in rows), default=0)
    head = max(GRID_HEAD, min(longest, page.width - GRID_GAP - len(valued) * (NARROWEST_VALUE + GRID_GAP)))
    room = page.width - head - GRID_GAP
    shown = valued[: max(1, room // (NARROWEST_VALUE + GRID_GAP))]
    widest = max((len(grid.runners[place]) for place in shown), default=0)
    width = max(NARROWEST_VALUE, min(widest, room // max(1, len(shown)) - GRID_GAP))
    table = _empty_table(page)
    table.caption_justify = "left"
    if len(shown) < len(valued):
        table.caption = f"{len(valued) - len(shown)} more in the report"
    table.add_column(", ".join(grid.headings), overflow="fold", width=head)
    for place in shown:
        table.add_column(page.text(grid.runners[place]), justify="right", overflow="fold", width=width)
    for row in rows[:MOST_ROWS]:
        entries = (row.entries[place] for place in shown)
        cells = (entry.value.text if entry else "" for entry in entries)
        table.add_row(*(page.text(words) for words in (", ".join(row.headings), *cells)))
    return table


def _has_value(entry: Entry | None) -> bool:
    return entry is not None and entry.note is None


def _overview_table(page: _Page, verdicts: Sequence[Verdict], *, several: bool) -> "Table":
    """Make one table of all comparisons; a narrow terminal gets fewer columns."""
    wide = page.width >= WIDE
    table = _empty_table(page)
    table.add_column("workload", overflow="fold", ratio=3 if wide else 2, min_width=10)
    leading = LONGEST_BUILT_IN if page.width >= ROOMY else MOST_BUILT_IN if page.width >= USUAL else 10
    table.add_column("leading", overflow="fold", ratio=3, min_width=leading)
    for heading in ("workers", "× serial", "seconds"):
        table.add_column(page.text(heading), justify="right", no_wrap=heading != "workers", overflow="crop")
    if wide:
        table.add_column("runner-up", overflow="fold", ratio=3)
        table.add_column("lead over it", justify="right", no_wrap=True, overflow="crop")
    for verdict in verdicts:
        row = glance_row(verdict)
        where = f"{verdict.workload}, {where_words(verdict, several_pythons=several)}"
        ratio = row.to_serial.text if page.width >= NARROW else row.to_serial.text.partition(" (")[0]
        cells = [page.text(where, longest=LONGEST_NAME), _leading(page, row)]
        cells += map(page.text, (row.workers.text, ratio, row.seconds.text))
        if wide:
            cells += [page.text(row.runner_up, longest=LONGEST_NAME), page.text(row.lead.text)]
        table.add_row(*cells)
    return table


def _leading(page: _Page, row: GlanceRow) -> "Text":
    """Name the winner; any other outcome is named before the runners that it is about."""
    words = row.leading if row.outcome == "win" else f"{row.outcome}: {row.leading}"
    return page.text(words if row.leaders else row.outcome, style=STYLES[row.mark], longest=3 * LONGEST_NAME)


def _plan_table(page: _Page, plan: Plan) -> "Table":
    """Make a table of what is measured, comparisons that differ only in phase or Python in one row."""
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for comparison in plan.comparisons:
        groups[comparison.workload.label].append(comparison)
    table = _empty_table(page)
    table.add_column("workload", overflow="fold", min_width=10)
    table.add_column("tasks", justify="right", overflow="fold")
    table.add_column("phases", overflow="fold")
    table.add_column("runners", justify="right", overflow="fold")
    table.add_column("worker counts", overflow="fold")
    for label, comparisons in groups.items():
        table.add_row(
            page.text(label, longest=LONGEST_NAME),
            count(comparisons[0].tasks),
            page.text(", ".join(dict.fromkeys(comparison.phase for comparison in comparisons))),
            count(max(len(comparison.candidates) for comparison in comparisons)),
            page.text(_counts(comparisons)),
        )
    return table


def _counts(comparisons: Iterable[Comparison]) -> str:
    candidates = [one for comparison in comparisons for one in comparison.candidates]
    counts = ", ".join(map(count, sorted({number for one in candidates for number in one.counts})))
    searching = [one.limit for one in candidates if one.search]
    return f"{counts}, then search up to {count(max(searching))}" if searching else counts


def _empty_table(page: _Page) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(box=box.ASCII2 if page.plain else box.SIMPLE_HEAD, pad_edge=page.plain, header_style="bold")


def _print_failures(page: _Page, run: Run) -> None:
    lines = []
    for row in failure_rows(run):
        workers = ", ".join(map(str, row.workers))
        lines.append(f"{row.comparison}, {row.runner}, workers {workers}: {row.cause}: {row.message}")
    _print_list(page, "Failed", lines, style="red")


def _print_refused(page: _Page, comparisons: Sequence[Comparison]) -> None:
    lines = []
    for row in refused_rows(comparisons):
        workers = f" with {', '.join(map(str, row.workers))} workers" if row.workers else ""
        where = "" if row.everywhere else f" ({_some(row.comparisons)})"
        lines.append(f"{row.runner}{workers}: {row.reason}{where}")
    _print_list(page, "Not applicable", lines)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {count(len(names) - 2)} more"


def _print_list(page: _Page, heading: str, lines: Sequence[str], *, style: str = "") -> None:
    if not lines:
        return
    page.gap()
    page.line(heading, style=f"bold {style}".strip())
    for line in lines[:MOST_LINES]:
        page.item(page.text(line, longest=LONGEST_REASON))
    if len(lines) > MOST_LINES:
        page.line(f"and {count(len(lines) - MOST_LINES)} more, see report.html", indent=2)
