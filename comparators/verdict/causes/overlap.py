"""Why a model wins: its tasks wait together, or they really compute at once."""

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.gil import takes_turns
from comparators.verdict.causes.situation import COMPUTES, GAINS, Situation, per_second
from comparators.verdict.text_format import model_words, percent, rough

__all__ = ["computing_in_parallel", "no_overlap", "waiting_overlaps"]

AT_ONCE = 1.2
"""CPU seconds per second, or tasks in progress, that one worker cannot give: clocks err by a few percent at most."""
NEAR_BOUND = 0.7
"""Share of what computing in turns allows at most, from which it is what ends the gain."""
RELEASES = 0.7
"""CPU seconds per second of a task from which its computing is what matters."""


def no_overlap(situation: Situation) -> bool:
    """Say whether a model gains although its tasks were never in progress together: something else made it faster."""
    evidence = situation.best.evidence
    known = evidence is not None and evidence.tasks > 1 and situation.best.row.model != "loop"
    return known and evidence is not None and situation.best_gain >= GAINS and evidence.overlap < AT_ONCE


def waiting_overlaps(situation: Situation) -> Cause | None:
    """Say that tasks wait together; that they also compute in turns, where the GIL is what ends the gain."""
    best, share = situation.best, situation.cpu_share
    if share is None or share >= COMPUTES or situation.best_gain < GAINS or no_overlap(situation):
        return None
    if best.row.model == "loop":
        return None
    model = model_words(best.row.model)
    who = "the tasks" if best.row.model == "async" else model
    text = f"each task waits {percent(round(1 - share, 2))} of its time; {who} wait together"
    in_turns = best.row.model in ("threads", "async") and takes_turns(situation) is not None and share > 0
    bound = 1 / share if in_turns and NEAR_BOUND / share <= situation.best_gain <= 1 / share else None
    if bound is not None:
        text += f" and compute in turns on the GIL: at most {rough(bound)} times"
    evidence = best.evidence
    numbers = f"{rough(evidence.overlap)} in progress at once on average" if evidence is not None else ""
    return Cause("waiting-overlaps", text, numbers, bound)


def computing_in_parallel(situation: Situation) -> Cause | None:
    """Say that several workers really compute at once."""
    best, share = situation.best, situation.cpu_share
    if share is None or share < RELEASES or best.row.model in ("loop", "async") or situation.best_gain <= 1:
        return None
    rate = best.cpu_rate
    if rate is None or rate < AT_ONCE or best.workers < 2 or no_overlap(situation):
        return None
    text = f"{best.words} really compute at once"
    if best.row.model == "threads":
        text += ": the work releases the GIL" if situation.gil else ": this Python has no GIL"
    return Cause("computing-in-parallel", text, per_second(rate))
