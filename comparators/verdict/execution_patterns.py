"""How a runner went about the tasks, told from an instrumented look at it, never from its name.

The natures of work and the ways of doing it that can be told apart:

    work       computes | waits | both | next to nothing, so that handing out the tasks is what is measured
    a runner   in turn (serial) · one at a time though it has more workers · at the same time · in turns on the GIL ·
               in turns on one thread · more hands than CPU time · waiting at once · busy with dispatch · with pickling
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from comparators.journal.records import Evidence
from comparators.verdict.model import Standing
from comparators.verdict.text_format import named

__all__ = ["COMPUTES", "STRETCHED", "Look", "Way", "stretch", "was_pushed_aside", "way_of", "ways_of"]

COMPUTES = 0.7
"""Share of computing from which work counts as computing: overlapping the rest would gain less than 1.5 times."""
WAITED = 0.5
"""Voluntary context switches per task below which the tasks did not wait: each wait gives up the CPU once. What they
then lack of computing was taken from them by other load, which shows as involuntary switches."""
OUTSIDE = 0.5
"""When more than half of the time is spent outside tasks, the tasks are not what is measured."""
AT_ONCE = 1.2
"""CPU seconds per second that one CPU cannot give; clocks of instrumented tasks err by a few percent at most."""
SATURATED = 0.8
"""CPU seconds per second from which a single CPU, or the GIL, is what limits; the rest goes to switching."""
STRETCHED = 1.3
"""Tasks that take this many times as long as under serial were kept waiting for something."""
PIPE_BYTES_PER_S = 500e6
"""Pickled bytes through a pipe, both ways: 260 to 830 MB/s from 10 kB to 10 MB on two shared CPUs (2026)."""
TRANSFER = 0.25
"""Share of the time that pickles must at least explain before transfer is called the cause."""

Way = Literal[
    "in-turn",
    "one-at-a-time",
    "at-the-same-time",
    "gil",
    "one-thread",
    "short-of-cpu",
    "waiting-at-once",
    "dispatch",
    "transfer",
]


@dataclass(frozen=True, slots=True)
class Look:
    """A runner's standing with the evidence of how it worked."""

    standing: Standing
    evidence: Evidence

    @property
    def label(self) -> str:
        """The runner's label, set apart."""
        return named(self.standing.runner.label)

    @property
    def cpu_rate(self) -> float:
        """CPU seconds of the tasks per second."""
        return self.evidence.task_cpu_s / self.evidence.wall_s if self.evidence.wall_s else 0.0

    @property
    def demand(self) -> float:
        """CPU seconds per second that the hands used or waited for: those that wait for the GIL ask for none."""
        return self.cpu_rate + (self.evidence.delayed_s / self.evidence.wall_s if self.evidence.wall_s else 0.0)

    @property
    def outside(self) -> float:
        """Share of the time that the hands at work spent outside tasks, the idle tail not counted."""
        total = self.evidence.total_s - self._tail_s
        if self.shares_a_thread:
            return min(1.0, max(0.0, 1 - self.evidence.wall_s / self.evidence.total_s)) if total > 0 else 0.0
        inside = self.evidence.busy_s / max(1, self.evidence.peak)
        return min(1.0, max(0.0, 1 - inside / total)) if total > 0 else 0.0

    @property
    def shares_a_thread(self) -> bool:
        """Whether several tasks were in progress on one thread: none of them has a hand of its own to be idle."""
        return self.evidence.workers_seen == 1 and self.evidence.peak > 1

    @property
    def tail(self) -> float:
        """Share of the time in which some hands had run out of tasks."""
        return self._tail_s / self.evidence.wall_s if self.evidence.wall_s else 0.0

    @property
    def crowded(self) -> float:
        """Share of the hands' time in which they could have run but had no CPU."""
        hands_s = self.evidence.total_s * max(1, self.evidence.workers_seen)
        return min(1.0, self.evidence.delayed_s / hands_s) if hands_s else 0.0

    @property
    def task_s(self) -> float:
        """Mean duration of a task."""
        return self.evidence.busy_s / max(1, self.evidence.tasks)

    @property
    def _tail_s(self) -> float:
        return self.evidence.idle_tail_s if self.evidence.workers_seen > 1 else 0.0


def ways_of(looks: Sequence[Look], serial: Look | None, limits: Mapping[int, float], *, gil: bool) -> dict[str, Way]:
    """Tell each runner's way. The GIL is not to blame where processes, which have one each, ask for no more CPU time.

    They ask for what they get and for what they wait for. Where the system counts no waiting, or a hypervisor takes it
    unseen, processes that get no more than one CPU's worth, or independent ones that never did, say the same.
    """
    ways = {one.standing.runner.label: way_of(one, serial, gil=gil) for one in looks}
    processes = {ways[one.standing.runner.label] for one in looks if one.standing.runner.model == "processes"}
    starved = 0 < max((speedup for workers, speedup in limits.items() if workers > 1), default=0.0) < AT_ONCE
    asked = any(one.standing.runner.model == "processes" and one.demand >= AT_ONCE for one in looks)
    if not asked and "at-the-same-time" not in processes and (starved or "short-of-cpu" in processes):
        return {label: "short-of-cpu" if way == "gil" else way for label, way in ways.items()}
    return ways


def way_of(look: Look, serial: Look | None, *, gil: bool) -> Way:
    """Tell how a runner went about the tasks; `serial` shows what they are like alone."""
    evidence = look.evidence
    if look.standing.runner.model == "loop":
        return "in-turn"
    if look.outside >= OUTSIDE:
        moving_s = evidence.pickled_bytes / PIPE_BYTES_PER_S
        return "transfer" if moving_s >= TRANSFER * evidence.total_s else "dispatch"
    if evidence.peak <= 1 and evidence.cell.workers > 1 and evidence.tasks > 1:
        return "one-at-a-time"
    if look.cpu_rate >= AT_ONCE:
        return "at-the-same-time"
    if evidence.overlap < AT_ONCE:
        return "in-turn"
    return _what_limits(look, gil=gil) if _is_limited(look, serial) else "waiting-at-once"


def _is_limited(look: Look, serial: Look | None) -> bool:
    """Say whether overlapping tasks were kept from the CPU: they take longer than alone, and not for waiting's sake."""
    if serial is None:
        return look.cpu_rate >= SATURATED
    computes = serial.evidence.cpu_share >= COMPUTES or was_pushed_aside(serial.evidence)
    return stretch(look, serial) >= STRETCHED and (computes or look.cpu_rate >= SATURATED)


def _what_limits(look: Look, *, gil: bool) -> Way:
    if look.evidence.workers_seen == 1:
        return "one-thread"
    in_turns = gil and look.standing.runner.model == "threads" and SATURATED <= look.demand < AT_ONCE
    return "gil" if in_turns else "short-of-cpu"


def was_pushed_aside(alone: Evidence) -> bool:
    """Say whether tasks that ran alone computed all the time, though not all the time on a CPU."""
    counted = alone.switches_voluntary + alone.switches_involuntary
    return counted > 0 and alone.switches_voluntary < WAITED * alone.tasks


def stretch(look: Look, serial: Look) -> float:
    """Return how many times as long as under serial a task takes."""
    return look.task_s / serial.task_s if serial.task_s else 1.0
