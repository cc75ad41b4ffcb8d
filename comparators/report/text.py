"""Numbers and names as people read them: three digits, a unit, no surprises. Every document formats here."""

import math
import re
from datetime import UTC, datetime

from comparators.verdict.model import Interval

__all__ = [
    "DASH",
    "ascii_only",
    "at_least",
    "bytes_size",
    "clean",
    "count",
    "day",
    "duration",
    "number",
    "one_line",
    "percent",
    "plural",
    "seconds",
    "spans",
    "times",
]

DASH = "–"
"""Stands where there is no number; the reason stands beside it."""

UNKNOWN = "unknown"
UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9))
SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB")
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""Control characters, line separators, changes of writing direction, halves of characters."""

PLAIN = str.maketrans({
    "×": "x", "≥": ">=", "≤": "<=", "–": "-", "—": "-", "µ": "u", "…": "...", "·": "-", "±": "+-",
    "“": '"', "”": '"', "‘": "'", "’": "'", "²": "^2", "→": "->", "✓": "+", "\u00a0": " ",
})  # fmt: skip


def _decimals(value: float, digits: int = 3) -> int:
    """Return how many decimals show so many digits of a value."""
    rounded = float(f"{abs(value):.{digits}g}")
    return max(0, digits - 1 - math.floor(math.log10(rounded))) if rounded else 0


def number(value: float) -> str:
    """Write a number with three digits, more before the decimal point where it has them: `0.0123`, `12,345`."""
    if not math.isfinite(value):
        return UNKNOWN
    return f"{value:,.{_decimals(value)}f}"


def seconds(value: float) -> str:
    """Write seconds with three digits in the unit that fits, from ns to s: `12.3 ms`."""
    if not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0 s"
    for unit, factor in UNITS:
        scaled = float(f"{value * factor:.3g}")
        if abs(scaled) >= 1 or unit == UNITS[-1][0]:
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


def times(interval: Interval) -> str:
    """Write a ratio with its interval, `1.84× (1.80–1.88)`, or `about 1.8×` when it has none."""
    ratio, low, high = interval.ratio, interval.low, interval.high
    if not math.isfinite(ratio):
        return UNKNOWN
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        rounded = float(f"{ratio:.2g}")
        return f"about {rounded:,.{_decimals(rounded, 2)}f}×"
    places = _decimals(ratio)
    return f"{ratio:,.{places}f}× ({low:,.{places}f}–{high:,.{places}f})"


def at_least(ratio: float) -> str:
    """Write the bound of something that was stopped at a limit, rounded down: `≥ 3×`."""
    if not math.isfinite(ratio) or ratio <= 0:
        return UNKNOWN
    step = 10.0 ** (math.floor(math.log10(ratio)) - 1)
    return f"≥ {round(math.floor(ratio / step + 1e-9) * step, 9):,g}×"


def count(value: int) -> str:
    """Write a count: `10,000`."""
    return f"{value:,}"


def plural(value: int, noun: str, several: str = "") -> str:
    """Write a count with its noun: `1 worker`, `2 workers`, `2 pieces of work`."""
    return f"{value:,} {noun if value == 1 else several or noun + 's'}"


def percent(share: float) -> str:
    """Write a share as per cent: `5 %`, `0.5 %`."""
    return f"{share * 100:.3g} %" if math.isfinite(share) else UNKNOWN


def bytes_size(size: float) -> str:
    """Write a number of bytes in the unit that fits: `7.75 GiB`."""
    if not math.isfinite(size):
        return UNKNOWN
    power = 0
    while abs(size) >= 1024 and power < len(SIZES) - 1:
        size, power = size / 1024, power + 1
    return f"{number(size)} {SIZES[power]}" if power else plural(round(size), "byte")


def day(timestamp: float) -> str:
    """Write seconds since the epoch as a date and time in UTC."""
    try:
        return datetime.fromtimestamp(timestamp, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return UNKNOWN


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def clean(text: str) -> str:
    """Make control characters visible, so that text from outside cannot steer a terminal; lines stay lines."""
    return UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def one_line(text: str, *, longest: int | None = None) -> str:
    """Return cleaned text on one line, cut with an ellipsis where it is longer than `longest` characters."""
    line = " ".join(clean(text).split())
    return line if longest is None or len(line) <= longest else line[: longest - 1].rstrip() + "…"


def spans(text: str) -> tuple[tuple[str, bool], ...]:
    """Split a verdict's sentence at its backticks; True marks the names between them."""
    parts = clean(text).split("`")
    if len(parts) % 2 == 0:
        return ((clean(text), False),)
    return tuple((part, place % 2 == 1) for place, part in enumerate(parts) if part)


def ascii_only(text: str) -> str:
    """Write text for an output that takes only ASCII: `×` becomes `x`; what has no likeness becomes an escape."""
    return text.translate(PLAIN).encode("ascii", "backslashreplace").decode("ascii")
