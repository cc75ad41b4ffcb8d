"""The whole examination, check by check, in the order in which it is shown."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from comparators.doctor.cpus import find_cpus, find_frequency, find_isolated, find_siblings, find_turbo
from comparators.doctor.limits import find_files, find_memory, find_processes
from comparators.doctor.load import find_load, find_pressure, find_virtual, steal_finding
from comparators.doctor.measuring import Instrument, instrument
from comparators.doctor.model import Finding
from comparators.doctor.noise import noise_finding, overlap_finding
from comparators.doctor.python import find_blas, find_clock, find_gil, find_start_methods
from comparators.doctor.system import System
from comparators.plan.usable_cpus import usable_cpus
from comparators.worker.host_counters import stolen_ticks

__all__ = ["LOOKS", "examine", "this_system"]

LIMIT_S = 15.0
"""Seconds for all measuring; a slow host gets fewer pairs."""

PAIRS = 8

LOOKS: tuple[Callable[[System], Finding], ...] = (
    find_load,  # first: what follows adds to it
    find_pressure,
    find_cpus,
    find_siblings,
    find_isolated,
    find_frequency,
    find_turbo,
    find_virtual,
    find_gil,
    find_start_methods,
    find_clock,
    find_blas,
    find_processes,
    find_files,
    find_memory,
)
"""What is only looked at."""


def this_system() -> System:
    """Return the system that this process runs on."""
    return System(cpus=usable_cpus())


def examine(
    system: System,
    tell: Callable[[str], None],
    measuring: Callable[[float], AbstractContextManager[Instrument]] = instrument,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Finding]:
    """Look at the host, then measure on it; yield each finding as soon as there is one.

    Args:
        system: what to look at.
        tell: is called with what is being measured, as that takes a while.
        measuring: gives the instrument for a number of seconds.
        now: a monotonic clock.
    """
    for look in LOOKS:
        yield look(system)
    began, stolen = now(), stolen_ticks(system.proc)
    with measuring(LIMIT_S) as instrument:
        for processes in dict.fromkeys((2, max(2, len(system.cpus)))):
            tell(f"measuring how much {processes} busy processes do at once, about 1 s")
            yield overlap_finding(processes, instrument.speedup(processes))
        tell(f"measuring the same work {2 * PAIRS} times in fresh processes, about 6 s")
        yield noise_finding(_pairs(instrument, began, now))
    later = stolen_ticks(system.proc)
    yield steal_finding(system, None if stolen is None or later is None else later - stolen, now() - began)


def _pairs(instrument: Instrument, began: float, now: Callable[[], float]) -> list[tuple[float, float]]:
    """Measure pairs until there are enough, one fails, or the time is up."""
    pairs: list[tuple[float, float]] = []
    while len(pairs) < PAIRS and now() - began < LIMIT_S:
        pair = instrument.pair(len(pairs))
        if pair is None:
            break
        pairs.append(pair)
    return pairs
