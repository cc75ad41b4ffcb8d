"""Axes of seconds and bytes: one unit per axis, round ticks, logarithmic where the values differ much."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SECONDS", "SIZES", "Units", "fit"]

Units = tuple[tuple[str, float], ...]

SECONDS: Units = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
SIZES: Units = (("GiB", 2.0**30), ("MiB", 2.0**20), ("KiB", 2.0**10), ("bytes", 1.0))
"""Units and what one of them is, largest first."""

_WIDE = 8.0
"""Values that differ by more than this factor have a logarithmic axis."""

_MOST_TICKS = 6


def fit(axes: "Axes", side: Literal["x", "y"], values: Sequence[float], units: Units, *, room: float = 0.08) -> None:
    """Fit an axis to values above zero.

    Args:
        axes: of the figure.
        side: which axis.
        values: that must be seen, at least one.
        units: of the values.
        room: share of the axis left free at its ends, at the upper one only where it begins at zero.
    """
    low, high = min(values), max(values)
    unit, size = next(((unit, size) for unit, size in units if high >= size), units[-1])
    wide = high / low > _WIDE
    if wide:
        span = (high / low) ** room
        limits = (low / span, high * span)
        ticks = _decades(*limits)
    else:
        limits = (0.0, high * (1 + room))
        ticks = _steps(limits[1] / size, size)
    axes.set(**{f"{side}scale": "log" if wide else "linear", f"{side}lim": limits})
    axis = axes.xaxis if side == "x" else axes.yaxis
    axis.set_ticks(ticks, [_written(tick, units) if wide else f"{tick / size:g} {unit}" for tick in ticks])
    axes.minorticks_off()


def _written(value: float, units: Units) -> str:
    unit, size = next(((unit, size) for unit, size in units if value >= size * 0.9999), units[-1])
    return f"{value / size:.3g} {unit}"


def _decades(low: float, high: float) -> list[float]:
    """Return ticks of a logarithmic axis: 1, 2, 5 of each decade, or fewer where there are many decades."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= _MOST_TICKS:
            return ticks
    return ticks[:: -(-len(ticks) // _MOST_TICKS)]


def _steps(high: float, size: float) -> list[float]:
    """Return ticks of a linear axis from zero, at most six of them."""
    power = 10.0 ** math.floor(math.log10(high))
    step = next(step for step in (0.1 * power, 0.2 * power, 0.5 * power, power, 2 * power) if high / step < _MOST_TICKS)
    return [round(place * step, 12) * size for place in range(int(high / step + 1e-9) + 1)]
