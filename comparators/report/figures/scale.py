"""From numbers to places on a sheet, with ticks that people would choose."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["Scale", "fit"]

_MOST_TICKS = 7
_SPREAD_FOR_LOG = 3.0
_SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight or logarithmic scale: `low` lies at `start`, `high` at `end`, in points."""

    low: float
    high: float
    start: float
    end: float
    log: bool

    def at(self, value: float) -> float:
        """Return the place of a value; one outside lies at the nearer end."""
        value = min(max(value, self.low), self.high)
        share = (self._linear(value) - self._linear(self.low)) / (self._linear(self.high) - self._linear(self.low))
        return self.start + share * (self.end - self.start)

    def ticks(
        self, label: Callable[[float], str], *, gap: float, values: Iterable[float] | None = None
    ) -> list[tuple[float, str]]:
        """Return places and labels of the given values, or of about seven round ones, at least `gap` points apart."""
        if values is None:
            values = _log_ticks(self.low, self.high) if self.log else _linear_ticks(self.low, self.high)
        found: list[tuple[float, str]] = []
        for value in values:
            place = self.at(value)
            if not found or abs(place - found[-1][0]) >= gap:
                found.append((place, label(value)))
        return found

    def _linear(self, value: float) -> float:
        return math.log(value) if self.log else value


def fit(values: Iterable[float], start: float, end: float, *, log: bool | None = None) -> Scale:
    """Return a scale that shows all values with some room; logarithmic where they spread more than threefold."""
    values = sorted(max(value, _SMALLEST) for value in values)
    low, high = values[0], values[-1]
    if log is None:
        log = high > _SPREAD_FOR_LOG * low
    if log:
        room = max((high / low) ** 0.05, 1.02)
        return Scale(low / room, high * room, start, end, log=True)
    room = max((high - low) * 0.06, high * 0.01)
    return Scale(max(low - room, 0.0), high + room, start, end, log=False)


def _linear_ticks(low: float, high: float) -> list[float]:
    rough = (high - low) / (_MOST_TICKS - 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [count * step for count in range(first, last + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5 of each decade, or every n-th power of ten; round straight steps within one decade."""
    lowest, highest = math.floor(math.log10(low)), math.ceil(math.log10(high))
    fine = [size * 10.0**power for power in range(lowest, highest + 1) for size in (1, 2, 5)]
    inside = [value for value in fine if low * 0.999 <= value <= high * 1.001]
    if len(inside) < 3:
        return _linear_ticks(low, high)
    if len(inside) <= _MOST_TICKS:
        return inside
    powers = [power for power in range(lowest, highest + 1) if low * 0.999 <= 10.0**power <= high * 1.001]
    every = math.ceil(len(powers) / _MOST_TICKS)
    return [10.0**power for power in powers[::every]] if len(powers) > 2 else inside[:: len(inside) // _MOST_TICKS + 1]
