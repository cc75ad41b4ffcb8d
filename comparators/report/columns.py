"""The columns of every table as data: Markdown, page, terminal and glossary read the same lists.

A new column is one entry here. Its key is the field of `verdicts.json` that it shows, so that who sees a column finds
its number there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from comparators.report.values import (
    MODEL_NAMES,
    NOTHING,
    Value,
    answer,
    chosen_api,
    counted,
    duration_or_status,
    gain,
    memory,
    note_of,
    ratio,
    result_of,
    several,
    short_gain,
    status,
    time,
    to_best,
    where,
    words,
)
from comparators.verdict.analysis import (
    CountResult,
    FailureGroup,
    ModelResult,
    NotApplicableGroup,
    RunnerResult,
    Table,
    Verdict,
)
from comparators.workload import MODELS, Model

__all__ = [
    "COMPARISONS",
    "COUNTS",
    "FACTS",
    "FAILURES",
    "MODEL_RESULTS",
    "NOT_APPLICABLE",
    "RUNNERS",
    "TABLES",
    "Column",
    "columns_of",
    "suite_columns",
]

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column of a table.

    Attributes:
        key: the field of a row that it shows, as in `verdicts.json`.
        heading: short, in plain words.
        help: one sentence for the glossary and the page.
        value: what it shows of a row, with the number to sort by and the status that colours it.
        align: side on which the texts stand.
        name: whether the text is a name to be set apart as code.
        detail: whether it is left out first where there is little room.
    """

    key: str
    heading: str
    help: str
    value: Callable[[RowT], Value]
    align: Literal["left", "right"] = "left"
    name: bool = False
    detail: bool = False


_GAIN = "Seconds of a plain loop divided by its own, for the same work; below 1 it is slower. In brackets the interval."
_SECONDS = "Wall seconds for all tasks once, mean over the rounds; in words where there is no time."
_STATUS = "How it came out, in the words of the glossary."
_START = "Seconds to start its workers and to stop them, paid once."
_CPU = "Computing time of all its processes and threads, for all tasks once."
_MEMORY = "The most memory that all its processes used together; RSS counts shared pages several times."
_SAMPLES = "How many values its time is made of."

MODEL_RESULTS: tuple[Column[ModelResult], ...] = (
    Column("model", "model", "What does the work.", lambda one: Value(MODEL_NAMES[one.model], mark=one.status)),
    Column("gain", "times faster", _GAIN, gain, "right"),
    Column("seconds", "seconds", _SECONDS, duration_or_status, "right"),
    Column("workers", "workers", "The most tasks in progress at once.", lambda one: counted(one.workers), "right"),
    Column("api", "in code", "The runner that stood for the model, as code.", lambda one: words(one.api), name=True),
    Column("status", "result", _STATUS, lambda one: status(one.status)),
    Column("start_s", "to start", _START, lambda one: time(one.start_s), "right", detail=True),
    Column(
        "tasks_to_pay",
        "pays from",
        "Number of tasks from which it beats the plain loop although its workers must be started.",
        lambda one: counted(one.tasks_to_pay),
        "right",
        detail=True,
    ),
    Column("cpu_s", "CPU", _CPU, lambda one: time(one.cpu_s), "right", detail=True),
    Column("memory_bytes", "memory", _MEMORY, lambda one: memory(one.memory_bytes), "right", detail=True),
    Column("note", "note", "What else to know, or why it has no time.", lambda one: words(note_of(one))),
)
"""One row per model of a comparison."""

COUNTS: tuple[Column[CountResult], ...] = (
    Column("model", "model", "What the workers are.", lambda one: words(MODEL_NAMES[one.model])),
    Column("runner", "runner", "The API that was measured.", lambda one: words(one.runner), name=True, detail=True),
    Column("workers", "workers", "The most tasks in progress at once.", lambda one: counted(one.workers), "right"),
    Column("seconds", "seconds", _SECONDS, duration_or_status, "right"),
    Column("gain", "times faster", _GAIN, gain, "right"),
    Column("samples", "samples", _SAMPLES, lambda one: counted(one.samples or None), "right", detail=True),
    Column("status", "result", _STATUS, lambda one: status(one.status)),
    Column("reason", "why", "The cause; why it failed, or what limits it there.", lambda one: words(one.reason)),
)
"""One row per worker count that was tried under a runner."""

RUNNERS: tuple[Column[RunnerResult], ...] = (
    Column("runner", "runner", "An API, with its parameters.", lambda one: words(one.runner.label), name=True),
    Column("status", "result", _STATUS, lambda one: status(one.status)),
    Column(
        "cell",
        "workers",
        "Its best worker count.",
        lambda one: counted(one.cell.workers if one.cell else None),
        "right",
    ),
    Column("seconds", "seconds", _SECONDS, duration_or_status, "right"),
    Column("gain", "times faster", _GAIN, gain, "right"),
    Column("to_best", "to the best", "Its seconds divided by the best's.", to_best, "right", detail=True),
    Column(
        "first_s",
        "first result",
        "Seconds until the caller has the first result; the others are until the last.",
        lambda one: time(one.first_s),
        "right",
        detail=True,
    ),
    Column("start_s", "to start", _START, lambda one: time(one.start_s), "right", detail=True),
    Column("cpu_s", "CPU", _CPU, lambda one: time(one.cpu_s), "right", detail=True),
    Column(
        "memory_bytes",
        "memory",
        _MEMORY,
        lambda one: memory(one.memory_bytes, one.memory_kind),
        "right",
        detail=True,
    ),
    Column("samples", "samples", _SAMPLES, lambda one: counted(one.samples or None), "right", detail=True),
    Column("reason", "why", "Why it failed, was screened out or does not apply.", lambda one: words(one.reason)),
)
"""One row per runner of a comparison."""

COMPARISONS: tuple[Column[Verdict], ...] = (
    Column("workload", "workload", "What was measured.", lambda one: words(one.workload), name=True),
    Column("kind", "kind of work", "What its tasks do.", lambda one: words(one.kind)),
    Column(
        "phase",
        "phase",
        "warm: the workers are there. cold: starting and stopping them counts.",
        lambda one: words(one.phase),
        detail=True,
    ),
    Column("python", "Python", "The Python that measured it.", lambda one: words(one.python), detail=True),
    Column("model", "use", "The model to use, or all that are as good.", lambda one: words(answer(one.model))),
    Column("workers", "workers", "The smallest sufficient count.", lambda one: words(answer(one.workers)), "right"),
    Column("api", "in code", "The simplest API that is as good.", lambda one: words(chosen_api(one)), name=True),
    Column("best_s", "seconds", _SECONDS, lambda one: time(one.best_s), "right"),
    Column("gain", "times faster", _GAIN, lambda one: ratio(one.gain), "right"),
    Column("cause", "why", "The one cause of it.", lambda one: words(one.cause.text if one.cause else "")),
    Column(
        "blocks",
        "rounds",
        "Rounds of samples: one of every model that was left, in random order.",
        lambda one: counted(one.blocks),
        "right",
        detail=True,
    ),
)
"""One row per comparison of a run."""

FAILURES: tuple[Column[FailureGroup], ...] = (
    Column("message", "what happened", "The exception, the signal, the deadline.", lambda one: words(one.message)),
    Column("cause", "cause", "The kind of failure.", lambda one: words(one.cause)),
    Column("cells", "where", "The cells that it hit.", lambda one: words(several(one.cells, len(one.cells)))),
    Column("tip", "tip", "What to do.", lambda one: words(one.tip)),
)
"""One row per cause of failure."""

NOT_APPLICABLE: tuple[Column[NotApplicableGroup], ...] = (
    Column("reason", "reason", "Why it cannot be measured here.", lambda one: words(one.reason)),
    Column("what", "what", "What it holds for.", lambda one: words(several(one.what, one.count))),
    Column("count", "cases", "How many there are.", lambda one: counted(one.count), "right"),
)
"""One row per reason."""

FACTS: tuple[Column[tuple[str, str]], ...] = (
    Column("name", "what", "A fact about host, Pythons, settings or the run.", lambda fact: words(fact[0])),
    Column("value", "value", "What it was.", lambda fact: words(fact[1])),
)
"""How it was measured."""

TABLES: dict[str, tuple[Column[Any], ...]] = {
    "Models": MODEL_RESULTS,
    "Worker counts": COUNTS,
    "Runners": RUNNERS,
    "Comparisons": COMPARISONS,
    "Failures": FAILURES,
    "Not applicable": NOT_APPLICABLE,
}
"""Every table by its title, for the glossary."""


def columns_of(table: Table) -> tuple[Column[tuple[str, ...]], ...]:
    """Return the columns of a table that a second wing adds."""
    return tuple(_text_column(table, place) for place in range(len(table.headings)))


def _text_column(table: Table, place: int) -> Column[tuple[str, ...]]:
    align: Literal["left", "right"] = "left" if place < table.text_columns else "right"
    return Column(str(place), table.headings[place], table.help, lambda row: words(row[place]), align)


def suite_columns(verdicts: Sequence[Verdict]) -> tuple[Column[Verdict], ...]:
    """Return the columns of the table of a suite: the kind of work, and every model that took part somewhere."""
    shown = [model for model in MODELS if any(_took_part(one, model) for one in verdicts)]
    first: Column[Verdict] = Column(
        "kind", "kind of work", "What its tasks do.", lambda one: words(_kind_of(one, verdicts))
    )
    return (first, *(_model_column(model) for model in shown))


def _kind_of(verdict: Verdict, verdicts: Sequence[Verdict]) -> str:
    """Name a comparison by its kind of work, with what tells it from others of the same kind."""
    kind = verdict.kind or verdict.workload
    same = [one for one in verdicts if (one.kind or one.workload) == kind]
    if len({one.workload for one in same}) > 1:
        kind = f"{kind}: {verdict.workload}"
    return where(verdict, verdicts, kind)


def _took_part(verdict: Verdict, model: Model) -> bool:
    result = result_of(verdict, model)
    return result is not None and result.status != "not-applicable"


def _model_column(model: Model) -> Column[Verdict]:
    def value(verdict: Verdict) -> Value:
        result = result_of(verdict, model)
        return NOTHING if result is None else short_gain(result, verdict)

    return Column(f"models.{model}", MODEL_NAMES[model], "Times faster than the plain loop.", value, "right")
