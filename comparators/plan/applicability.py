"""What a runner can do here, read from its data: never tried, never guessed."""

import importlib.util
import sys

from comparators.runner import RunnerInfo

__all__ = ["unavailable"]


def unavailable(info: RunnerInfo) -> str | None:
    """Say why this Python cannot have a runner; None when it can."""
    if sys.version_info[:2] < info.python:
        return "needs Python {}.{}".format(*info.python)
    if info.platforms and sys.platform not in info.platforms:
        return f"needs {' or '.join(info.platforms)}"
    missing = [module for module in info.modules if importlib.util.find_spec(module) is None]
    if missing and info.extra:
        return f"needs pip install 'comparators[{info.extra}]'"
    if missing:
        return f"needs the module {', '.join(missing)}"
    return None
