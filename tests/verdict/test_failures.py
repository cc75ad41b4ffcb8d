"""What failed, by cause, with what to do; and what does not apply, by reason."""

import pytest

from comparators.verdict.analyse import analyse
from tests.verdict.builder import broken, capped, make_run, times


def tip_of(message: str, details: str = "", cells: tuple[str, ...] = ("futures-threads/2",)) -> str:
    failing = broken("error", message, details)
    (group,) = analyse(make_run(model={"serial": times(0.9)} | {cell: [failing] for cell in cells})).failures
    return group.tip


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "ProgrammingError: SQLite objects created in a thread can only be used in that same thread.",
            "one connection per worker",
        ),
        ("RuntimeError: An attempt has been made to start a new process before … bootstrapping phase", "__main__"),
        ("RuntimeError: Task got Future attached to a different loop", "inside the coroutine, or in SETUP"),
        ("ValueError: signal only works in main thread of the main interpreter", "main thread only"),
        ("AssertionError: daemonic processes are not allowed to have children", "ProcessPoolExecutor"),
        ("TypeError: cannot pickle 'generator' object", "module-level functions and plain data"),
        ("OSError: [Errno 24] Too many open files", "a semaphore"),
        ("RuntimeError: can't start new thread", "fewer workers"),
        ("ImportError: module _x does not support loading in subinterpreters", "use processes"),
        ("CancelledError", "a cancelled task has no result"),
    ],
)
def test_a_failure_comes_with_what_to_do(message: str, words: str) -> None:
    assert words in tip_of(message)


def test_the_cause_may_stand_in_the_output() -> None:
    details = "Traceback (most recent call last):\n  …\nTypeError: cannot pickle '_thread.lock' object\n"
    assert "plain data" in tip_of("BrokenProcessPool: a child process terminated abruptly", details)


def test_work_that_fails_in_the_loop_too_is_its_own() -> None:
    assert tip_of("ZeroDivisionError: division by zero", cells=("serial", "futures-threads/2")) == (
        "the work itself fails, in a plain loop too: run it for that item alone"
    )


def test_work_that_fails_under_one_model_uses_what_its_workers_do_not_share() -> None:
    assert tip_of("KeyError: 'x'").startswith("it fails under threads only")


def test_the_same_failure_is_told_once() -> None:
    failing = broken("error", "ValueError: 3")
    analysis = analyse(make_run(model={"serial": [failing], "futures-threads/2": [failing], "mp-pool/2": [failing]}))
    (group,) = analysis.failures
    assert len(group.cells) == 3
    assert analysis.failed == 3


def test_being_stopped_as_slow_is_no_failure() -> None:
    analysis = analyse(make_run(model={"serial": times(0.1), "mp-pool/2": [0.4, capped(0.3)]}))
    assert analysis.failures == ()
    assert analysis.failed == 0


def test_what_does_not_apply_is_grouped_by_reason() -> None:
    refused = {"futures-interpreters": "needs Python 3.14", "anyio": "not installed", "asyncio": "not installed"}
    analysis = analyse(make_run(model={"serial": times(0.9)}, not_applicable=refused))
    assert [(one.reason, one.count) for one in analysis.not_applicable] == [
        ("needs Python 3.14", 1),
        ("not installed", 2),
    ]
    (verdict,) = analysis.verdicts
    assert [(row.model, row.reason) for row in verdict.models if row.status == "not-applicable"] == [
        ("async", "not installed"),
        ("interpreters", "needs Python 3.14"),
    ]
