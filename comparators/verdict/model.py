"""What a run found out: one verdict per comparison. Frozen data only; `verdicts.json` is exactly this."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from comparators.plan.model import Cell, RunnerSpec
from comparators.plan.names import BASELINE
from comparators.stats.interval import Interval

__all__ = ["Interval", "Outcome", "Standing", "Status", "Verdict", "all_beat_serial"]

Outcome = Literal["win", "tie", "unresolved", "none", "not-reached"]
"""`none`: nothing could be measured. `not-reached`: nothing was, the run ended before."""

Status = Literal["raced", "eliminated", "piloted", "capped", "failed", "not-applicable", "not-reached"]
"""`raced`: in the race to its end. `eliminated`: left the race as proved slower. `measured in the pilot`: dropped by the pilot,
one sample. `capped`: stopped at a limit, at least that slow. `not-reached`: the run ended before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one runner did in a comparison.

    Attributes:
        runner: the runner.
        status: how far it came.
        cell: with its best worker count; None when it never had one.
        seconds: of one loop over all tasks: geometric mean of its race, else its fastest time in the pilot; None
            without either.
        samples: how many samples that is made of.
        to_serial: times faster than serial, from samples paired by block where both raced, else "about"; None without
            either side or when either was stopped at a limit.
        to_winner: times the seconds of the winner, or of the fastest still in the race (1 is as fast, 2 takes twice as
            long); None as above.
        at_least: for "capped": takes at least this times the best's seconds.
        by_workers: seconds by worker count, the fastest time of each in the pilot.
        reason: why it failed, was dropped or does not apply; also that an import switched the GIL back on; else empty.
        flat_workers: worker counts within the margin of its best in the pilot, such as `(4, 16)`; None if unknown.
        first_s: about the seconds until the caller had the first result of a loop; None where the runner does not say.
        startup_s: what starting and stopping it adds: cold seconds less warm seconds; None if not measured,
            and for serial, which starts nothing.
        cpu_s: CPU seconds per loop of its whole process tree, counted in the pilot; None if unknown.
        memory_bytes: the most memory that its whole process tree used, Python and its libraries included; None if
            unknown.
        memory_kind: how that was counted: `PSS`, shared pages once, or `RSS`, where shared pages count for each
            process; empty if unknown.
    """

    runner: RunnerSpec
    status: Status
    cell: Cell | None
    seconds: float | None
    samples: int
    to_serial: Interval | None
    to_winner: Interval | None
    at_least: float | None
    by_workers: tuple[tuple[int, float], ...]
    reason: str
    flat_workers: tuple[int, int] | None
    first_s: float | None
    startup_s: float | None
    cpu_s: float | None
    memory_bytes: int | None = None
    memory_kind: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one comparison.

    Attributes:
        comparison: key of the comparison.
        workload: label of the workload.
        phase, python: of the comparison.
        outcome: see `Outcome`.
        unstable: whether a diagnostic speaks against a win; `flags` says which.
        winners: labels of the winner, or of all that tie; of all still in the race when unresolved.
        runner_up: label of the fastest runner that did not win; empty if there is none.
        lead: times faster the winner is than the runner-up; None without both.
        to_serial: times faster than serial the winner is; None if unknown, also when serial was stopped at a limit:
            then serial's `at_least` is the number.
        blocks: number of blocks in the race.
        blocks_needed: for unresolved: about how many blocks would settle it; None if unknown.
        margin: differences below it count as none.
        confidence: of the decision over all looks and rivals, 0.95.
        why: one sentence: what the time goes to, from evidence.
        evidence: the facts behind `why`, one line each.
        flags: what speaks against trusting this verdict, one line each.
        headline: the answer in one sentence.
        recipe: source code to copy, of the first of `winners`; empty when none of them surely gains anything.
        standings: every runner of the comparison, best first, failures and not applicable last.
        noise: the difference up to which this host told a cell from its own copy, see `comparators.verdict.noise`;
            the margin is not below it; None when the run has no control.
    """

    comparison: str
    workload: str
    phase: str
    python: str
    outcome: Outcome
    unstable: bool
    winners: tuple[str, ...]
    runner_up: str
    lead: Interval | None
    to_serial: Interval | None
    blocks: int
    blocks_needed: int | None
    margin: float
    confidence: float
    why: str
    evidence: tuple[str, ...]
    flags: tuple[str, ...]
    headline: str
    recipe: str
    standings: tuple[Standing, ...]
    noise: float | None = None

    @property
    def any_will_do(self) -> bool:
        """Whether it is open only which of several runners is best: each of `winners` surely beats serial."""
        leaders = [standing for standing in self.standings if standing.runner.label in self.winners]
        return self.outcome == "unresolved" and self.blocks > 0 and all_beat_serial(leaders)


def all_beat_serial(leaders: Sequence[Standing]) -> bool:
    """Say whether each of some runners is surely faster than serial, by its interval."""
    gains = [standing.to_serial for standing in leaders if standing.runner.name != BASELINE]
    sure = [gain for gain in gains if gain is not None and gain.low is not None and gain.low > 1]
    return 0 < len(leaders) == len(sure)
