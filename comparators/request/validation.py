"""What `compare` is given, checked where Python does not: wrong types are refused in the words of the command."""

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path

from comparators.errors import UnknownName, UsageError, shortened
from comparators.request import parsing
from comparators.request.presets import EFFORTS
from comparators.workload import Model

__all__ = [
    "assignments",
    "flag",
    "invalid",
    "margin",
    "models",
    "phases",
    "preset",
    "quantity",
    "run_directory",
    "seed",
    "texts",
    "worker_counts",
]

PRESETS = tuple(EFFORTS)
PHASES = ("warm", "cold")


def preset(given: object) -> str:
    """Return the name of a preset.

    Raises:
        UsageError: it is no name of one.
    """
    if not isinstance(given, str):
        raise invalid(given, "preset", f"must be one of {', '.join(PRESETS)}")
    if given not in PRESETS:
        raise UnknownName("preset", given, PRESETS, where="for 'preset'")
    return given


def texts(given: object, name: str) -> tuple[str, ...]:
    """Return a list of texts.

    Raises:
        UsageError: it is none; one text alone is most often a slip.
    """
    if isinstance(given, str):
        raise invalid(given, name, "must be a list of texts", tip=f"{name}=['{given}']")
    if not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        raise invalid(given, name, "must be a list of texts")
    found = tuple(given)
    for one in found:
        if not isinstance(one, str):
            raise invalid(one, name, "must be a list of texts")
    return found


def phases(given: object) -> tuple[str, ...]:
    """Return phases in their order; none for None.

    Raises:
        UsageError: they are not one or both of the two.
    """
    if given is None:
        return ()
    found = texts(given, "phases")
    if not found or len(set(found)) != len(found) or not set(found) <= set(PHASES):
        raise invalid(", ".join(found), "phases", "must be 'warm', 'cold' or both")
    return tuple(phase for phase in PHASES if phase in found)


def models(given: object) -> tuple[Model, ...]:
    """Return the models whose runners take part; none for None.

    Raises:
        UsageError: they are no list of models.
    """
    return () if given is None else parsing.models(",".join(texts(given, "models")), option="models")


def worker_counts(given: object, *, above_limits: bool) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return worker counts, none for "auto", and warnings.

    Raises:
        UsageError: they are no whole numbers, or out of range.
    """
    several = isinstance(given, Sequence) and not isinstance(given, str | bytes)
    counts: Sequence[object] = given if isinstance(given, Sequence) and several else (given,)
    for count in counts:
        if isinstance(count, bool | bytes) or not isinstance(count, int | float | str):
            raise invalid(count, "workers", "must be a whole number, a list of them, or 'auto'")
    if not counts:
        raise invalid("", "workers", "must be a whole number, a list of them, or 'auto'")
    return parsing.worker_counts(",".join(map(str, counts)), option="workers", above_limits=above_limits)


def assignments(given: object) -> tuple[tuple[str, str], ...]:
    """Return workload parameters as text, by name.

    Raises:
        UsageError: it is no mapping of names to numbers, texts and truth values.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise invalid(given, "parameters", "must map names to values", tip="parameters={'steps': 1000}")
    for name, value in given.items():
        if not isinstance(name, str):
            raise invalid(name, "parameters", "must be the name of a parameter")
        if not isinstance(value, int | float | str):
            raise invalid(value, f"parameters['{name}']", "must be a number, a text, True or False")
    return tuple((name, str(value)) for name, value in given.items())


def quantity(given: object, name: str, must: str) -> str | None:
    """Return a duration or a size as the text that the command would be given; None for None.

    Raises:
        UsageError: it is neither number nor text.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise invalid(given, name, must)
    return str(given)


def seed(given: object) -> int | None:
    """Return the seed; None for None.

    Raises:
        UsageError: it is no whole number in its range.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise invalid(given, "seed", parsing.SEED_RANGE)
    return parsing.seed(str(given), option="seed")


def margin(given: object) -> float:
    """Return the margin as a share.

    Raises:
        UsageError: it is no number in its range.
    """
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0.001 <= given <= 0.5:
        raise invalid(given, "margin", "must be from 0.001 to 0.5", tip="0.05 is 5 %")
    return float(given)


def run_directory(given: object) -> Path | None:
    """Return the run directory; None for None.

    Raises:
        UsageError: it is no path, or an empty one.
    """
    if given is None:
        return None
    path = fspath(given) if isinstance(given, str | PathLike) else None
    if not isinstance(path, str):
        raise invalid(given, "output", "must name a folder")
    return parsing.folder(path, option="output")


def flag(given: object, name: str) -> bool:
    """Return a truth value.

    Raises:
        UsageError: it is something else, `"no"` for one, which Python takes for true.
    """
    if not isinstance(given, bool):
        raise invalid(given, name, "must be True or False")
    return given


def invalid(given: object, name: str, must: str, *, tip: str | None = None) -> UsageError:
    """Return the error for a value that an argument cannot have."""
    shown = shortened(given if isinstance(given, str) else repr(given))
    return UsageError(f"invalid value '{shown}' for '{name}': {must}", tip=tip)
