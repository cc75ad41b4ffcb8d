"""The answer in one line, and how sure it is: words only, every number comes from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.stats.interval import Interval
from comparators.verdict.analysis import LevelVerdict, ModelResult
from comparators.verdict.text_format import (
    at_least,
    change,
    faster,
    joined,
    model_words,
    percent,
    plural,
    rough,
    round_up,
    short_seconds,
    takes,
)

__all__ = ["Answer", "headline", "sure_words"]

_FASTER_FROM = 1.005
"""A gain below this is no gain in two decimals."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a headline is made of.

    Attributes:
        level: the verdict on the model; None without one.
        models: rows of the models, best first.
        loop_s, best_s, gain: of the verdict.
        cold: whether starting and stopping the workers is part of the times.
        ranked: whether models were to be compared at all.
        wrong: what models did wrong, one sentence each.
    """

    level: LevelVerdict | None
    models: Sequence[ModelResult]
    loop_s: float | None
    best_s: float | None
    gain: Interval | None
    cold: bool = False
    ranked: bool = True
    wrong: Sequence[str] = ()

    @property
    def best(self) -> ModelResult | None:
        """Row of the recommended model."""
        return next((row for row in self.models if row.status == "best"), None)

    def row(self, model: str) -> ModelResult | None:
        """Return the row of a model."""
        return next((row for row in self.models if row.model == model), None)


def headline(answer: Answer) -> str:
    """Say the answer in one line."""
    best = answer.best
    if best is None:
        return _nothing(answer)
    warning = f" {_sentence(answer.wrong)}" if answer.wrong else ""
    start = " Starting and stopping the workers is included." if answer.cold and best.model != "loop" else ""
    status = answer.level.status if answer.level is not None else "decided"
    if status == "undecided":
        return _undecided(answer, best) + warning + start
    if best.model == "loop":
        return _leave_the_loop(answer, best) + warning
    return _use(answer, best) + warning + start


def _use(answer: Answer, best: ModelResult) -> str:
    level = answer.level
    if level is not None and level.status == "equal" and len(level.equals) > 1:
        names = joined([_loud(one) for one in level.equals], "or")
        same = f": {no_difference(level)}" if level.spread is not None else ""
        return f"use {names}, {_at_once(best)}{same}. {_gain(answer)}"
    return f"use {_loud(best.model)}, {_at_once(best)}. {_gain(answer)}"


def _leave_the_loop(answer: Answer, best: ModelResult) -> str:
    seconds = short_seconds(best.seconds, 3) if best.seconds is not None else "its time"
    level = answer.level
    if level is not None and level.status == "equal" and len(level.equals) > 1:
        rivals = joined([model_words(one) for one in level.equals[1:]])
        return f"leave the LOOP: {seconds}, and with {rivals} {no_difference(level)}."
    tested = [row for row in answer.models if row.model != "loop" and (row.seconds is not None or row.at_least)]
    if not tested:
        return f"leave the LOOP: {seconds}; no other model {_why_alone(answer)}."
    return f"leave the LOOP: nothing beats its {seconds}; {_longer(tested[0], best)}."


def _why_alone(answer: Answer) -> str:
    others = {row.status for row in answer.models if row.model != "loop"}
    if others <= {"not-applicable"}:
        return "applies here"
    return "gives right results" if "wrong" in others else "could be measured"


def _longer(rival: ModelResult, best: ModelResult) -> str:
    name, verb = model_words(rival.model), takes(rival.model, "takes", "take")
    if rival.seconds is None or best.seconds is None:
        return f"{name} {verb} at least {at_least(rival.at_least or 1)} times as long"
    return f"{name} {verb} {_as_long(rival.seconds / best.seconds)}"


def _as_long(ratio: float) -> str:
    if 1.005 <= ratio < 1.1:
        return f"{percent(round(ratio - 1, 3))} longer"
    return "as long" if 0.995 < ratio < 1.005 else f"{rough(ratio)} times as long"


def _undecided(answer: Answer, best: ModelResult) -> str:
    level = answer.level
    assert level is not None
    if _all_beat_the_loop(answer, level):
        return _any_of(answer, level, best)
    name = f"{_loud(best.model)} so far" if best.model != "loop" else "the LOOP so far"
    so_far = f"{name}, {_at_once(best)}. {_gain(answer)}" if best.model != "loop" else f"{name}: {_alone_s(best)}."
    rivals = [one for one in level.equals if one != best.model]
    names = joined([_with_ratio(answer, one, best) for one in rivals], "or")
    return f"{so_far} Not yet told apart from {names}: {_to_go(level)}."


def _all_beat_the_loop(answer: Answer, level: LevelVerdict) -> bool:
    """Say whether the loop is out, so that each of those that are left is a good answer."""
    loop = answer.row("loop")
    return "loop" not in level.equals and loop is not None and loop.status in ("slower", "bound")


def _any_of(answer: Answer, level: LevelVerdict, best: ModelResult) -> str:
    names = joined([_loud(one) for one in level.equals], "or")
    others = joined([_with_ratio(answer, one, best) for one in level.equals[1:]])
    settled = f"Not settled which of them: so far {model_words(best.model)} before {others}, {_to_go(level)}."
    return f"use {names}, {_at_once(best)}. {_gain(answer)} {settled}"


def _with_ratio(answer: Answer, model: str, best: ModelResult) -> str:
    row = answer.row(model)
    if row is None or row.seconds is None or best.seconds is None:
        return model_words(model)
    return f"{model_words(model)} ({_as_long(row.seconds / best.seconds)})"


def _to_go(level: LevelVerdict) -> str:
    if level.blocks_needed is None:
        return (
            f"after {plural(level.blocks, 'round')} far more would be needed"
            if level.blocks > 2
            else (f"{plural(level.blocks, 'round')} cannot tell")
        )
    more = round_up(max(1, level.blocks_needed - level.blocks))
    return f"about {plural(more, 'more round')} would settle it"


def _nothing(answer: Answer) -> str:
    if not answer.ranked:
        return "the models are not ranked here: what the work reports beside the time is what counts."
    if answer.wrong:
        return f"no model gives right results: {joined(list(answer.wrong))}."
    failed = [row for row in answer.models if row.status in ("failed", "hangs")]
    if failed:
        more = f", and so did {joined([model_words(row.model) for row in failed[1:]])}" if failed[1:] else ""
        verb = "failed" if failed[0].status == "failed" else "made no progress"
        return f"nothing could be measured: {model_words(failed[0].model)} {verb} ({failed[0].reason}){more}."
    if all(row.status == "not-applicable" for row in answer.models):
        return "nothing could be measured: no model applies here."
    return "not reached: the run ended before anything was measured here."


def _gain(answer: Answer) -> str:
    gain, best_s, loop_s = answer.gain, answer.best_s, answer.loop_s
    if gain is None or best_s is None or loop_s is None:
        loop = answer.row("loop")
        took = short_seconds(best_s) if best_s is not None else "no time"
        if loop is not None and loop.at_least is not None:
            return f"{took}; the loop takes at least {at_least(loop.at_least)} times as long."
        return f"{took}."
    if gain.ratio < _FASTER_FROM:
        return f"{change(loop_s, best_s)}, no faster than the loop."
    return f"{change(loop_s, best_s)}, {faster(gain)}."


def _alone_s(best: ModelResult) -> str:
    return short_seconds(best.seconds, 3) if best.seconds is not None else "no time"


def _at_once(best: ModelResult) -> str:
    workers = best.workers or 1
    return f"{workers:,} at once" if best.model == "async" else f"{workers:,} of them" if workers > 1 else "one of them"


def _loud(model: str) -> str:
    return model.upper()


def _sentence(parts: Sequence[str]) -> str:
    text = joined(list(parts))
    return f"{text[:1].upper()}{text[1:]}."


def no_difference(level: LevelVerdict) -> str:
    """Say within what those that are equal differ at most: "no difference above 10 %"."""
    spread = level.spread if level.spread is not None else 1 + level.margin
    return f"no difference above {_whole_percent(spread - 1)}"


def sure_words(levels: Sequence[LevelVerdict | None]) -> tuple[str, ...]:
    """Say how sure each level is, one clause each, in the order of the answer."""
    return tuple(_sure(level) for level in levels if level is not None and (level.runner_up or len(level.equals) > 1))


def _sure(level: LevelVerdict) -> str:
    names = [_name(level, one) for one in level.equals]
    if level.status == "equal" and len(names) > 1:
        return f"{joined(names, 'or')}: {no_difference(level)}"
    rounds = plural(level.blocks, "round")
    if level.status == "undecided" or len(names) > 1:
        more = "" if level.blocks_needed is None else f", {_to_go(level)}"
        return f"{joined(names, 'or')}: not settled after {rounds}{more}"
    return f"{names[0]} before {_name(level, level.runner_up)}: yes, {rounds}, at most {_in_hundred(level.error)} wrong"


def _name(level: LevelVerdict, label: str) -> str:
    if level.level == "model":
        return model_words(label)
    return f"{label} workers" if level.level == "workers" and label == level.equals[0] else label


def _in_hundred(error: float) -> str:
    hundredths = max(1, -(-round(error * 1000) // 10))
    return f"{hundredths} in 100"


def _whole_percent(share: float) -> str:
    """Round a bound up: what it promises must hold."""
    return percent(-(-max(share, 0.001) * 100 // 1) / 100)
