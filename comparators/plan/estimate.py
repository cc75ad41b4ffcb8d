"""How long a plan will take, before anything has been measured and while it runs."""

from comparators.plan.effort import effort_of
from comparators.plan.model import Contest, Plan, Settings

__all__ = ["contest_samples", "expected_seconds", "rest_of_race"]

PREFLIGHT_S = 0.3
"""Seconds of one try of one cell: starting Python, importing, a few tasks."""
EVIDENCE_CELLS = 5
"""Cells per warm contest that are looked at more closely after the race."""
TYPICAL_RACERS = 5
"""Runners in a race, the baseline included."""


def expected_seconds(plan: Plan) -> float:
    """Return about how many seconds a plan will take. The race decides how many blocks it needs: this is a middle."""
    sample_s = effort_of(plan.settings.preset).sample_s
    samples = sum(contest_samples(contest, plan.settings) for contest in plan.contests)
    cells = sum(len(contest.contestants) for contest in plan.contests if not contest.survey)
    seconds = samples * sample_s + cells * PREFLIGHT_S / len(plan.settings.cpus)
    limit = plan.settings.maximum_time_s
    return seconds if limit is None else min(seconds, limit)


def rest_of_race(settings: Settings, contest: Contest, runners: int, block: int) -> int:
    """Return how many samples a race needs until its next look, if that decides, and those that come after it.

    Args:
        settings: of the plan.
        contest: that is raced.
        runners: how many are still in the race.
        block: that is being measured, from 1.
    """
    look = next((look for look in settings.looks_of(contest.phase) if look >= block), block)
    closer = min(EVIDENCE_CELLS, len(contest.contestants)) if contest.phase == "warm" else 0
    return (look - block + 1) * max(1, runners) + closer


def contest_samples(contest: Contest, settings: Settings) -> int:
    """Return how many samples a contest will need if it is decided at its first or second look; a survey at most."""
    if contest.survey:
        return settings.price_samples * sum(len(one.counts) for one in contest.contestants)
    scouts = sum(len(one.counts) + (one.search and contest.phase == "warm") for one in contest.contestants)
    racing = min(len(contest.contestants), settings.racers_maximum, TYPICAL_RACERS)
    looks = settings.looks_of(contest.phase)
    blocks = sum(looks[:2]) / len(looks[:2]) if looks else 0
    closer = min(EVIDENCE_CELLS, len(contest.contestants)) if contest.phase == "warm" else 0
    return round(scouts + racing * blocks) + closer
