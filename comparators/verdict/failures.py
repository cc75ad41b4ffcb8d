"""Failures by cause, with what to do about them; and what does not apply, by reason."""

import re
from collections import defaultdict
from collections.abc import Sequence

from comparators.journal.records import Failure, Run
from comparators.verdict.analysis import FailureGroup, NotApplicableGroup
from comparators.verdict.text_format import model_words

__all__ = ["failure_groups", "not_applicable_groups"]

LONGEST_DETAILS = 4000
"""Characters of a worker's standard error that an analysis keeps; the journal has all that was kept."""

MOST_NAMED = 5
"""Labels of what a reason holds for, beyond which only their number is told."""

_LAST_LINE = re.compile(r"^\w[\w.]*(Error|Exception|Exit|Interrupt|Warning)\b.*")

_TIPS: tuple[tuple[str, str], ...] = (
    (
        r"objects created in a thread can only be used in that same thread|same thread",
        "one connection per worker: open it in a function SETUP beside the work, not at the module's top level",
    ),
    (
        r"bootstrapping phase|freeze_support|__main__",
        'put what the script does under if __name__ == "__main__": workers import the file again',
    ),
    (
        r"attached to a different loop|different event loop|is bound to a different event loop|Event loop is closed",
        "make the client inside the coroutine, or in SETUP: objects of one event loop do not work in another",
    ),
    (
        r"signal only works in main thread",
        "signals work in the main thread only: use a timeout of the call itself, or processes",
    ),
    (
        r"daemonic processes are not allowed to have children",
        "a task of multiprocessing.Pool cannot start processes: use ProcessPoolExecutor",
    ),
    (
        r"[Cc]an't pickle|cannot pickle|[Pp]ickl|not serializable|Can't get (local object|attribute)",
        "processes need work, items and results that pickle: module-level functions and plain data",
    ),
    (
        r"Too many open files|Errno 24",
        "fewer at once: a semaphore, or --workers with a smaller number; or raise the limit with ulimit -n",
    ),
    (
        r"can't start new thread|Resource temporarily unavailable|Errno 11\b",
        "fewer workers: the system gives no more threads or processes",
    ),
    (
        r"does not support loading in subinterpreters|single-phase init|not support.*subinterpreter",
        "a module of the work does not load in a subinterpreter: use processes",
    ),
    (
        r"CancelledError|was cancelled",
        "a cancelled task has no result: catch the cancellation, or let it raise",
    ),
)
"""What a failure's text says, and what to do about it; the first that fits."""

_BY_CAUSE = {
    "memory": "give it fewer workers or smaller items, or raise --memory",
    "timeout": "fewer or smaller items, or a longer --timeout",
    "hangs": "the stacks show where it waits",
    "wrong-result": "its results differ from the loop's: if they may, name a function that checks them: check=NAME",
}
"""What to do where the text says nothing."""


def failure_groups(run: Run) -> tuple[FailureGroup, ...]:
    """Return what failed, the same cause and message together; being stopped as slow is no failure."""
    found: dict[tuple[str, str], list[Failure]] = defaultdict(list)
    for failure in run.failures:
        if failure.cause != "capped":
            found[failure.cause, failure.message].append(failure)
    return tuple(_group(message, same) for (_, message), same in found.items())


def _group(message: str, same: Sequence[Failure]) -> FailureGroup:
    first = max(same, key=lambda one: len(one.details))
    return FailureGroup(
        message=message,
        cause=same[0].cause,
        cells=tuple(dict.fromkeys(one.cell.key for one in same)),
        details=first.details[-LONGEST_DETAILS:],
        tip=_tip(same, message),
    )


def _tip(same: Sequence[Failure], message: str) -> str:
    text = f"{message}\n{_last_error(same[0].details)}"
    for pattern, tip in _TIPS:
        if re.search(pattern, text):
            return tip
    models = {one.cell.runner.model for one in same}
    if same[0].cause == "error" and "loop" in models:
        return "the work itself fails, in a plain loop too: run it for that item alone"
    if same[0].cause == "error" and len(models) == 1:
        return (
            f"it fails under {model_words(models.pop())} only: the work uses something that these workers do not share"
        )
    return _BY_CAUSE.get(same[0].cause, "")


def _last_error(details: str) -> str:
    lines = [line.strip() for line in details.splitlines()]
    return next((line for line in reversed(lines) if _LAST_LINE.match(line)), "")


def not_applicable_groups(run: Run) -> tuple[NotApplicableGroup, ...]:
    """Return what does not apply, the same reason together."""
    found: dict[str, list[str]] = defaultdict(list)
    for comparison in run.header.plan.comparisons:
        for refused in comparison.not_applicable:
            workers = "" if refused.workers is None else f" with {refused.workers} workers"
            label = f"{refused.runner.label}{workers} on {comparison.workload.label}"
            if label not in found[refused.reason]:
                found[refused.reason].append(label)
    return tuple(NotApplicableGroup(reason, tuple(what[:MOST_NAMED]), len(what)) for reason, what in found.items())
