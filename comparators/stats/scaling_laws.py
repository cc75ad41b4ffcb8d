"""How a runner's speed grows with its workers: two laws, fitted, with what they predict and whether to believe it.

    Amdahl   T(n) = T(1) · (s + (1 - s) / n)                         s: the share that does not run in parallel
    USL      T(n) = T(1) · (1 + a · (n - 1) + b · n · (n - 1)) / n   a: contention, b: coherence

The peak of the second is at sqrt((1 - a) / b) workers.

Sources: Amdahl (1967); Gunther, *Guerrilla Capacity Planning* (2007), for the Universal Scalability Law.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from comparators.stats.interval import Interval

__all__ = ["FEWEST_COUNTS", "Efficiency", "Fit", "efficiencies", "efficiency", "fits_of"]

FEWEST_COUNTS = 4
"""Worker counts from which a law with three unknowns leaves something to check it by."""
POOR = 0.10
"""A law that misses the times by more than this on average does not describe them."""
VAGUE = 0.5
"""An interval of a share that is wider than this says nothing about it."""
NOT_BOUND = 1.25
"""Work that gains more than this times what busy processes reach is not held up by the CPUs."""
_CONFIDENCE = 0.95
_DRAWS = 500
_NORMAL = 1.96  # quantile of 95 %: draws are normal, and widened to what few points allow

Law = Literal["amdahl", "usl"]


@dataclass(frozen=True, slots=True)
class Fit:
    """One law and what it says of a runner.

    Attributes:
        law: which.
        contention: the share of the work that cannot run in parallel, from 0 to 1.
        coherence: what each pair of workers costs; None for Amdahl.
        peak: the number of workers with which it is fastest; None where the law has no peak, or it is not certain.
        single_s: seconds with one worker, as the law has it.
        error: how far the law is from the measured times on average, as a share.
        doubt: why not to rely on it; empty where there is no reason.
    """

    law: Law
    contention: Interval
    coherence: Interval | None
    peak: Interval | None
    single_s: float
    error: float
    doubt: str

    @property
    def reliable(self) -> bool:
        """Whether there is no reason not to rely on it."""
        return not self.doubt

    def seconds(self, workers: float) -> float:
        """Return what the law says of a worker count, also of one that was not measured."""
        unknowns = [math.log(self.single_s), self.contention.ratio]
        unknowns += [] if self.coherence is None else [self.coherence.ratio]
        return float(math.exp(_LAWS[self.law](workers, *unknowns)))


@dataclass(frozen=True, slots=True)
class Efficiency:
    """What a worker count gained.

    Attributes:
        speedup: over serial, or over one worker of the runner itself where there is no serial.
        ideal: speedup for each worker; 1 is all that there is.
        capacity: speedup as a share of what independent busy processes reached with as many workers; None if unknown,
            and for work that gains far more than these: it waits, and is not bound by the CPUs.
    """

    workers: int
    speedup: float
    ideal: float
    capacity: float | None


def efficiencies(
    times: Sequence[tuple[int, float]], single_s: float | None, capacities: Mapping[int, float]
) -> tuple[Efficiency, ...]:
    """Return what each worker count of a runner gained.

    Args:
        times: workers and seconds.
        single_s: of the plain loop; None for the runner's own seconds with one worker.
        capacities: what independent busy processes reach, by their number.

    Returns:
        nothing without anything to compare with.
    """
    single_s = single_s or dict(times).get(1)
    if not single_s:
        return ()
    return tuple(
        efficiency(workers, single_s / seconds, capacities) for workers, seconds in sorted(times) if seconds > 0
    )


def efficiency(workers: int, speedup: float, capacities: Mapping[int, float]) -> Efficiency:
    """Return what a worker count gained; with more workers than were looked at, the host reaches no more."""
    most = max(capacities, default=1)
    reached = capacities.get(min(workers, most) if most > 1 else workers)
    share = speedup / reached if reached else None
    bound = share is not None and share <= NOT_BOUND
    return Efficiency(workers, speedup, speedup / workers, share if bound else None)


def fits_of(times: Sequence[tuple[int, float]]) -> tuple[Fit, ...]:
    """Fit both laws to the seconds by worker count; empty with too few counts."""
    points = [(float(workers), seconds) for workers, seconds in sorted(times) if seconds > 0]
    if len(points) < FEWEST_COUNTS:
        return ()
    return tuple(fit for law in _LAWS if (fit := _fit(law, points)) is not None)


def _amdahl(workers: Any, scale: float, contention: float) -> Any:
    import numpy as np

    return scale + np.log(contention + (1 - contention) / workers)


def _usl(workers: Any, scale: float, contention: float, coherence: float) -> Any:
    import numpy as np

    return scale + np.log((1 + contention * (workers - 1) + coherence * workers * (workers - 1)) / workers)


_LAWS: Mapping[Law, Callable[..., Any]] = {"amdahl": _amdahl, "usl": _usl}


def _fit(law: Law, points: Sequence[tuple[float, float]]) -> Fit | None:
    """Fit one law to the logarithms of the seconds: an error of 5 % counts the same at any speed."""
    import warnings

    import numpy as np
    from scipy.optimize import OptimizeWarning, curve_fit
    from scipy.special import stdtrit

    workers, logs = np.array([point[0] for point in points]), np.log([point[1] for point in points])
    unknowns = 2 if law == "amdahl" else 3
    start = [float(logs[0]), 0.1, 0.001][:unknowns]
    lowest, highest = [-np.inf, 1e-9, 0.0][:unknowns], [np.inf, 1.0, 10.0][:unknowns]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)  # it then says infinity, which is told as a doubt
            values, covariance = curve_fit(_LAWS[law], workers, logs, p0=start, bounds=(lowest, highest))
    except RuntimeError:  # it found no values
        return None
    free = len(points) - unknowns
    error = float(np.sqrt(((logs - _LAWS[law](workers, *values)) ** 2).sum() / max(1, free)))
    quantile = float(stdtrit(max(1, free), (1 + _CONFIDENCE) / 2))
    width = quantile * np.sqrt(np.diag(covariance))
    intervals = [_interval(value, wide, most) for value, wide, most in zip(values, width, highest, strict=True)]
    peak = _peak(values, covariance * (quantile / _NORMAL) ** 2) if law == "usl" else None
    coherence = intervals[2] if law == "usl" else None
    return Fit(law, intervals[1], coherence, peak, math.exp(values[0]), error, _doubt(error, intervals[1]))


def _interval(value: float, width: float, most: float) -> Interval:
    low, high = max(0.0, float(value - width)), min(float(most), float(value + width))
    return Interval(float(value), low, high, _CONFIDENCE) if math.isfinite(width) else _unknown(float(value))


def _unknown(value: float) -> Interval:
    return Interval(value, None, None, _CONFIDENCE)


def _doubt(error: float, contention: Interval) -> str:
    if error > POOR:
        return f"it misses the measured times by {100 * error:.0f} % on average"
    if contention.low is None or contention.high is None or contention.high - contention.low > VAGUE:
        return "the worker counts do not tell its numbers apart"
    return ""


def _peak(values: Any, covariance: Any) -> Interval | None:
    """Return the workers at the peak; None where a law without one fits nearly as well."""
    import numpy as np

    contention, coherence = float(values[1]), float(values[2])
    if coherence <= 0 or not np.isfinite(covariance).all():
        return None
    drawn = np.random.default_rng(0).multivariate_normal(values[1:], covariance[1:, 1:], _DRAWS, method="svd")
    certain = drawn[:, 1] > 0
    if certain.mean() < _CONFIDENCE:
        return None
    peaks = np.sqrt(np.clip(1 - drawn[certain, 0], 0.0, None) / drawn[certain, 1])
    low, high = np.quantile(peaks, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    at = math.sqrt(max(0.0, 1 - contention) / coherence)
    return Interval(max(1.0, at), max(1.0, float(low)), max(1.0, float(high)), _CONFIDENCE)
