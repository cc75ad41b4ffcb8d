"""How much is measured under each preset."""

from dataclasses import dataclass

from comparators.errors import UnknownName
from comparators.stats.thresholds import Level

__all__ = ["EFFORTS", "Effort", "effort_of"]


@dataclass(frozen=True, slots=True)
class Effort:
    """What follows from the preset; its thresholds are `comparators.stats.thresholds.Thresholds.for_preset`.

    Attributes:
        summary: for help: what it decides and how long it takes.
        size: the preset of the workloads, which says how large the work is.
        levels: the questions that are tested.
        cost_samples: see `comparators.plan.model.Settings`.
        fresh: whether each sample has a process of its own.
        comparison_s: seconds that one comparison should need at most, as the plan's estimate; None for no limit.
        maximum_time_s: seconds for the whole run; None for no limit.
        timeout_s: deadline of one sample.
    """

    summary: str
    size: str
    levels: tuple[Level, ...]
    cost_samples: int
    fresh: bool
    comparison_s: float | None
    maximum_time_s: float | None
    timeout_s: float


EFFORTS = {
    "quick": Effort(
        "the model and a sufficient number of workers, in seconds",
        "quick",
        ("model", "workers"),
        3,
        fresh=False,
        comparison_s=12.0,
        maximum_time_s=240.0,
        timeout_s=30.0,
    ),
    "default": Effort(
        "the model, the workers and the API, in about a minute",
        "default",
        ("model", "workers", "api"),
        5,
        fresh=False,
        comparison_s=60.0,
        maximum_time_s=1800.0,
        timeout_s=120.0,
    ),
    "rigorous": Effort(
        "the same within 5 %, each sample in a process of its own",
        "default",
        ("model", "workers", "api"),
        7,
        fresh=True,
        comparison_s=None,
        maximum_time_s=None,
        timeout_s=1800.0,
    ),
    "full": Effort(
        "the same with larger work",
        "full",
        ("model", "workers", "api"),
        7,
        fresh=True,
        comparison_s=None,
        maximum_time_s=None,
        timeout_s=1800.0,
    ),
}


def effort_of(preset: str) -> Effort:
    """Return the effort of a preset.

    Raises:
        UnknownName: there is no such preset.
    """
    if preset not in EFFORTS:
        raise UnknownName("preset", preset, EFFORTS)
    return EFFORTS[preset]
