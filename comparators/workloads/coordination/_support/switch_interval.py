"""How often Python lets another thread go on, changed for a while."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["switch_interval"]

_lock = threading.Lock()
_holders = 0
_before_s = 0.0


@contextmanager
def switch_interval(microseconds: int) -> Iterator[None]:
    """Set the switch interval of this interpreter; 0 leaves Python's own.

    The last of several threads that leave, in whatever order, brings back what the first one found.
    """
    if microseconds == 0:
        yield
        return
    _take(microseconds / 1e6)
    try:
        yield
    finally:
        _give_back()


def _take(seconds: float) -> None:
    global _holders, _before_s  # noqa: PLW0603  the interval belongs to the whole interpreter
    with _lock:
        if _holders == 0:
            _before_s = sys.getswitchinterval()
        _holders += 1
        sys.setswitchinterval(seconds)


def _give_back() -> None:
    global _holders  # noqa: PLW0603  see above
    with _lock:
        _holders -= 1
        if _holders == 0:
            sys.setswitchinterval(_before_s)
