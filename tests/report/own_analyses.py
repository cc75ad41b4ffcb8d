"""Analyses of own functions that went well, each a case that a reader must be told in other words."""

from dataclasses import replace
from typing import Any

from comparators.verdict.analysis import Advice, Analysis, Cause, PythonComparison
from comparators.workload import Model
from tests.report.analysis_parts import RECIPE, analysis, count_result, interval, level, model, runner, verdict

__all__ = [
    "cold_function",
    "equal_models",
    "gil_bound",
    "given_counts",
    "interrupted",
    "tiny_tasks",
    "two_pythons",
    "undecided",
    "waiting",
]


def waiting(**changes: Any) -> Analysis:
    """Make the analysis of a function that waits: 40 threads, 17 times faster; the target's first screen."""
    loop_s = 0.89
    models = (
        model("threads", "best", workers=40, seconds=0.0524, loop_s=loop_s, tasks_to_pay=3),
        model("async", "equal", workers=40, seconds=0.0556, loop_s=loop_s, note="aget", tasks_to_pay=3),
        model("processes", "slower", workers=8, seconds=0.127, loop_s=loop_s, note="at most 8 tried; +0.1 s to start"),
        model("loop", "slower", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None),
        model("interpreters", "not-applicable", reason="needs Python 3.14", api="", runner=""),
    )
    runners = (
        runner("futures-threads", "threads", "best", workers=40, seconds=0.0524, loop_s=loop_s, best_s=0.0524),
        runner("mp-threadpool", "threads", "equal", workers=40, seconds=0.053, loop_s=loop_s, best_s=0.0524),
        runner("asyncio", "async", "equal", workers=40, seconds=0.0556, loop_s=loop_s, best_s=0.0524),
        runner("futures-processes", "processes", "slower", workers=8, seconds=0.127, loop_s=loop_s, best_s=0.0524),
        runner("serial", "loop", "slower", workers=1, seconds=loop_s, loop_s=loop_s, best_s=0.0524),
        runner("futures-interpreters", "interpreters", "not-applicable", reason="needs Python 3.14"),
    )
    answer = verdict(
        models,
        model=level(
            "model",
            "threads",
            equals=("threads", "async"),
            runner_up="processes",
            lead=interval(2.42),
            spread=1.1,
            error=0.02,
        ),
        workers=level("workers", "40", equals=("40", "20"), runner_up="8", lead=interval(4.1), spread=1.13),
        api=level("api", "futures-threads", status="equal", equals=("futures-threads", "mp-threadpool"), spread=1.04),
        headline="use THREADS, 40 of them. 0.89 s → 0.05 s, 17 times faster (16 to 18).",
        counts=(
            count_result("threads", 2, 0.45, loop_s=loop_s),
            count_result("threads", 8, 0.215, loop_s=loop_s),
            count_result("threads", 20, 0.0593, loop_s=loop_s, status="equal"),
            count_result(
                "threads", 40, 0.0524, loop_s=loop_s, status="best", reason="as many as there are tasks at once"
            ),
        ),
        runners=runners,
        cause=Cause(
            "waiting-overlaps",
            "each call waits 94 % of its time for the network; threads wait together",
            "38 of 40 tasks were in progress at once",
        ),
        evidence=("38.1 tasks in progress at once, on average", "6 % of a task's time is computing"),
        advice=(
            Advice("keep-the-pool", "from 3 calls on it pays"),
            Advice("fewer-workers", "20 threads are nearly as good (15×)"),
        ),
        sure=(
            "threads before processes: yes, 5 rounds, at most 2 in 100 wrong",
            "threads or async: no difference above 10 %",
        ),
        recipe=RECIPE,
        recipe_runner="futures-threads",
    )
    return analysis(answer, **changes)


def gil_bound(**changes: Any) -> Analysis:
    """Make the analysis of a function that computes in Python: two processes."""
    loop_s = 0.412
    models = (
        model("processes", "best", workers=2, seconds=0.219, loop_s=loop_s, note="+0.1 s to start", tasks_to_pay=12),
        model("loop", "slower", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None),
        model("threads", "slower", workers=2, seconds=0.42, loop_s=loop_s),
        model("interpreters", "not-applicable", reason="needs Python 3.14", api="", runner=""),
        model("async", "not-applicable", reason="no async form of the function", api="", runner=""),
    )
    answer = verdict(
        models,
        workload="count_primes",
        kind="count_primes",
        comparison="count_primes/warm/3.14",
        tasks=20,
        model=level("model", "processes", runner_up="loop", lead=interval(1.88), error=0.01),
        headline="use PROCESSES, 2 of them. 0.41 s → 0.22 s, 1.9 times faster (1.8 to 2.0).",
        cause=Cause("gil", "threads take turns on the GIL", "2 threads got 1.02 CPU seconds per second"),
        advice=(Advice("keep-the-pool", "from 12 calls on it pays"),),
        sure=("processes before a plain loop: yes, 5 rounds, at most 1 in 100 wrong",),
        recipe=RECIPE.replace("Thread", "Process").replace("(40)", "(2)"),
        recipe_runner="futures-processes",
    )
    return analysis(answer, directory_hint="out/count_primes", **changes)


def tiny_tasks(**changes: Any) -> Analysis:
    """Make the analysis of tasks of microseconds: the plain loop wins, threads stopped at their limit."""
    loop_s = 0.005
    models = (
        model("loop", "best", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None),
        model("processes", "slower", workers=2, seconds=0.09, loop_s=loop_s),
        model("threads", "bound", workers=2, at_least=20.0),
        model("async", "not-applicable", reason="no async form of the function", api="", runner=""),
    )
    answer = verdict(
        models,
        workload="add",
        kind="add",
        comparison="add/warm/3.14",
        tasks=1000,
        model=level("model", "loop", runner_up="processes", lead=interval(18.0), blocks=3),
        workers=None,
        headline="keep the PLAIN LOOP. 5 ms; processes are 18 times slower (17 to 19).",
        cause=Cause("handing-over", "tasks of 5 µs are too small to hand over one by one", "90 µs to hand over each"),
        advice=(Advice("chunksize", "with chunksize=250 two processes are as fast as the loop"),),
        sure=("a plain loop before processes: yes, 3 rounds, at most 2.5 in 100 wrong",),
    )
    return analysis(answer, directory_hint="out/add", **changes)


def equal_models(**changes: Any) -> Analysis:
    """Make an analysis in which threads and async are shown to differ by less than the margin."""
    known = waiting().verdicts[0]
    answer = replace(
        known,
        model=level(
            "model",
            "threads",
            status="equal",
            equals=("threads", "async"),
            runner_up="processes",
            lead=interval(2.4),
            spread=1.05,
        ),
        headline="use THREADS or ASYNC, 40 of them. 0.89 s → 0.05 s, 17 times faster (16 to 18).",
    )
    return analysis(answer, **changes)


def undecided(**changes: Any) -> Analysis:
    """Make an analysis that could not tell processes from threads in its time."""
    loop_s = 0.3
    models = (
        model("processes", "open", workers=2, seconds=0.21, loop_s=loop_s),
        model("threads", "open", workers=2, seconds=0.23, loop_s=loop_s),
        model("loop", "slower", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None),
    )
    answer = verdict(
        models,
        workload="shrink",
        kind="shrink",
        comparison="shrink/warm/3.14",
        model=level(
            "model",
            "processes",
            status="undecided",
            equals=("processes", "threads"),
            runner_up="loop",
            lead=interval(1.4),
            spread=1.3,
            blocks=10,
            blocks_needed=40,
        ),
        workers=None,
        headline="PROCESSES or THREADS, undecided: they may differ by up to 30 %. 0.30 s → 0.21 s.",
        sure=("processes or threads: open after 10 rounds, about 40 would tell",),
        flags=("other programs used 40 % of the CPUs while it was measured",),
    )
    return analysis(answer, directory_hint="out/shrink", **changes)


def two_pythons(**changes: Any) -> Analysis:
    """Make an analysis of one function under two Pythons, one of them without the GIL."""
    with_gil = replace(gil_bound().verdicts[0], python="3.14", comparison="count_primes/warm/3.14")
    loop_s = 0.44
    free = replace(
        with_gil,
        python="3.14t",
        comparison="count_primes/warm/3.14t",
        models=(
            model("threads", "best", workers=2, seconds=0.122, loop_s=loop_s),
            model("processes", "slower", workers=2, seconds=0.25, loop_s=loop_s),
            model("loop", "slower", workers=1, seconds=loop_s, loop_s=loop_s, start_s=None),
        ),
        model=level("model", "threads", runner_up="processes", lead=interval(2.0)),
        headline="use THREADS, 2 of them. 0.44 s → 0.12 s, 3.6 times faster (3.4 to 3.8).",
        loop_s=loop_s,
        best_s=0.122,
        gain=interval(3.6),
    )
    comparison = PythonComparison(
        workload="count_primes",
        phase="warm",
        text="3.14t, 2 threads: 1.8 times as fast as 3.14's 2 processes; a plain loop is 7 % slower there",
        best=(("3.14t", "threads", 2, 0.122), ("3.14", "processes", 2, 0.219)),
    )
    return analysis(with_gil, free, pythons=(comparison,), directory_hint="out/count_primes", **changes)


def interrupted(**changes: Any) -> Analysis:
    """Make an analysis of a run that was interrupted while models were still to be measured."""
    known = undecided().verdicts[0]
    models = (*known.models, model("async", "not-reached", workers=None))
    return analysis(replace(known, models=models), finished="interrupted", missing=1, **changes)


def given_counts(**changes: Any) -> Analysis:
    """Make an analysis for `--workers 1,2,4,8`: seconds and ratio per count, with the reason at each end."""
    loop_s = 0.412
    seconds: dict[Model, tuple[float | None, ...]] = {
        "processes": (0.43, 0.219, 0.225, 0.26),
        "threads": (0.415, 0.42, 0.425, None),
    }
    ends = {("processes", 1): "one worker at a time", ("processes", 8): "2 CPUs: more workers only start later"}
    counts = tuple(
        count_result(
            kind,
            workers,
            value,
            loop_s=loop_s,
            status="failed" if value is None else "best" if value == 0.219 else "slower",
            reason="crashed: out of memory" if value is None else ends.get((kind, workers), ""),
        )
        for kind, values in seconds.items()
        for workers, value in zip((1, 2, 4, 8), values, strict=True)
    )
    return analysis(
        replace(gil_bound().verdicts[0], counts=counts, counts_given=True), directory_hint="out/count_primes", **changes
    )


def cold_function(**changes: Any) -> Analysis:
    """Make an analysis of a cold comparison beside the warm one, asked for with `--phase both`."""
    warm = gil_bound().verdicts[0]
    cold = replace(warm, phase="cold", comparison="count_primes/cold/3.14")
    return analysis(warm, cold, directory_hint="out/count_primes", **changes)
