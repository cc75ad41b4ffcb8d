"""What workers share and wait for: a lock, an object's reference count, the memory."""

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.situation import Situation, View, per_second
from comparators.verdict.text_format import percent, rough

__all__ = ["contended_objects", "lock", "memory_bandwidth"]

STRETCHED = 1.3
"""A task that takes this many times as long as in the loop was kept waiting, or works harder for the same."""
AS_ALONE = 1.15
"""Up to this many times its time in the loop a task is undisturbed."""
IDLE = 0.6
"""CPU seconds per second below which threads that could compute are waiting."""
BUSY = 0.8
"""Share of the CPUs that must be in use before memory, not the CPUs, can be what is short."""
BELOW_CAPACITY = 0.75
"""A gain below this share of what independent processes reach is held up by something that workers share."""
SERIAL = 0.05
"""Serial share below which the fit of a law says nothing."""
MOSTLY = 0.8
"""Share of what a task takes longer that must be waiting."""
DELAYED = 0.1
"""Share of time without a CPU above which tasks were slow for that."""


def lock(situation: Situation) -> Cause | None:
    """Say that threads wait for each other: their tasks take longer than alone, without computing more.

    It shows in tasks that are stretched by waiting under threads and not under processes, which have a lock each. The
    bound is Amdahl's, for the serial share s that the gain g of n threads implies: s = (n / g - 1) / (n - 1).
    """
    threads, loop, processes = (situation.views.get(model) for model in ("threads", "loop", "processes"))
    if threads is None or loop is None or processes is None or threads.gain is None:
        return None
    stretch, alone = _stretch(threads, loop), _stretch(processes, loop)
    if stretch is None or alone is None or stretch < STRETCHED or alone > AS_ALONE or threads.delayed > DELAYED:
        return None
    at_once = min(threads.workers, situation.tasks)
    longer_s = (threads.task_s or 0.0) - (loop.task_s or 0.0)
    waited_s = _waited_s(threads) - _waited_s(loop)
    if waited_s < MOSTLY * longer_s or at_once < 2 or (threads.cpu_rate or 0.0) > IDLE:
        return None
    serial = (at_once / threads.gain - 1) / (at_once - 1)
    if not SERIAL <= serial <= 1:
        return None
    bound = 1 / serial
    text = f"threads wait for each other {percent(round(serial, 2))} of a task's time, as for one lock"
    if situation.best.row.model == "processes":
        text += "; each process has a lock of its own"
    numbers = f"at most {rough(bound)} times with threads; a task takes {rough(stretch)} times as long as alone"
    return Cause("lock", text, numbers, bound)


def contended_objects(situation: Situation) -> Cause | None:
    """Say, for a Python without the GIL, that threads compute more for the same task because they share an object."""
    threads, loop, processes = (situation.views.get(model) for model in ("threads", "loop", "processes"))
    if situation.gil or threads is None or loop is None or not situation.computes or threads.workers < 2:
        return None
    growth, rate = _cpu_growth(threads, loop), threads.cpu_rate
    if growth is None or rate is None or growth < STRETCHED or rate < STRETCHED:
        return None
    elsewhere = _cpu_growth(processes, loop) if processes is not None else None
    if elsewhere is None or elsewhere > AS_ALONE:
        return None
    text = "threads share an object: its reference count is the limit"
    numbers = f"a task takes {rough(growth)} times the CPU time under threads, {rough(elsewhere)} under processes"
    return Cause("contended-objects", text, numbers)


def memory_bandwidth(situation: Situation) -> Cause | None:
    """Say that the memory is the limit: the CPUs are busy, and each task needs more CPU time than alone."""
    best, loop = situation.best, situation.loop
    view = best if best.row.model != "loop" else next(iter(situation.parallel()), None)
    if view is None or loop is None or not situation.computes or view.gain is None or view.workers < 2:
        return None
    capacity, growth, rate = situation.capacity(view.workers), _cpu_growth(view, loop), view.cpu_rate
    if capacity is None or growth is None or rate is None or view.gain >= BELOW_CAPACITY * capacity:
        return None
    if growth < STRETCHED or rate < BUSY * situation.wanted(view) or not _also_without_sharing(situation, view):
        return None
    text = "the memory is the limit, not the CPUs"
    return Cause("memory-bandwidth", text, f"{per_second(rate)}, but each task takes {rough(growth)} times as many")


def _also_without_sharing(situation: Situation, view: View) -> bool:
    """Say whether processes, which share no objects, show the same; one that is not known contradicts nothing."""
    processes, loop = situation.views.get("processes"), situation.loop
    if processes is None or processes is view or loop is None:
        return True
    growth = _cpu_growth(processes, loop)
    return growth is None or growth >= STRETCHED


def _stretch(view: View, loop: View) -> float | None:
    return view.task_s / loop.task_s if view.task_s is not None and loop.task_s else None


def _cpu_growth(view: View, loop: View) -> float | None:
    return view.row.cpu_s / loop.row.cpu_s if view.row.cpu_s is not None and loop.row.cpu_s else None


def _waited_s(view: View) -> float:
    """Return the seconds of a task in which it neither computed nor lacked a CPU."""
    evidence = view.evidence
    if evidence is None or not evidence.tasks:
        return 0.0
    return max(0.0, evidence.busy_s - evidence.task_cpu_s - evidence.delayed_s) / evidence.tasks
