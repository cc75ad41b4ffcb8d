"""One HTML page that holds everything: no file beside it, no connection, no trust in any name."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from comparators.report.columns import (
    COUNTS,
    FAILURES,
    MODEL_RESULTS,
    NOT_APPLICABLE,
    RUNNERS,
    columns_of,
    suite_columns,
)
from comparators.report.escaping import DASH, clean, day, spans
from comparators.report.figures import Picture
from comparators.report.glossary import GLOSSARY
from comparators.report.html_tables import column_table
from comparators.report.lessons import memory_lesson, place_of, positive, run_lesson, time_of, workers_lesson
from comparators.report.model_bars import Bar, bars_of, longest
from comparators.report.run_words import ending, noise_words
from comparators.report.values import MODEL_NAMES, STATUSES
from comparators.verdict.analysis import Analysis, ModelResult, RunnerResult, Verdict
from comparators.verdict.text_format import duration, plural

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["MOST_COMPLETE", "html_report"]

MOST_COMPLETE = 200
"""Comparisons that the page shows with all their tables; further ones have their answer only."""

_MOST_DETAILS = 50
"""Causes of failure whose stacks are shown."""

_UNIT = re.compile(r"(\d) (?=(?:[nµm]?s|%|min|h|[KMGT]iB|[kMG]B)(?![a-z]))")

_START_COLUMNS = ("model", "start_s", "tasks_to_pay", "note")
_COSTS = ("start_s", "cpu_s", "memory_bytes")
_COST_COLUMNS = ("model", "runner", "seconds", "workers", "cell", *_COSTS)
"""Keys of columns: what a table of start-up shows, what runners have in a table of its own, and that table."""

ResultT = TypeVar("ResultT", ModelResult, RunnerResult)


@dataclass(frozen=True, slots=True)
class _Fold:
    """A folded part of a comparison: a heading and tables, pictures or lines.

    Attributes:
        title: of the part.
        tables: as markup.
        pictures: drawn for it.
        lines: of a list.
        blocks: texts whose lines are kept, such as stacks, each with its label.
        help: one sentence above; may be empty.
        hint: what it says in short, beside the title; may be empty.
    """

    title: str
    tables: tuple["Markup", ...] = ()
    pictures: tuple[Picture, ...] = ()
    lines: tuple[str, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    help: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A comparison as the template shows it.

    Attributes:
        anchor: id on the page.
        place: its name, with phase and Python where the run has several.
        verdict: as analysed.
        bars: one per model.
        scale: the length that fills the track.
        folds: everything else about it.
    """

    anchor: str
    place: str
    verdict: Verdict
    bars: tuple[Bar, ...]
    scale: float
    folds: tuple[_Fold, ...]


def html_report(analysis: Analysis, pictures: Sequence[Picture]) -> str:
    """Return the report of a run as one self-contained page."""
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
    answers = tuple(_answers(analysis, pictures))
    return environment.get_template("report.html.j2").render(
        analysis=analysis,
        answers=answers,
        heading=_heading(analysis),
        unbroken=_unbroken,
        lessons=analysis.lessons or tuple(one.text for one in analysis.pythons),
        overview=_overview(analysis),
        ended=ending(analysis),
        suite=_suite_table(analysis),
        folds=tuple(_run_folds(analysis)),
        noise=noise_words(analysis.noise) if analysis.noise else "",
        glossary=GLOSSARY.items(),
        policy=_policy(script),
        style=Markup(style),  # noqa: S704  our own file
        script=Markup(script),  # noqa: S704  our own file
        spans=spans,
        markup=Markup,
        names=MODEL_NAMES,
        statuses=STATUSES,
    )


def _heading(analysis: Analysis) -> tuple[str, str]:
    """Return the sentence that answers and the numbers that follow it; these may be empty."""
    if len(analysis.verdicts) == 1:
        verdict = analysis.verdicts[0]
        answer, stop, numbers = verdict.headline.partition(". ")
        return f"{verdict.workload}: {answer}{stop.strip()}", numbers
    return (run_lesson(analysis) if analysis.verdicts else "Nothing was compared"), ""


def _unbroken(text: str) -> str:
    """Keep numbers and their units on one line."""
    return _UNIT.sub("\\1\N{NO-BREAK SPACE}", text)


def _overview(analysis: Analysis) -> tuple[str, ...]:
    """Return what was compared, where, how and when."""
    node = str(analysis.host.get("node", analysis.host.get("name", "")))
    pythons = ", ".join(dict.fromkeys(one.python for one in analysis.verdicts))
    title = analysis.title if len(analysis.verdicts) > 1 else ""
    took = f"measured in {duration(analysis.elapsed_s)}" if analysis.elapsed_s > 0 else ""
    parts = (title, node, f"Python {pythons}" if pythons else "", f"preset {analysis.preset}", took)
    return tuple(part for part in (*parts, day(analysis.started_at)) if part)


def _suite_table(analysis: Analysis) -> "Markup | None":
    """Return the table of kinds of work and models; None for a single comparison."""
    if len(analysis.verdicts) < 2:
        return None
    caption = "Times faster than the plain loop; the model to use is filled, what is as good is outlined"
    anchors = [f"c{number}" for number in range(1, len(analysis.verdicts) + 1)]
    return column_table(caption, suite_columns(analysis.verdicts), analysis.verdicts, "suite", anchors=anchors)


def _answers(analysis: Analysis, pictures: Sequence[Picture]) -> Iterator[_Answer]:
    drawn: dict[str, dict[str, Picture]] = {}
    for picture in pictures:
        drawn.setdefault(picture.comparison, {})[picture.kind] = picture
    for number, verdict in enumerate(analysis.verdicts, start=1):
        anchor, bars = f"c{number}", bars_of(verdict)
        complete = number <= MOST_COMPLETE
        folds = tuple(_folds(verdict, drawn.get(verdict.comparison, {}), anchor)) if complete else ()
        yield _Answer(anchor, place_of(verdict, analysis), verdict, bars, longest(bars), folds)


def _folds(verdict: Verdict, drawn: dict[str, Picture], anchor: str) -> Iterator[_Fold]:
    """Yield everything that is folded below an answer, without parts that have nothing to show."""
    if verdict.runners:
        apis = [column for column in RUNNERS if column.key not in _COSTS]
        table = column_table("Every runner, best first", apis, verdict.runners, f"{anchor}-apis")
        yield _Fold("APIs", (table,), hint=plural(len(verdict.runners), "runner"))
    if verdict.counts:
        table = column_table("Every worker count that was tried", COUNTS, verdict.counts, f"{anchor}-counts")
        yield _Fold("Worker counts", (table,), _pictures(drawn, "workers"), hint=workers_lesson(verdict))
    if any(one.start_s is not None for one in verdict.models):
        columns = [column for column in MODEL_RESULTS if column.key in _START_COLUMNS]
        caption = "What starting the workers takes, and from how many tasks on it pays"
        table = column_table(caption, columns, _measured(verdict.models), f"{anchor}-start")
        yield _Fold("Start-up and break-even", (table,))
    costs = tuple(_cost_tables(verdict, anchor))
    if costs:
        yield _Fold("CPU and memory", costs, _pictures(drawn, "memory"), hint=_memory_hint(verdict))
    if verdict.evidence:
        yield _Fold("Evidence", lines=verdict.evidence)
    if "samples" in drawn:
        hint = plural(sum(len(one.seconds) for one in verdict.samples), "sample")
        yield _Fold("Samples", pictures=_pictures(drawn, "samples"), hint=hint)


def _measured(results: Sequence[ResultT]) -> list[ResultT]:
    return [one for one in results if one.status != "not-applicable"]


def _cost_tables(verdict: Verdict, anchor: str) -> Iterator["Markup"]:
    """Yield CPU time and memory by model and by runner, where they are known."""
    by_model = [one for one in _measured(verdict.models) if one.cpu_s is not None or one.memory_bytes is not None]
    by_runner = [one for one in _measured(verdict.runners) if one.cpu_s is not None or one.memory_bytes is not None]
    if by_model:
        columns = [column for column in MODEL_RESULTS if column.key in _COST_COLUMNS]
        yield column_table("CPU time and memory of each model", columns, by_model, f"{anchor}-cost")
    if by_runner:
        runner_columns = [column for column in RUNNERS if column.key in _COST_COLUMNS]
        yield column_table("CPU time and memory of each runner", runner_columns, by_runner, f"{anchor}-costs")


def _memory_hint(verdict: Verdict) -> str:
    results = [one for one in verdict.models if time_of(one) and positive(one.memory_bytes)]
    return memory_lesson(results) if len(results) > 1 else ""


def _pictures(drawn: dict[str, Picture], kind: str) -> tuple[Picture, ...]:
    return (drawn[kind],) if kind in drawn else ()


def _run_folds(analysis: Analysis) -> Iterator[_Fold]:
    """Yield what is folded below all answers: failures, what does not apply, other tables, how it was measured."""
    if analysis.failures:
        table = column_table("Failures by cause; a failed cell has no value", FAILURES, analysis.failures, "failures")
        blocks = tuple((one.message, one.details) for one in analysis.failures[:_MOST_DETAILS] if one.details)
        hint = plural(analysis.failed, "failed cell")
        yield _Fold("Failures by cause", (table,), blocks=blocks, hint=hint)
    if analysis.not_applicable:
        caption = "What cannot be measured here, by reason"
        table = column_table(caption, NOT_APPLICABLE, analysis.not_applicable, "not-applicable")
        yield _Fold("Not applicable", (table,))
    for number, one in enumerate(analysis.tables, start=1):
        yield _Fold(
            one.title,
            (column_table(one.title, columns_of(one), one.rows, f"table{number}"),),
            lines=one.notes,
            help=one.help,
        )


def _printable(value: Any) -> Any:
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
