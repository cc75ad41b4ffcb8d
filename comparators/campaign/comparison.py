"""One comparison from pilot to verdict-ready blocks.

Pilot: see `comparators.campaign.pilot`. Race: blocks of fresh samples of the remaining runners, in random order, until
the rule decides. Costs: where a workload reports what something costs, every runner gets as many samples as an
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
from comparators.campaign.pilot import OVERHEAD_SLACK_S, Pilot
from comparators.campaign.sampler import Sampler
from comparators.journal.records import Failure, Sample
from comparators.plan.model import Cell, Comparison, RunnerSpec, Settings
from comparators.plan.names import BASELINE

__all__ = ["ComparisonRun", "Decision", "Rule"]

RACE_CAP = 3.0
"""The race stops a sample that takes this many times the best's seconds."""
BASELINE_RATIO = 10.0
"""The baseline races unless it takes more than this many times the best's seconds …"""
BASELINE_S = 1.0
"""… and more than this many seconds per value; then the pilot's one sample must do."""
BASELINE_BLOCKS = 5
"""The baseline is in so many blocks also when it has lost: a ratio to it needs an interval."""
LOOPS_MAXIMUM = 100_000
CLOSER_LOOKS = 3
"""So many of a comparison's best get an instrumented pass, besides the baseline and the best of each model."""

IDLE = 0.8
"""Several workers that take more than this times the baseline's seconds may have done one task after the other …"""
MODEL_GAIN = 1.5
"""… where the best of their model is more than so many times as fast: nothing keeps the whole model back."""


class Decision(Protocol):
    """What a rule says after a look: None to go on, and which runners stay."""

    @property
    def outcome(self) -> Literal["win", "tie", "unresolved"] | None: ...  # noqa: D102
    @property
    def remaining(self) -> tuple[str, ...]: ...  # noqa: D102


class Rule(Protocol):
    """Judges a race at a look; see `comparators.verdict.sequential.judge`."""

    def __call__(  # noqa: D102
        self,
        blocks: Sequence[Mapping[str, float]],
        remaining: Sequence[str],
        candidates: int,
        margin: float,
        looks: Sequence[int],
        *,
        last: bool = False,
    ) -> Decision: ...


@dataclass(slots=True)
class ComparisonRun:
    """Measures one comparison.

    Attributes:
        comparison: what to measure.
        sampler: measures it.
        judge: the rule.
        settings: of the plan.
        clock: of the run.
        deadline_s: the run's elapsed seconds after which this comparison must come to an end.
        closer: whether to take an instrumented look at some cells after the race.
        margin: differences below it count as none.
        copy: of a cell, races along where this comparison is the one that controls the run.
        hints: worker counts to begin with instead of the plan's, by runner.
        watch: is told the activity, the cell, the runners left and the block before each sample.
    """

    comparison: Comparison
    sampler: Sampler
    judge: Rule
    settings: Settings
    clock: Clock
    deadline_s: float
    closer: bool
    margin: float
    copy: Copy
    hints: Mapping[RunnerSpec, int]
    watch: Callable[[Literal["pilot", "race", "cost", "evidence"], Cell, tuple[str, ...], int], None]
    _pilot: Pilot = field(init=False)
    _costed: Counter[Cell] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Give the pilot what it shares with the race."""
        self._pilot = Pilot(
            comparison=self.comparison,
            sampler=self.sampler,
            settings=self.settings,
            hints=self.hints,
            watch=lambda cell: self.watch("pilot", cell, (), 0),
            note=self._count_cost,
        )

    def measure(self) -> dict[RunnerSpec, int]:
        """Pilot, race, look closer; returns each runner's best worker count."""
        chosen = self._pilot.look()
        if chosen:
            remaining = () if self.comparison.survey else self._race(self._candidates(chosen), chosen)
            self._cost(list(chosen.values()))
            if self.closer and not self.comparison.survey:
                self._look_closer(chosen, remaining)
        return {runner: cell.workers for runner, cell in chosen.items()}

    def _candidates(self, chosen: Mapping[RunnerSpec, Cell]) -> list[Cell]:
        close = [cell for cell in chosen.values() if not self._pilot.is_screened_out(cell)]
        if [cell.runner.name for cell in close] == [BASELINE]:  # a win needs somebody to have been beaten in a race
            close += [cell for cell in chosen.values() if cell.runner.name != BASELINE][:1]
        return close[: self.settings.racers_maximum]

    def _race(self, candidates: Sequence[Cell], chosen: Mapping[RunnerSpec, Cell]) -> tuple[str, ...]:
        """Measure blocks until the rule decides or the time is up; returns the runners left.

        The baseline races like the others, also when the pilot thought little of it: whoever wins has beaten it in
        the same blocks. It and the cell that is copied stay for some blocks when they have lost, for their intervals.
        """
        looks = self.settings.looks_of(self.comparison.phase)
        loops = self._loops()
        baseline = self._baseline(chosen, loops)
        racing = list(candidates) if baseline is None or baseline in candidates else [*candidates, baseline]
        if looks:
            racing = list(self.sampler.race(tuple(racing)))
            for cell in racing:
                self.sampler.recipe(cell)
        remaining = {cell.runner.label: cell for cell in racing}
        self.copy.cell = racing[0] if self.copy.wanted else None
        uncapped = (baseline, self.copy.cell)
        blocks: list[dict[str, float]] = []
        while looks and remaining and len(blocks) < looks[-1]:
            kept = (
                baseline if len(blocks) < BASELINE_BLOCKS else None,
                self.copy.cell if self.copy.lacks_pairs else None,
            )
            cells = [cell for cell in dict.fromkeys((*remaining.values(), *kept)) if cell is not None]
            times, failed = self._block(len(blocks), cells, tuple(remaining), loops, uncapped)
            blocks.append(times)
            for cell in failed:
                remaining.pop(cell.runner.label, None)
                baseline = None if cell == baseline else baseline
            last = len(blocks) == looks[-1] or (len(blocks) >= looks[0] and self._no_time_for(len(cells)))
            if remaining and (last or len(blocks) in looks):
                judged = [{label: block[label] for label in remaining} for block in blocks]
                decision = self.judge(judged, tuple(remaining), len(racing), self.margin, looks, last=last)
                remaining = {label: remaining[label] for label in decision.remaining}
                last = last or decision.outcome is not None
            if last:
                break
        if blocks:
            self._complete_control(len(blocks), loops)
        return tuple(remaining)

    def _block(
        self,
        number: int,
        cells: Sequence[Cell],
        remaining: tuple[str, ...],
        loops: int,
        uncapped: Sequence[Cell | None],
    ) -> tuple[dict[str, float], list[Cell]]:
        """Measure each cell once in random order; returns seconds by runner, and the cells that failed.

        A sample stopped at its limit counts as the limit, which favours it. The first block has no limit, the baseline
        and the copied cell never have one: ratios to the baseline and to a copy are to be measured, not bounded.
        """
        turns: list[tuple[Cell, Literal["race", "control"]]] = [(cell, "race") for cell in cells]
        turns += [(cell, "control") for cell in cells if self.copy.is_of(cell)]
        order = random.Random(f"{self.settings.seed}/{self.comparison.key}/{number}").sample(turns, len(turns))
        cap_s = RACE_CAP * self._pilot.best_s
        times: dict[str, float] = {}
        copy_s: float | None = None
        failed = []
        for position, (cell, stage) in enumerate(order):
            self.watch("race", cell, remaining, number + 1)
            cap = self._race_cap(cell, cap_s, loops) if number and cell not in uncapped else None
            record = self.sampler.sample(cell, stage, block=number, position=position, loops=loops, cap=cap)
            self._count_cost(record)
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
        return Cap(seconds, seconds * loops * rounds + self._pilot.overhead_s(cell) * 2 + OVERHEAD_SLACK_S)

    def _loops(self) -> int:
        """Return loops that make the fastest cell's value long enough; the same for every runner."""
        if self.comparison.phase == "cold":
            return 1
        return max(1, min(LOOPS_MAXIMUM, math.ceil(self.settings.minimum_time_s / self._pilot.best_s)))

    def _baseline(self, chosen: Mapping[RunnerSpec, Cell], loops: int) -> Cell | None:
        for runner, cell in chosen.items():
            if runner.name == BASELINE:
                seconds = self._pilot.seconds(cell)
                affordable = seconds <= BASELINE_RATIO * self._pilot.best_s or seconds * loops <= BASELINE_S
                return cell if affordable else None
        return None

    def _no_time_for(self, samples: int) -> bool:
        return self.clock.elapsed_s + samples * self.clock.sample_s > self.deadline_s

    def _count_cost(self, record: Sample | Failure) -> None:
        if isinstance(record, Sample) and any(seen.primitive for seen in record.observations):
            self._costed[record.cell] += 1

    def _cost(self, cells: Sequence[Cell]) -> None:
        """Take further samples of each cell that reports a cost, in blocks of random order, until it has enough."""
        for number in range(self.settings.cost_samples):
            wanted = [cell for cell in cells if 0 < self._costed[cell] < self.settings.cost_samples]
            if not self.comparison.survey and self._no_time_for(len(wanted)):
                return
            order = random.Random(f"{self.settings.seed}/{self.comparison.key}/cost/{number}")
            for position, cell in enumerate(order.sample(wanted, len(wanted))):
                self.watch("cost", cell, (), number + 1)
                self._count_cost(self.sampler.sample(cell, "cost", block=number, position=position))

    def _look_closer(self, chosen: Mapping[RunnerSpec, Cell], remaining: tuple[str, ...]) -> None:
        for cell in self._worth_a_look(chosen, remaining):
            self.watch("evidence", cell, remaining, 0)
            self.sampler.evidence(cell)

    def _worth_a_look(self, chosen: Mapping[RunnerSpec, Cell], remaining: tuple[str, ...]) -> Iterator[Cell]:
        """Yield the best remaining candidates, the baseline, the best of each model, and some that seem to do nothing at once.

        `chosen` is ordered by speed.
        """
        models: dict[str, Cell] = {}
        looks = suspects = 0
        for runner, cell in chosen.items():
            close = runner.label in remaining and looks < CLOSER_LOOKS
            first = models.setdefault(runner.model, cell)
            idle = suspects < CLOSER_LOOKS and self._seems_idle(cell, first, chosen)
            if close or runner.name == BASELINE or first == cell or idle:
                looks += close
                suspects += idle
                yield cell

    def _seems_idle(self, cell: Cell, first: Cell, chosen: Mapping[RunnerSpec, Cell]) -> bool:
        """Say whether several workers gain nothing over the baseline, when the best of the model gain much."""
        baseline = next((one for runner, one in chosen.items() if runner.name == BASELINE), None)
        if baseline is None or cell.workers == 1:
            return False
        seconds = self._pilot.seconds(cell)
        slow = seconds > IDLE * self._pilot.seconds(baseline)
        return slow and seconds > MODEL_GAIN * self._pilot.seconds(first)
