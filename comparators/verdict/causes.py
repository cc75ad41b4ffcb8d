"""Why: where the time goes, in words, from the ways in which the runners went about the tasks."""

from collections.abc import Mapping, Sequence

from comparators.journal.records import ParallelCapacity
from comparators.verdict.execution_patterns import COMPUTES, STRETCHED, Look, Way, stretch, was_pushed_aside, ways_of
from comparators.verdict.text_format import listing, percent, plural, ratio, seconds, size

__all__ = ["explain"]

WAITS = 0.3
"""Share of computing up to which work counts as waiting: overlap alone can make it over 3 times faster."""
TAIL = 0.25
"""When workers run out of tasks for the last quarter of the time, the cutting into tasks costs a quarter at most."""
LONE_TASK = 0.8
"""A task that takes this share of the whole time sets its length, whatever the others do."""
PROBE_S = 5e-6
"""Tasks shorter than this cannot be looked at: reading two clocks before and after takes up to 2 µs (2026)."""
SMALL = 0.01
"""Shares below this are within the error of the look."""
CROWDED = 0.1
"""Share of the time without a CPU from which other load on the host is worth a word."""
AT_CAPACITY = 0.85
"""A host whose busy processes reach less than this share of one CPU each limits what any runner can reach."""
REACHED = 1.1
"""A runner that gains more than this times what busy processes gained shows that these were disturbed."""


def explain(
    looks: Sequence[Look], best: str | None, *, gil: bool, capacities: Sequence[ParallelCapacity], cpus: int = 1
) -> tuple[str, tuple[str, ...]]:
    """Say what the time goes to.

    Args:
        looks: runners with evidence, best first.
        best: label of the winner, or of the fastest still in the race.
        gil: whether the comparison's interpreter has the GIL on.
        parallel capacities: what independent processes reach on this host.
        cpus: that the run may use.

    Returns:
        one sentence, empty without evidence, and the facts behind it, one line each.
    """
    if not looks:
        return "", ()
    serial = next((one for one in looks if one.standing.runner.model == "loop"), None)
    limits = {one.workers: one.speedup for one in capacities}
    ways = ways_of(looks, serial, limits, gil=gil)
    first = next((one for one in looks if one.standing.runner.label == best), None)
    said = []
    if first is not None:
        said.append(_first_words(first, ways[first.standing.runner.label], serial, limits, cpus))
        idle = [one for one in looks if ways[one.standing.runner.label] == "one-at-a-time" and one is not first]
        rival = _contrast(first, looks, ways)
        if rival is not None and rival not in idle:
            said.append(_way_words(rival, ways[rival.standing.runner.label], serial, cpus))
        said += [_alone_words(idle)] if idle else []
    parts = (_work_words(serial, looks, ways), ", while ".join(filter(None, said)))
    sentence = "; ".join(filter(None, parts))
    why = sentence[0].upper() + sentence[1:] + "." if sentence else ""
    facts = [_fact(one, ways[one.standing.runner.label], cpus) for one in looks]
    return why, (*facts, *_host_facts(limits))


def _contrast(first: Look, looks: Sequence[Look], ways: Mapping[str, Way]) -> Look | None:
    """Return the best runner of another model that goes about it in another way."""
    own = first.standing.runner
    for other in looks:
        runner = other.standing.runner
        if runner.model not in (own.model, "loop") and ways[runner.label] != ways[own.label]:
            return other
    return None


def _work_words(serial: Look | None, looks: Sequence[Look], ways: Mapping[str, Way]) -> str:
    """Say what the tasks do, as seen where nothing else disturbs them."""
    alone = serial or next((one for one in looks if ways[one.standing.runner.label] == "at-the-same-time"), None)
    if alone is None or not alone.evidence.busy_s:
        return ""
    if alone.task_s < PROBE_S:
        return f"the tasks take {seconds(_at_most_s(alone))} each at most"
    small = any(ways[one.standing.runner.label] in ("dispatch", "transfer") for one in looks)
    each = f" ({seconds(alone.task_s)} each)" if small else ""
    share = alone.evidence.cpu_share
    if share < COMPUTES and was_pushed_aside(alone.evidence):
        return f"the tasks{each} never wait, but other load had the CPU for {percent(1 - share)} of their time"
    if share >= COMPUTES:
        return f"the tasks{each} compute {percent(share)} of their time"
    if share <= WAITS:
        return f"the tasks{each} wait {percent(1 - share)} of their time"
    return f"the tasks{each} compute {percent(share)} of their time and wait the rest"


def _at_most_s(alone: Look) -> float:
    """Return the seconds of a task with what the look itself adds, or its share of the timed whole where that is less.

    Under serial that whole is all the tasks and nothing else; with several hands a task may take longer than its share.
    """
    timed_s = alone.standing.seconds
    if timed_s is None or alone.standing.runner.model != "loop":
        return alone.task_s
    return min(alone.task_s, timed_s / max(1, alone.evidence.tasks))


def _first_words(look: Look, way: Way, serial: Look | None, limits: Mapping[int, float], cpus: int) -> str:
    words = _way_words(look, way, serial, cpus)
    evidence = look.evidence
    limit = limits.get(evidence.cell.workers)
    gain = look.standing.to_serial
    disturbed = limit is not None and gain is not None and gain.ratio > limit * REACHED
    below = limit is not None and limit < AT_CAPACITY * evidence.cell.workers
    if way == "at-the-same-time" and limit is not None and below and not disturbed:
        words += f" on a host where {evidence.cell.workers} busy processes do {ratio(limit)} times the work of one"
    if look.tail >= TAIL:
        words += f", with hands out of work for the last {percent(look.tail)} of the time"
    if 1 < evidence.peak < evidence.tasks and evidence.longest_s >= LONE_TASK * evidence.wall_s:
        words += f", one task alone taking {percent(evidence.longest_s / evidence.wall_s)} of it"
    return words


def _way_words(look: Look, way: Way, serial: Look | None, cpus: int) -> str:
    """Say in a clause how a runner went about the tasks."""
    evidence, label = look.evidence, look.label
    at_rate = f"({ratio(look.cpu_rate)} CPU seconds per second)"
    kept = ""
    if serial is not None and stretch(look, serial) >= STRETCHED:
        kept = f", each task {ratio(stretch(look, serial))} times as long as alone"
    in_turn = "" if look.standing.runner.model == "loop" else f"{label} did them nearly one after the other"
    outside = f"{label} spent {percent(look.outside)} of its time"
    words: dict[Way, str] = {
        "at-the-same-time": f"{label} really computed at the same time {at_rate}",
        "gil": f"the threads of {label} took turns on the GIL {at_rate}{kept}",
        "one-thread": f"the tasks of {label} share one thread {at_rate}{kept}",
        "short-of-cpu": f"{_short_words(look, cpus)} {at_rate}{kept}",
        "waiting-at-once": f"{label} had {ratio(evidence.overlap)} tasks in progress at once on average",
        "dispatch": f"{outside} handing out tasks and collecting results",
        "transfer": f"{outside} outside the tasks, moving {size(evidence.pickled_bytes)} as pickles",
        "one-at-a-time": _alone_words([look]),
        "in-turn": in_turn,
    }
    return words[way]


def _alone_words(looks: Sequence[Look]) -> str:
    """Call out those that had workers and did one task at a time."""
    counts = {one.evidence.cell.workers for one in looks}
    many = f"{min(counts)} workers" if len(counts) == 1 else "several workers"
    names = listing([one.standing.runner.label for one in looks])
    return f"{names} never had two tasks in progress at once with {many}"


def _short_words(look: Look, cpus: int) -> str:
    """Blame the host where no more hands than CPUs waited for one, else the number of hands."""
    if look.evidence.workers_seen <= cpus and look.crowded >= CROWDED:
        return f"the host was busy and kept {look.label} waiting for a CPU {percent(look.crowded)} of the time"
    return f"{look.label} had more hands than CPU time"


def _fact(look: Look, way: Way, cpus: int) -> str:
    evidence = look.evidence
    parts = [
        f"at most {plural(evidence.peak, 'task')} at once, {ratio(evidence.overlap)} on average",
        f"{ratio(look.cpu_rate)} CPU seconds per second",
        f"{_share(look.outside)} of the time outside tasks",
    ]
    if evidence.pickled_bytes:
        parts.append(f"{size(evidence.pickled_bytes)} pickled")
    if look.crowded >= CROWDED:
        why = "other load had the CPU for" if evidence.workers_seen <= cpus else "the hands waited for a CPU for"
        parts.append(f"{why} {percent(look.crowded)} of the time")
    if look.tail >= SMALL:
        parts.append(f"some hands out of work for {percent(look.tail)} of the time")
    switches = f"{evidence.switches_voluntary:,} voluntary and {evidence.switches_involuntary:,} involuntary"
    parts.append(f"{switches} context switches")
    if way == "one-at-a-time":
        parts.append("did not run tasks concurrently")
    return f"{look.label} with {plural(evidence.cell.workers, 'worker')}: {'; '.join(parts)}."


def _share(share: float) -> str:
    return percent(share) if share >= SMALL else f"less than {percent(SMALL)}"


def _host_facts(limits: Mapping[int, float]) -> tuple[str, ...]:
    return tuple(
        f"This host: {workers} busy processes do {ratio(speedup)} times the work of one."
        for workers, speedup in sorted(limits.items())
        if workers > 1
    )
