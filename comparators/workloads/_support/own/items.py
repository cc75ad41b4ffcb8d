"""The items of a function: a list beside it, or anything else that can be read, within limits."""

import itertools
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from comparators.errors import UsageError

__all__ = ["items_in"]

MOST_ITEMS = 1_000_000
"""Items that are read from what does not say how many it has."""
MOST_BYTES = 64 << 20
"""Memory that they may take."""
MOST_S = 3.0
"""Seconds that reading them may take."""
STEP = 1_024
"""Items, and kilobytes of them, between two looks at time and memory."""

_read: "WeakKeyDictionary[ModuleType, dict[tuple[str, int], list[Any]]]" = WeakKeyDictionary()
"""What was read from each module: what can be read only once is read once."""


def items_in(module: ModuleType, name: str, owner: str, first: int) -> list[Any]:
    """Return the items that a module has by a name: the same list every time.

    Args:
        module: where they are.
        name: of a list, of anything else to iterate over, or of a function that returns it.
        owner: the function that they are for, for messages.
        first: how many from the beginning; 0 for all.

    Raises:
        UsageError: there are none, they are no list, or they have no end.
    """
    known = _read.setdefault(module, {})
    if (name, first) not in known:
        known[name, first] = _items(module, name, owner, first)
    return known[name, first]


def _items(module: ModuleType, name: str, owner: str, first: int) -> list[Any]:
    found = getattr(module, name, None)
    if found is None:
        raise UsageError(
            f"'{module.__name__}' has no list '{name}' of items for '{owner}'",
            tip=f"write {name} = [...] beside the function, or name another list with items=NAME",
        )
    if callable(found):
        found = found()
    if not isinstance(found, Iterable) or isinstance(found, str | bytes | Mapping):
        raise UsageError(f"'{name}' must be a list of items for '{owner}', not {type(found).__name__}")
    if first:
        items = list(itertools.islice(found, first))
    else:
        items = list(found) if isinstance(found, Sized) else list(_limited(found, name, owner))
    if not items:
        raise UsageError(f"the list '{name}' of items for '{owner}' is empty")
    return items


def _limited(found: Iterable[Any], name: str, owner: str) -> Iterator[Any]:
    """Yield items as long as they are few, small and quick."""
    until, before = time.monotonic() + MOST_S, _memory_bytes()
    unseen = 0
    for number, item in enumerate(found):
        unseen += 1 + (sys.getsizeof(item, 0) >> 10)
        if number >= MOST_ITEMS:
            raise _endless(name, owner, f"it has more than {MOST_ITEMS:,} items")
        if unseen >= STEP:
            unseen = 0
            if _memory_bytes() - before > MOST_BYTES:
                raise _endless(name, owner, f"its first {number:,} items take more than {MOST_BYTES >> 20} MB")
            if time.monotonic() > until:
                raise _endless(name, owner, f"its first {number:,} items take longer than {MOST_S:g} s")
        yield item


def _endless(name: str, owner: str, reason: str) -> UsageError:
    return UsageError(
        f"'{name}' does not say how many items it has for '{owner}', and {reason}",
        tip=f"take only the beginning with '--first 1000', or write {name} = list(...) where all are wanted",
    )


def _memory_bytes() -> int:
    """Return the memory of this process."""
    try:
        resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    import os

    return int(resident) * os.sysconf("SC_PAGE_SIZE")
