"""Values that people write: durations, worker counts, percentages. Read once, here, for options and for `compare`."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from comparators.errors import UnknownName, UsageError, shortened
from comparators.workload import MODELS, Model

__all__ = [
    "MOST_WORKERS",
    "MOST_WORKERS_EVER",
    "SEED_RANGE",
    "count",
    "duration",
    "folder",
    "models",
    "parameter_assignments",
    "percentage",
    "seed",
    "size",
    "worker_counts",
]

MOST_WORKERS = 10_000
"""The most workers without `--above-limits`; "thousands of threads" is a use, millions are a mistake."""

MOST_WORKERS_EVER = 1_000_000
"""The most workers with `--above-limits`."""

LONGEST_NAME, LONGEST_PATH = 255, 4000
"""Bytes that file systems take."""

SEED_RANGE = "must be a whole number from 0 to 4,294,967,295"

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_NAMES_OF_UNITS = {
    "ms": ("ms", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
}
_UNIT_OF = {name: unit for unit, names in _NAMES_OF_UNITS.items() for name in names}
_LONGEST_S = 1000 * 3600.0
LEAST_BYTES = 64 << 20
MOST_BYTES = 1 << 60
_SIZE = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*([KMGTkmgt](?:i?[Bb])?)?\s*", re.ASCII)
_AMOUNT = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*([A-Za-z]*)\s*", re.ASCII)


def duration(text: str, *, option: str) -> float:
    """Read a duration such as `90s`, `1m30s`, `1 min` or `1.5h`, a bare number is in seconds; return seconds.

    Raises:
        UsageError: not numbers with units from the largest to the smallest, not above zero, or longer than 1000 hours.
    """
    amounts = _amounts(text)
    if amounts is None:
        raise _invalid(text, option, "must be a positive duration", tip="write numbers and units, h m s ms: '1m30s'")
    seconds = sum(number * _UNITS_S[unit] for number, unit in amounts)
    if not 0 < seconds <= _LONGEST_S:
        raise _invalid(text, option, "must be more than 0 and at most 1000h", tip="units are h m s ms: '1m30s'")
    return seconds


def _amounts(text: str) -> list[tuple[float, str]] | None:
    """Return the numbers of a duration with their units; None when it is none."""
    found: list[tuple[float, str]] = []
    place = 0
    while place < len(text) or not found:
        match = _AMOUNT.match(text, place)
        if match is None or len(found) == len(_UNITS_S):
            return None
        found.append((float(match[1]), _UNIT_OF.get(match[2].lower() or "s", "")))
        bare = not match[2]
        if not found[-1][1] or (bare and (place or match.end() < len(text))):
            return None
        place = match.end()
    sizes = [_UNITS_S[unit] for _, unit in found]
    return found if sizes == sorted(set(sizes), reverse=True) else None


def models(text: str, *, option: str) -> tuple[Model, ...]:
    """Read models, `threads,processes`; each counts once.

    Raises:
        UnknownName: one is none, with the nearest.
    """
    names = dict.fromkeys(part.strip() for part in text.split(","))
    for name in names:
        if name not in MODELS:
            raise UnknownName("model", name, MODELS, where=f"for '{option}'")
    return tuple(model for model in MODELS if model in names)


def count(text: str, *, option: str) -> int:
    """Read how many items: a whole number from 1.

    Raises:
        UsageError: it is none.
    """
    if not re.fullmatch(r"\d{1,18}", text.strip(), re.ASCII) or not int(text):
        raise _invalid(text, option, "must be a whole number of at least 1")
    return int(text)


def worker_counts(text: str, *, option: str, above_limits: bool = False) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Read `auto` or `1,2,4`; return the counts, none for `auto`, and warnings.

    Raises:
        UsageError: not a whole number, below 1, or above the limit.
    """
    if text.strip() == "auto":
        return (), ()
    counts: list[int] = []
    warnings = []
    for part in text.split(","):
        count = _worker_count(part.strip(), option, above_limits=above_limits)
        if count in counts:
            warnings.append(f"duplicate value '{count}' for '{option}' is ignored")
        else:
            counts.append(count)
    return tuple(counts), tuple(warnings)


def _worker_count(text: str, option: str, *, above_limits: bool) -> int:
    tip = f"use '{option} auto' to search for the best count, or a list such as '{option} 1,2,4'"
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise _invalid(text, option, "must be a whole number, or 'auto'", tip=tip)
    count = int(text[:20])  # enough digits to compare with the limits
    if count < 1:
        raise _invalid(text, option, "must be at least 1", tip=tip)
    if count > MOST_WORKERS and not above_limits:
        raise _invalid(text, option, f"must be at most {MOST_WORKERS:,}", tip="'--above-limits' lifts this limit")
    if count > MOST_WORKERS_EVER:
        raise _invalid(text, option, f"must be at most {MOST_WORKERS_EVER:,}")
    return count


def percentage(text: str, *, option: str) -> float:
    """Read `5` or `5%`; return the share, 0.05.

    Raises:
        UsageError: not a number from 0.1 to 50.
    """
    number = _number(text.strip().removesuffix("%"), float)
    if number is None or not 0.1 <= number <= 50:
        raise _invalid(text, option, "must be a percentage from 0.1 to 50", tip=f"write '{option} 5' for 5 %")
    return number / 100


def seed(text: str, *, option: str) -> int:
    """Read the seed of every random order.

    Raises:
        UsageError: not a whole number from 0 to 2**32 - 1.
    """
    number = _number(text, int)
    if number is None or not 0 <= number < 2**32:
        raise _invalid(text, option, SEED_RANGE)
    return int(number)


def size(text: str, *, option: str) -> int:
    """Read an amount of memory such as `512M` or `2G`, a bare number is in bytes; return bytes.

    Raises:
        UsageError: not a number with a unit, or too little for Python itself.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise _invalid(text, option, "must be a size", tip="write a number and a unit, K M G T: '2G'")
    power = "kmgt".find(match[2][0].lower()) + 1 if match[2] else 0
    count = float(match[1]) * 1024**power
    if count > MOST_BYTES:
        raise _invalid(text, option, f"must be at most {MOST_BYTES >> 40}T", tip="no machine has as much")
    if not count >= LEAST_BYTES:
        raise _invalid(text, option, f"must be at least {LEAST_BYTES >> 20}M", tip="Python alone takes about 40M")
    return int(count)


def folder(text: str, *, option: str) -> Path:
    """Read the name of a folder.

    Raises:
        UsageError: it is empty, as an unset variable of a shell would be, or no system takes it for a name.
    """
    if not text.strip() or "\0" in text:
        raise _invalid(text, option, "must name a folder")
    if len(os.fsencode(text)) > LONGEST_PATH or any(len(os.fsencode(part)) > LONGEST_NAME for part in Path(text).parts):
        raise _invalid(text, option, f"must have at most {LONGEST_NAME} bytes in each name")
    return Path(text)


def parameter_assignments(texts: Iterable[str], *, option: str) -> tuple[tuple[str, str], ...]:
    """Split `steps=1000` into name and value.

    Raises:
        UsageError: no name, no `=`, or one name twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise _invalid(text, option, "must be NAME=VALUE", tip=f"for example '{option} count=100'")
        if name.strip() in found:
            raise UsageError(
                f"parameter '{shortened(name.strip())}' given twice for '{option}'", tip="keep one of them"
            )
        found[name.strip()] = value.strip()
    return tuple(found.items())


def _number(text: str, read: Callable[[str], float]) -> float | None:
    """Return what `read` makes of a text; None where that is no number, or has digits of another script."""
    if not re.fullmatch(r"[-+.\deE]+", text.strip(), re.ASCII):
        return None
    try:
        return read(text)
    except ValueError:
        return None


def _invalid(value: str, option: str, must: str, *, tip: str | None = None) -> UsageError:
    return UsageError(f"invalid value '{shortened(value)}' for '{option}': {must}", tip=tip)
