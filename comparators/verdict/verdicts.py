"""From a run to its verdicts: gather, judge again, compare, explain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from comparators.journal.records import Run
from comparators.plan.model import Settings
from comparators.plan.names import BASELINE
from comparators.stats.intervals import logs
from comparators.verdict.causes import explain
from comparators.verdict.diagnostics import Pair, differs_flag, flags_of, incomplete_flag, overlooked_flag, stopped_flag
from comparators.verdict.execution_patterns import Look
from comparators.verdict.headlines import Findings, headline
from comparators.verdict.history import History, histories
from comparators.verdict.model import Outcome, Standing, Verdict, all_beat_serial
from comparators.verdict.noise import Control, control_of, tie_margin
from comparators.verdict.replay import Replay, replay
from comparators.verdict.result_rows import Standings
from comparators.verdict.scaling import efficiency_line, scaling_lines
from comparators.verdict.sequential import ERROR
from comparators.verdict.text_format import listing, named, plural, seconds

__all__ = ["verdicts_of"]

Startups = Mapping[tuple[str, str, str], float]
"""Seconds by workload label, Python and runner label."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A comparison on its way to a verdict."""

    history: History
    race: Replay
    standings: Standings
    rows: tuple[Standing, ...]

    def row(self, label: str) -> Standing | None:
        """Return a runner's standing."""
        return next((one for one in self.rows if one.runner.label == label), None)


def verdicts_of(run: Run) -> tuple[Verdict, ...]:
    """Return one verdict per comparison of the plan, in its order, also for comparisons that were cut off."""
    control = control_of(run)
    settings = _above_noise(run.header.plan.settings, control)
    judged = [_judge(history, settings, run) for history in histories(run)]
    startups = _startups(judged)
    return tuple(_verdict(one, run, control, startups) for one in judged)


def _above_noise(settings: Settings, control: Control | None) -> Settings:
    """Return the settings with a margin for ties that is not below what this host makes of no difference."""
    return settings if control is None else replace(settings, margin=tie_margin(settings.margin, control.floor))


def _judge(history: History, settings: Settings, run: Run) -> _Judged:
    race = replay(history, settings)
    standings = Standings(history, race, settings)
    regained = _regained(history, run)
    return _Judged(history, race, standings, tuple(_with_gil(row, regained) for row in standings.all()))


def _regained(history: History, run: Run) -> set[str]:
    """Return the runners that had the GIL although their Python starts without it: an import switches it on."""
    gil = run.header.plan.interpreter(history.comparison.python).gil
    return set() if gil else history.with_gil


def _with_gil(row: Standing, regained: set[str]) -> Standing:
    if row.runner.label not in regained:
        return row
    return replace(row, reason="; ".join(filter(None, (row.reason, "an import switched the GIL back on"))))


def _startups(judged: Sequence[_Judged]) -> dict[tuple[str, str, str], float]:
    """Return what starting and stopping workers adds where there are any: cold less warm, at the same worker count."""
    warm: dict[tuple[str, str, str], Standing] = {}
    cold: dict[tuple[str, str, str], Standing] = {}
    for one in judged:
        comparison = one.history.comparison
        found = warm if comparison.phase == "warm" else cold
        for row in (row for row in one.rows if row.runner.model != BASELINE):
            found[comparison.workload.label, comparison.python, row.runner.label] = row
    startups = {}
    for key, row in cold.items():
        if key in warm and row.cell is not None and row.seconds is not None:
            started = _warm_s(warm[key], row.cell.workers)
            if started is not None:
                startups[key] = max(0.0, row.seconds - started)
    return startups


def _warm_s(row: Standing, workers: int) -> float | None:
    """Return the seconds of a runner with this worker count: those of its row, or what the pilot saw of that count."""
    if row.cell is not None and row.cell.workers == workers and row.seconds is not None:
        return row.seconds
    return dict(row.by_workers).get(workers)


def _verdict(judged: _Judged, run: Run, control: Control | None, startups: Startups) -> Verdict:
    comparison = judged.history.comparison
    label, python = comparison.workload.label, comparison.python
    rows = tuple(replace(row, startup_s=startups.get((label, python, row.runner.label))) for row in judged.rows)
    judged = replace(judged, rows=rows)
    outcome = _outcome(judged)
    leaders = [row for label in judged.standings.leaders if (row := judged.row(label)) is not None]
    second = _second(rows, judged.standings.leaders) if leaders else None
    lead = second.to_winner if second is not None else None
    decision = judged.race.decision
    noise = control.floor if control is not None and control.floor else None
    found = Findings(
        outcome=outcome,
        leaders=leaders,
        second=second,
        serial=judged.row(BASELINE),
        lead=lead,
        blocks=len(judged.race.blocks),
        blocks_needed=decision.blocks_needed if decision is not None and outcome == "unresolved" else None,
        margin=max(run.header.plan.settings.margin, noise or 0.0),
        ended=run.finished is not None and run.finished.reason == "complete",
        failures=[row for row in rows if row.status == "failed"],
        noise=noise,
    )
    why, evidence = _why(judged, run)
    flags = (*differs_flag(control), *_flags(judged, second, found.margin))
    return Verdict(
        comparison=comparison.key,
        workload=comparison.workload.label,
        phase=comparison.phase,
        python=comparison.python,
        outcome=outcome,
        unstable=outcome == "win" and bool(flags),
        winners=tuple(row.runner.label for row in leaders),
        runner_up=second.runner.label if second is not None else "",
        lead=lead,
        to_serial=leaders[0].to_serial if leaders else None,
        blocks=found.blocks,
        blocks_needed=found.blocks_needed,
        margin=found.margin,
        confidence=1 - ERROR,
        why=why,
        evidence=evidence,
        flags=flags,
        headline=headline(found),
        recipe=_recipe(leaders, outcome, run),
        standings=rows,
        noise=noise,
    )


def _outcome(judged: _Judged) -> Outcome:
    decision = judged.race.decision
    if decision is not None and decision.outcome is not None:
        return decision.outcome
    if judged.race.candidates:
        return "unresolved"
    return "not-reached" if any(row.status == "not-reached" for row in judged.rows) else "none"


def _second(rows: Sequence[Standing], leaders: Sequence[str]) -> Standing | None:
    """Return the fastest runner that did not win; the rows are sorted."""
    measured = (row for row in rows if row.to_winner is not None or row.at_least is not None)
    return next((row for row in measured if row.runner.label not in leaders and not _looked_faster(row)), None)


def _looked_faster(row: Standing) -> bool:
    """Say whether a runner that did not race was faster in the pilot than the one that is best in the race."""
    return row.status == "piloted" and row.to_winner is not None and row.to_winner.ratio < 1


def _why(judged: _Judged, run: Run) -> tuple[str, tuple[str, ...]]:
    comparison, best = judged.history.comparison, judged.standings.best
    if best is None:
        return "", ()
    looks = []
    for row in judged.rows:
        workers = row.cell.workers if row.cell is not None else None
        evidence = judged.history.evidence_of(row.runner.label, workers)
        if evidence is not None:
            looks.append(Look(row, evidence))
    regained = _regained(judged.history, run)
    gil = run.header.plan.interpreter(comparison.python).gil or bool(regained)
    why, evidence_lines = explain(
        looks, best, gil=gil, capacities=run.capacities, cpus=len(run.header.plan.settings.cpus)
    )
    if regained:
        why = f"{why} {_gil_words(regained)}".strip()
    growth = _growth_lines(judged, best, run)
    return why, (*evidence_lines, *growth, *_pilot_lines(judged), *_start_lines(judged, best))


def _growth_lines(judged: _Judged, best: str, run: Run) -> tuple[str, ...]:
    """Return what the workers gained; for every count and runner where that was asked for: fitting takes time."""
    capacities = {one.workers: one.speedup for one in run.capacities}
    if run.header.plan.settings.scaling:
        return scaling_lines(judged.rows, capacities)
    row = judged.row(best)
    return efficiency_line(row, capacities) if row is not None else ()


def _gil_words(regained: set[str]) -> str:
    return f"An import switched the GIL back on under {listing(sorted(regained))}: they did not run without it."


def _pilot_lines(judged: _Judged) -> tuple[str, ...]:
    dropped = [row for row in judged.rows if judged.standings.was_dropped(row.runner.label)]
    if not dropped:
        return ()
    return (
        f"The pilot dropped {plural(len(dropped), 'runner')}: {listing([row.runner.label for row in dropped], 6)}.",
    )


def _start_lines(judged: _Judged, best: str) -> tuple[str, ...]:
    row = judged.row(best)
    if row is None or not row.startup_s or best == BASELINE or judged.history.comparison.phase != "cold":
        return ()
    return (f"Starting and stopping the workers of {named(row.runner.label)} adds {seconds(row.startup_s)}.",)


def _flags(judged: _Judged, second: Standing | None, margin: float) -> tuple[str, ...]:
    race, standings = judged.race, judged.standings
    best = standings.best
    if best is None or not race.raced:
        return ()
    rival = standings.leaders[1] if len(standings.leaders) > 1 else second.runner.label if second else None
    flags = [
        *incomplete_flag(race.incomplete, len(race.blocks)),
        *overlooked_flag(best, [row.runner.label for row in judged.rows if _looked_faster(row)]),
        *stopped_flag(best, standings.capped_samples(best), len(race.blocks)),
    ]
    pair = _pair(judged, best, rival) if rival is not None else None
    return (*flags, *flags_of(pair, margin)) if pair is not None else tuple(flags)


def _pair(judged: _Judged, first: str, second: str) -> Pair | None:
    """Return the two best in the blocks where both were measured to the end."""
    mine, other, blocks = [], [], judged.history.blocks
    for number in judged.race.blocks:
        one, two = blocks[number].get(first), blocks[number].get(second)
        if one and two and one.position is not None and two.position is not None:
            mine.append(one)
            other.append(two)
    if not mine:
        return None
    return Pair(
        first=first,
        second=second,
        first_log=logs([entry.seconds for entry in mine]),
        second_log=logs([entry.seconds for entry in other]),
        first_position=[entry.position or 0 for entry in mine],
        second_position=[entry.position or 0 for entry in other],
        first_previous=[entry.previous for entry in mine],
        second_previous=[entry.previous for entry in other],
    )


def _recipe(leaders: Sequence[Standing], outcome: Outcome, run: Run) -> str:
    """Return code to copy: the winner's, or the leader's where each of those still racing beats serial.

    Empty without either, and where none could be written. It is what the run recorded: nothing is imported for it.
    """
    good = outcome in ("win", "tie") or (outcome == "unresolved" and all_beat_serial(leaders))
    cell = leaders[0].cell if leaders and good else None
    return next((recipe.source for recipe in run.recipes if recipe.cell == cell), "")
