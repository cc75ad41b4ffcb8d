"""One comparison in the order of the answer: profile, model, workers, API; then what explains it.

Look first: a profile of a few tasks says how many loops a value needs and which worker counts are worth trying. Model
first: one representative of each model, in blocks until the model is settled. Then the smallest sufficient worker
count, then the APIs of the winning model. Evidence, recipe and A/A control come after the answer.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from comparators.campaign.clock import Clock
from comparators.campaign.counts import expected_s, loops_for, model_counts
from comparators.campaign.level_run import LevelOutcome, LevelRun
from comparators.campaign.outcome import Occasion
from comparators.campaign.progress import Activity
from comparators.campaign.sampler import FIRST, Sampler
from comparators.journal.records import Failure, LevelTest, Profile, Sample, candidate_label
from comparators.plan.model import Candidate, Cell, Comparison, Settings
from comparators.plan.names import BASELINE
from comparators.stats.sequential import SequentialTest
from comparators.stats.thresholds import Level
from comparators.stats.worker_search import SearchRange, counts_to_test, next_counts, smallest_sufficient
from comparators.workload import Model

__all__ = ["ComparisonRun", "Tell"]

Tell = Callable[[Activity, Cell | None, int, SequentialTest | None], None]
"""Called with what is being done, to which cell, in which block, and the test so far."""

SHORT_TASK_S = 0.001
"""Seconds of a task below which handing it over may cost more than the task itself: loops are then found by a pilot
sample, not from the profile, which would be wrong by orders of magnitude."""
RISKY_WORKERS = 64
"""Workers above which a count is tried once before it is tested: open files, threads or memory may not allow it."""
PILOT_CAP = 30.0
"""A pilot sample is stopped at this many times the seconds expected of the plain loop …"""
PILOT_CAP_S = 1.0
"""… but not before it has taken this many seconds."""
FEWEST_PER_CPU = 4
"""Items per CPU that are measured at least: with fewer a model's share of idle workers at the end would decide."""
FEWEST_WAITING = 64
"""Items that are measured at least where they wait: as many can be in progress at once."""
COUNTS_TESTED = 4
"""Worker counts in the test of the workers level at most: the best of the pilot and smaller ones that may do."""
CONTROL_SHARE = 0.5
"""The A/A control may take this share of what the comparison itself took: it says how noisy the host is, no more."""
CHEAP_PER_CPU = 4
"""Workers per CPU up to which a losing model gets a traced pass: many processes take long to start."""
EVIDENCE_TASKS_S = 20.0
"""Seconds of a loop above which no traced pass is made: it would take longer than the answer is worth."""


@dataclass(slots=True)
class ComparisonRun:
    """Measures one comparison.

    Attributes:
        comparison: what to measure.
        sampler, settings, clock: of the run.
        deadline_s: the run's elapsed seconds after which this comparison must come to an end.
        controlled: whether the run has its A/A control already.
        tell: is called with each moment of the run.
    """

    comparison: Comparison
    sampler: Sampler
    settings: Settings
    clock: Clock
    deadline_s: float
    controlled: bool
    tell: Tell
    _profile: Profile = field(init=False)
    _outcomes: dict[Level, LevelOutcome] = field(init=False, default_factory=dict)

    def measure(self) -> None:
        """Go through the levels; where the work itself fails, every runner would, and nothing more is measured."""
        self.sampler.enter(self.comparison)
        first = self._first_cell()
        self.sampler.calibrate(self.comparison, first)
        self.tell("profile", first, 0, None)
        profile = self.sampler.profile(self.comparison, first)
        if isinstance(profile, Failure):
            return
        self._profile = self._shortened(profile)
        levels = self.comparison.levels
        if "model" in levels and self._model() is not None:
            if "workers" in levels:
                self._workers()
            if "api" in levels:
                self._api()
        self._costs()

    def explain(self) -> None:
        """Take what explains the answer and how noisy the host is: recipes, traced passes, the A/A control."""
        cells = list(self._worth_a_look())
        for cell in cells[:1]:
            self.sampler.recipe(cell)
        for cell in cells:
            if self._profile.total_s < EVIDENCE_TASKS_S:
                self.tell("evidence", cell, 0, None)
                self.sampler.evidence(cell)
        if cells and not self.controlled:
            self._control(cells[0])

    def _shortened(self, profile: Profile) -> Profile:
        """Return the profile of what is measured: of a person's own long list only the first items."""
        given = dict(self.comparison.workload.parameters)
        longest_s = self.settings.thresholds.longest_loop_s
        if given.get(FIRST) != 0 or profile.total_s <= longest_s or not profile.tasks:
            return profile
        task_s = profile.total_s / profile.tasks
        fewest = FEWEST_WAITING if profile.waits else FEWEST_PER_CPU * len(self.settings.cpus)
        count = min(profile.tasks, max(math.ceil(longest_s / task_s), fewest))
        if count < profile.tasks:
            self.sampler.take_first(self.comparison, count)
        return replace(profile, tasks=count, total_s=task_s * count)

    @property
    def answered(self) -> bool:
        """Whether there is something to explain."""
        return "model" in self._outcomes and self._outcomes["model"].best is not None

    def _first_cell(self) -> Cell:
        """Return the plain loop's cell, or the first candidate's where there is no loop."""
        ordered = sorted(self.comparison.candidates, key=lambda one: one.runner.name != BASELINE)
        one = ordered[0]
        return self.comparison.cell(one.runner, min((*one.counts, one.fewest)))

    # model

    def _model(self) -> Cell | None:
        """Test one representative per model; return the best cell."""
        cells: list[Cell] = []
        for candidate in self._representatives():
            counts = model_counts(candidate, self._profile, len(self.settings.cpus))
            cells += dict.fromkeys(filter(None, (self._possible(candidate, count) for count in counts)))
        outcome = self._test("model", cells)
        return outcome.best if outcome is not None else None

    def _representatives(self) -> Iterator[Candidate]:
        """Yield the simplest runner of each model, the plain loop first."""
        simplest: dict[Model, Candidate] = {}
        for one in sorted(self.comparison.candidates, key=lambda one: one.rank):
            if self._sendable(one):
                simplest.setdefault(one.runner.model, one)
        yield from sorted(simplest.values(), key=lambda one: one.runner.model != "loop")

    def _sendable(self, candidate: Candidate) -> bool:
        """Whether tasks and results reach the runner's workers: other processes and interpreters get pickles."""
        return not (self._profile.unpicklable and candidate.runner.model in ("processes", "interpreters"))

    def _possible(self, candidate: Candidate, count: int) -> Cell | None:
        """Return a cell that works: a large count is tried once, and halved until it does; None when none does."""
        while True:
            cell = self.comparison.cell(candidate.runner, count)
            risky = count > RISKY_WORKERS
            if not risky or not self._broken(self._pilot(cell)):
                return cell
            if count <= candidate.fewest or candidate.counts:
                return None
            count = max(candidate.fewest, count // 2)

    # workers

    def _workers(self) -> None:
        """Find the smallest sufficient worker count of the winning model: single samples, then a test of a few."""
        best = self._outcomes["model"].best
        candidate = self._candidate_of(best)
        if best is None or candidate is None or candidate.limit == 1 or best.runner.model == "loop":
            return
        counts = candidate.counts or self._counts_to_test(best, candidate)
        if len(counts) > 1:
            self._test("workers", [self.comparison.cell(best.runner, count) for count in counts])

    def _counts_to_test(self, best: Cell, candidate: Candidate) -> tuple[int, ...]:
        """Search with single samples from the counts of the model's test on; return those worth a test.

        That of the model's test is always among them: it links the times of both tests.
        """
        margin = self.settings.thresholds.workers_margin
        if not self._profile.waits:  # the CPUs are the limit: more workers than twice as many only take turns
            usual = max(2, len(self.settings.cpus))
            most = min(candidate.limit, self._profile.tasks)
            possible = (count for count in (usual, 2 * usual) if candidate.fewest <= count <= most)
            return tuple(sorted({best.workers, *possible}))
        where = SearchRange(
            cpus=max(2, len(self.settings.cpus)),
            tasks=self._profile.tasks,
            limit=candidate.limit,
            waits=self._profile.waits,
        )
        measured = {cell.workers: self._times(cell) for cell in self._cells_of_model(best)}
        while not self._late() and (counts := next_counts(measured, where, margin)):
            for count in counts:
                record = self._pilot(self.comparison.cell(best.runner, max(count, candidate.fewest)))
                measured[count] = [record.seconds] if isinstance(record, Sample) else []
        found = counts_to_test(measured, margin, COUNTS_TESTED)
        return tuple(sorted({*found, best.workers}))

    def _cells_of_model(self, best: Cell) -> list[Cell]:
        outcome = self._outcomes["model"]
        return [cell for cell in outcome.cells.values() if cell.runner == best.runner]

    def _times(self, cell: Cell) -> list[float]:
        """Return the seconds of a cell in the model's test, none where it was stopped each time or failed."""
        test = self._outcomes["model"].test
        values = (block.get(candidate_label(cell)) for block in test.recorded)
        return [value for value in values if isinstance(value, float)]

    # API

    def _api(self) -> None:
        """Test the APIs of the winning model, each with the worker count found."""
        best = self._best()
        if best is None or best.runner.model == "loop":
            return
        most = self.settings.thresholds.candidates_maximum
        rivals = sorted(
            (
                one
                for one in self.comparison.candidates
                if one.runner.model == best.runner.model and self._sendable(one)
            ),
            key=lambda one: one.rank,
        )[:most]
        cells = [
            self.comparison.cell(one.runner, max(one.fewest, min(best.workers, one.limit)))  # as near as each can get
            for one in rivals
        ]
        if len(cells) > 1:
            self._test("api", cells)

    def _best(self) -> Cell | None:
        """Return the winner with the smallest count shown to be sufficient."""
        model = self._outcomes["model"].best
        workers = self._outcomes.get("workers")
        if model is None or workers is None or workers.look is None:
            return model
        found = smallest_sufficient(workers.look)
        return model if found is None else self.comparison.cell(model.runner, found.count)

    # tests and pilots

    def _test(self, level: Level, cells: Sequence[Cell]) -> LevelOutcome | None:
        if not cells or self._late():
            return None
        begun = self.sampler.begin(self.comparison, LevelTest(level, tuple(cells), tuple(map(self._loops, cells))))
        rule = self.settings.thresholds.rule(level, cold=self.comparison.phase == "cold")
        run = LevelRun(
            comparison=self.comparison,
            begun=begun,
            rule=rule,
            sampler=self.sampler,
            clock=self.clock,
            settings=self.settings,
            expected_s=self._profile.total_s,
            deadline_s=self.deadline_s,
            watch=lambda cell, block, test: self.tell(level, cell, block, test),
        )
        self._outcomes[level] = run.measure()
        self.tell(level, None, self._outcomes[level].test.blocks, self._outcomes[level].test)
        return self._outcomes[level]

    def _loops(self, cell: Cell) -> int:
        """Return the loops that make a cell's value long enough, each cell its own."""
        if cell.phase == "cold":
            return 1
        wanted_s = self.settings.thresholds.target_value_s
        seconds = expected_s(self._profile, cell.workers, len(self.settings.cpus))
        if loops_for(seconds, wanted_s) > 1 and self._profile.task_s < SHORT_TASK_S and cell.runner.name != BASELINE:
            record = self._pilot(cell)
            seconds = record.seconds if isinstance(record, Sample) else math.inf
        return loops_for(seconds, wanted_s)

    def _pilot(self, cell: Cell) -> Sample | Failure:
        """Take a single sample that chooses, and decides nothing."""
        self.tell("profile", cell, 0, None)
        cap_s = max(PILOT_CAP_S, PILOT_CAP * self._profile.total_s)
        return self.sampler.sample(Occasion(cell, "pilot"), cap_s=cap_s)

    @staticmethod
    def _broken(record: Sample | Failure) -> bool:
        return isinstance(record, Failure) and record.cause != "capped"

    def _candidate_of(self, cell: Cell | None) -> Candidate | None:
        return next((one for one in self.comparison.candidates if cell is not None and one.runner == cell.runner), None)

    def _late(self) -> bool:
        return self.clock.elapsed_s >= self.deadline_s

    # after the answer

    def _costs(self) -> None:
        """Take samples of each runner whose work reports what a primitive costs, in random order."""
        cells = [self._cost_cell(one) for one in self.comparison.candidates] if not self.comparison.levels else []
        for number in range(self.settings.cost_samples if cells else 0):
            order = random.Random(f"{self.settings.seed}/{self.comparison.key}/cost/{number}")
            for position, cell in enumerate(order.sample(cells, len(cells))):
                self.tell("cost", cell, number + 1, None)
                record = self.sampler.sample(Occasion(cell, "cost", None, number, position))
                if isinstance(record, Failure) or not any(seen.primitive for seen in record.observations):
                    cells.remove(cell)

    def _cost_cell(self, candidate: Candidate) -> Cell:
        counts = candidate.counts or model_counts(candidate, self._profile, len(self.settings.cpus))[:1]
        return self.comparison.cell(candidate.runner, counts[0])

    def _worth_a_look(self) -> Iterable[Cell]:
        """Yield the winner, the plain loop, and the best cell of each other model."""
        outcome = self._outcomes.get("model")
        if outcome is None or outcome.look is None:
            return
        best = self._best()
        if best is not None:
            yield best
        seen = {best.runner.model} if best is not None else set()
        ordered = [*outcome.look.leaders, *outcome.look.rivals, *outcome.cells]
        for label in dict.fromkeys(ordered):
            cell = outcome.cells[label]
            cheap = cell.runner.model in ("loop", "threads") or cell.workers <= CHEAP_PER_CPU * len(self.settings.cpus)
            if cheap and cell.runner.model not in seen and label not in outcome.failed:
                seen.add(cell.runner.model)
                yield cell

    def _control(self, cell: Cell) -> None:
        """Measure a cell and its own copy in blocks of two: what differs then is noise of this host."""
        thresholds = self.settings.thresholds
        loops = self._loops(cell)
        ends_s = self.clock.elapsed_s + max(1.0, CONTROL_SHARE * self.clock.elapsed_s)
        for number in range(thresholds.noise_pairs):
            if self.clock.elapsed_s > min(ends_s, self.deadline_s):
                return
            order = [0, 1] if random.Random(f"{self.settings.seed}/control/{number}").random() < 0.5 else [1, 0]
            for position in order:
                self.tell("control", cell, number + 1, None)
                self.sampler.sample(Occasion(cell, "control", None, number, position), loops=loops)
