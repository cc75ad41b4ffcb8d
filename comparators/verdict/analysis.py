"""What a run found out, computed once: `analyse(run) -> Analysis`. Frozen data; every reporter takes only this.

The order of the fields is the order of the answer: model, workers, API, cause, advice, then everything else. Words that
people read are made here and in the modules beside this one, so that terminal, Markdown, HTML and JSON say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from comparators.parameters import ParameterValue
from comparators.stats.interval import Interval
from comparators.verdict.rows import (
    Advice,
    Cause,
    CauseKind,
    CountResult,
    Level,
    LevelVerdict,
    ModelResult,
    ResultStatus,
    RunnerResult,
    SampleSeries,
    Status,
)
from comparators.workload import Model

__all__ = [
    "Advice",
    "Analysis",
    "Cause",
    "CauseKind",
    "CountResult",
    "FailureGroup",
    "Level",
    "LevelVerdict",
    "ModelResult",
    "Noise",
    "NotApplicableGroup",
    "PythonComparison",
    "ResultStatus",
    "RunnerResult",
    "SampleSeries",
    "Status",
    "Table",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one comparison.

    Attributes:
        comparison: key of the comparison, unique in a run.
        workload: label of the workload.
        kind: the kind of work in plain words: "computing in Python", "waiting"; the workload's summary for own work.
        own: whether it is a person's own function.
        phase, python: of the comparison.
        tasks: number of tasks.
        model, workers, api: the three levels; None where a level was not tested (one model only, preset quick, …).
        headline: the answer in one line: "use THREADS, 40 of them. 0.89 s → 0.05 s, 17 times faster (16 to 18)."
        loop_s: seconds of the plain loop; None when it was not measured.
        best_s: seconds of the recommendation; None without one.
        gain: times faster than the loop the recommendation is; None without both.
        models: every model, best first, the loop included, not applicable last.
        counts: every worker count tried, by runner and count.
        counts_given: whether the worker counts were given by hand, so that what each of them does is the question.
        runners: every runner, best first, not applicable last.
        cause: why; None when the evidence names none.
        evidence: facts behind the cause, one line each.
        advice: what else to do.
        sure: how sure, one clause per level: "threads before processes: yes, 5 rounds, at most 2 in 100 wrong".
        flags: what speaks against trusting this verdict, one line each.
        recipe: a complete file to copy, of the recommendation; empty without one.
        recipe_runner: label of the runner that the recipe uses.
        timed: False for work of fixed duration (a deadlock's deadline, timers): observations, no verdict on time.
        observations: what matters beside the time, in words: "50,000 of 200,000 updates lost under threading".
        blocks: all blocks measured.
        elapsed_s: seconds that measuring it took.
        samples: of every cell and test, for a picture.
    """

    comparison: str
    workload: str
    kind: str
    own: bool
    phase: Literal["warm", "cold"]
    python: str
    tasks: int
    model: LevelVerdict | None
    workers: LevelVerdict | None
    api: LevelVerdict | None
    headline: str
    loop_s: float | None
    best_s: float | None
    gain: Interval | None
    models: tuple[ModelResult, ...]
    counts: tuple[CountResult, ...]
    runners: tuple[RunnerResult, ...]
    cause: Cause | None = None
    evidence: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    sure: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    recipe: str = ""
    recipe_runner: str = ""
    timed: bool = True
    observations: tuple[str, ...] = ()
    blocks: int = 0
    elapsed_s: float = 0.0
    samples: tuple[SampleSeries, ...] = ()
    counts_given: bool = False


@dataclass(frozen=True, slots=True)
class Noise:
    """What the A/A control shows: a cell against its own copy, which must come out as no difference.

    Attributes:
        comparison: key of the comparison that had it.
        runner: label of the runner that was copied.
        ratio: of copy to original, with its interval.
        floor: differences up to this are noise on this host; 0.03 is 3 %.
        blocks: pairs of samples.
    """

    comparison: str
    runner: str
    ratio: Interval
    floor: float
    blocks: int


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """One cause of failure with all that it hit.

    Attributes:
        message: one line: the exception, the signal, the deadline.
        cause: kind of failure, see `comparators.journal.records.Cause`.
        cells: keys of the cells, in the order of the plan.
        details: stacks and output, the person's own lines first; may be empty.
        tip: what to do, one line; may be empty.
    """

    message: str
    cause: str
    cells: tuple[str, ...]
    details: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicableGroup:
    """One reason why something was not measured, with all that it holds for.

    Attributes:
        reason: one line.
        what: labels such as `anyio-threads on integrate`, at most some; `count` is how many there are.
        count: how many there are.
    """

    reason: str
    what: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PythonComparison:
    """One workload across the Pythons of a run.

    Attributes:
        workload: label.
        phase: warm or cold.
        text: "3.14t, 2 threads: 1.8 times as fast as 3.14's 2 processes; a plain loop is 7 % slower there".
        best: per Python: label, model, workers, seconds.
    """

    workload: str
    phase: str
    text: str
    best: tuple[tuple[str, str, int, float], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a second wing adds to the reports, such as what primitives cost: text only, shown folded.

    Attributes:
        title: heading.
        help: one sentence on what it shows and how to read it.
        headings: of the columns.
        rows: one text per heading; an empty one stands for "not measured".
        text_columns: number of leading columns that hold words, aligned left; the others hold numbers.
        notes: below the table, one line each.
    """

    title: str
    help: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that a run found out.

    Attributes:
        title: what was compared, for headings.
        verdicts: one per comparison, in the order of the plan.
        lessons: the sentences that a whole suite teaches; empty for a single comparison.
        noise: the A/A control; None when the run has none.
        failures: failed cells by cause.
        not_applicable: what cannot be measured, by reason.
        pythons: comparisons across Pythons; empty with one.
        facts: name and value of what the documents say about host, Pythons, settings and the run as a whole, in order.
        host: the host's facts as recorded.
        preset: of the run.
        finished: complete, interrupted, out-of-time, or empty for a run that was killed.
        failed, missing: cells that failed, and cells that the run did not reach.
        elapsed_s: seconds that the run took.
        started_at: seconds since the epoch.
        warnings: what reading the journal found.
        directory_hint: run directory as the command knows it, for the commands that are printed; may be empty.
        tables: what a second wing found out, for every reporter to show folded.
        capacities: parallel capacity of the host: worker counts and times as much as one busy process does.
        starts: seconds that starting and stopping the workers of a model takes, median over the comparisons: the one
            number that a suite says about cold starts; empty where it is not known.
    """

    title: str
    verdicts: tuple[Verdict, ...]
    lessons: tuple[str, ...]
    noise: Noise | None
    failures: tuple[FailureGroup, ...]
    not_applicable: tuple[NotApplicableGroup, ...]
    pythons: tuple[PythonComparison, ...]
    facts: tuple[tuple[str, str], ...]
    host: Mapping[str, ParameterValue]
    preset: str
    finished: str
    failed: int
    missing: int
    elapsed_s: float
    started_at: float
    warnings: tuple[str, ...] = ()
    directory_hint: str = ""
    tables: tuple[Table, ...] = ()
    capacities: tuple[tuple[int, float], ...] = ()
    starts: tuple[tuple[Model, float], ...] = ()
