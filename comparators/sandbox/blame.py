"""Who is asked at the moment: written down before third-party code runs, so that its end names the culprit."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from comparators.registry.catalogue import registered
from comparators.registry.entry_points import Kind, any_plugin

__all__ = ["Broken", "ThirdParty", "asked_last", "asking", "blamed", "record_to", "third_party"]


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """Third-party code that takes part.

    Attributes:
        kind: what it is.
        text: as it was asked for: a name or object reference, with parameters in brackets or without.
        name: the name or object reference alone.
        distribution: that a plugin comes with; empty for a file or module of one's own.
    """

    kind: Kind
    text: str
    name: str
    distribution: str = ""

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}'" + (f" of '{self.distribution}'" if self.distribution else "")


@dataclass(frozen=True, slots=True)
class Broken:
    """A third party that is left out.

    Attributes:
        party: what it is.
        cause: why, in words.
        tip: what to do about it; empty where nothing is known.
        trace: the traceback in the child; empty where there is none.
    """

    party: ThirdParty
    cause: str
    tip: str = ""
    trace: str = ""

    @property
    def remedy(self) -> str | None:
        """What to do about it; None where nothing is known."""
        if self.party.distribution:
            return f"update it, or remove it: pip uninstall {self.party.distribution}"
        return self.tip or None


def third_party(kind: Kind, text: str, name: str) -> ThirdParty | None:
    """Return the third party that a name or object reference stands for; None for what this package has itself."""
    if ":" in name:
        return ThirdParty(kind, text, name)
    if any_plugin(kind):
        for one in registered(kind):
            if one.distribution and name in (one.name, one.qualified):
                return ThirdParty(kind, text, one.name, one.distribution)
    return None


class _Record:
    """State of a sandbox's child: the file that the command reads when the child is gone, and who is asked now."""

    descriptor: int | None = None
    now: ThirdParty | None = None


def record_to(path: str) -> None:
    """Write to a file from now on who is asked; called once, in the child."""
    _Record.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


@contextmanager
def asking(party: ThirdParty | None) -> Iterator[None]:
    """Run third-party code; an exception leaves it blamed, see `blamed`. None changes nothing.

    Outside the sandbox, as in tests, nothing is written.
    """
    before = _Record.now
    if party is None or party == before:
        yield
        return
    _write(party)
    yield
    _write(before)


def blamed() -> ThirdParty | None:
    """Return who was being asked when an exception arrived, and forget it."""
    party = _Record.now
    _write(None)
    return party


def asked_last(path: Path) -> ThirdParty | None:
    """Return who was being asked when the child ended; None when no third party was, or the record is damaged."""
    try:
        lines = path.read_bytes()[-100_000:].splitlines()
        entry = json.loads(lines[-1]) if lines else None
        return None if entry is None else ThirdParty(**entry)
    except (OSError, ValueError, TypeError):
        return None


def _write(party: ThirdParty | None) -> None:
    _Record.now = party
    if _Record.descriptor is not None:
        entry = json.dumps(None if party is None else asdict(party))
        os.write(_Record.descriptor, entry.encode() + b"\n")  # at once: no buffer survives a crash
