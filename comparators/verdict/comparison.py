"""The verdict of one comparison, put together from its parts in the order of the answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from comparators.journal.records import ParallelCapacity, Sample, candidate_label
from comparators.plan.model import Settings
from comparators.plan.names import BASELINE
from comparators.stats.sequential import AtLeast
from comparators.verdict.advice import advise
from comparators.verdict.analysis import Cause, Level, ModelResult, Noise, SampleSeries, Verdict
from comparators.verdict.causes import cause_of
from comparators.verdict.causes.overlap import no_overlap
from comparators.verdict.causes.situation import Situation
from comparators.verdict.evidence import facts, views_of
from comparators.verdict.flags import block_flags, impossible_flags, pair_flags, pair_of, work_flags
from comparators.verdict.headline import Answer, headline, sure_words
from comparators.verdict.levels import Levels, decide
from comparators.verdict.measurements import Measurements, value_of
from comparators.verdict.observations import sentences, wrong_cells
from comparators.verdict.replay import replay
from comparators.verdict.results import count_results, model_results, runner_results
from comparators.verdict.scale import Scale
from comparators.verdict.scaling import scaling_lines
from comparators.verdict.times import Times

__all__ = ["Around", "verdict_of"]

LEVELS: tuple[Level, ...] = ("model", "workers", "api")


@dataclass(frozen=True, slots=True)
class Around:
    """What a verdict needs to know of the run around its comparison.

    Attributes:
        settings: of the plan.
        gil: whether an interpreter has the GIL on, by label.
        capacities: what independent busy processes reach.
        noise: the A/A control; None without one.
        differs: whether its copy came out different.
    """

    settings: Settings
    gil: Mapping[str, bool]
    capacities: tuple[ParallelCapacity, ...]
    noise: Noise | None
    differs: bool

    @property
    def capacity_of(self) -> Mapping[int, float]:
        """What independent busy processes reach, by their number."""
        return {one.workers: one.speedup for one in self.capacities}


def verdict_of(measured: Measurements, around: Around) -> Verdict:
    """Return the verdict of a comparison."""
    comparison = measured.comparison
    wrong = wrong_cells(measured)
    scale = _scale(measured, around, wrong)
    models, counts, runners = model_results(scale), count_results(scale), runner_results(scale)
    levels = scale.levels
    said = sentences(measured, wrong, timed=comparison.timed)
    situation, rejected = _situation(scale, models, around)
    cause = cause_of(situation) if situation is not None else None
    counts_given = any(one.counts for one in comparison.candidates if one.runner.model != "loop")
    laws = scaling_lines(counts, scale.loop_s, around.capacity_of) if counts_given else ()
    known = tuple(facts(situation.views)) if situation is not None else ()
    return Verdict(
        comparison=comparison.key,
        workload=comparison.workload.label,
        kind=comparison.kind or comparison.workload.label,
        own=comparison.own,
        phase=comparison.phase,
        python=comparison.python,
        tasks=comparison.tasks,
        model=levels.model,
        workers=levels.workers,
        api=levels.api,
        headline=_headline(scale, models, said),
        loop_s=scale.loop_s,
        best_s=scale.best_s,
        gain=scale.best_gain,
        models=models,
        counts=counts,
        runners=runners,
        cause=cause,
        evidence=(*known, *rejected, *laws),
        advice=advise(situation, cause, counts, runners) if situation is not None else (),
        sure=sure_words((levels.model, levels.workers, levels.api)),
        flags=tuple(_flags(scale, situation, cause, around, models)),
        recipe=measured.recipes.get(scale.best or "", ""),
        recipe_runner=_recipe_runner(scale),
        timed=comparison.timed,
        observations=said,
        blocks=sum(len(one.values) for one in levels.replays),
        elapsed_s=measured.elapsed_s(),
        samples=tuple(_series(measured)),
        counts_given=counts_given,
    )


def _scale(measured: Measurements, around: Around, wrong: Mapping[str, str]) -> Scale:
    """Replay the tests and lay down the scale; work of fixed duration has neither."""
    tested = LEVELS if measured.comparison.timed else ()
    thresholds = around.settings.thresholds
    replays = {level: replay(measured, level, thresholds, wrong) for level in LEVELS if level in tested}
    known = [one for one in replays.values() if one is not None]
    failed = {label for label in measured.cells if measured.failure(label) is not None}
    loops = [label for label, cell in measured.cells.items() if cell.runner.model == "loop"]
    times = Times((block for one in known for block in one.values), (*failed, *wrong), loops)
    levels = decide(replays, times, measured.candidates)
    return Scale(measured, times, levels, _loop(measured, times), wrong)


def _loop(measured: Measurements, times: Times) -> str | None:
    """Return the cell of the plain loop: the baseline, or else whatever runs tasks one after the other."""
    loops = [label for label, cell in measured.cells.items() if cell.runner.model == "loop" and label in times]
    return min(loops, key=lambda label: measured.cells[label].runner.name != BASELINE, default=None)


def _situation(
    scale: Scale, models: tuple[ModelResult, ...], around: Around
) -> tuple[Situation | None, tuple[str, ...]]:
    """Return what causes are looked for in, and a line for each instrumented pass that is not used."""
    measured, cpus = scale.measured, len(around.settings.cpus) or 1
    timed = {row.model: row for row in models if row.seconds is not None}
    best = next((row for row in timed.values() if row.status == "best"), None)
    if best is None:
        return None, ()
    evidence = {
        model: measured.evidence[label]
        for model, row in timed.items()
        if (label := f"{row.runner}/{row.workers}") in measured.evidence
    }
    views, rejected = views_of(timed, evidence, cpus)
    comparison = measured.comparison
    situation = Situation(
        best=views[best.model],
        views={row.model: views[row.model] for row in timed.values()},
        profile=measured.profile,
        tasks=comparison.tasks,
        cpus=cpus,
        gil=_gil_on(measured, around),
        cold=comparison.phase == "cold",
        bounds={row.model: row.at_least for row in models if row.at_least is not None},
        capacities=around.capacities,
    )
    return situation, rejected


def _gil_on(measured: Measurements, around: Around) -> bool:
    """Say whether the GIL is on: in the interpreter, or because the work switched it on in a worker."""
    switched_on = any(
        one.metadata.get("comparators_gil") == "on" for samples in measured.samples.values() for one in samples
    )
    return switched_on or around.gil.get(measured.comparison.python, True)


def _flags(
    scale: Scale, situation: Situation | None, cause: Cause | None, around: Around, models: tuple[ModelResult, ...]
) -> Iterator[str]:
    measured, levels = scale.measured, scale.levels
    if measured.listed is not None:
        yield f"measured on the first {measured.comparison.tasks:,} of {measured.listed:,} items"
    yield from block_flags(levels.replays, around.noise, differs=around.differs)
    yield from work_flags(measured.profile)
    if situation is not None:
        yield from impossible_flags(situation, models)
        if cause is None and no_overlap(situation):
            yield "its tasks were never in progress together: memory or caches made it faster, not concurrency"
    if scale.best is not None and scale.times.bounded(scale.best):
        yield "even the fastest was stopped at its limit in some rounds: the host was far slower than before"
    for one in levels.replays:
        pair = pair_of(measured, one, scale)
        if pair is not None:
            yield from pair_flags(pair, one.look.margin)
    yield from _within_noise(levels, around.noise)


def _within_noise(levels: Levels, noise: Noise | None) -> Iterator[str]:
    """Yield a line where a lead is smaller than what this host makes of no difference."""
    for level in (levels.model, levels.workers, levels.api):
        if level is not None and level.lead is not None and noise is not None and level.lead.ratio - 1 < noise.floor:
            yield f"the lead over {level.runner_up} is within this host's noise of {100 * noise.floor:.0f} %"


def _recipe_runner(scale: Scale) -> str:
    best = scale.best
    return scale.measured.cells[best].runner.label if best is not None and best in scale.measured.recipes else ""


def _headline(scale: Scale, models: tuple[ModelResult, ...], said: tuple[str, ...]) -> str:
    comparison, levels = scale.measured.comparison, scale.levels
    if not comparison.timed:
        return _untimed(said)
    return headline(
        Answer(
            level=levels.model,
            models=models,
            loop_s=scale.loop_s,
            best_s=scale.best_s,
            gain=scale.best_gain,
            cold=comparison.phase == "cold",
            ranked=bool(comparison.levels),
            wrong=said if scale.wrong else (),
        )
    )


def _untimed(said: tuple[str, ...]) -> str:
    """Say what was observed where the work takes as long as its parameters say."""
    return f"no verdict on time, which is fixed here; {'; '.join(said) if said else 'nothing else was reported'}."


def _series(measured: Measurements) -> Iterator[SampleSeries]:
    """Yield all samples of each cell in each test, in the order of the tests."""
    for level, test in measured.tests.items():
        blocks = measured.blocks.get(level, {})
        for cell in test.cells:
            values = [(number, blocks[number].get(candidate_label(cell))) for number in sorted(blocks)]
            seconds = tuple((number, one.seconds) for number, one in values if isinstance(one, Sample))
            known = ((number, value_of(one)) for number, one in values)
            capped = tuple((number, value.seconds) for number, value in known if isinstance(value, AtLeast))
            if seconds or capped:
                yield SampleSeries(level, cell.runner.label, cell.runner.model, cell.workers, seconds, capped)
