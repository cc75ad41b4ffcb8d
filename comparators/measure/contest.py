"""One contest from scout to verdict-ready blocks.

Scout: one sample of each runner at its first worker count, more counts for the promising ones, a second sample before a
runner is dropped for being somewhat slower. Race: blocks of fresh samples of the remaining runners, in random order,
until the rule decides. The scout chooses, the race judges: no sample serves both. Prices: where a workload reports what
something costs, every runner gets as many samples as an interval needs. A survey has no race and no search.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from comparators.measure.clock import Clock
from comparators.measure.control import Copy
from comparators.measure.outcome import Cap
from comparators.measure.records import Failure, Sample
from comparators.measure.sampler import Sampler
from comparators.plan.model import Cell, Contest, Contestant, RunnerSpec, Settings
from comparators.plan.names import BASELINE
from comparators.plan.search import next_count
from comparators.plan.selection import hopeless, representatives

__all__ = ["ContestRun", "Decision", "Rule"]

SCOUT_CAP = 30.0
"""The scout stops a cell that takes this many times the best's seconds: it has nothing to win."""
RACE_CAP = 3.0
"""The race stops a sample that takes this many times the best's seconds."""
BASELINE_RATIO = 10.0
"""The baseline is measured in every block unless it takes more than this many times the best's seconds …"""
BASELINE_S = 1.0
"""… and more than this many seconds per value; then the scout's one sample must do."""
LOOPS_MAXIMUM = 100_000
OVERHEAD_SLACK_S = 1.0
"""What starting and ending a process may take beyond what it took in the scout, before a cap counts as reached."""
SCALING_ROUNDS = 3
"""Samples of each worker count in a look at scaling."""
CLOSER_LOOKS = 3
"""So many of a contest's best get an instrumented pass, besides the baseline and the best of each family."""


class Decision(Protocol):
    """What a rule says after a look: None to go on, and which runners stay."""

    @property
    def outcome(self) -> Literal["win", "tie", "unresolved"] | None: ...  # noqa: D102
    @property
    def survivors(self) -> tuple[str, ...]: ...  # noqa: D102


class Rule(Protocol):
    """Judges a race at a look; see `comparators.verdict.race.judge`."""

    def __call__(  # noqa: D102
        self,
        blocks: Sequence[Mapping[str, float]],
        alive: Sequence[str],
        contestants: int,
        margin: float,
        looks: Sequence[int],
        *,
        last: bool = False,
    ) -> Decision: ...


@dataclass(slots=True)
class _Scouted:
    """What the scout knows of a cell."""

    seconds: float
    samples: int
    overhead_s: float


@dataclass(slots=True)
class ContestRun:
    """Measures one contest.

    Attributes:
        contest: what to measure.
        sampler: measures it.
        judge: the rule.
        settings: of the plan.
        clock: of the run.
        deadline_s: the run's elapsed seconds after which this contest must come to an end.
        closer: whether to take an instrumented look at some cells after the race.
        margin: differences below it count as none.
        copy: of a cell, races along where this contest is the one that controls the run.
        hints: worker counts to begin with instead of the plan's, by runner.
        watch: is told the activity, the cell, the runners left and the block before each sample.
    """

    contest: Contest
    sampler: Sampler
    judge: Rule
    settings: Settings
    clock: Clock
    deadline_s: float
    closer: bool
    margin: float
    copy: Copy
    hints: Mapping[RunnerSpec, int]
    watch: Callable[[Literal["scout", "race", "price", "evidence"], Cell, tuple[str, ...], int], None]
    _scouted: dict[Cell, _Scouted] = field(default_factory=dict)
    _priced: Counter[Cell] = field(default_factory=Counter)
    _failed: list[Cell] = field(default_factory=list)

    def measure(self) -> dict[RunnerSpec, int]:
        """Scout, race, look closer; returns each runner's best worker count."""
        self._scout()
        chosen = representatives({cell: seen.seconds for cell, seen in self._scouted.items()})
        if chosen:
            survivors = () if self.contest.survey else self._race(self._contenders(chosen), chosen)
            self._price(list(chosen.values()))
            if self.closer and not self.contest.survey:
                self._look_closer(chosen, survivors)
        return {runner: cell.workers for runner, cell in chosen.items()}

    def _scout(self) -> None:
        runnable = [one for one in self.contest.contestants if self._works(one)]
        runnable.sort(key=lambda one: one.runner.name == BASELINE)  # last: its cap comes from the others
        for one in runnable:
            for count in self._first_counts(one):
                self._scout_cell(self.contest.cell(one.runner, count))
        if self.settings.scaling:
            self._scout_again(runnable)
        searching = [one for one in runnable if one.search]
        while any([self._try_another_count(one) for one in searching]):  # noqa: C419  each runner takes a step per round
            pass
        if self.contest.survey:
            return
        for cell in list(representatives(self._times()).values()):
            seen = self._scouted[cell]
            doubtful = not hopeless(seen.seconds, self._best_s(), seen.samples, self.settings)
            if doubtful and hopeless(seen.seconds, self._best_s(), 2, self.settings):
                self._scout_cell(cell)

    def _scout_again(self, runnable: Sequence[Contestant]) -> None:
        """Take more samples of every worker count, in random order: the shape of the whole curve is wanted."""
        cells = [cell for cell in self._scouted if any(one.runner == cell.runner for one in runnable)]
        for number in range(SCALING_ROUNDS - 1):
            order = random.Random(f"{self.settings.seed}/{self.contest.key}/scaling/{number}")
            for cell in order.sample(cells, len(cells)):
                if cell not in self._failed:
                    self._scout_cell(cell)

    def _works(self, contestant: Contestant) -> bool:
        counts = self._first_counts(contestant)
        return not isinstance(self.sampler.tried(self.contest.cell(contestant.runner, counts[0])), Failure)

    def _first_counts(self, contestant: Contestant) -> tuple[int, ...]:
        hint = self.hints.get(contestant.runner)
        return (hint,) if hint is not None and contestant.search else contestant.counts

    def _try_another_count(self, contestant: Contestant) -> bool:
        """Take one step of the search for a runner's worker count; say whether there was one to take."""
        if contestant.runner in self.hints:
            return False
        times = {cell.workers: seen for cell, seen in self._times().items() if cell.runner == contestant.runner}
        if not times or hopeless(min(times.values()), self._best_s(), 2, self.settings):
            return False
        tried = {cell.workers: math.inf for cell in self._failed if cell.runner == contestant.runner} | times
        count = next_count(tried, contestant.counts[0], contestant.limit)
        if count is None:
            return False
        self._scout_cell(self.contest.cell(contestant.runner, count))
        return True

    def _scout_cell(self, cell: Cell) -> None:
        """Take one more scout sample of a cell; keep the faster of its value and its warm-up."""
        seen = self._scouted.get(cell)
        samples = seen.samples if seen else 0
        cap = None
        if self._scouted and not seen and not self.contest.survey:  # what is slow has a price, too
            limit = SCOUT_CAP * self._best_s()
            copies = self.settings.copies(cell.workers)
            cap = Cap(
                limit, 2 * limit * copies + OVERHEAD_SLACK_S + max(one.overhead_s for one in self._scouted.values())
            )
        self.watch("scout", cell, (), 0)
        record = self.sampler.sample(cell, "scout", block=-1 - samples, cap=cap)
        self._count_price(record)
        if isinstance(record, Failure):
            self._failed.append(cell)
            return
        seconds = min(record.seconds, record.warmup_s or record.seconds, seen.seconds if seen else math.inf)
        overhead = max(0.0, record.elapsed_s - record.seconds - (record.warmup_s or 0.0))
        self._scouted[cell] = _Scouted(seconds, samples + 1, overhead)

    def _times(self) -> dict[Cell, float]:
        return {cell: seen.seconds for cell, seen in self._scouted.items()}

    def _best_s(self) -> float:
        return min(seen.seconds for seen in self._scouted.values())

    def _contenders(self, chosen: Mapping[RunnerSpec, Cell]) -> list[Cell]:
        best = self._best_s()
        close = [
            cell
            for cell in chosen.values()
            if not hopeless(self._scouted[cell].seconds, best, self._scouted[cell].samples, self.settings)
        ]
        if [cell.runner.name for cell in close] == [BASELINE]:  # a win needs somebody to have been beaten in a race
            close += [cell for cell in chosen.values() if cell.runner.name != BASELINE][:1]
        return close[: self.settings.racers_maximum]

    def _race(self, contenders: Sequence[Cell], chosen: Mapping[RunnerSpec, Cell]) -> tuple[str, ...]:
        """Measure blocks until the rule decides or the time is up; returns the runners left.

        The baseline races like the others, also when the scout thought little of it: whoever wins has beaten it in
        the same blocks. It stays in the blocks when it has lost, for the ratios.
        """
        looks = self.settings.looks_of(self.contest.phase)
        loops = self._loops()
        baseline = self._baseline(chosen, loops)
        racing = list(contenders) if baseline is None or baseline in contenders else [*contenders, baseline]
        if looks:
            racing = list(self.sampler.race(tuple(racing)))
            for cell in racing:
                self.sampler.recipe(cell)
        alive = {cell.runner.label: cell for cell in racing}
        self.copy.cell = (baseline or racing[0]) if self.copy.wanted else None
        kept = [cell for cell in dict.fromkeys((baseline, self.copy.cell)) if cell is not None]
        blocks: list[dict[str, float]] = []
        while looks and alive and len(blocks) < looks[-1]:
            cells = list(dict.fromkeys((*alive.values(), *kept)))
            times, failed = self._block(len(blocks), cells, tuple(alive), loops, kept)
            blocks.append(times)
            for cell in failed:
                alive.pop(cell.runner.label, None)
                kept = [one for one in kept if one != cell]
            last = len(blocks) == looks[-1] or (len(blocks) >= looks[0] and self._no_time_for(len(cells)))
            if alive and (last or len(blocks) in looks):
                judged = [{label: block[label] for label in alive} for block in blocks]
                decision = self.judge(judged, tuple(alive), len(racing), self.margin, looks, last=last)
                alive = {label: alive[label] for label in decision.survivors}
                last = last or decision.outcome is not None
            if last:
                break
        if blocks:
            self._complete_control(len(blocks), loops)
        return tuple(alive)

    def _block(
        self, number: int, cells: Sequence[Cell], alive: tuple[str, ...], loops: int, kept: Sequence[Cell]
    ) -> tuple[dict[str, float], list[Cell]]:
        """Measure each cell once in random order; returns seconds by runner, and the cells that failed.

        A sample stopped at its limit counts as the limit, which favours it. The first block has no limit, those that
        are kept never have one: ratios to the baseline and to a copy are to be measured, not bounded.
        """
        turns: list[tuple[Cell, Literal["race", "control"]]] = [(cell, "race") for cell in cells]
        if self.copy.cell is not None and self.copy.wanted:
            turns.append((self.copy.cell, "control"))
        order = random.Random(f"{self.settings.seed}/{self.contest.key}/{number}").sample(turns, len(turns))
        cap_s = RACE_CAP * self._best_s()
        times: dict[str, float] = {}
        copy_s: float | None = None
        failed = []
        for position, (cell, stage) in enumerate(order):
            self.watch("race", cell, alive, number + 1)
            cap = self._race_cap(cell, cap_s, loops) if number and cell not in kept else None
            record = self.sampler.sample(cell, stage, block=number, position=position, loops=loops, cap=cap)
            self._count_price(record)
            if stage == "control":
                copy_s = record.seconds if isinstance(record, Sample) else None
            elif isinstance(record, Sample):
                times[cell.runner.label] = record.seconds
            elif record.cause == "capped" and record.limit_s is not None:
                times[cell.runner.label] = record.limit_s
            else:
                failed.append(cell)
        self.copy.pair(times, copy_s)
        return times, failed

    def _complete_control(self, number: int, loops: int) -> None:
        """Go on with the cell and its copy alone until there are enough pairs, while there is time."""
        while self.copy.cell is not None and self.copy.lacks_pairs and not self._no_time_for(2):
            self._block(number, [self.copy.cell], (), loops, [self.copy.cell])
            number += 1

    def _race_cap(self, cell: Cell, seconds: float, loops: int) -> Cap:
        rounds = 2 if cell.phase == "warm" else 1
        loops *= self.settings.copies(cell.workers)
        return Cap(seconds, seconds * loops * rounds + self._overhead_s(cell) * 2 + OVERHEAD_SLACK_S)

    def _overhead_s(self, cell: Cell) -> float:
        """Return what a sample took beyond its loops in the scout; the most of any where a damaged journal lost it."""
        seen = self._scouted.get(cell)
        return seen.overhead_s if seen else max(one.overhead_s for one in self._scouted.values())

    def _loops(self) -> int:
        """Return loops that make the fastest cell's value long enough; the same for every runner."""
        if self.contest.phase == "cold":
            return 1
        return max(1, min(LOOPS_MAXIMUM, math.ceil(self.settings.minimum_time_s / self._best_s())))

    def _baseline(self, chosen: Mapping[RunnerSpec, Cell], loops: int) -> Cell | None:
        for runner, cell in chosen.items():
            if runner.name == BASELINE:
                seconds = self._scouted[cell].seconds
                affordable = seconds <= BASELINE_RATIO * self._best_s() or seconds * loops <= BASELINE_S
                return cell if affordable else None
        return None

    def _no_time_for(self, samples: int) -> bool:
        return self.clock.elapsed_s + samples * self.clock.sample_s > self.deadline_s

    def _count_price(self, record: Sample | Failure) -> None:
        if isinstance(record, Sample) and any(seen.primitive for seen in record.observations):
            self._priced[record.cell] += 1

    def _price(self, cells: Sequence[Cell]) -> None:
        """Take further samples of each cell that reports a price, in blocks of random order, until it has enough."""
        for number in range(self.settings.price_samples):
            wanted = [cell for cell in cells if 0 < self._priced[cell] < self.settings.price_samples]
            if not self.contest.survey and self._no_time_for(len(wanted)):
                return
            order = random.Random(f"{self.settings.seed}/{self.contest.key}/price/{number}")
            for position, cell in enumerate(order.sample(wanted, len(wanted))):
                self.watch("price", cell, (), number + 1)
                self._count_price(self.sampler.sample(cell, "price", block=number, position=position))

    def _look_closer(self, chosen: Mapping[RunnerSpec, Cell], survivors: tuple[str, ...]) -> None:
        for cell in self._worth_a_look(chosen, survivors):
            self.watch("evidence", cell, survivors, 0)
            self.sampler.evidence(cell)

    def _worth_a_look(self, chosen: Mapping[RunnerSpec, Cell], survivors: tuple[str, ...]) -> Iterator[Cell]:
        """Yield the best survivors, the baseline, and the best of each family; `chosen` is ordered by speed."""
        families: set[str] = set()
        looks = 0
        for runner, cell in chosen.items():
            close = runner.label in survivors and looks < CLOSER_LOOKS
            if close or runner.name == BASELINE or runner.family not in families:
                looks += close
                families.add(runner.family)
                yield cell
