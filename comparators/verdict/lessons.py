"""What a whole suite teaches, in three sentences: what wins for waiting, for computing, and what small tasks say."""

from collections import Counter
from collections.abc import Iterator, Sequence

from comparators.verdict.analysis import Verdict
from comparators.verdict.text_format import joined, model_words, rough

__all__ = ["lessons_of"]

_SETTLED = ("decided", "equal")


def lessons_of(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return the sentences that settled warm verdicts of several workloads support; each is true of all it names."""
    settled = [
        one for one in verdicts if one.phase == "warm" and one.model is not None and one.model.status in _SETTLED
    ]
    if len({one.workload for one in verdicts}) < 2:
        return ()
    return tuple(line for line in (_waiting(settled), _computing(settled), _small(settled)) if line)


def _waiting(settled: Sequence[Verdict]) -> str:
    waiting = [one for one in settled if _kind(one) == "waiting-overlaps" and one.gain is not None]
    if not waiting:
        return ""
    return f"Where tasks wait, {_winners(waiting)} {_gains(waiting)} the loop{_where(waiting)}."


def _computing(settled: Sequence[Verdict]) -> str:
    in_turns = [one for one in settled if _kind(one) == "gil"]
    at_once = [one for one in settled if _kind(one) == "computing-in-parallel" and _choice(one) == "threads"]
    parts = []
    winning = [one for one in in_turns if _choice(one) != "loop" and one.gain is not None]
    if winning:
        parts.append(
            f"where threads take turns on the GIL, {_winners(winning)} {_gains(winning)} the loop{_where(winning)}"
        )
    elif in_turns:
        parts.append(f"where threads take turns on the GIL, nothing beat the loop{_where(in_turns)}")
    if at_once:
        parts.append(f"where the work releases the GIL, threads {_gains(at_once)} the loop{_where(at_once)}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _small(settled: Sequence[Verdict]) -> str:
    small = [one for one in settled if _kind(one) in ("handing-over", "moving-data") and _choice(one) == "loop"]
    if not small:
        return ""
    kinds = {_kind(one) for one in small}
    why = {"handing-over": "handing over a task", "moving-data": "moving its data"}
    costs = joined([why[kind] for kind in why if kind in kinds], "or")
    return f"Where {costs} takes as long as the task itself, leave the loop{_where(small)}."


def _kind(verdict: Verdict) -> str:
    return verdict.cause.kind if verdict.cause is not None else ""


def _choice(verdict: Verdict) -> str:
    return verdict.model.choice if verdict.model is not None else ""


def _winners(several: Sequence[Verdict]) -> str:
    counted = Counter(_choice(one) for one in several)
    return joined([model_words(name) for name, _ in counted.most_common()], "or")


def _gains(several: Sequence[Verdict]) -> str:
    gains = sorted(_known_gains(several))
    low, high = rough(gains[0]), rough(gains[-1])
    verb = "was" if {_choice(one) for one in several} == {"async"} else "were"
    return f"{verb} {low} times faster than" if low == high else f"{verb} {low} to {high} times faster than"


def _known_gains(several: Sequence[Verdict]) -> Iterator[float]:
    for one in several:
        if one.gain is not None:
            yield one.gain.ratio


def _where(several: Sequence[Verdict]) -> str:
    names = list(dict.fromkeys(one.workload for one in several))
    return f" ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})"
