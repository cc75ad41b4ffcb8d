"""A ratio with its confidence interval. Light: what shows progress and what plans import it, too."""

from dataclasses import dataclass

__all__ = ["Interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A ratio with its confidence interval.

    Attributes:
        ratio: the estimate.
        low, high: ends of the interval; None where they are unknown: of a single sample ("about"), or beside a sample
            that was stopped at its cap ("at least").
        confidence: of the interval, 0 to 1.
    """

    ratio: float
    low: float | None
    high: float | None
    confidence: float
