"""Phases of work, each of which begins when all parties have done the one before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations
from comparators.workloads._support.checks import check_count
from comparators.workloads._support.spin import spin, spun

__all__ = ["PATIENCE_S", "Barrier", "March", "Route", "march"]

PATIENCE_S = 60
"""How long a party waits for the others; long, for a slow host must not look like a lost party."""


class Route(NamedTuple):
    """A task: the number of the party, the phases, and the turns of work in each, see `spin`."""

    party: int
    phases: int
    turns: int


class March(NamedTuple):
    """What a party computed, and when: readings of one clock, which all workers of a host share.

    Attributes:
        started: when it began with the first phase.
        arrived, released: for each phase, when it came to the barrier and when it went on.
    """

    party: int
    value: int
    started: float
    arrived: tuple[float, ...]
    released: tuple[float, ...]


def march(route: Route) -> March:
    """Compute and wait for the others, phase by phase."""
    from time import perf_counter

    barrier, value = shared(), route.party + 1
    arrived, released = [], []
    started = perf_counter()
    for _ in range(route.phases):
        value = spin(value, route.turns)
        arrived.append(perf_counter())
        barrier.wait(PATIENCE_S)
        released.append(perf_counter())
    return March(route.party, value, started, tuple(arrived), tuple(released))


@dataclass(frozen=True)
class Barrier(CoordinatedWorkload[Route, March]):
    """Let `parties` compute in phases, with a barrier after each.

    What it teaches: a phase takes as long as its slowest party, and waking the others comes on top, phase after phase.
    With `turns=0` only that is left. It pays to have few, long phases. All parties have to be there at once: with fewer
    workers than parties it would never end.

    All parties' clock readings are compared: no party may go on before the last one has arrived.
    """

    name = "barrier"
    summary = "phases of work with a barrier after each: what it costs to wait for all"
    presets: ClassVar = {
        "tiny": {"parties": 2, "phases": 3, "turns": 10},
        "quick": {"phases": 20},
        "default": {},
        "full": {"phases": 1_000},
    }
    work = staticmethod(march)

    parties: int = parameter(4, "how many parties", minimum=2, maximum=1_000)
    phases: int = parameter(100, "how many phases", minimum=1, maximum=10**6)
    turns: int = parameter(2_000, "turns of pure-Python work of a party in a phase", minimum=0, maximum=10**10)

    @property
    def primitives(self) -> tuple[str, ...]:
        """A barrier."""
        return ("barrier",)

    @property
    def min_concurrency(self) -> int:
        """All parties wait for each other."""
        return self.parties

    def make_shared(self, kit: Kit) -> Any:
        """Make the barrier."""
        return kit.make("barrier", self.parties)

    def tasks(self) -> Sequence[Route]:
        """Return what each party does."""
        return [Route(party, self.phases, self.turns) for party in range(self.parties)]

    def verify(self, result: object) -> Observations:
        """Check what each party computed, and that no party went on before all had arrived; report the times."""
        marches = [
            self._checked(number, found) for number, found in enumerate(check_count(result, self.parties, "parties"))
        ]
        arrivals, releases = [], []
        for phase, (arrived, released) in enumerate(_phases(marches)):
            if min(released) < max(arrived):
                raise WrongResult(
                    f"phase {phase}",
                    expected="no party goes on before all have arrived",
                    found=f"a party went on {(max(arrived) - min(released)) * 1e6:.3g} µs before",
                )
            arrivals.append(max(arrived))
            releases.append(max(released))
        from statistics import median

        ends = [min(one.started for one in marches), *releases]
        return (
            Observation("phase", median(end - begin for begin, end in pairwise(ends)) * 1e6, "µs"),
            Observation(
                "from last arrival to last release",
                median(end - begin for begin, end in zip(arrivals, releases, strict=True)) * 1e6,
                "µs",
                primitive="barrier",
                operation="contended",
            ),
        )

    def _checked(self, number: int, result: object) -> March:
        expected = (number, spun(number + 1, self.phases * self.turns))
        if not isinstance(result, March) or result[:2] != expected:
            raise WrongResult(f"party {number} and what it computed", expected=expected, found=result)
        if not len(result.arrived) == len(result.released) == self.phases:
            raise WrongResult(f"phases of party {number}", expected=self.phases, found=len(result.released))
        return result


def _phases(marches: Sequence[March]) -> Iterator[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Yield the arrivals and the releases of all parties, phase by phase."""
    arrived = zip(*(one.arrived for one in marches), strict=True)
    released = zip(*(one.released for one in marches), strict=True)
    return zip(arrived, released, strict=True)
