"""What must be true of items that went through a queue, by clock readings around each step.

The readings are of `time.perf_counter`, which is one clock for all processes of a host (CLOCK_MONOTONIC on Linux). Each
step of an item, in and out, began no earlier than one reading and ended no later than another one; in between nothing
is known. A check fails only where no order of steps within their readings would be right.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from comparators.errors import WrongResult

__all__ = [
    "Stay",
    "check_each_once",
    "check_first_in_first_out",
    "check_last_in_first_out",
    "check_smallest_first",
    "most_waiting",
]

SHOWN = 5
"""How many items a message names."""


class Stay(NamedTuple):
    """When an item was put into a queue and taken out: each step lies between two readings of one clock, in seconds."""

    key: int
    put_after: float
    put_by: float
    got_after: float
    got_by: float


def check_each_once(stage: str, keys: Iterable[int], count: int) -> None:
    """Check that the items that came out are 0 to `count` - 1, each once.

    Raises:
        WrongResult: names items that were lost, that came twice, and that no producer sent.
    """
    found = Counter(keys)
    lost = [key for key in range(count) if key not in found]
    doubled = sorted(key for key, times in found.items() if times > 1)
    foreign = sorted(key for key in found if not 0 <= key < count)
    wrong = [_listed("lost", lost), _listed("doubled", doubled), _listed("never sent", foreign)]
    if any(wrong):
        raise WrongResult(f"items {stage}", expected=f"each of {count} once", found="; ".join(filter(None, wrong)))


def _listed(what: str, keys: Sequence[int]) -> str:
    named = ", ".join(str(key) for key in keys[:SHOWN]) + (", …" if len(keys) > SHOWN else "")
    return f"{len(keys)} {what}: {named}" if keys else ""


def check_first_in_first_out(stage: str, consumer: int, keys: Iterable[int], producers: int) -> None:
    """Check that one consumer saw each producer's items in the order in which that producer put them in.

    Args:
        stage: of the work, for the message.
        consumer: its number, for the message.
        keys: what it took, in order. Producer p's keys are p, p + producers, p + 2 producers and so on.
        producers: how many producers there are.

    Raises:
        WrongResult: an item came before one that was put in earlier by the same producer.
    """
    last: dict[int, int] = {}
    for key in keys:
        producer = key % producers
        if key < last.get(producer, -1):
            raise WrongResult(
                f"order of producer {producer}'s items at consumer {consumer} {stage}",
                expected=f"first in, first out: item {key} before item {last[producer]}",
                found=f"item {last[producer]} before item {key}",
            )
        last[producer] = key


def check_last_in_first_out(stage: str, stays: Sequence[Stay]) -> None:
    """Check that no item was taken while one that was put in after it was surely there.

    Raises:
        WrongResult: with the two items.
    """
    passed = _passed_over(stays, value=lambda stay: -stay.put_after, limit=lambda stay: -stay.put_by)
    if passed:
        raise WrongResult(
            f"order of items {stage}",
            expected=f"last in, first out: item {passed[1]} before item {passed[0]}, which was put in earlier",
            found=f"item {passed[0]} while item {passed[1]} was there",
        )


def check_smallest_first(stage: str, stays: Sequence[Stay]) -> None:
    """Check that no item was taken while a smaller one was surely there.

    Raises:
        WrongResult: with the two items.
    """
    passed = _passed_over(stays, value=lambda stay: stay.key, limit=lambda stay: stay.key - 1)
    if passed:
        raise WrongResult(
            f"order of items {stage}",
            expected=f"smallest first: item {passed[1]} before item {passed[0]}",
            found=f"item {passed[0]} while item {passed[1]} was there",
        )


def _passed_over(
    stays: Sequence[Stay], *, value: Callable[[Stay], float], limit: Callable[[Stay], float]
) -> tuple[int, int] | None:
    """Return the keys of an item that was taken and of another one that had to go first; None if there are none.

    Another one had to go first if its value is at most the taken one's limit and it was there all the while: it was in
    before the taking began, and its own taking began after that had ended. In time n log n: items are added in the
    order in which they were in; the least value of those whose taking began late enough is kept in a Fenwick tree.
    """
    takings = sorted(stay.got_after for stay in stays)
    tree: list[tuple[float, int]] = [(float("inf"), -1)] * (len(stays) + 1)
    entering = sorted(stays, key=lambda stay: stay.put_by, reverse=True)
    for taken in sorted(stays, key=lambda stay: stay.got_after):
        while entering and entering[-1].put_by <= taken.got_after:
            added = entering.pop()
            _add(tree, len(stays) - bisect_left(takings, added.got_after), (value(added), added.key))
        least, key = _least(tree, len(stays) - bisect_left(takings, taken.got_by))
        if least <= limit(taken):
            return taken.key, key
    return None


def _add(tree: list[tuple[float, int]], place: int, entry: tuple[float, int]) -> None:
    while place < len(tree):
        tree[place] = min(tree[place], entry)
        place += place & -place


def _least(tree: list[tuple[float, int]], place: int) -> tuple[float, int]:
    """Return the least entry of the places up to this one."""
    least = tree[0]
    while place:
        least = min(least, tree[place])
        place -= place & -place
    return least


def most_waiting(stays: Iterable[Stay]) -> int:
    """Return how many items were certainly in the queue at once, at most: put in, and not about to be taken."""
    changes = sorted(
        change for stay in stays if stay.put_by < stay.got_after for change in ((stay.put_by, 1), (stay.got_after, -1))
    )
    waiting = most = 0
    for _, change in changes:
        waiting += change
        most = max(most, waiting)
    return most
