"""The bars of a comparison, one per model: what page and picture draw, so that lengths and words agree."""

from dataclasses import dataclass, replace

from comparators.report.lessons import positive, time_of
from comparators.report.values import STATUSES, note_of, time, times
from comparators.verdict.analysis import ModelResult, ResultStatus, Verdict
from comparators.verdict.text_format import at_least, rough
from comparators.workload import Model

__all__ = ["Bar", "bars_of", "longest"]

_WIDEST = 1.6
"""An interval is drawn up to this many times its bar, so that a vague one does not shrink all the others."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How one model did.

    Attributes:
        model: which.
        status: see `comparators.verdict.analysis.ResultStatus`.
        length: times faster than the plain loop, or than the slowest where the loop has no time; 0 for no bar.
        low: lower end of the interval; 0 for none.
        high: upper end of the interval, as far as it is drawn; 0 for none.
        cut: whether the interval goes on beyond that.
        value: the length in words: `17×`; seconds where there is no loop; empty for no bar.
        ends: the interval in words: `16–18`; empty for none.
        api: the runner as code; may be empty.
        note: what else to know, or why there is no bar; may be empty.
    """

    model: Model
    status: ResultStatus
    length: float
    low: float = 0.0
    high: float = 0.0
    cut: bool = False
    value: str = ""
    ends: str = ""
    api: str = ""
    note: str = ""


def bars_of(verdict: Verdict) -> tuple[Bar, ...]:
    """Return the bars of a comparison, in the order of its models: best first, not applicable last."""
    with_loop = any(one.gain for one in verdict.models if time_of(one))
    slowest = max((seconds for one in verdict.models if (seconds := time_of(one))), default=0.0)
    return tuple(_bar(one, slowest=0.0 if with_loop else slowest) for one in verdict.models)


def longest(bars: tuple[Bar, ...]) -> float:
    """Return the length that all bars and intervals fit into; 1 where there are none."""
    return max((max(one.length, one.high) for one in bars), default=0.0) or 1.0


def _bar(result: ModelResult, *, slowest: float) -> Bar:
    seconds = time_of(result)
    if seconds is None:
        return Bar(result.model, result.status, 0.0, note=_reason(result))
    if slowest:
        value = time(seconds).text
        return Bar(result.model, result.status, slowest / seconds, value=value, api=result.api, note=note_of(result))
    if result.gain is None or not (ratio := positive(result.gain.ratio)):
        return Bar(result.model, result.status, 0.0, api=result.api, note=note_of(result))
    known = Bar(result.model, result.status, ratio, value=times(ratio), api=result.api, note=note_of(result))
    low, high = positive(result.gain.low), positive(result.gain.high)
    if not (low and high) or result.model == "loop":
        return known
    end = min(high, _WIDEST * ratio)
    return replace(known, low=low, high=end, cut=end < high, ends=f"{rough(low)}–{rough(high)}")


def _reason(result: ModelResult) -> str:
    """Say why a model has no bar; whether it failed, hangs or is wrong comes first."""
    said = note_of(result)
    if result.status == "bound" and result.at_least:
        stopped = f"at least {at_least(result.at_least)} times as slow as the best"
        return f"{stopped}; {said}" if said else stopped
    return (
        said if result.status == "not-applicable" and said else f"{STATUSES[result.status]}{': ' if said else ''}{said}"
    )
