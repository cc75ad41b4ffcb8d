"""What a table shows of a result: text, the number to sort by, the status that colours it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comparators.report.escaping import DASH
from comparators.stats.interval import Interval
from comparators.verdict.analysis import CountResult, LevelVerdict, ModelResult, ResultStatus, RunnerResult, Verdict
from comparators.verdict.text_format import UNKNOWN, at_least, bytes_size, count, ends, number, rough, seconds
from comparators.workload import Model

__all__ = [
    "MODEL_NAMES",
    "NOTHING",
    "STATUSES",
    "WITHOUT_TIME",
    "Value",
    "answer",
    "chosen_api",
    "counted",
    "duration_or_status",
    "gain",
    "memory",
    "note_of",
    "ratio",
    "result_of",
    "several",
    "short_gain",
    "status",
    "time",
    "times",
    "to_best",
    "where",
    "words",
]

MODEL_NAMES: dict[Model, str] = {
    "loop": "plain loop",
    "threads": "threads",
    "processes": "processes",
    "async": "async",
    "interpreters": "interpreters",
}

STATUSES: dict[ResultStatus, str] = {
    "best": "best",
    "equal": "as good",
    "open": "not told apart",
    "slower": "slower",
    "bound": "stopped at a limit",
    "pilot": "screened out",
    "failed": "failed",
    "hangs": "hangs",
    "wrong": "wrong result",
    "not-applicable": "not applicable",
    "not-reached": "not reached",
}
"""How far a model, a runner or a worker count came, in words; the glossary says more."""

WITHOUT_TIME: tuple[ResultStatus, ...] = (
    "bound",
    "pilot",
    "failed",
    "hangs",
    "wrong",
    "not-applicable",
    "not-reached",
)
"""What is never shown with a time beside those that were tested."""

_SHORT: dict[ResultStatus, str] = {
    "bound": "stopped",
    "pilot": "out",
    "failed": "failed",
    "hangs": "hangs",
    "wrong": "wrong",
    "not-reached": "missing",
}
"""The same in one word, where a number would stand; what does not apply is a dash."""


_NEAR_ONE = 1.2
"""Ratio up to which two decimals are shown, as in sentences."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell of a table shows.

    Attributes:
        text: a dash where there is nothing, or in words why there is no number.
        key: what its row is sorted by; rows without one come last. None in a column that is sorted by its text.
        mark: status that colours it.
    """

    text: str
    key: float | None = None
    mark: ResultStatus | None = None


NOTHING = Value(DASH)


def words(text: str) -> Value:
    """Show words; a dash for none."""
    return Value(text) if text else NOTHING


def status(of: ResultStatus) -> Value:
    """Show a status in words and colour."""
    return Value(STATUSES[of], mark=of)


def counted(number: int | None) -> Value:
    """Show a count."""
    return NOTHING if number is None else Value(count(number), number)


def time(value: float | None) -> Value:
    """Show seconds in the unit that fits."""
    return NOTHING if value is None else Value(seconds(value), value if math.isfinite(value) else None)


def memory(amount: int | None, kind: str = "") -> Value:
    """Show an amount of memory, with a word where pages that processes share count several times."""
    return NOTHING if amount is None else Value(bytes_size(amount) + (" RSS" if kind == "RSS" else ""), amount)


def ratio(interval: Interval | None) -> Value:
    """Show a ratio with its interval, `17× (16–18)`, with a third digit where two would hide it: `1.87× (1.86–1.88)`.

    A single sample has none: `about 17×`.
    """
    if interval is None:
        return NOTHING
    told, low, high = interval.ratio, interval.low, interval.high
    if not math.isfinite(told):
        return Value(UNKNOWN)
    if ends(interval) is None or low is None or high is None:
        return Value(f"about {times(told)}", told)
    for write in (_two_decimals if _near_one(told) else rough, _three_digits):
        if write(low) != write(high):
            shown = f"{write(told)}×" if write is _three_digits else times(told)
            return Value(f"{shown} ({write(low)}–{write(high)})", told)
    return Value(times(told), told)


def _two_decimals(value: float) -> str:
    return f"{value:.2f}"


def _three_digits(value: float) -> str:
    return number(value) if value < 1e6 else rough(value)


def gain(result: ModelResult | RunnerResult | CountResult) -> Value:
    """Show how many times faster than the plain loop a result is; nothing for what has no time."""
    return NOTHING if result.status in WITHOUT_TIME else ratio(result.gain)


def to_best(result: RunnerResult) -> Value:
    """Show how many times the best's seconds a runner takes; nothing for what has no time."""
    return NOTHING if result.status in WITHOUT_TIME else ratio(result.to_best)


def duration_or_status(result: ModelResult | RunnerResult | CountResult) -> Value:
    """Show seconds, or in a word why there are none: a failure is never a number."""
    if result.status == "bound" and not isinstance(result, CountResult) and result.at_least:
        return Value(f"≥ {at_least(result.at_least)}× the best's")
    return Value(_SHORT.get(result.status, DASH)) if result.status in WITHOUT_TIME else time(result.seconds)


def several(names: Sequence[str], total: int, most: int = 4) -> str:
    """List some names and say how many more there are: `a, b and 7 more`."""
    shown = names[:most]
    return ", ".join(shown) + (f" and {count(total - len(shown))} more" if total > len(shown) else "")


def times(value: float) -> str:
    """Write a ratio in two digits, near 1 with two decimals: `17×`, `1.08×`, a whole one without zeros: `7×`."""
    if not math.isfinite(value):
        return UNKNOWN
    if _near_one(value):
        return f"{f'{value:.2f}'.rstrip('0').rstrip('.')}×"
    return f"{rough(value).removesuffix('.0')}×"


def _near_one(value: float) -> bool:
    """Say whether two digits are too few to tell a ratio from 1."""
    return 1 / _NEAR_ONE < value < _NEAR_ONE


def short_gain(result: ModelResult, verdict: Verdict) -> Value:
    """Show how many times faster than the plain loop a model is, without interval; a bound for one that was stopped.

    What has no number is named in one word: it failed, hangs, is wrong.
    """
    if result.status == "bound" and result.at_least and verdict.gain is not None:
        return Value(f"≤ {times(verdict.gain.ratio / result.at_least)}", mark="bound")
    if result.status in WITHOUT_TIME:
        return Value(_SHORT.get(result.status, DASH), mark=result.status)
    if result.gain is not None:
        return Value(times(result.gain.ratio), result.gain.ratio, result.status)
    return Value(time(result.seconds).text, mark=result.status)


def result_of(verdict: Verdict, model: Model) -> ModelResult | None:
    """Return how a model did in a comparison; None where it took no part."""
    return next((one for one in verdict.models if one.model == model), None)


def note_of(result: ModelResult) -> str:
    """Return what stands beside a model: its note, and the reason why it has no time."""
    return "; ".join(part for part in (result.note, result.reason) if part)


def answer(level: LevelVerdict | None) -> str:
    """Write the choice of a level: `threads`, `threads or async`, `undecided: threads or async`; empty for none."""
    if level is None or not level.choice:
        return ""
    chosen = (level.choice,) if level.status == "decided" else level.equals or (level.choice,)
    text = " or ".join("plain loop" if one == "loop" else one for one in chosen)
    return f"undecided: {text}" if level.status == "undecided" else text


def chosen_api(verdict: Verdict) -> str:
    """Return in code what is recommended: `ThreadPoolExecutor(40)`; empty without a recommendation."""
    return next((one.api for one in verdict.models if one.status in ("best", "open") and one.api), "")


def where(verdict: Verdict, verdicts: Sequence[Verdict], name: str = "") -> str:
    """Name a comparison by what tells it from the others: its workload, and its phase or Python where they differ."""
    parts: list[str] = []
    if len({one.phase for one in verdicts}) > 1:
        parts.append(verdict.phase)
    if len({one.python for one in verdicts}) > 1:
        parts.append(f"Python {verdict.python}")
    return (name or verdict.workload) + (f" ({', '.join(parts)})" if parts else "")
