"""Numbers and lists in the plain words of headlines, reasons and flags."""

from collections.abc import Sequence

__all__ = ["about", "count", "listing", "named", "percent", "rate", "seconds", "size", "times"]


_UNITS = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns"))


def times(ratio: float) -> str:
    """Format a ratio: `1.85`, `12.3`, `1,240`; small ones keep two digits."""
    if ratio >= 1e6:
        return "over 1,000,000"
    if ratio >= 100:
        return f"{ratio:,.0f}"
    if ratio >= 10:
        return f"{ratio:.1f}"
    return f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.2g}" if ratio >= 1e-6 else "0"


def about(ratio: float) -> str:
    """Format a ratio that has no interval, with two digits, as tables do: `about 1.9`, `about 35`."""
    rounded = float(f"{ratio:.2g}")
    return f"about {rounded:,.0f}" if rounded >= 10 else f"about {rounded:#.2g}"


def percent(share: float) -> str:
    """Format a share as whole percent, below ten with a digit where it has one: `98 %`, `2.5 %`."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 10 or round(value, 1) == round(value) else f"{value:.1f} %"


def rate(value: float) -> str:
    """Format CPU seconds per second, or tasks at once."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def seconds(value: float) -> str:
    """Format a duration with a fitting unit, in three digits; thousands of seconds in full."""
    rounded = float(f"{value:.3g}")
    if rounded >= 1000:
        return f"{value:,.0f} s"
    factor, unit = next((one for one in _UNITS if rounded * one[0] >= 1), _UNITS[-1])
    return f"{rounded * factor:.3g} {unit}"


def size(number: float) -> str:
    """Format a number of bytes with a fitting unit of thousands."""
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= factor:
            return f"{number / factor:.3g} {unit}"
    return f"{number:.0f} bytes"


def count(number: int, noun: str) -> str:
    """Format a number of things: `1 block`, `1,000 blocks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def named(label: str) -> str:
    """Set a runner's label apart from the words around it."""
    return f"`{label}`"


def listing(labels: Sequence[str], most: int = 4) -> str:
    """Join labels as people do: `a`, `b` and `c`; a long list is cut with the number left out."""
    names = [named(label) for label in labels]
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""
