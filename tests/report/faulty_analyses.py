"""Analyses of runs in which something failed, hung, was wrong or did not apply."""

from dataclasses import replace
from typing import Any

from comparators.verdict.analysis import Advice, Analysis, Cause, FailureGroup, NotApplicableGroup, Table
from comparators.workload import Observation
from tests.report.analysis_parts import analysis, model, runner, verdict
from tests.report.own_analyses import gil_bound

__all__ = ["HOSTILE", "hostile", "not_applicable", "nothing_measured", "with_failures", "wrong_results"]

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|'/C calc'!A0",
    "a|b`c`",
    "[x](http://e.org)",
    "\x1b[31mred\u202e",
    "@SUM(1)",
)
"""Names that steer a page, a spreadsheet or a terminal where they are not neutralised."""


def with_failures(**changes: Any) -> Analysis:
    """Make an analysis in which one cause hit four cells and another hangs."""
    known = gil_bound().verdicts[0]
    models = (
        *known.models[:2],
        model("threads", "hangs", reason="no progress for 10 s: waits for a lock", workers=2),
        model("async", "failed", reason="raised an error: ValueError: 7 is not allowed", workers=2),
    )
    runners = (
        runner("futures-processes", "processes", "best", workers=2, seconds=0.219, loop_s=0.412, best_s=0.219),
        runner("serial", "loop", "slower", workers=1, seconds=0.412, loop_s=0.412, best_s=0.219),
        runner("asyncio", "async", "failed", workers=2, reason="raised an error: ValueError: 7 is not allowed"),
        runner("futures-threads", "threads", "hangs", workers=2, reason="no progress for 10 s: waits for a lock"),
    )
    cells = tuple(f"count_primes/{name}/2/warm/3.14" for name in ("asyncio", "anyio", "trio", "uvloop"))
    known_failures = (
        FailureGroup(
            message="ValueError: 7 is not allowed",
            cause="error",
            cells=cells,
            details='  File "my.py", line 7, in count_primes\n    raise ValueError(f"{n} is not allowed")',
            tip="run the function on that item alone",
        ),
        FailureGroup("no progress for 10 s: waits for a lock", "hangs", ("count_primes/futures-threads/2/warm/3.14",)),
    )
    answer = replace(known, models=models, runners=runners)
    return analysis(answer, failures=known_failures, failed=5, directory_hint="out/count_primes", **changes)


def wrong_results(**changes: Any) -> Analysis:
    """Make an analysis in which threads lose updates: no time, no rank, and it is said first."""
    loop_s = 0.02
    lost = Observation("lost updates", 50_000, "updates")
    models = (
        model("loop", "best", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None),
        model("processes", "slower", workers=2, seconds=0.09, loop_s=loop_s),
        model("threads", "wrong", workers=2, reason="50,000 of 200,000 updates lost"),
    )
    runners = (
        runner("serial", "loop", "best", workers=1, seconds=loop_s, loop_s=loop_s, best_s=loop_s),
        runner("futures-processes", "processes", "slower", workers=2, seconds=0.09, loop_s=loop_s, best_s=loop_s),
        runner(
            "futures-threads",
            "threads",
            "wrong",
            workers=2,
            observations=(lost,),
            reason="50,000 of 200,000 updates lost",
        ),
    )
    answer = verdict(
        models,
        workload="race",
        kind="workers that change one number",
        comparison="race/warm/3.13t",
        own=False,
        python="3.13t",
        workers=None,
        headline="keep the PLAIN LOOP. 20 ms; processes are 4.5 times slower (4.2 to 4.8).",
        runners=runners,
        observations=("50,000 of 200,000 updates lost under threads",),
    )
    return analysis(answer, directory_hint="out/race", **changes)


def not_applicable(**changes: Any) -> Analysis:
    """Make an analysis with work that only the loop can do, and why."""
    models = (
        model("loop", "best", workers=1, seconds=0.4, loop_s=0.4, start_s=None),
        model("threads", "not-applicable", reason="the function needs the main thread", api="", runner=""),
        model("processes", "not-applicable", reason="cannot be pickled: <lambda>", api="", runner=""),
    )
    answer = verdict(models, model=None, workers=None, headline="nothing to compare the plain loop with. 0.40 s.")
    groups = (
        NotApplicableGroup("cannot be pickled: <lambda>", ("mp-pool on get", "futures-processes on get"), 2),
        NotApplicableGroup("the function needs the main thread", ("futures-threads on get",), 5),
    )
    return analysis(answer, not_applicable=groups, **changes)


def nothing_measured(**changes: Any) -> Analysis:
    """Make the analysis of a run in which every cell failed."""
    models = (model("loop", "failed", reason="ValueError: 7"), model("threads", "failed", reason="ValueError: 7"))
    answer = verdict(models, model=None, workers=None, headline="nothing could be measured.", blocks=0)
    group = FailureGroup("ValueError: 7", "error", ("get/serial/1/warm/3.14", "get/futures-threads/2/warm/3.14"))
    return analysis(answer, failures=(group,), failed=2, noise=None, **changes)


def hostile(**changes: Any) -> Analysis:
    """Make an analysis whose every text from outside tries to steer the reader's program."""
    known = with_failures()
    answers = tuple(
        replace(
            known.verdicts[0],
            workload=name,
            kind=name,
            comparison=f"{name}/warm/3.14",
            headline=f"use PROCESSES for {name}.",
            sure=(name,),
            cause=Cause("gil", name, name),
            evidence=(name,),
            flags=(name,),
            observations=(name,),
            advice=(Advice("key", name),),
            models=tuple(
                replace(one, api=name, note=name, reason=one.reason and name) for one in known.verdicts[0].models
            ),
        )
        for name in HOSTILE
    )
    failures = tuple(FailureGroup(name, "error", (name,), details=name, tip=name) for name in HOSTILE)
    table = Table("<b>table</b>", HOSTILE[0], HOSTILE, (HOSTILE, HOSTILE), notes=HOSTILE)
    return analysis(
        *answers,
        lessons=HOSTILE,
        failures=failures,
        facts=tuple((name, name) for name in HOSTILE),
        not_applicable=tuple(NotApplicableGroup(name, (name,), 1) for name in HOSTILE),
        warnings=HOSTILE,
        tables=(table,),
        directory_hint=HOSTILE[0],
        **changes,
    )
