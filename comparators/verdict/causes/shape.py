"""The shape of the work: one task that is most of it."""

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.situation import Situation
from comparators.verdict.text_format import percent, rough, short_seconds

__all__ = ["one_long_task"]

LARGE = 0.25
"""Share of all work from which one task matters."""
REACHED = 0.75
"""Share of the bound that the best must reach: what stays far below it is held up by something else."""
BELOW_IDEAL = 0.8
"""Share of what the workers could gain otherwise, below which the bound is what ends the gain."""


def one_long_task(situation: Situation) -> Cause | None:
    """Say that one task is a large part of all work, and how much any number of workers can gain at most."""
    profile, loop = situation.profile, situation.loop
    if situation.tasks < 2 or loop is None or situation.best.row.model == "loop":
        return None
    longest_s = max(
        profile.longest_s if profile is not None else 0.0,
        loop.evidence.longest_s if loop.evidence is not None else 0.0,
    )
    share = longest_s / loop.seconds if loop.seconds else 0.0
    if not LARGE <= share < 1:
        return None
    bound = 1 / share
    at_once = min(situation.best.workers, situation.tasks)
    ideal = min(at_once, situation.cpus) if situation.computes else at_once
    if bound > BELOW_IDEAL * ideal or situation.best_gain < REACHED * bound:
        return None
    text = f"one task is {percent(round(share, 2))} of all work: at most {rough(bound)} times, whatever the workers"
    return Cause(
        "one-long-task", text, f"the longest takes {short_seconds(longest_s)} of {short_seconds(loop.seconds)}", bound
    )
