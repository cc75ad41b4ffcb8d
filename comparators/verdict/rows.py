"""What a verdict consists of: levels, rows of models, counts and runners, cause and advice. Frozen data."""

from dataclasses import dataclass
from typing import Literal

from comparators.plan.model import Cell, RunnerSpec
from comparators.stats.interval import Interval
from comparators.workload import Model, Observation

__all__ = [
    "Advice",
    "Cause",
    "CauseKind",
    "CountResult",
    "Level",
    "LevelVerdict",
    "ModelResult",
    "ResultStatus",
    "RunnerResult",
    "SampleSeries",
    "Status",
]


Level = Literal["model", "workers", "api"]
Status = Literal["decided", "equal", "undecided"]
"""`decided`: every rival is slower beyond doubt. `equal`: shown to differ by less than the margin. `undecided`:
neither, with the interval and how many more blocks would settle it."""

ResultStatus = Literal[
    "best", "equal", "open", "slower", "bound", "pilot", "failed", "hangs", "wrong", "not-applicable", "not-reached"
]
"""How far a model, a runner or a worker count came.

`best`: the recommended one. `equal`: within the margin of the best. `open`: not told apart from the best. `slower`:
slower beyond doubt and beyond the margin. `bound`: stopped at its limit, at least that slow. `pilot`: screened out
after a single sample, never printed as a result beside tested ones. `hangs`: no progress and no CPU until its deadline.
`wrong`: its observations show a wrong result (lost updates, a deadlock): it has no time and no rank. `not-reached`: the
run ended before.
"""

CauseKind = Literal[
    "gil",
    "waiting-overlaps",
    "computing-in-parallel",
    "handing-over",
    "moving-data",
    "one-long-task",
    "lock",
    "memory-bandwidth",
    "contended-objects",
    "blocked-loop",
    "library-threads",
    "one-cpu",
    "busy-host",
    "start-up",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class LevelVerdict:
    """The answer on one level.

    Attributes:
        level: model, workers or API.
        status: whether it is settled.
        choice: what is recommended: a model, a worker count as text, or a runner's label.
        equals: all that were not shown slower than the choice, the choice first.
        runner_up: the fastest that was shown slower; empty if there is none.
        lead: times faster the choice is than the runner-up, with its interval at the level's own confidence; None
            without both.
        spread: largest ratio between two of `equals` that the data still allow (1.1 is 10 %); None for a single one.
        error: probability, at most, that the decision is wrong.
        margin: differences below it count as none; 0.05 is 5 %.
        blocks: rounds of samples that it rests on.
        blocks_needed: for `undecided` about how many blocks settle it; None if unknown.
    """

    level: Level
    status: Status
    choice: str
    equals: tuple[str, ...]
    runner_up: str
    lead: Interval | None
    spread: float | None
    error: float
    margin: float
    blocks: int
    blocks_needed: int | None = None


@dataclass(frozen=True, slots=True)
class ModelResult:
    """How one model did, by its representative: what a bar in terminal, page and picture shows.

    Attributes:
        model: which.
        status: see `ResultStatus`.
        runner: label of the runner that stands for it; empty when none applies.
        api: what that runner is in code: `ThreadPoolExecutor(40)`.
        workers: worker count of the time shown; None without one.
        seconds: of all tasks once; None without a time.
        gain: times faster than the plain loop; None without both times.
        at_least: for `bound`: takes at least this many times the best's seconds.
        start_s: seconds that starting and stopping its workers takes; None if unknown.
        tasks_to_pay: from how many tasks on it beats the loop although its workers must be started; None for never, or
            if unknown.
        cpu_s: CPU seconds of all its processes for all tasks once; None if unknown.
        memory_bytes: of all its processes; None if unknown.
        note: what a reader must know beside the bar, such as "at most 8 tried"; may be empty.
        reason: why it failed, hangs or does not apply; empty otherwise.
    """

    model: Model
    status: ResultStatus
    runner: str = ""
    api: str = ""
    workers: int | None = None
    seconds: float | None = None
    gain: Interval | None = None
    at_least: float | None = None
    start_s: float | None = None
    tasks_to_pay: int | None = None
    cpu_s: float | None = None
    memory_bytes: int | None = None
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunnerResult:
    """How one runner did, with its best worker count.

    Attributes:
        runner: which.
        status: see `ResultStatus`.
        cell: with its best worker count; None when it never had one.
        seconds: of all tasks once, geometric mean over blocks; None without a time.
        samples: how many samples that is made of.
        gain: times faster than the plain loop, paired by block where both were measured together.
        to_best: times the best's seconds.
        at_least: for `bound`: takes at least this many times the best's seconds.
        start_s, cpu_s, memory_bytes, memory_kind: as in `ModelResult`; `memory_kind` is `PSS` or `RSS`.
        first_s: seconds until the caller had the first result; None where the runner does not say.
        observations: what the workload reported beside the time.
        reason: why it failed, hangs or does not apply; empty otherwise.
    """

    runner: RunnerSpec
    status: ResultStatus
    cell: Cell | None = None
    seconds: float | None = None
    samples: int = 0
    gain: Interval | None = None
    to_best: Interval | None = None
    at_least: float | None = None
    start_s: float | None = None
    cpu_s: float | None = None
    memory_bytes: int | None = None
    memory_kind: str = ""
    first_s: float | None = None
    observations: tuple[Observation, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CountResult:
    """What a worker count gave under a runner: a point of the picture of workers.

    Attributes:
        runner: label.
        model: of the runner.
        workers: the count.
        seconds: of all tasks once; None for a count that failed.
        samples: how many samples that is made of; 1 is a single look of the pilot.
        gain: times faster than the plain loop, interval where there are several samples.
        status: see `ResultStatus`.
        reason: why it failed, what limits it at the end of the range; may be empty.
    """

    runner: str
    model: Model
    workers: int
    seconds: float | None
    samples: int
    gain: Interval | None
    status: ResultStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SampleSeries:
    """All samples of one cell in one test, for the picture that shows them.

    Attributes:
        level: test that they were taken for.
        runner: label.
        model: of the runner.
        workers: the count.
        seconds: block and seconds of all tasks once, in the order of the blocks.
        capped: block and seconds at which a sample was stopped: it takes longer than that.
    """

    level: Level
    runner: str
    model: Model
    workers: int
    seconds: tuple[tuple[int, float], ...]
    capped: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """Why: one cause, plain words first, its numbers after.

    Attributes:
        kind: from the closed list.
        text: one sentence a colleague understands: "threads take turns on the GIL".
        numbers: what it rests on, to be set in brackets: "2 threads got 1.02 CPU seconds per second"; may be empty.
        bound: most times faster that any number of workers can be, where the cause implies one; None otherwise.
    """

    kind: CauseKind
    text: str
    numbers: str = ""
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """What an expert would add, each with a measured or computed number.

    Attributes:
        key: what it is about, such as `chunksize`, `keep-the-pool`, `fewer-workers`, `loop-below`.
        text: one clause: "from 3 calls on it pays".
    """

    key: str
    text: str
