"""How long a plan will take, before anything has been measured and while it runs."""

from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.model import CONTROL_BLOCKS, ENOUGH_BLOCKS, Comparison, Phase, Plan, Settings
from comparators.plan.presets import effort_of

__all__ = ["comparison_samples", "expected_seconds", "rest_of_race"]

START_S = 0.2
"""Seconds of a process before it begins with its work: starting Python, importing, and being supervised."""
PREFLIGHT_S = 0.2
"""Seconds of one try of one cell: the same, and a few tasks."""
CAPACITY_S = 1.2
"""Seconds of looking at what one number of busy processes reaches."""
REPORT_S = 1.5
"""Seconds of a report, …"""
COMPARISON_REPORT_S = 0.15
"""… and what each comparison with a race adds to them: its pictures."""
EVIDENCE_CELLS = 5
"""Cells per warm comparison that are looked at more closely after the race."""
TYPICAL_RACERS = 5
"""Runners in a race, the baseline included."""
STEPS = 1.5
"""Further worker counts that the search tries for a runner, those included that are too slow to search for."""


def expected_seconds(plan: Plan) -> float:
    """Return about how many seconds a plan will take. The race decides how many blocks it needs: this is a middle."""
    settings = plan.settings
    measured = [comparison for comparison in plan.comparisons if comparison.candidates]
    seconds = len(capacity_counts(plan)) * CAPACITY_S + REPORT_S
    seconds += sum(
        comparison_samples(comparison, settings) * _sample_s(comparison, settings) for comparison in measured
    )
    seconds += START_S * len({(comparison.workload.label, comparison.python) for comparison in measured})
    raced = [comparison for comparison in measured if not comparison.survey]
    tried = {(one.workload, one.python, each.runner) for one in raced for each in one.candidates}
    seconds += len(tried) * PREFLIGHT_S / len(settings.cpus) + len(raced) * COMPARISON_REPORT_S
    seconds += sum(_control_samples(one, settings) * _sample_s(one, settings) for one in raced[:1])
    limit = settings.maximum_time_s
    return seconds if limit is None else min(seconds, limit)


def _sample_s(comparison: Comparison, settings: Settings) -> float:
    """Return the seconds of a sample: a start, a warm-up unless it is cold, and a value."""
    loop_s = (effort_of(settings.preset).sample_s - START_S) / 2  # what the preset guesses is a warm one
    counts = [count for one in comparison.candidates for count in one.counts]
    share = sum(max(1.0, settings.copies(count) / len(settings.cpus)) for count in counts) / max(1, len(counts))
    return START_S + loop_s * share * (2 if comparison.phase == "warm" else 1)


def _blocks(settings: Settings, phase: Phase) -> float:
    """Return how many blocks a race has that is decided at its first or second look."""
    looks = settings.looks_of(phase)[:2]
    return sum(looks) / len(looks) if looks else 0.0


def _control_samples(comparison: Comparison, settings: Settings) -> float:
    """Return what the control of a run adds to the race of its first comparison: a copy in each of its blocks."""
    blocks = _blocks(settings, comparison.phase)
    return blocks and min(ENOUGH_BLOCKS, blocks) + 2 * max(0.0, CONTROL_BLOCKS - blocks)


def rest_of_race(settings: Settings, comparison: Comparison, runners: int, block: int) -> int:
    """Return how many samples a race needs until its next look, if that decides, and those that come after it.

    Args:
        settings: of the plan.
        comparison: that is raced.
        runners: how many are still in the race.
        block: that is being measured, from 1.
    """
    look = next((look for look in settings.looks_of(comparison.phase) if look >= block), block)
    closer = min(EVIDENCE_CELLS, len(comparison.candidates)) if comparison.phase == "warm" else 0
    return (look - block + 1) * max(1, runners) + closer


def comparison_samples(comparison: Comparison, settings: Settings) -> int:
    """Return how many samples a comparison will need if it is decided at its first or second look; a survey at most."""
    if comparison.survey:
        return settings.cost_samples * sum(len(one.counts) for one in comparison.candidates)
    warm = comparison.phase == "warm"
    pilots = sum(
        len(one.counts) * settings.pilot_rounds + STEPS * (one.search and warm and one.limit > 1)
        for one in comparison.candidates
    )
    racing = min(len(comparison.candidates), settings.racers_maximum + 1, TYPICAL_RACERS)  # the baseline always races
    closer = min(EVIDENCE_CELLS, len(comparison.candidates)) if warm else 0
    return round(pilots + racing * _blocks(settings, comparison.phase)) + closer
