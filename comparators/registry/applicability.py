"""What a runner can do here, read from its data: never tried, never guessed."""

import importlib.util
import sys
from typing import Protocol

__all__ = ["Needs", "unavailable"]


class Needs(Protocol):
    """The part of `comparators.runner.RunnerInfo` that availability depends on."""

    @property
    def python(self) -> tuple[int, int]:
        """The oldest Python that has the runner."""

    @property
    def platforms(self) -> tuple[str, ...]:
        """Values of `sys.platform` it works on; empty for all."""

    @property
    def modules(self) -> tuple[str, ...]:
        """What must be importable."""

    @property
    def extra(self) -> str | None:
        """The extra that installs those modules."""


def unavailable(info: Needs) -> str | None:
    """Say why this Python cannot have a runner; None when it can."""
    if sys.version_info[:2] < info.python:
        return "needs Python {}.{}".format(*info.python)
    if info.platforms and sys.platform not in info.platforms:
        return f"needs {' or '.join(info.platforms)}"
    missing = [module for module in info.modules if not _is_there(module)]
    if missing and info.extra:
        return f"needs pip install 'comparators[{info.extra}]'"
    if missing:
        return f"needs the module {', '.join(missing)}"
    return None


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package that is not there itself
        return False
