"""A whole run: comparison after comparison, every finished measurement in the journal at once."""

from pathlib import Path
from typing import Literal

from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.comparison import ComparisonRun
from comparators.campaign.progress import Activity, ModelSoFar, Observer, Progress, ignore
from comparators.campaign.sampler import Sampler
from comparators.journal import journal
from comparators.journal.journal import Journal
from comparators.journal.records import Failure, Finished, Run, Sample
from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.estimate import comparison_seconds
from comparators.plan.host import host_facts
from comparators.plan.model import Cell, Comparison, Plan
from comparators.plan.names import BASELINE
from comparators.stats.sequential import SequentialTest
from comparators.supervision.free_memory import memory_share
from comparators.supervision.supervised import Supervised

__all__ = ["measure"]

Reason = Literal["complete", "interrupted", "out-of-time"]


def measure(plan: Plan, directory: Path, observe: Observer = ignore) -> Run:
    """Measure a plan, or what is missing of it, and return everything the run directory holds.

    Ctrl-C ends the run with what has been measured; the same call goes on from there.

    Args:
        plan: what to measure.
        directory: run directory, made when missing.
        observe: is called with each moment of the run.

    Raises:
        UsageError: the directory holds a run of another plan or host, or another process is writing it.
        OutputError: the journal cannot be written.
    """
    with journal.opened(directory, plan, host_facts()) as opened:
        if not _is_complete(opened):
            clock = Clock(_used_s(opened), plan.settings.maximum_time_s)
            reason: Reason = "interrupted"
            try:
                reason = _measure(_as_recorded(plan, opened), opened, clock, observe)
            finally:
                opened.append(Finished(reason, clock.elapsed_s))
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


def _measure(plan: Plan, opened: Journal, clock: Clock, observe: Observer) -> Reason:
    try:
        with Supervised(plan.settings.memory_bytes, isolate=plan.settings.isolate) as supervised:
            _Campaign(plan, opened, Sampler(plan, opened, clock, supervised), clock, observe).measure()
    except OutOfTime:
        return "out-of-time"
    except KeyboardInterrupt:
        return "interrupted"
    return "complete"


def _used_s(opened: Journal) -> float:
    """Return the seconds that earlier runs into this journal took."""
    used_s = 0.0
    for record in opened.records:
        if isinstance(record, Finished):  # it counts everything before it; what comes after was killed
            used_s = record.elapsed_s
        elif isinstance(record, Sample | Failure):
            used_s += record.elapsed_s
    return used_s


class _Campaign:
    """The steps of a run, with what they share."""

    def __init__(self, plan: Plan, opened: Journal, sampler: Sampler, clock: Clock, observe: Observer) -> None:
        self.plan = plan
        self.opened = opened
        self.sampler = sampler
        self.clock = clock
        self.observe = observe
        self.done = 0
        self.began_s = clock.elapsed_s
        self.controlled = False

    def measure(self) -> None:
        """JobResult first, comparison by comparison; then take what explains the answers, and what the host can give.

        Raises:
            OutOfTime: the run's time is up.
        """
        answered = []
        for comparison in self.plan.comparisons:
            self.began_s = self.clock.elapsed_s
            if comparison.candidates:
                run = self._comparison(comparison)
                run.measure()
                if run.answered:
                    run.explain()
                    answered.append(comparison)
                    self.controlled = True
            self.done += 1
        for workers in capacity_counts(self.plan) if answered else ():
            self._tell(None, "host")
            self.sampler.capacity(workers)
        self._tell(None, "done")

    def _comparison(self, comparison: Comparison) -> ComparisonRun:
        def tell(activity: Activity, cell: Cell | None, block: int, test: SequentialTest | None) -> None:
            settled = cell is None and test is not None  # the end of a level's test
            self._tell(comparison, activity, cell, block, test, settled=settled)

        return ComparisonRun(
            comparison=comparison,
            sampler=self.sampler,
            settings=self.plan.settings,
            clock=self.clock,
            deadline_s=self.clock.elapsed_s + self._share_s(comparison),
            controlled=self.controlled,
            tell=tell,
        )

    def _share_s(self, comparison: Comparison) -> float:
        """Return the seconds that a comparison may use: its part of what is left, within its preset's limit."""
        own_s = comparison_seconds(comparison, self.plan.settings)
        share = own_s / max(own_s, self._to_come_s())
        limit_s = self.clock.remaining_s * share
        if self.plan.settings.fresh:
            return limit_s
        alone = len(self.plan.comparisons) == 1  # the estimate is a middle: what is alone may take its time
        return min(limit_s, max(4 * own_s, 10.0) if alone else max(2 * own_s, 8.0))

    def _left_s(self) -> float:
        """Return the seconds to go: what was expected less what the comparison at hand has used, never nothing."""
        spent_s = self.clock.elapsed_s - self.began_s
        return min(max(self._to_come_s() - spent_s, self.clock.sample_s), self.clock.remaining_s)

    def _to_come_s(self) -> float:
        remaining = self.plan.comparisons[self.done :]
        return sum(comparison_seconds(one, self.plan.settings) for one in remaining if one.candidates)

    def _tell(
        self,
        comparison: Comparison | None,
        activity: Activity,
        cell: Cell | None = None,
        block: int = 0,
        test: SequentialTest | None = None,
        *,
        settled: bool = False,
    ) -> None:
        self.observe(
            Progress(
                activity=activity,
                comparison=comparison.key if comparison else "",
                workload=comparison.workload.label if comparison else "",
                cell=cell.key if cell else "",
                block=block,
                models=_so_far(test) if test is not None else (),
                comparisons_done=self.done,
                comparisons=len(self.plan.comparisons),
                elapsed_s=self.clock.elapsed_s,
                remaining_s=0.0 if activity == "done" else self._left_s(),
                settled=self.opened.run() if settled else None,
            )
        )


def _so_far(test: SequentialTest) -> tuple[ModelSoFar, ...]:
    """Return what is known of each model in the midst of a test, its fastest candidate standing for it."""
    loop = next((label for label in test.candidates if label.startswith(f"{BASELINE}/")), None)
    found: dict[str, ModelSoFar] = {}
    for label in test.candidates:
        model = test.groups.get(label)
        if model is None:
            continue
        gain = test.ratio(loop, label) if loop is not None else None
        left = label not in test.remaining
        one = ModelSoFar(model, int(label.rpartition("/")[2]), gain, left=left)  # type: ignore[arg-type]  # groups are models
        known = found.get(model)
        if known is None or (gain is not None and (known.gain is None or gain.ratio > known.gain.ratio)):
            found[model] = one
    return tuple(sorted(found.values(), key=lambda one: -(one.gain.ratio if one.gain else 0.0)))
