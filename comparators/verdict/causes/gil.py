"""The GIL: threads get the CPU time of one, though their tasks would use more."""

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.situation import GAINS, Situation, View, per_second

__all__ = ["gil", "takes_turns"]

ONE_CPU = 1.1
"""CPU seconds per second that one thread at a time can use, with what interpreter and system add outside of tasks."""
BUSY = 0.75
"""CPU seconds per second below which threads wait for something other than the GIL: its holder computes."""
WANTS = 1.3
"""CPU seconds per second that tasks must want before it means anything that they do not get them."""
SHORT_TASK_S = 5e-3
"""Tasks up to this length can lose to the hand-over to a process: it takes 50 to 300 µs, more on a busy host (2026)."""
PROFILE_DISAGREES = 1.25
"""Gain of two threads in the profile from which they do not take turns."""


def takes_turns(situation: Situation) -> View | None:
    """Return the threads where they take turns on the GIL, whatever the length of the tasks; None where they do not."""
    threads = situation.views.get("threads")
    if not situation.gil or threads is None or situation.wanted(threads) < WANTS:
        return None
    rate = threads.cpu_rate
    if rate is None or not BUSY <= rate <= ONE_CPU:
        return None
    profile = situation.profile
    if profile is not None and profile.threads_gain is not None and profile.threads_gain >= PROFILE_DISAGREES:
        return None
    return threads


def gil(situation: Situation) -> Cause | None:
    """Name the GIL where threads take turns on it and are not the answer for their waiting."""
    threads = takes_turns(situation)
    best = situation.best
    if threads is None or (best.row.model in ("threads", "async") and situation.best_gain >= GAINS):
        return None
    text = "threads take turns on the GIL"
    numbers = f"{threads.words} got {per_second(threads.cpu_rate or 0.0)}"
    if best.row.model in ("processes", "interpreters") and situation.best_gain > 1:
        text += f"; {best.words} really compute at once"
        if best.cpu_rate is not None and best.cpu_rate > (threads.cpu_rate or 0.0):
            numbers += f", {best.words} {per_second(best.cpu_rate)}"
    elif best.row.model == "loop" and _lose_by_handing_over(situation):
        text += "; handing a task to a process takes longer than it saves"
    return Cause("gil", text, numbers)


def _lose_by_handing_over(situation: Situation) -> bool:
    """Say whether processes are slower than the loop with tasks so short that their hand-over is the reason."""
    processes, loop, task_s = situation.views.get("processes"), situation.loop, situation.task_s
    if processes is None or loop is None or task_s is None:
        return False
    return task_s < SHORT_TASK_S and processes.seconds > loop.seconds
