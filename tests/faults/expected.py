"""What must become of each fault under each runner, and the checks that say so."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from comparators.runners._support.start_method import START_METHODS

__all__ = ["GRACE_S", "check_in_time", "check_nobody_left", "check_outcomes"]

GRACE_S = 5.0
"""After a deadline the command must have control again within this time."""

Ends = tuple[tuple[str, str], ...]
"""Causes and what their message must say; the empty cause is success."""

LATE: Ends = (("timeout", r"^no result after \d+(\.\d+)? s"), ("hangs", r"^no result after \d+(\.\d+)? s and no CPU"))
GOOD: Ends = (("", "^$"),)
LOST: Ends = (
    ("error", r"WorkerDied: worker process '.*' died in the middle of its work, (with exit code|by signal)"),
    ("error", r"BrokenProcessPool: A process in the process pool was terminated abruptly"),
    ("error", r"BrokenWorkerProcess|EndOfStream|BrokenResourceError"),
)
"""A process of a pool is gone, and the model says so."""

OWN: dict[str, Ends] = {
    "raising": (("error", r"^ValueError: a reason in task 1$"),),
    "unpicklable": (("error", r"^CannotBeSent: a reason$"),),
    "unloadable": (("error", r"^CannotBeReceived: a reason 5$"),),
    "exiting": (("error", r"^SystemExit: 3$"),),
    "interrupting": (("error", r"^KeyboardInterrupt$"),),
    "endless": LATE,
    "holding_the_gil": LATE,
    "deadlocked": LATE,
    "deaf": LATE,
    "stopped": (
        ("timeout", r"^no result after \d+(\.\d+)? s; a process was stopped$"),
        ("hangs", r"^no result after \d+(\.\d+)? s and no CPU time used: it hangs; a process was stopped$"),
    ),
    "greedy": (("memory", r"^killed for memory: \d+ MiB in use, 512 MiB allowed$"),),
    "leaving_a_thread": GOOD,
    "leaving_a_process": GOOD,
    "sound": GOOD,
}
"""The same under every runner: a task's own exception is reported as that exception."""

INSIDE: dict[str, Ends] = {
    "no_result": (("wrong-result", r"^numbers: expected 0 to 3, found \[0, <function"),),
    "leaving": (("crashed", r"^exit code 3 without a result$"),),
    "leaving_well": (("no-result", r"^exit code 0 without a result$"),),
    "killed": (("crashed", r"^killed by SIGKILL$"),),
    "crashing": (("crashed", r"^killed by SIGSEGV$"),),
    "losing_a_sibling": (("crashed", r"^killed by SIGKILL$"), *LATE),
    "killing_its_parent": (
        ("crashed", r"^the supervisor process was killed$"),
        ("crashed", r"^the warm interpreter (was killed by signal 9|has ended)$"),
    ),
    "noisy": GOOD,
    "pooling": GOOD,
    "needing_a_lock": GOOD,
    "as_lambda": GOOD,
}
"""Where tasks run in the process that measures."""

OUTSIDE: dict[str, Ends] = {
    "no_result": (("error", r"pickle|lambda"), *LATE),
    "leaving": LOST,
    "leaving_well": LOST,
    "killed": LOST,
    "crashing": LOST,
    "losing_a_sibling": (*LOST, *LATE),
    "killing_its_parent": (*GOOD, ("crashed", r"^killed by SIGKILL$"), *LOST, *LATE),
    "noisy": (*GOOD, ("error", r"DelimiterNotFound|BrokenWorkerProcess")),
    "pooling": (*GOOD, ("error", r"^AssertionError: daemonic processes are not allowed to have children$")),
    "needing_a_lock": GOOD,
    "as_lambda": (*GOOD, ("error", r"pickle|lambda"), *LATE),
}
"""Where tasks run in processes of their own."""

NO_FORK: Ends = (("error", r"^RuntimeError: fork not supported for isolated subinterpreters"),)
NOT_SHARED: Ends = (("error", r"NotShareableError|pickle|lambda"),)
APART: dict[str, Ends] = {
    **INSIDE,
    "no_result": NOT_SHARED,
    "leaving_a_process": NO_FORK,
    "pooling": NO_FORK,
    "as_lambda": (*GOOD, *NOT_SHARED),
}
"""Where tasks run in interpreters of their own."""

WAITS = {"mp-pool": ("leaving", "leaving_well", "killed", "crashing")}
"""Faults after which a pool waits for ever for a process that is gone."""
LOCKED = "needing_a_lock"
"""A forked process waits for ever for a lock that another thread of its parent held."""

UNWRAPPED: dict[str, Ends] = {
    "unpicklable": (("error", r"CannotBeSent|MaybeEncodingError|pickle|lambda|EndOfStream|Broken|NotShareable"), *LATE),
    "unloadable": (
        ("error", r"CannotBeReceived|BrokenProcessPool|TypeError|missing 1 required|ValueError|NotShareable"),
        *LATE,
    ),
    "exiting": (("error", r"SystemExit|WorkerDied|Broken"), *LATE),
    "interrupting": (("error", r"KeyboardInterrupt|WorkerDied|Broken"), *LATE),
}
"""Nothing is wrapped around a task: the models show what they make of it themselves."""


def check_outcomes(outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Check that cells ended as they must, each with a cause that says why.

    Raises:
        AssertionError: some did not.
    """
    assert outcomes
    complaints = [complaint for outcome in outcomes for complaint in _complaints(outcome)]
    assert not complaints, "\n".join(complaints)


def _complaints(outcome: Mapping[str, Any]) -> Iterator[str]:
    ends = _ends(outcome["workload"], outcome["runner"], outcome["model"])
    cause, message, details = outcome["cause"], outcome["message"], outcome["details"]
    where = f"{outcome['workload']} under {outcome['runner']}"
    if not any(cause == expected and re.search(text, message) for expected, text in ends):
        yield f"{where}: {(cause, message)} is none of {ends}\n{details[-3000:]}"
    if cause in {"timeout", "hangs"} and outcome["workload"] != "stopped" and "most recent call first" not in details:
        yield f"{where}: no stacks"


def _ends(fault: str, runner: str, model: str) -> Ends:
    """Return how a fault may end under a runner."""
    places = {"processes": OUTSIDE, "interpreters": APART}.get(model, INSIDE)
    ends = places.get(fault) or OWN[fault]
    if any(word in runner and fault in faults for word, faults in WAITS.items()) or (
        fault == LOCKED and _forks(runner, model)
    ):
        ends = (*ends, *LATE)
    if model in {"processes", "interpreters"} or runner.startswith("threadpool"):
        ends = (*ends, *UNWRAPPED.get(fault, ()))
    return ends


def _forks(runner: str, model: str) -> bool:
    """Say whether a runner forks its workers: asked for, or because that is what this Python does by itself."""
    asked = "start=fork]" in runner or "start=fork," in runner
    return model == "processes" and (asked or ("start=" not in runner and START_METHODS[0] == "fork"))


def check_in_time(outcomes: Iterable[Mapping[str, Any]]) -> None:
    """Check that control came back soon after each deadline.

    Raises:
        AssertionError: it did not.
    """
    late = [(one["workload"], one["runner"], one["took_s"]) for one in outcomes if one["late_s"] > GRACE_S]
    assert not late, f"control came back late: {late}"


def check_nobody_left(left: Iterable[int]) -> None:
    """Check that no process outlived the command.

    Raises:
        AssertionError: one did.
    """
    assert list(left) == [], "processes are left running"
