"""Text from outside, made safe to show on one line, in a terminal, in ASCII; dates. Numbers: `verdict.words`."""

import re
from datetime import UTC, datetime

from comparators.verdict.text_format import UNKNOWN

__all__ = ["DASH", "ascii_only", "clean", "day", "one_line", "spans"]

DASH = "–"
"""Stands where there is no number; the reason stands beside it."""

UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""Control characters, line separators, changes of writing direction, halves of characters."""

PLAIN = str.maketrans({
    "×": "x", "≥": ">=", "≤": "<=", "–": "-", "—": "-", "µ": "u", "…": "...", "·": "-", "±": "+-",
    "“": '"', "”": '"', "‘": "'", "’": "'", "²": "^2", "→": "->", "✓": "+", "█": "#", "▒": ":", "▸": ">", "\u00a0": " ",
})  # fmt: skip


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
