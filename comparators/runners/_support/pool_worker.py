"""What workers of `imap_unordered`, which loses the order, do. Apart from the pool: they import no more than this."""

from collections.abc import Callable
from typing import Any

from comparators.coordination.kit import install

__all__ = ["keep", "numbered"]


class _Kept:
    """The work, kept in each worker process so that it does not travel with every task."""

    work: Callable[[Any], Any]


def keep(work: Callable[[Any], Any], shared: object) -> None:
    """Begin as a worker."""
    _Kept.work = work
    install(shared)


def numbered(item: tuple[int, Any]) -> tuple[int, Any]:
    """Do one task and say which one it was: `imap_unordered` does not."""
    index, task = item
    return index, _Kept.work(task)
