"""One contest from scout to verdict-ready blocks.

Scout: see `comparators.campaign.pilot`. Race: blocks of fresh samples of the remaining runners, in random order, until
the rule decides. Prices: where a workload reports what something costs, every runner gets as many samples as an
interval needs. A survey has no race and no search.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from comparators.campaign.clock import Clock
from comparators.campaign.control import Copy
from comparators.campaign.outcome import Cap
from comparators.journal.records import Failure, Sample
from comparators.campaign.sampler import Sampler
from comparators.campaign.pilot import OVERHEAD_SLACK_S, Scout
from comparators.plan.model import Cell, Contest, RunnerSpec, Settings
from comparators.plan.names import BASELINE

__all__ = ["ContestRun", "Decision", "Rule"]

RACE_CAP = 3.0
"""The race stops a sample that takes this many times the best's seconds."""
BASELINE_RATIO = 10.0
"""The baseline races unless it takes more than this many times the best's seconds …"""
BASELINE_S = 1.0
"""… and more than this many seconds per value; then the scout's one sample must do."""
BASELINE_BLOCKS = 5
"""The baseline is in so many blocks also when it has lost: a ratio to it needs an interval."""
LOOPS_MAXIMUM = 100_000
CLOSER_LOOKS = 3
"""So many of a contest's best get an instrumented pass, besides the baseline and the best of each family."""

IDLE = 0.8
"""Several workers that take more than this times the baseline's seconds may have done one task after the other …"""
FAMILY_GAIN = 1.5
"""… where the best of their family is more than so many times as fast: nothing keeps the whole family back."""


class Decision(Protocol):
    """What a rule says after a look: None to go on, and which runners stay."""

    @property
    def outcome(self) -> Literal["win", "tie", "unresolved"] | None: ...  # noqa: D102
    @property
    def survivors(self) -> tuple[str, ...]: ...  # noqa: D102


class Rule(Protocol):
    """Judges a race at a look; see `comparators.verdict.sequential.judge`."""

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
    _scout: Scout = field(init=False)
    _priced: Counter[Cell] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Give the scout what it shares with the race."""
        self._scout = Scout(
            contest=self.contest,
            sampler=self.sampler,
            settings=self.settings,
            hints=self.hints,
            watch=lambda cell: self.watch("scout", cell, (), 0),
            note=self._count_price,
        )

    def measure(self) -> dict[RunnerSpec, int]:
        """Scout, race, look closer; returns each runner's best worker count."""
        chosen = self._scout.look()
        if chosen:
            survivors = () if self.contest.survey else self._race(self._contenders(chosen), chosen)
            self._price(list(chosen.values()))
            if self.closer and not self.contest.survey:
                self._look_closer(chosen, survivors)
        return {runner: cell.workers for runner, cell in chosen.items()}

    def _contenders(self, chosen: Mapping[RunnerSpec, Cell]) -> list[Cell]:
        close = [cell for cell in chosen.values() if not self._scout.is_hopeless(cell)]
        if [cell.runner.name for cell in close] == [BASELINE]:  # a win needs somebody to have been beaten in a race
            close += [cell for cell in chosen.values() if cell.runner.name != BASELINE][:1]
        return close[: self.settings.racers_maximum]

    def _race(self, contenders: Sequence[Cell], chosen: Mapping[RunnerSpec, Cell]) -> tuple[str, ...]:
        """Measure blocks until the rule decides or the time is up; returns the runners left.

        The baseline races like the others, also when the scout thought little of it: whoever wins has beaten it in
        the same blocks. It and the cell that is copied stay for some blocks when they have lost, for their intervals.
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
        self.copy.cell = racing[0] if self.copy.wanted else None
        uncapped = (baseline, self.copy.cell)
        blocks: list[dict[str, float]] = []
        while looks and alive and len(blocks) < looks[-1]:
            kept = (
                baseline if len(blocks) < BASELINE_BLOCKS else None,
                self.copy.cell if self.copy.lacks_pairs else None,
            )
            cells = [cell for cell in dict.fromkeys((*alive.values(), *kept)) if cell is not None]
            times, failed = self._block(len(blocks), cells, tuple(alive), loops, uncapped)
            blocks.append(times)
            for cell in failed:
                alive.pop(cell.runner.label, None)
                baseline = None if cell == baseline else baseline
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
        self, number: int, cells: Sequence[Cell], alive: tuple[str, ...], loops: int, uncapped: Sequence[Cell | None]
    ) -> tuple[dict[str, float], list[Cell]]:
        """Measure each cell once in random order; returns seconds by runner, and the cells that failed.

        A sample stopped at its limit counts as the limit, which favours it. The first block has no limit, the baseline
        and the copied cell never have one: ratios to the baseline and to a copy are to be measured, not bounded.
        """
        turns: list[tuple[Cell, Literal["race", "control"]]] = [(cell, "race") for cell in cells]
        turns += [(cell, "control") for cell in cells if self.copy.is_of(cell)]
        order = random.Random(f"{self.settings.seed}/{self.contest.key}/{number}").sample(turns, len(turns))
        cap_s = RACE_CAP * self._scout.best_s
        times: dict[str, float] = {}
        copy_s: float | None = None
        failed = []
        for position, (cell, stage) in enumerate(order):
            self.watch("race", cell, alive, number + 1)
            cap = self._race_cap(cell, cap_s, loops) if number and cell not in uncapped else None
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
        if len(turns) > len(cells):
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
        return Cap(seconds, seconds * loops * rounds + self._scout.overhead_s(cell) * 2 + OVERHEAD_SLACK_S)

    def _loops(self) -> int:
        """Return loops that make the fastest cell's value long enough; the same for every runner."""
        if self.contest.phase == "cold":
            return 1
        return max(1, min(LOOPS_MAXIMUM, math.ceil(self.settings.minimum_time_s / self._scout.best_s)))

    def _baseline(self, chosen: Mapping[RunnerSpec, Cell], loops: int) -> Cell | None:
        for runner, cell in chosen.items():
            if runner.name == BASELINE:
                seconds = self._scout.seconds(cell)
                affordable = seconds <= BASELINE_RATIO * self._scout.best_s or seconds * loops <= BASELINE_S
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
        """Yield the best survivors, the baseline, the best of each family, and some that seem to do nothing at once.

        `chosen` is ordered by speed.
        """
        families: dict[str, Cell] = {}
        looks = suspects = 0
        for runner, cell in chosen.items():
            close = runner.label in survivors and looks < CLOSER_LOOKS
            first = families.setdefault(runner.family, cell)
            idle = suspects < CLOSER_LOOKS and self._seems_idle(cell, first, chosen)
            if close or runner.name == BASELINE or first == cell or idle:
                looks += close
                suspects += idle
                yield cell

    def _seems_idle(self, cell: Cell, first: Cell, chosen: Mapping[RunnerSpec, Cell]) -> bool:
        """Say whether several workers gain nothing over the baseline, when the best of the family gain much."""
        baseline = next((one for runner, one in chosen.items() if runner.name == BASELINE), None)
        if baseline is None or cell.workers == 1:
            return False
        seconds = self._scout.seconds(cell)
        slow = seconds > IDLE * self._scout.seconds(baseline)
        return slow and seconds > FAMILY_GAIN * self._scout.seconds(first)
