"""How long a plan will take, before anything has been measured and while it runs."""

from comparators.plan.capacity_counts import capacity_counts
from comparators.plan.model import Comparison, Plan, Settings
from comparators.request.presets import effort_of

__all__ = ["comparison_seconds", "expected_seconds"]

FORKED_S = 0.03
"""Seconds of a forked sample beside its value and its warm-up; processes take more, threads less."""
FRESH_S = 0.25
"""Seconds of a fresh process beside that: starting Python, importing, and being supervised."""
GENERATION_S = 0.4
"""Seconds to start a warm interpreter."""
PROFILE_S = 0.5
"""Seconds for the look at a few tasks."""
CAPACITY_S = 1.2
"""Seconds of looking at what one number of busy processes reaches."""
REPORT_S = 1.5
"""Seconds of a report."""
EVIDENCE_SAMPLES = 4
"""Traced passes after the answer: the winner, the plain loop, the best of each other model."""
TYPICAL_WAIT = 2
"""Worker counts with which a model is tried where the work waits: as many as CPUs, and many."""
SEARCH_SAMPLES = 12
"""Samples of the search for a worker count and its test."""
FULL_VALUE_FACTOR = 20.0
"""How much longer than usual a value of the preset `full` takes."""


def expected_seconds(plan: Plan) -> float:
    """Return about how many seconds a plan will take. The tests decide how many blocks they need: this is a middle."""
    settings = plan.settings
    measured = [comparison for comparison in plan.comparisons if comparison.candidates]
    seconds = len(capacity_counts(plan)) * CAPACITY_S + REPORT_S
    seconds += sum(comparison_seconds(comparison, settings) for comparison in measured)
    limit = settings.maximum_time_s
    return seconds if limit is None else min(seconds, limit)


def comparison_seconds(comparison: Comparison, settings: Settings) -> float:
    """Return about how many seconds a comparison will take, if each level is settled at its first or second look."""
    sample_s = _sample_s(comparison, settings)
    if not comparison.levels:
        return PROFILE_S + settings.cost_samples * len(comparison.candidates) * sample_s
    thresholds = settings.thresholds
    looks = thresholds.cold_looks if comparison.phase == "cold" else thresholds.looks
    blocks = sum(looks[:2]) / len(looks[:2]) if looks else 0.0
    models = {one.runner.model for one in comparison.candidates}
    samples = blocks * (1 + (len(models) - 1) * (TYPICAL_WAIT if comparison.waits else 1))
    if "workers" in comparison.levels:
        samples += SEARCH_SAMPLES
    if "api" in comparison.levels:
        per_model = len(comparison.candidates) / max(1, len(models))
        samples += (thresholds.looks[3] if len(thresholds.looks) > 3 else blocks) * per_model
    samples += EVIDENCE_SAMPLES
    starts_s = GENERATION_S * max(1.0, samples / (4 * thresholds.generation_blocks))
    return PROFILE_S + starts_s + samples * sample_s


def _sample_s(comparison: Comparison, settings: Settings) -> float:
    """Return the seconds of a sample: its fixed cost, a warm-up of one task per worker, and a value."""
    value_s = settings.thresholds.target_value_s * 2
    if effort_of(settings.preset).size == "full":
        value_s *= FULL_VALUE_FACTOR
    fresh = settings.fresh or comparison.phase == "cold"
    return (FRESH_S if fresh else FORKED_S) + 1.5 * value_s
