"""Analyses made by hand: what reporters print of them can be read off these numbers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from comparators.verdict.analysis import Analysis, Cause, NotApplicableGroup, Verdict
from comparators.workload import Model
from tests.report.analysis_parts import (
    RECIPE,
    REPRESENTATIVES,
    analysis,
    count_result,
    interval,
    level,
    model,
    runner,
    verdict,
)
from tests.report.faulty_analyses import (
    HOSTILE,
    hostile,
    not_applicable,
    nothing_measured,
    with_failures,
    wrong_results,
)
from tests.report.own_analyses import (
    cold_function,
    equal_models,
    gil_bound,
    given_counts,
    interrupted,
    tiny_tasks,
    two_pythons,
    undecided,
    waiting,
)

__all__ = [
    "HOSTILE",
    "analysis",
    "cold_function",
    "count_result",
    "equal_models",
    "gil_bound",
    "given_counts",
    "hostile",
    "interrupted",
    "interval",
    "large",
    "level",
    "model",
    "not_applicable",
    "nothing_measured",
    "runner",
    "suite",
    "tiny_tasks",
    "two_pythons",
    "undecided",
    "verdict",
    "waiting",
    "with_failures",
    "wrong_results",
]

GAINS: tuple[tuple[str, str, tuple[tuple[Model, float | None], ...]], ...] = (
    ("integrate", "computing in Python", (("processes", 1.88), ("threads", 0.98), ("async", None))),
    ("hash", "computing in C that releases the GIL", (("threads", 1.91), ("processes", 1.85), ("async", None))),
    ("matrix", "NumPy", (("loop", 1.0), ("threads", 0.97), ("processes", 0.6), ("async", None))),
    ("sleep", "waiting", (("async", 98.0), ("threads", 95.0), ("processes", 7.8))),
    ("echo", "network", (("threads", 17.0), ("async", 16.0), ("processes", 7.0))),
    ("mixed", "half waiting, half computing", (("processes", 3.6), ("threads", 1.9), ("async", 1.9))),
    ("noop", "tiny tasks", (("loop", 1.0), ("threads", 0.05), ("processes", 0.02), ("async", 0.3))),
    ("transfer", "large data", (("threads", 1.4), ("processes", 0.31), ("async", None))),
    ("uneven", "tasks of unequal length", (("processes", 1.5), ("threads", 0.99), ("async", None))),
)
"""Workload, its kind of work, and how many times faster than the plain loop each model was; None has no async form."""


def suite(**changes: Any) -> Analysis:
    """Make the analysis of a suite: nine kinds of work under five models on two CPUs."""
    answers = tuple(_kind(name, kind, gains) for name, kind, gains in GAINS)
    known = analysis(
        *answers,
        title="the built-in suite",
        lessons=(
            "Waiting: threads or async, many of them; 40 threads do in 1 s what a loop does in 17 s.",
            "Computing in Python: processes, one per CPU; threads take turns on the GIL.",
            "Tiny tasks: a plain loop, or batches; handing a task over costs 20 µs to 90 µs.",
        ),
        not_applicable=(
            NotApplicableGroup(
                "needs Python 3.14", ("futures-interpreters on integrate", "futures-interpreters on hash"), 9
            ),
            NotApplicableGroup("no async form of the work", ("asyncio on integrate", "asyncio on hash"), 5),
        ),
        elapsed_s=57.0,
        starts=(("threads", 0.001), ("processes", 0.1), ("async", 0.002)),
        directory_hint="reports/2026-11-29-laptop",
    )
    return replace(known, **changes)


def _kind(name: str, kind: str, gains: Sequence[tuple[Model, float | None]]) -> Verdict:
    loop_s = 0.4
    measured = [(one, gain) for one, gain in gains if gain is not None]
    best, best_gain = measured[0]
    counts: dict[Model, int] = {"loop": 1, "async": 100}
    near = 0.9 * best_gain
    models = [
        model(
            one,
            "best" if one == best else "equal" if gain >= near else "slower",
            workers=counts.get(one, 40 if best_gain > 10 and one == "threads" else 2),
            seconds=loop_s / gain,
            loop_s=loop_s,
        )
        for one, gain in measured
    ]
    if best != "loop":
        models.append(model("loop", "slower", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None))
    models += [
        model(one, "not-applicable", reason="no async form of the work", api="", runner="")
        for one, gain in gains
        if gain is None
    ]
    models.append(model("interpreters", "not-applicable", reason="needs Python 3.14", api="", runner=""))
    words = "keep the PLAIN LOOP." if best == "loop" else f"use {best.upper()}. {best_gain:g} times faster."
    return verdict(
        models,
        comparison=f"{name}/warm/3.11",
        workload=name,
        kind=kind,
        own=False,
        python="3.11",
        headline=words,
        cause=Cause("waiting-overlaps" if best_gain > 10 else "computing-in-parallel", f"the cause of {kind}"),
        sure=(f"{best} first: yes, 5 rounds, at most 2 in 100 wrong",),
        recipe=RECIPE,
        recipe_runner=REPRESENTATIVES[best],
    )


def large(comparisons: int = 500) -> Analysis:
    """Make an analysis of many comparisons, each with models, runners and counts."""
    known = waiting().verdicts[0]
    return analysis(
        *(
            replace(
                known, workload=f"get[n={number}]", kind=f"get[n={number}]", comparison=f"get[n={number}]/warm/3.14"
            )
            for number in range(comparisons)
        )
    )
