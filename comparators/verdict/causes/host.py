"""What the host or a library holds back: one CPU, other programs, a library that uses all CPUs by itself."""

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.situation import GAINS, Situation, per_second
from comparators.verdict.text_format import percent

__all__ = ["blocked_loop", "busy_host", "library_threads", "one_cpu"]

OTHERS = 0.2
"""Share of time without a CPU, beyond the loop's own, from which other programs explain a missing gain."""
OWN_THREADS = 0.5
"""CPU seconds per second beyond one from which a library brings threads of its own."""
BLOCKED = 0.5
"""Share of a coroutine's time in which it keeps the event loop, from which that is the point."""


def one_cpu(situation: Situation) -> Cause | None:
    """Say that there is one CPU, where tasks compute: nothing is done at the same time."""
    if situation.cpus != 1 or not situation.computes or situation.best_gain >= GAINS:
        return None
    return Cause("one-cpu", "there is one CPU: nothing computes at the same time here")


def busy_host(situation: Situation) -> Cause | None:
    """Say that other programs had the CPUs: workers waited for one though there were no more of them than CPUs."""
    rivals = situation.parallel()
    loop = situation.loop
    view = situation.best if situation.best.row.model != "loop" else rivals[0] if rivals else None
    if view is None or view.evidence is None or loop is None or not situation.computes:
        return None
    beyond = view.delayed - loop.delayed
    crowded = view.evidence.workers_seen > situation.cpus
    if crowded or beyond < OTHERS or situation.best_gain >= GAINS:
        return None
    text = "other programs had the CPUs"
    return Cause("busy-host", text, f"{view.words} waited for a CPU {percent(round(view.delayed, 2))} of the time")


def library_threads(situation: Situation) -> Cause | None:
    """Say that a library already uses several CPUs in the plain loop."""
    profile = situation.profile
    if profile is None or profile.library_threads < OWN_THREADS or situation.best_gain >= GAINS:
        return None
    text = "the library already uses several CPUs with threads of its own"
    return Cause("library-threads", text, f"the plain loop gets {per_second(1 + profile.library_threads)}")


def blocked_loop(situation: Situation) -> Cause | None:
    """Say that coroutines keep the event loop from going on, so that they run one after the other."""
    profile, coroutines = situation.profile, situation.views.get("async")
    if profile is None or profile.blocked_share is None or profile.blocked_share < BLOCKED or coroutines is None:
        return None
    if coroutines.gain is not None and coroutines.gain >= GAINS:
        return None
    text = "the coroutine blocks the event loop"
    best = situation.best.row.model
    if best in ("threads", "processes") and situation.best_gain >= GAINS and situation.waits:
        text += f"; {best} wait together"
    return Cause("blocked-loop", text, f"for {percent(round(profile.blocked_share, 2))} of its time")
