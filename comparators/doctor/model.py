"""What a look at the host finds. Frozen data only; `comparators doctor --json` is exactly this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Fact", "Finding", "Grade", "worst"]

Grade = Literal["good", "note", "bad"]
"""`good`: nothing to do. `note`: worth knowing, or not visible here. `bad`: what is measured here misleads."""

Fact = int | float | str | bool | None
"""None for what the system does not say."""

_ORDER: tuple[Grade, ...] = ("good", "note", "bad")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the host.

    Attributes:
        check: what was looked at, one of a fixed list of names.
        grade: how good that is for measuring.
        found: what there is, in one sentence.
        advice: what it does to measurements, and what to do; empty where there is nothing to do.
        command: a command to type, where there is one.
        facts: the same as numbers and words for programs.
    """

    check: str
    grade: Grade
    found: str
    advice: str = ""
    command: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


def worst(findings: Sequence[Finding]) -> Grade:
    """Return the worst grade of some findings."""
    return max((one.grade for one in findings), key=_ORDER.index, default="good")
