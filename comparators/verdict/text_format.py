"""Numbers, times and lists as people read them; verdicts and every document format here, so that they agree."""

import math
from collections.abc import Mapping, Sequence
from typing import cast

from comparators.stats.interval import Interval
from comparators.workload import Model

__all__ = [
    "UNKNOWN",
    "at_least",
    "bytes_size",
    "change",
    "count",
    "duration",
    "ends",
    "faster",
    "joined",
    "model_words",
    "named",
    "number",
    "percent",
    "plural",
    "ratio",
    "rough",
    "round_up",
    "seconds",
    "short_seconds",
    "short_size",
    "takes",
]

UNKNOWN = "unknown"
"""For what is no number, which may come from a damaged journal."""

_UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9))
_NEAR_ONE = 1.2
"""Ratio below which a third digit matters."""
_HUGE = 1e6
"""Ratio from which only that is said."""
_TELLS_NOTHING = 100.0
"""An interval whose ends are this many times apart is not worth printing."""
_SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB")


def number(value: float) -> str:
    """Write a number with three digits, more before the decimal point where it has them: `0.0123`, `12,345`."""
    return f"{value:,.{_decimals(value, 3)}f}" if math.isfinite(value) else UNKNOWN


def ratio(value: float) -> str:
    """Write a ratio, or things at once: `1.85`, `12.3`, `1,240`; small ones keep two digits: `0.59`, `0.012`."""
    if not math.isfinite(value):
        return UNKNOWN
    if value >= 1e6:
        return "over 1,000,000"
    if value >= 0.095:
        return f"{value:,.{min(2, _decimals(value, 3))}f}"
    return f"{value:.{_decimals(value, 2)}f}" if value >= 1e-6 else "0"


def rough(value: float) -> str:
    """Write a ratio that has no interval with two digits: `1.9`, `35`, `1,200`."""
    if not math.isfinite(value):
        return UNKNOWN
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.{_decimals(rounded, 2)}f}" if rounded < 1e6 else ratio(rounded)


def ends(interval: Interval) -> tuple[str, str] | None:
    """Write the ends of an interval; None where there is none."""
    low, high = interval.low, interval.high
    if low is None or high is None or not all(map(math.isfinite, (interval.ratio, low, high))):
        return None
    return ratio(low), ratio(high)


def at_least(bound: float) -> str:
    """Write the bound of something that was stopped at a limit with two digits, never rounded up: `3`, `2.9`, `120`."""
    if not math.isfinite(bound) or bound <= 0:
        return UNKNOWN
    step = 10.0 ** (math.floor(math.log10(bound)) - 1)
    floored = round(math.floor(bound / step + 1e-9) * step, 9)
    return f"{floored:,.0f}" if floored >= 10 else f"{floored:g}"


def percent(share: float) -> str:
    """Write a share: `98 %`, below ten with a digit where it has one: `2.5 %`; a given one in full: `12.5 %`."""
    if not math.isfinite(share):
        return UNKNOWN
    value = 100 * share
    given = abs(value - round(value, 2)) < 1e-9
    return f"{value:.4g} %" if given else f"{value:.0f} %" if round(value, 1) >= 10 else f"{round(value, 1):g} %"


def seconds(value: float) -> str:
    """Write seconds with three digits in the unit that fits, from ns to s: `12.3 ms`."""
    if not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0 s"
    for unit, factor in _UNITS:
        scaled = float(f"{value * factor:.3g}")
        if abs(scaled) >= 1 or unit == _UNITS[-1][0]:
            break
    return f"{number(scaled if abs(scaled) < 1000 else value * factor)} {unit}"


def duration(value: float) -> str:
    """Write how long something takes, for planning: `45 s`, `3 min 20 s`, `2 h 5 min`."""
    if not math.isfinite(value):
        return UNKNOWN
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s" if whole or value <= 0 else "less than 1 s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(value / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def bytes_size(amount: float) -> str:
    """Write a number of bytes of memory, in units of 1,024: `7.75 GiB`."""
    if not math.isfinite(amount):
        return UNKNOWN
    power = 0
    while abs(amount) >= 1024 and power < len(_SIZES) - 1:
        amount, power = amount / 1024, power + 1
    return f"{number(amount)} {_SIZES[power]}" if power else plural(round(amount), "byte")


def count(value: int) -> str:
    """Write a count: `10,000`."""
    return f"{value:,}"


def round_up(value: int) -> int:
    """Round a count that is only an estimate up to what it may claim: 12, then 40, 150, 300."""
    step = 1 if value <= 20 else 10 if value <= 100 else 50 if value <= 200 else 100
    return -(-value // step) * step


def plural(value: int, noun: str, several: str = "") -> str:
    """Write a count with its noun: `1 worker`, `2 workers`, `2 processes`."""
    return f"{value:,} {noun if value == 1 else several or noun + 's'}"


def named(label: str) -> str:
    """Set a runner's label apart from the words around it."""
    return f"`{label}`"


def faster(interval: Interval) -> str:
    """Write a gain with its interval: `17 times faster (16 to 18)`, `about 17 times faster`.

    Numbers have two digits, near 1 and where two would hide the interval three.
    """
    low, high, told = interval.low, interval.high, interval.ratio
    if ends(interval) is None or low is None or high is None:
        return f"about {rough(told)} times faster"
    digits = 3 if told < _NEAR_ONE or f"{low:.2g}" == f"{high:.2g}" else 2
    first, second = (_digits(end, digits) for end in (low, high))
    hidden = first == second or high > _TELLS_NOTHING * low or high >= _HUGE
    span = "" if hidden else f" ({first} to {second})"
    return f"{ratio(told) if told >= _HUGE else _digits(told, digits)} times faster{span}"


def short_seconds(value: float, digits: int = 2) -> str:
    """Write seconds for a sentence: `0.89 s`, `51 ms`, `5.2 µs`; tenths of a second stay seconds."""
    if not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0 s"
    for unit, factor in _UNITS:
        scaled = float(f"{value * factor:.{digits}g}")
        if abs(scaled) >= (0.1 if unit == "s" else 1) or unit == _UNITS[-1][0]:
            break
    return f"{_digits(scaled, digits) if digits > 2 else _bare(scaled)} {unit}"


def change(before_s: float, after_s: float) -> str:
    """Write a change of seconds, both in the same unit: `0.89 s → 0.051 s`.

    A third digit is there where two would hide the difference.
    """
    digits = 2 if max(before_s, after_s) >= 1.5 * min(before_s, after_s) else 3
    unit, factor = next((one for one in _UNITS if max(before_s, after_s) * one[1] >= 0.1), _UNITS[-1])
    if min(before_s, after_s) * factor < 0.001:
        return f"{short_seconds(before_s, digits)} → {short_seconds(after_s, digits)}"
    return f"{_digits(before_s * factor, digits)} {unit} → {_digits(after_s * factor, digits)} {unit}"


def short_size(amount: float) -> str:
    """Write bytes that travel with two digits: `8 MB`, `25 kB`, `120 bytes`."""
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if amount >= factor:
            return f"{rough(amount / factor).removesuffix('.0')} {unit}"
    return plural(round(amount), "byte")


_MODEL_WORDS: Mapping[Model, str] = {
    "loop": "the loop",
    "threads": "threads",
    "processes": "processes",
    "async": "async",
    "interpreters": "interpreters",
}
_SINGULAR = ("loop", "async")


def model_words(model: str) -> str:
    """Name a model within a sentence: `the loop`, `threads`, `async`."""
    return _MODEL_WORDS.get(cast("Model", model), model)


def takes(model: str, singular: str, plural_form: str) -> str:
    """Return the verb that goes with a model: async *takes*, threads *take*."""
    return singular if model in _SINGULAR else plural_form


def joined(words: Sequence[str], last: str = "and") -> str:
    """Join words as people do: `a`, `b and c`, `a, b and c`."""
    return " ".join([", ".join(words[:-1]), last, words[-1]]) if len(words) > 1 else "".join(words)


def _digits(value: float, digits: int) -> str:
    """Write a number with this many significant digits, trailing zeros included: `1.0`, `17`, `0.050`."""
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.{_decimals(rounded, digits)}f}"


def _bare(value: float) -> str:
    """Write a number with two digits and without trailing zeros: `0.1`, `1`, `2.5`."""
    text = f"{value:,.{_decimals(value, 2)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimals(value: float, digits: int) -> int:
    """Return how many decimals show this many significant digits of a value."""
    rounded = float(f"{abs(value):.{digits}g}")
    return max(0, digits - 1 - math.floor(math.log10(rounded))) if rounded else 0
