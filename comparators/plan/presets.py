"""How much is measured under each preset."""

from dataclasses import dataclass

from comparators.errors import UnknownName

__all__ = ["EFFORTS", "INDICATIVE", "Effort", "effort_of"]

INDICATIVE = "quick"
"""The preset whose few samples show a direction; its verdicts say so."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Settings that follow the preset.

    Attributes:
        size: the preset of the workloads, which says how large the work is.
        looks: block counts at which a race is judged.
        cold_looks: the same for cold comparisons; empty when one sample of each cell must do.
        minimum_time_s: seconds one value should take at least.
        cost_samples: see `comparators.plan.model.Settings`.
        drop_above, certain_above, racers_maximum: see `comparators.plan.model.Settings`.
        maximum_time_s: seconds for the whole run; None for no limit.
        timeout_s: deadline of one sample.
        sample_s: what a sample is expected to take before anything has been measured, for the first estimate.
    """

    size: str
    looks: tuple[int, ...]
    cold_looks: tuple[int, ...]
    minimum_time_s: float
    cost_samples: int
    drop_above: float
    certain_above: float
    racers_maximum: int
    maximum_time_s: float | None
    timeout_s: float
    sample_s: float


_MOST_LOOKS = (5, 7, 10, 14, 20, 28, 40)

EFFORTS = {
    "quick": Effort("quick", (3, 5), (), 0.03, 5, 1.5, 1.75, 3, 240.0, 30.0, 0.35),
    "default": Effort("default", (5, 7, 10, 14, 20), (5, 7, 10), 0.1, 5, 2.0, 3.0, 8, 1800.0, 120.0, 1.2),
    "rigorous": Effort("default", _MOST_LOOKS, _MOST_LOOKS, 0.1, 7, 3.0, 3.0, 14, None, 1800.0, 1.2),
    "full": Effort("full", _MOST_LOOKS, (5, 7, 10, 14, 20), 0.1, 7, 3.0, 3.0, 14, None, 1800.0, 15.0),
}


def effort_of(preset: str) -> Effort:
    """Return the effort of a preset.

    Raises:
        UnknownName: there is no such preset.
    """
    if preset not in EFFORTS:
        raise UnknownName("preset", preset, EFFORTS)
    return EFFORTS[preset]
