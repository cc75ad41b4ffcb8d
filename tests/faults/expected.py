"""What must become of each fault under each runner, and the checks that say so."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["GRACE_S", "check_in_time", "check_nobody_left", "check_outcome"]

GRACE_S = 5.0
"""After a deadline the command must have control again within this time."""

Ends = tuple[tuple[str, str], ...]
"""Causes and what their message must say; the empty cause is success."""

LATE: Ends = (("timeout", r"^no result after \d+(\.\d+)? s"),)
GOOD: Ends = (("", "^$"),)
LOST: Ends = (
    ("error", r"WorkerDied: worker process '.*' died in the middle of its work, (with exit code|by signal)"),
    ("error", r"BrokenProcessPool: A process in the process pool was terminated abruptly"),
    ("error", r"BrokenWorkerProcess|BrokenWorkerInterpreter|EndOfStream|BrokenResourceError"),
    *LATE,
)
"""A process of a pool is gone: some models say so, others wait for ever."""

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
    "stopped": (("timeout", r"^no result after \d+(\.\d+)? s; a process was stopped$"),),
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
    "killing_its_parent": (("crashed", r"^the supervisor process was killed$"),),
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
    "losing_a_sibling": LOST,
    "killing_its_parent": (*GOOD, ("crashed", r"^killed by SIGKILL$"), *LOST),
    "noisy": (*GOOD, ("error", r"DelimiterNotFound|BrokenWorkerProcess")),
    "pooling": (*GOOD, ("error", r"^AssertionError: daemonic processes are not allowed to have children$")),
    "needing_a_lock": (*GOOD, *LATE),
    "as_lambda": (*GOOD, ("error", r"pickle|lambda"), *LATE),
}
"""Where tasks run in processes of their own."""

UNWRAPPED: dict[str, Ends] = {
    "unpicklable": (("error", r"CannotBeSent|MaybeEncodingError|pickle|lambda|EndOfStream|Broken"), *LATE),
    "unloadable": (("error", r"CannotBeReceived|BrokenProcessPool|TypeError|missing 1 required|ValueError"), *LATE),
    "exiting": (("error", r"SystemExit|WorkerDied|Broken"), *LATE),
    "interrupting": (("error", r"KeyboardInterrupt|WorkerDied|Broken"), *LATE),
}
"""In a measured run nothing is wrapped around a task: then the models show what they make of it themselves."""


def check_outcome(outcome: Mapping[str, Any]) -> None:
    """Check that a cell ended as it must, with a cause that says why.

    Raises:
        AssertionError: it did not.
    """
    name, outside = outcome["workload"], outcome["family"] == "processes"
    ends = OWN.get(name) or (OUTSIDE if outside else INSIDE)[name]
    if outcome["errand"] == "sample" and (outside or outcome["runner"].startswith("threadpool")):
        ends = (*ends, *UNWRAPPED.get(name, ()))
    found = (outcome["cause"], outcome["message"])
    fits = any(cause == found[0] and re.search(text, found[1]) for cause, text in ends)
    assert fits, f"{name} under {outcome['runner']}: {found} is none of {ends}\n{outcome['details'][-3000:]}"
    if found[0] == "timeout" and name != "stopped":
        assert "most recent call first" in outcome["details"], f"{name} under {outcome['runner']}: no stacks"


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
