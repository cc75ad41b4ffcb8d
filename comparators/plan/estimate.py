"""How long a plan will take, before anything has been measured and while it runs."""

from comparators.plan.capacity_counts import ceiling_counts
from comparators.plan.presets import effort_of
from comparators.plan.model import CONTROL_BLOCKS, ENOUGH_BLOCKS, Contest, Phase, Plan, Settings

__all__ = ["contest_samples", "expected_seconds", "rest_of_race"]

START_S = 0.2
"""Seconds of a process before it begins with its work: starting Python, importing, and being supervised."""
PREFLIGHT_S = 0.2
"""Seconds of one try of one cell: the same, and a few tasks."""
CEILING_S = 1.2
"""Seconds of looking at what one number of busy processes reaches."""
REPORT_S = 1.5
"""Seconds of a report, …"""
CONTEST_REPORT_S = 0.15
"""… and what each contest with a race adds to them: its pictures."""
EVIDENCE_CELLS = 5
"""Cells per warm contest that are looked at more closely after the race."""
TYPICAL_RACERS = 5
"""Runners in a race, the baseline included."""
STEPS = 1.5
"""Further worker counts that the search tries for a runner, those included that are too slow to search for."""


def expected_seconds(plan: Plan) -> float:
    """Return about how many seconds a plan will take. The race decides how many blocks it needs: this is a middle."""
    settings = plan.settings
    measured = [contest for contest in plan.contests if contest.contestants]
    seconds = len(ceiling_counts(plan)) * CEILING_S + REPORT_S
    seconds += sum(contest_samples(contest, settings) * _sample_s(contest, settings) for contest in measured)
    seconds += START_S * len({(contest.workload.label, contest.python) for contest in measured})
    raced = [contest for contest in measured if not contest.survey]
    tried = {(one.workload, one.python, each.runner) for one in raced for each in one.contestants}
    seconds += len(tried) * PREFLIGHT_S / len(settings.cpus) + len(raced) * CONTEST_REPORT_S
    seconds += sum(_control_samples(one, settings) * _sample_s(one, settings) for one in raced[:1])
    limit = settings.maximum_time_s
    return seconds if limit is None else min(seconds, limit)


def _sample_s(contest: Contest, settings: Settings) -> float:
    """Return the seconds of a sample: a start, a warm-up unless it is cold, and a value."""
    loop_s = (effort_of(settings.preset).sample_s - START_S) / 2  # what the preset guesses is a warm one
    counts = [count for one in contest.contestants for count in one.counts]
    share = sum(max(1.0, settings.copies(count) / len(settings.cpus)) for count in counts) / max(1, len(counts))
    return START_S + loop_s * share * (2 if contest.phase == "warm" else 1)


def _blocks(settings: Settings, phase: Phase) -> float:
    """Return how many blocks a race has that is decided at its first or second look."""
    looks = settings.looks_of(phase)[:2]
    return sum(looks) / len(looks) if looks else 0.0


def _control_samples(contest: Contest, settings: Settings) -> float:
    """Return what the control of a run adds to the race of its first contest: a copy in each of its blocks."""
    blocks = _blocks(settings, contest.phase)
    return blocks and min(ENOUGH_BLOCKS, blocks) + 2 * max(0.0, CONTROL_BLOCKS - blocks)


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
    warm = contest.phase == "warm"
    scouts = sum(
        len(one.counts) * settings.scout_rounds + STEPS * (one.search and warm and one.limit > 1)
        for one in contest.contestants
    )
    racing = min(len(contest.contestants), settings.racers_maximum + 1, TYPICAL_RACERS)  # the baseline always races
    closer = min(EVIDENCE_CELLS, len(contest.contestants)) if warm else 0
    return round(scouts + racing * _blocks(settings, contest.phase)) + closer
