"""Verdicts made by hand that agree with a made-up run; no statistics worth the name."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from comparators.verdict.model import Outcome, Standing, Status, Verdict

from comparators.journal.records import Failure, Run, Sample
from comparators.plan.model import Cell, Comparison, Settings
from comparators.stats.interval import Interval
from tests.example_runs import CONFIDENCE, DROP_ABOVE, MARGIN, START_UP

__all__ = ["example_verdicts"]


def example_verdicts(run: Run) -> tuple[Verdict, ...]:
    """Make verdicts by hand that agree with the run: wins, ties, unresolved, none, one unstable."""
    samples: dict[str, list[Sample]] = defaultdict(list)
    failures: dict[str, list[Failure]] = defaultdict(list)
    for sample in run.samples:
        samples[_comparison_key(sample.cell)].append(sample)
    for failure in run.failures:
        failures[_comparison_key(failure.cell)].append(failure)
    return tuple(
        _verdict(comparison, samples[comparison.key], failures[comparison.key], run.header.plan.settings)
        for comparison in run.header.plan.comparisons
    )


def _comparison_key(cell: Cell) -> str:
    return f"{cell.workload.label}/{cell.phase}/{cell.python}"


@dataclass
class _Known:
    """What is known of one runner in a comparison."""

    pilots: dict[int, float]
    race: dict[int, Sample]
    failure: Failure | None = None
    cell: Cell | None = None

    @property
    def seconds(self) -> float | None:
        values = [one.seconds for one in self.race.values()] or list(self.pilots.values())
        if not values:
            return None
        return math.exp(fmean(map(math.log, values))) if self.race else min(values)


def _gather(comparison: Comparison, samples: Sequence[Sample], failures: Sequence[Failure]) -> dict[str, _Known]:
    known = {one.runner.label: _Known({}, {}) for one in comparison.candidates}
    for sample in samples:
        entry = known[sample.cell.runner.label]
        if sample.stage == "pilot":
            entry.pilots[sample.cell.workers] = sample.seconds
            if sample.seconds == min(entry.pilots.values()):
                entry.cell = sample.cell
        else:
            entry.race[sample.block] = sample
            entry.cell = sample.cell
    for failure in failures:
        known[failure.cell.runner.label].failure = failure
    return known


def _interval(slow: _Known, fast: _Known) -> Interval | None:
    """Return how many times faster `fast` is than `slow`."""
    if slow.seconds is None or fast.seconds is None:
        return None
    logs = [math.log(slow.race[b].seconds / fast.race[b].seconds) for b in slow.race if b in fast.race]
    if len(logs) < 2:
        return Interval(slow.seconds / fast.seconds, None, None, CONFIDENCE)
    half = NormalDist().inv_cdf(0.999) * stdev(logs) / math.sqrt(len(logs))
    mean = fmean(logs)
    return Interval(math.exp(mean), math.exp(mean - half), math.exp(mean + half), CONFIDENCE)


def _status(entry: _Known, blocks: int) -> Status:
    if entry.failure is not None:
        return "capped" if entry.failure.cause == "capped" else "failed"
    if not entry.race:
        return "piloted" if entry.pilots else "not-reached"
    return "raced" if len(entry.race) >= blocks else "eliminated"


def _standings(
    comparison: Comparison, known: dict[str, _Known], blocks: int, best: _Known | None, serial: _Known | None
) -> Iterator[Standing]:
    specs = {one.runner.label: one.runner for one in comparison.candidates}
    order = sorted(known, key=lambda label: (known[label].failure is not None, known[label].seconds or math.inf))
    for label in order:
        entry = known[label]
        status = _status(entry, blocks)
        reason = entry.failure.message if entry.failure else ""
        if status == "piloted" and best is not None and best.seconds is not None and entry.seconds is not None:
            reason = f"dropped after one sample: about {entry.seconds / best.seconds:.1f} times slower than the best"
        failed = status == "failed"
        measured = not failed and status != "capped"
        yield Standing(
            runner=specs[label],
            status=status,
            cell=entry.cell if entry.failure is None else entry.failure.cell,
            seconds=entry.seconds if measured else None,
            samples=(len(entry.race) or len(entry.pilots)) if measured else 0,
            to_serial=_interval(serial, entry) if serial is not None and measured else None,
            to_winner=_interval(entry, best) if best is not None and measured else None,
            at_least=DROP_ABOVE if status == "capped" else None,
            by_workers=tuple(sorted(entry.pilots.items())),
            reason=reason,
            flat_workers=_flat(entry.pilots) if measured else None,
            first_s=entry.seconds / 4 if measured and entry.seconds else None,
            startup_s=None if failed else START_UP[specs[label].model],
            cpu_s=entry.seconds if measured else None,
        )
    for refused in comparison.not_applicable:
        yield Standing(
            refused.runner,
            "not-applicable",
            None,
            None,
            0,
            None,
            None,
            None,
            (),
            refused.reason,
            None,
            None,
            None,
            None,
        )


def _flat(pilots: dict[int, float]) -> tuple[int, int] | None:
    if len(pilots) < 2:
        return None
    near = [count for count, seconds in pilots.items() if seconds <= min(pilots.values()) * (1 + MARGIN)]
    return min(near), max(near)


def _decide(workload: str, lead: Interval | None) -> Outcome:
    if lead is None or lead.low is None:
        return "win"
    if workload == "hash":
        return "tie"
    return "unresolved" if lead.low <= 1.0 else "win"


def _verdict(
    comparison: Comparison, samples: Sequence[Sample], failures: Sequence[Failure], settings: Settings
) -> Verdict:
    known = _gather(comparison, samples, failures)
    raced = sorted((label for label in known if known[label].race and not known[label].failure), key=_by_time(known))
    blocks = max((len(known[label].race) for label in raced), default=0)
    best = known[raced[0]] if raced else None
    serial = next((known[one.runner.label] for one in comparison.candidates if one.runner.model == "loop"), None)
    runner_up = raced[1] if len(raced) > 1 else ""
    lead = _interval(known[runner_up], best) if best is not None and runner_up else None
    outcome: Outcome = _decide(comparison.workload.name, lead) if raced else "none"
    winners = tuple(raced[:1] if outcome == "win" else raced[:2])
    if len(winners) > 1:
        runner_up = raced[2] if len(raced) > 2 else ""
    unstable = comparison.workload.name == "mixed" and outcome == "win"
    to_serial = _interval(serial, best) if serial is not None and best is not None else None
    return Verdict(
        comparison=comparison.key,
        workload=comparison.workload.label,
        phase=comparison.phase,
        python=comparison.python,
        outcome=outcome,
        unstable=unstable,
        winners=winners,
        runner_up=runner_up,
        lead=lead,
        to_serial=to_serial,
        blocks=blocks,
        blocks_needed=28 if outcome == "unresolved" else None,
        margin=settings.margin,
        confidence=CONFIDENCE,
        why="" if outcome == "none" else _why(comparison.workload.name),
        evidence=() if outcome == "none" else ("1.9 tasks in progress at once, on average", "98 % of it computing"),
        flags=("times rose by 9 % over the blocks (drift)",) if unstable else (),
        headline=_headline(comparison.workload.label, outcome, winners, to_serial, best),
        recipe=_recipe(winners[0]) if winners else "",
        standings=tuple(_standings(comparison, known, blocks, best, serial)),
    )


def _by_time(known: dict[str, _Known]) -> Callable[[str], float]:
    return lambda label: known[label].seconds or math.inf


def _why(workload: str) -> str:
    if workload in ("sleep", "echo"):
        return "The tasks wait 98 % of their time, and up to 4 wait at once."
    return "The tasks compute 98 % of their time, and 1.9 run at once."


def _headline(
    label: str, outcome: Outcome, winners: tuple[str, ...], to_serial: Interval | None, best: _Known | None
) -> str:
    if outcome == "none" or best is None or best.cell is None:
        return f"{label}: nothing could be measured"
    if outcome == "tie":
        return f"{label}: {' and '.join(winners)} tie within {MARGIN:.0%}"
    if outcome == "unresolved":
        return f"{label}: unresolved between {' and '.join(winners)}"
    times = "" if to_serial is None else f", {to_serial.ratio:.2f} times faster than serial"
    workers = "1 worker" if best.cell.workers == 1 else f"{best.cell.workers} workers"
    return f"{label}: {winners[0]} wins with {workers}{times}"


def _recipe(runner: str) -> str:
    return (
        f"# {runner!r}\n"
        "from concurrent.futures import ProcessPoolExecutor\n\n\n"
        "def run(tasks):\n"
        "    with ProcessPoolExecutor(max_workers=2) as pool:\n"
        "        return list(pool.map(work, tasks))\n"
    )
