"""One HTML page that holds everything: no file beside it, no connection, no trust in any name."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from comparators.coordination.costs import costs_of
from comparators.coordination.report.costs import cost_grid, samples_words
from comparators.coordination.report.mistakes import correctness_grid
from comparators.journal.records import Run
from comparators.report.by_workload import group_verdicts
from comparators.report.escaping import DASH, clean, spans
from comparators.report.figures import Picture
from comparators.report.glossary import GLOSSARY
from comparators.report.run_facts import (
    ended_early,
    failure_rows,
    host_name,
    method,
    observation_rows,
    overview,
    refused_rows,
)
from comparators.report.table_rows import PHASES, tally
from comparators.verdict.model import Verdict

__all__ = ["html_report"]

MOST_OPEN = 24
"""Comparisons up to which their tables are unfolded; above, a reader unfolds what is wanted."""

MOST_ROWS = 1000
"""Rows of a table about failures or observations that the page shows; `journal.jsonl` has all."""


def html_report(run: Run, verdicts: Sequence[Verdict], pictures: Sequence[Picture]) -> str:
    """Return the report as one self-contained page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("comparators.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    script, style = _asset("report.js"), _asset("report.css")
    several = len(run.header.plan.interpreters) > 1
    costs = costs_of(run)
    return environment.get_template("report.html.j2").render(
        title=f"comparators: which model, how many workers, on {host_name(run)}",
        heading="Which concurrency model, and how many workers?",
        policy=_policy(script),
        style=Markup(style),  # noqa: S704  our own file
        script=Markup(script),  # noqa: S704  our own file
        overview=overview(run),
        ended=ended_early(run),
        tally=tally(verdicts),
        several_pythons=several,
        groups=group_verdicts(verdicts, several_pythons=several),
        tables_open=len(verdicts) <= MOST_OPEN,
        costs=cost_grid(costs, several_pythons=several),
        cost_samples=samples_words(costs),
        correctness=correctness_grid(run, several_pythons=several),
        most_rows=MOST_ROWS,
        surveyed={comparison.key for comparison in run.header.plan.comparisons if comparison.survey},
        pictures=_by_workload(pictures),
        observations=_bounded(observation_rows(run)),
        failures=_bounded(failure_rows(run)),
        refused=_bounded(refused_rows(run.header.plan.comparisons)),
        method=method(run),
        warnings=run.warnings,
        glossary=GLOSSARY.items(),
        phases=PHASES,
        spans=spans,
        package=run.header.plan.interpreters[0].package if run.header.plan.interpreters else "",
    )


def _by_workload(pictures: Sequence[Picture]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the pictures of the whole run, then those of each workload; their markup is escaped where it is drawn."""
    from markupsafe import Markup

    groups: dict[str, list[dict[str, str]]] = {}
    for one in pictures:
        shown = {"title": one.title, "alt": one.alt, "svg": Markup(one.svg)}  # noqa: S704  our own drawing
        groups.setdefault(one.workload, []).append(shown)
    return list(groups.items())


def _bounded(rows: Sequence[object]) -> dict[str, object]:
    """Return the rows that the page has room for and how many are left."""
    return {"rows": rows[:MOST_ROWS], "left": max(0, len(rows) - MOST_ROWS)}


def _printable(value: object) -> object:
    """Make control characters visible in every text that goes into the page; markup of our own stays as it is."""
    if value is None:
        return DASH
    return clean(value) if type(value) is str else value


@cache
def _asset(name: str) -> str:
    return files("comparators.report").joinpath("templates", name).read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """Return the content security policy: nothing from outside, no script but our own."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
