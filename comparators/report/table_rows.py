"""What the documents show of a verdict, in words and formatted numbers: the same in terminal, Markdown and HTML."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from comparators.journal.records import Cause
from comparators.report.escaping import DASH
from comparators.stats.interval import Interval
from comparators.verdict.model import Outcome, Standing, Status, Verdict
from comparators.verdict.noise import WIDEST_TIE
from comparators.verdict.text_format import (
    UNKNOWN,
    at_least,
    bytes_size,
    count,
    ends,
    percent,
    plural,
    ratio_of,
    seconds,
)

__all__ = [
    "CAUSES",
    "NOTHING",
    "OUTCOMES",
    "PHASES",
    "STATUSES",
    "GlanceRow",
    "Mark",
    "StandingRow",
    "Value",
    "confidence_words",
    "glance_row",
    "memory_of",
    "outcome_words",
    "ratio_words",
    "serial_of",
    "standing_row",
    "tally",
    "where_words",
]

Mark = Literal["win", "tie", "open", "slower", "absent", "none"]
"""How a row is marked beside its words: winner, tied, undecided, slower, not taking part, failed."""

OUTCOMES: dict[Outcome, str] = {
    "win": "win",
    "tie": "tie",
    "unresolved": "unresolved",
    "none": "not measurable",
    "not-reached": "not reached",
}

_MARKS: dict[Outcome, Mark] = {
    "win": "win",
    "tie": "tie",
    "unresolved": "open",
    "none": "none",
    "not-reached": "absent",
}

STATUSES: dict[Status, str] = {
    "raced": "raced to the end",
    "eliminated": "proved slower",
    "piloted": "in the pilot only",
    "capped": "stopped at a limit",
    "failed": "failed",
    "not-applicable": "not applicable",
    "not-reached": "not reached",
}

CAUSES: dict[Cause, str] = {
    "error": "raised an error",
    "wrong-result": "gave a wrong result",
    "crashed": "crashed",
    "memory": "ran out of memory",
    "timeout": "ran into its deadline",
    "no-result": "ended without a result",
    "capped": "stopped at a limit",
}

MOST_LEADERS = 4
"""Names in one cell of the overview; the table of the comparison has all."""

PHASES: dict[str, str] = {"warm": "workers already started", "cold": "starting and stopping the workers counts"}


@dataclass(frozen=True, slots=True)
class Value:
    """What a table shows and what it is sorted by; without a key it stays below those that have one."""

    text: str
    key: float | None = None


NOTHING = Value(DASH)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One runner in the table of a comparison."""

    runner: str
    mark: Mark
    status: str
    workers: Value
    seconds: Value
    to_serial: Value
    first: Value
    samples: Value
    startup: Value
    cpu: Value
    memory: Value
    reason: str


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """One comparison in the overview.

    Attributes:
        leaders: who won, who ties, or who is still in the race, the fastest first, at most `MOST_LEADERS`.
        more: how many leaders are left out.
        workers, to_serial, seconds: of the first leader.
        runner_up: the fastest of the others; a dash without one.
        lead: how many times faster than it the winner is.
    """

    workload: str
    phase: str
    python: str
    mark: Mark
    outcome: str
    leaders: tuple[str, ...]
    more: int
    workers: Value
    to_serial: Value
    seconds: Value
    runner_up: str
    lead: Value

    @property
    def leading(self) -> str:
        """The leaders in one line; a dash when there is none."""
        more = f" and {count(self.more)} more" if self.more else ""
        return (", ".join(self.leaders) or DASH) + more


def where_words(verdict: Verdict, *, several_pythons: bool) -> str:
    """Name a comparison among those of its workload: its phase, and its Python where there are several."""
    return f"{verdict.phase}, Python {verdict.python}" if several_pythons else verdict.phase


def tally(verdicts: Sequence[Verdict]) -> str:
    """Count the outcomes in a sentence, such as "9 of 18 comparisons have a winner, 4 tie"."""
    found = Counter(_outcome(verdict) for verdict in verdicts)
    wins, total = found["win"], plural(len(verdicts), "comparison")
    parts = [f"{count(wins)} of {total} {'has' if 1 in (wins, len(verdicts)) else 'have'} a winner"]
    if found["tie"]:
        parts.append(f"{plural(found['tie'], 'ties', 'tie')}")
    if found["any of"]:
        parts.append(
            plural(found["any of"], "has several runners", "have several runners") + " that surely beat serial"
        )
    if found["unresolved"]:
        parts.append(plural(found["unresolved"], "is unresolved", "are unresolved"))
    if found["not raced"]:
        parts.append(plural(found["not raced"], "was", "were") + " measured in the pilot only")
    if found["not measurable"]:
        parts.append(f"{count(found['not measurable'])} could not be measured")
    if found["not reached"]:
        parts.append(plural(found["not reached"], "was", "were") + " not reached before the run ended")
    return ", ".join(parts) + "."


def outcome_words(verdict: Verdict) -> str:
    """Name the outcome of a comparison, with a word of caution where a diagnostic asks for it."""
    return _outcome(verdict) + (" (unstable)" if verdict.unstable else "")


def _outcome(verdict: Verdict) -> str:
    if verdict.outcome == "unresolved" and not verdict.blocks:
        return "not raced"
    return "any of" if verdict.any_will_do else OUTCOMES[verdict.outcome]


def confidence_words(verdict: Verdict) -> str:
    """Say how sure a verdict is and what it is made of."""
    if not verdict.blocks:
        return "no race, so no confidence"
    sure = f"{percent(verdict.confidence)} confidence, {plural(verdict.blocks, 'block')}"
    if verdict.noise is not None and verdict.noise > WIDEST_TIE:
        return f"{sure}; with this host's own noise of {percent(verdict.noise)} nothing is called equal"
    words = f"{sure}, differences below {percent(verdict.margin)} count as none"
    if verdict.noise is not None and verdict.noise >= verdict.margin:
        words += ", this host's own noise"
    return words


def ratio_words(interval: Interval) -> str:
    """Write a ratio with its interval for a table, `1.84× (1.80–1.88)`, or `about 1.8×` when it has none."""
    if not math.isfinite(interval.ratio):
        return UNKNOWN
    written = ends(interval)
    return f"{ratio_of(interval)}×" + (f" ({written[0]}–{written[1]})" if written else "")


def _time(value: float | None) -> Value:
    return NOTHING if value is None else Value(seconds(value), value if math.isfinite(value) else None)


def _ratio(interval: Interval | None) -> Value:
    if interval is None:
        return NOTHING
    return Value(ratio_words(interval), interval.ratio if math.isfinite(interval.ratio) else None)


def _to_serial(standing: Standing, serial: Standing | None) -> Value:
    """Return the times faster than serial; a bound when serial was stopped at a limit."""
    if standing.seconds is None:
        return NOTHING
    if standing.runner.model == "loop":
        return Value("1×", 1.0)
    if standing.to_serial is None and serial is not None and serial.at_least and standing.to_winner is not None:
        bound = serial.at_least / standing.to_winner.ratio
        return Value(f"≥ {at_least(bound)}×", bound)
    return _ratio(standing.to_serial)


def serial_of(verdict: Verdict) -> Standing | None:
    """Return how serial did in a comparison; None when it was not part of it."""
    return next((one for one in verdict.standings if one.runner.model == "loop"), None)


def _seconds(standing: Standing) -> Value:
    """Return the seconds, or in words why there are none; a failure is never a number."""
    if standing.status == "capped":
        return Value(f"≥ {at_least(standing.at_least)}× the best's" if standing.at_least is not None else "too slow")
    if standing.status in ("failed", "not-applicable", "not-reached"):
        return Value(STATUSES[standing.status])
    return _time(standing.seconds)


def memory_of(standing: Standing) -> Value:
    """Return the most memory, with a word where shared pages count several times."""
    if standing.memory_bytes is None:
        return NOTHING
    kind = " RSS" if standing.memory_kind == "RSS" else ""
    return Value(bytes_size(standing.memory_bytes) + kind, standing.memory_bytes)


def _workers(standing: Standing) -> Value:
    if standing.cell is None:
        return NOTHING
    best, flat = standing.cell.workers, standing.flat_workers
    near = f" ({count(flat[0])} to {count(flat[1])} within {_spread(standing)})" if flat and flat[0] != flat[1] else ""
    return Value(count(best) + near, best)


def _spread(standing: Standing) -> str:
    """Say how flat the top is: the largest difference between the counts that are within the margin, rounded up."""
    low, high = standing.flat_workers or (0, 0)
    flat = [value for workers, value in standing.by_workers if low <= workers <= high and value > 0]
    share = max(flat) / min(flat) - 1 if flat else 0.0
    return percent(math.ceil(max(share * 100 - 1e-6, 1)) / 100)


def _place(standing: Standing, verdict: Verdict) -> tuple[Mark, str]:
    """Return mark and words for how a runner ended."""
    if standing.status == "failed":
        return "none", STATUSES[standing.status]
    if standing.status in ("not-applicable", "not-reached"):
        return "absent", STATUSES[standing.status]
    if standing.runner.label in verdict.winners:
        match verdict.outcome:
            case "win":
                return "win", "winner"
            case "tie":
                return "tie", "tied"
            case "unresolved":
                return "open", "still in the race" if verdict.blocks else "not raced"
    return "slower", STATUSES[standing.status]


def standing_row(standing: Standing, verdict: Verdict, serial: Standing | None) -> StandingRow:
    """Make the row of one runner in the table of its comparison."""
    mark, status = _place(standing, verdict)
    measured = standing.samples > 0
    return StandingRow(
        runner=standing.runner.label,
        mark=mark,
        status=status,
        workers=_workers(standing),
        seconds=_seconds(standing),
        to_serial=_to_serial(standing, serial),
        first=_time(standing.first_s),
        samples=Value(count(standing.samples), standing.samples) if measured else NOTHING,
        startup=_time(standing.startup_s),
        cpu=_time(standing.cpu_s),
        memory=memory_of(standing),
        reason=standing.reason,
    )


def glance_row(verdict: Verdict) -> GlanceRow:
    """Make the row of one comparison in the overview."""
    standings = {standing.runner.label: standing for standing in verdict.standings}
    first = next((standings[label] for label in verdict.winners if label in standings), None)
    return GlanceRow(
        workload=verdict.workload,
        phase=verdict.phase,
        python=verdict.python,
        mark=_MARKS[verdict.outcome],
        outcome=outcome_words(verdict),
        leaders=verdict.winners[:MOST_LEADERS],
        more=max(0, len(verdict.winners) - MOST_LEADERS),
        workers=Value(count(first.cell.workers), first.cell.workers) if first and first.cell else NOTHING,
        to_serial=_to_serial(first, serial_of(verdict)) if first else NOTHING,
        seconds=_time(first.seconds) if first else NOTHING,
        runner_up=verdict.runner_up or DASH,
        lead=_ratio(verdict.lead),
    )
