"""A whole run: host, preflight, then comparison after comparison, every finished measurement in the journal at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.comparison import ComparisonRun, Rule
from comparators.campaign.control import Copy, Floor, as_asked
from comparators.campaign.progress import Observer, Progress, ignore
from comparators.campaign.sampler import Sampler
from comparators.journal import journal
from comparators.journal.journal import Journal
from comparators.journal.records import Failure, Finished, Preflight, Run, Sample
from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.estimate import comparison_samples, rest_of_race
from comparators.plan.host import host_facts
from comparators.plan.model import Cell, Comparison, Plan, RunnerSpec
from comparators.supervision.free_memory import memory_share
from comparators.supervision.supervised import Supervised

__all__ = ["measure"]


def measure(plan: Plan, directory: Path, judge: Rule, observe: Observer = ignore, floor: Floor = as_asked) -> Run:
    """Measure a plan, or what is missing of it, and return everything the run directory holds.

    Ctrl-C ends the run with what has been measured; the same call goes on from there.

    Args:
        plan: what to measure.
        directory: run directory, made when missing.
        judge: the rule of the race, `comparators.verdict.sequential.judge`.
        observe: is told what is going on.
        floor: raises the margin to the noise that the run's control shows, `comparators.verdict.noise.margin_above`.

    Raises:
        UsageError: the directory holds a run of another plan or host, or another process is writing it.
        OutputError: the journal cannot be written.
    """
    with journal.opened(directory, plan, host_facts()) as opened:
        if not _is_complete(opened):
            reason = _measure(_as_recorded(plan, opened), opened, judge, observe, floor)
            opened.append(Finished(reason[0], reason[1]))
        return opened.run()


def _is_complete(opened: Journal) -> bool:
    finished = opened.run().finished
    return finished is not None and finished.reason == "complete"


def _as_recorded(plan: Plan, opened: Journal) -> Plan:
    """Return the plan of the journal, with its seed, under the time limit asked for now and what memory there is."""
    from dataclasses import replace

    recorded = opened.header.plan
    settings = replace(
        recorded.settings,
        maximum_time_s=plan.settings.maximum_time_s,
        memory_bytes=recorded.settings.memory_bytes or memory_share(),
    )
    return replace(recorded, settings=settings)


def _measure(
    plan: Plan, opened: Journal, judge: Rule, observe: Observer, floor: Floor
) -> tuple[Literal["complete", "interrupted", "out-of-time"], float]:
    clock = Clock(_used_s(opened), plan.settings.maximum_time_s)
    reason: Literal["complete", "interrupted", "out-of-time"] = "complete"
    try:
        with Supervised(plan.settings.memory_bytes, isolate=plan.settings.isolate) as supervised:
            sampler = Sampler(plan, opened, clock, supervised.run)
            campaign = _Campaign(plan, sampler, clock, judge, observe, floor)
            campaign.host()
            campaign.calibrate()
            campaign.preflight()
            campaign.comparisons()
    except OutOfTime:
        reason = "out-of-time"
    except KeyboardInterrupt:
        reason = "interrupted"
    return reason, clock.elapsed_s


def _used_s(opened: Journal) -> float:
    """Return the seconds that earlier runs into this journal took."""
    used_s = 0.0
    for record in opened.records:
        if isinstance(record, Finished):  # it counts everything before it; what comes after was killed
            used_s = record.elapsed_s
        elif isinstance(record, Sample | Failure | Preflight):
            used_s += record.elapsed_s
    return used_s


class _Campaign:
    """The steps of a run, with what they share."""

    def __init__(
        self, plan: Plan, sampler: Sampler, clock: Clock, judge: Rule, observe: Observer, floor: Floor = as_asked
    ) -> None:
        self.plan = plan
        self.sampler = sampler
        self.clock = clock
        self.judge = judge
        self.observe = observe
        self.floor = floor
        self.controlled = False
        self.margin = plan.settings.margin
        self.comparisons_done = 0

    def host(self) -> None:
        """Measure what busy processes reach that have nothing to do with each other."""
        for workers in capacity_counts(self.plan):
            self._tell("host", None, message="")
            self.sampler.capacity(workers)

    def calibrate(self) -> None:
        """Fill in what workloads take from the host."""
        for comparison in self.plan.comparisons:
            if comparison.candidates:
                self._tell("host", comparison)
                self.sampler.calibrate(_first_cell(comparison))

    def preflight(self) -> None:
        """Try every runner on every workload once; nothing is timed, so as many at once as there are CPUs.

        Raises:
            OutOfTime: the run's time is up.
        """
        cells = [cell for cell in _preflight_cells(self.plan) if self.sampler.tried(cell) is None]
        settings = self.plan.settings
        lanes = [Supervised(settings.memory_bytes, isolate=settings.isolate) for _ in settings.cpus]
        free = list(lanes)

        def attempt(cell: Cell) -> Callable[[], Preflight | Failure]:
            lane = free.pop()
            try:
                return self.sampler.preflight(cell, lane.run)
            finally:
                free.append(lane)

        with _threads(len(lanes)) as pool, ExitStack() as stack:
            for lane in lanes:
                stack.enter_context(lane)
            for cell, record in zip(cells, pool.map(attempt, cells), strict=True):
                outcome = record()
                message = f"{cell.key}: {outcome.message}" if isinstance(outcome, Failure) else ""
                self._tell("preflight", None, cell, message=message)

    def comparisons(self) -> None:
        """Measure the comparisons one after the other; a cold one begins with the worker counts of its warm one."""
        counts: dict[tuple[str, str], dict[RunnerSpec, int]] = {}
        for comparison in self.plan.comparisons:
            kin = (comparison.workload.label, comparison.python)
            if comparison.candidates:
                found = self._comparison(comparison, counts.get(kin, {}) if comparison.phase == "cold" else {})
                counts.setdefault(kin, found)
            self.comparisons_done += 1
        self._tell("done", None)

    def _comparison(self, comparison: Comparison, hints: dict[RunnerSpec, int]) -> dict[RunnerSpec, int]:
        def watch(
            activity: Literal["pilot", "race", "cost", "evidence"], cell: Cell, remaining: tuple[str, ...], block: int
        ) -> None:
            self._tell(activity, comparison, cell, remaining, block)

        copy = Copy(wanted=not self.controlled)
        best = ComparisonRun(
            comparison=comparison,
            sampler=self.sampler,
            judge=self.judge,
            settings=self.plan.settings,
            clock=self.clock,
            deadline_s=self.clock.elapsed_s + self._share_s(comparison),
            closer=comparison.phase == "warm" or not self._has_warm(comparison),
            margin=self.margin,
            copy=copy,
            hints=hints,
            watch=watch,
        ).measure()
        self._learn_from(copy)
        return best

    def _learn_from(self, copy: Copy) -> None:
        """Count no difference that the run's control shows to be noise."""
        if copy.pairs:
            self.controlled = True
            self.margin = self.floor(self.margin, copy.pairs)

    def _has_warm(self, comparison: Comparison) -> bool:
        kin = (comparison.workload, comparison.python, "warm")
        return any((one.workload, one.python, one.phase) == kin for one in self.plan.comparisons)

    def _share_s(self, comparison: Comparison) -> float:
        """Return the seconds of the remaining time that a comparison may use: its part of the samples to come."""
        samples = comparison_samples(comparison, self.plan.settings)
        return self.clock.remaining_s * samples / max(samples, self._samples_to_come())

    def _samples_to_come(self) -> int:
        remaining = self.plan.comparisons[self.comparisons_done :]
        return sum(
            comparison_samples(comparison, self.plan.settings) for comparison in remaining if comparison.candidates
        )

    def _tell(
        self,
        activity: Literal["host", "preflight", "pilot", "race", "cost", "evidence", "done"],
        comparison: Comparison | None,
        cell: Cell | None = None,
        remaining: tuple[str, ...] = (),
        block: int = 0,
        message: str = "",
    ) -> None:
        samples = 0 if activity == "done" else self._samples_to_come()
        if (
            comparison is not None and activity == "race"
        ):  # the race itself knows better than the plan what is left of it
            samples += rest_of_race(self.plan.settings, comparison, len(remaining), block)
            samples -= comparison_samples(comparison, self.plan.settings)
        self.observe(
            Progress(
                activity=activity,
                comparison=comparison.key if comparison else "",
                cell=cell.key if cell else "",
                remaining=remaining,
                block=block,
                comparisons_done=self.comparisons_done,
                comparisons=len(self.plan.comparisons),
                elapsed_s=self.clock.elapsed_s,
                remaining_s=min(samples * self.clock.sample_s, self.clock.remaining_s),
                message=message,
            )
        )


@contextmanager
def _threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Give a pool whose waiting tasks are dropped when the block is left by an exception."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _first_cell(comparison: Comparison) -> Cell:
    first = comparison.candidates[0]
    return comparison.cell(first.runner, first.counts[0])


def _preflight_cells(plan: Plan) -> Iterator[Cell]:
    """Yield a cell for each runner on each workload under each Python; worker counts and phases need no own try.

    Nor does a survey: its first sample is as much of a try, and no later one depends on it.
    """
    seen = set()
    for comparison in plan.comparisons:
        for one in () if comparison.survey else comparison.candidates:
            key = (comparison.workload, comparison.python, one.runner)
            if key not in seen:
                seen.add(key)
                yield comparison.cell(one.runner, one.counts[0])
