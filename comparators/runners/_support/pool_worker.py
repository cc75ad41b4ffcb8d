"""What workers of `imap_unordered`, which loses the order, do. Apart from the pool: they import no more than this."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comparators.runner import Initializer

__all__ = ["keep", "numbered"]


class _Kept:
    """The work, kept in each worker process so that it does not travel with every task."""

    work: Callable[[Any], Any]


def keep(work: Callable[[Any], Any], initializer: "Initializer | None") -> None:
    """Begin as a worker."""
    _Kept.work = work
    if initializer is not None:
        function, arguments = initializer
        function(*arguments)


def numbered(item: tuple[int, Any]) -> tuple[int, Any]:
    """Do one task and say which one it was: `imap_unordered` does not."""
    index, task = item
    return index, _Kept.work(task)
