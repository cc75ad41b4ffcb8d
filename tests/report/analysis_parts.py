"""Parts of analyses, by keyword: levels, models, runners, counts, verdicts, with the usual values filled in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from comparators.plan.model import Cell, RunnerSpec, WorkloadSpec
from comparators.stats.interval import Interval
from comparators.verdict.analysis import (
    Analysis,
    CountResult,
    Level,
    LevelVerdict,
    ModelResult,
    Noise,
    ResultStatus,
    RunnerResult,
    Verdict,
)
from comparators.workload import Model

__all__ = ["RECIPE", "REPRESENTATIVES", "analysis", "count_result", "interval", "level", "model", "runner", "verdict"]

REPRESENTATIVES: dict[Model, str] = {
    "loop": "serial",
    "threads": "futures-threads",
    "processes": "futures-processes",
    "async": "asyncio",
    "interpreters": "futures-interpreters",
}
APIS: dict[Model, str] = {
    "loop": "for task in tasks",
    "threads": "ThreadPoolExecutor({})",
    "processes": "ProcessPoolExecutor({})",
    "async": "asyncio.TaskGroup",
    "interpreters": "InterpreterPoolExecutor({})",
}
RECIPE = """from concurrent.futures import ThreadPoolExecutor

from my import get

ITEMS = list(range(200))


if __name__ == "__main__":
    with ThreadPoolExecutor(40) as pool:
        print(list(pool.map(get, ITEMS)))
"""


def interval(ratio: float, *, spread: float = 0.06, confidence: float = 0.975) -> Interval:
    """Make an interval; `spread` is its half width as a share of the ratio."""
    return Interval(ratio, ratio * (1 - spread), ratio * (1 + spread), confidence)


def level(name: Level, choice: str, **changes: Any) -> LevelVerdict:
    """Make the verdict of a level: decided after five rounds unless told otherwise."""
    known = LevelVerdict(
        level=name,
        status="decided",
        choice=choice,
        equals=(choice,),
        runner_up="",
        lead=None,
        spread=None,
        error=0.025,
        margin=0.05,
        blocks=5,
    )
    return replace(known, **changes)


def model(
    name: Model,
    status: ResultStatus,
    *,
    workers: int | None = None,
    seconds: float | None = None,
    loop_s: float | None = None,
    **changes: Any,
) -> ModelResult:
    """Make the result of a model by its usual representative; its gain follows from both seconds."""
    known = ModelResult(
        model=name,
        status=status,
        runner=REPRESENTATIVES[name],
        api=APIS[name].format(workers or ""),
        workers=workers,
        seconds=seconds,
        gain=interval(loop_s / seconds) if seconds and loop_s else None,
        cpu_s=None if seconds is None else seconds * (workers or 1) * 0.5,
        memory_bytes=None if seconds is None else 25_000_000 * (workers or 1 if name == "processes" else 1),
        start_s=None
        if seconds is None
        else {"processes": 0.1, "threads": 0.001, "interpreters": 0.05, "async": 0.002}.get(name),
    )
    return replace(known, **changes)


def runner(
    label: str,
    kind: Model,
    status: ResultStatus,
    *,
    workers: int | None = None,
    seconds: float | None = None,
    loop_s: float | None = None,
    best_s: float | None = None,
    **changes: Any,
) -> RunnerResult:
    """Make the result of a runner on a workload named `get`."""
    spec = RunnerSpec(label, f"comparators.runners:{label}", kind)
    timed = seconds is not None
    known = RunnerResult(
        runner=spec,
        status=status,
        cell=Cell(WorkloadSpec("get", "my.py:get", ()), spec, workers, "warm", "3.14") if workers else None,
        seconds=seconds,
        samples=5 if timed else 0,
        gain=interval(loop_s / seconds) if seconds and loop_s else None,
        to_best=interval(seconds / best_s) if seconds and best_s else None,
        start_s=0.001 if timed else None,
        cpu_s=seconds,
        memory_bytes=25_000_000 if timed else None,
        memory_kind="PSS" if timed else "",
        first_s=0.022 if timed else None,
    )
    return replace(known, **changes)


def count_result(
    kind: Model,
    workers: int,
    seconds: float | None,
    *,
    loop_s: float,
    status: ResultStatus = "slower",
    reason: str = "",
) -> CountResult:
    """Make the result of a worker count under the usual representative of a model."""
    return CountResult(
        runner=REPRESENTATIVES[kind],
        model=kind,
        workers=workers,
        seconds=seconds,
        samples=5 if seconds else 0,
        gain=interval(loop_s / seconds) if seconds else None,
        status=status,
        reason=reason,
    )


def verdict(models: Sequence[ModelResult], **changes: Any) -> Verdict:
    """Make a verdict of one's own function `get` from its models, the first of which is the recommended one."""
    best = models[0]
    loop = next((one for one in models if one.model == "loop"), None)
    known = Verdict(
        comparison="get/warm/3.14",
        workload="get",
        kind="get",
        own=True,
        phase="warm",
        python="3.14",
        tasks=200,
        model=level("model", best.model),
        workers=None if best.workers is None else level("workers", str(best.workers)),
        api=None,
        headline="",
        loop_s=None if loop is None else loop.seconds,
        best_s=best.seconds,
        gain=best.gain,
        models=tuple(models),
        counts=(),
        runners=(),
        blocks=5,
        elapsed_s=4.1,
    )
    return replace(known, **changes)


def analysis(*verdicts: Verdict, **changes: Any) -> Analysis:
    """Make the analysis of a finished run from its verdicts."""
    known = Analysis(
        title=", ".join(dict.fromkeys(one.workload for one in verdicts)),
        verdicts=verdicts,
        lessons=(),
        noise=Noise("get/warm/3.14", "futures-threads", interval(1.004, spread=0.012), 0.03, 5),
        failures=(),
        not_applicable=(),
        pythons=(),
        facts=(
            ("host", "laptop, 2 CPUs, Linux"),
            ("Python", "3.14.0 with the GIL"),
            ("preset", "quick: the model, 3 to 10 rounds"),
            ("seed", "0"),
        ),
        host={"node": "laptop", "cpus": 2, "system": "Linux", "memory_bytes": 8 * 2**30},
        preset="quick",
        finished="complete",
        failed=0,
        missing=0,
        elapsed_s=4.3,
        started_at=1_764_000_000.0,
        directory_hint="out/get",
    )
    return replace(known, **changes)
