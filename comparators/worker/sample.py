"""Take a sample: the one place that measures a value, in a fresh process as in one that a warm interpreter forked.

pyperf's clock takes the value, and its `Run` and `Benchmark` hold it. pyperf's metadata are collected once per
interpreter; what changes from sample to sample is read again.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from dataclasses import astuple
from functools import cache
from typing import TYPE_CHECKING, Any

import pyperf

from comparators.errors import WrongResult
from comparators.supervision.value_cap import mark_value_start
from comparators.worker.host_counters import HostCounters
from comparators.worker.job import JobResult
from comparators.worker.resource_usage import ResourceUsage
from comparators.worker.result import publish
from comparators.worker.timing import timed

if TYPE_CHECKING:
    from pathlib import Path

    from comparators.parameters import ParameterValue
    from comparators.runner import Runner
    from comparators.worker.job import Job
    from comparators.worker.timing import Timed
    from comparators.workload import Workload

__all__ = ["interpreter_metadata", "rehearse_sample", "take_sample"]

REPLACED = "a worker process died while it was measured, and another took its place"
MOMENTARY = ("cpu_freq", "cpu_temp", "date", "duration", "load_avg_1min", "mem_max_rss", "runnable_threads", "uptime")
"""pyperf's metadata that are true for a moment only."""


def take_sample(job: Job, workload: Workload[Any, Any], runner: type[Runner], result: Path) -> None:
    """Take one value and publish it before the workers are stopped.

    Args:
        job: loops, workers and so on.
        workload: the work.
        runner: class of the model.
        result: file that gets the answer.

    Raises:
        WrongResult: see `Timed`; or the value is 0.
        BaseException: what the workload or the runner raised.
    """
    metadata = interpreter_metadata()
    usage = ResourceUsage() if job.count_resources else None
    with timed(
        workload,
        runner,
        job.runner_parameters,
        job.workers,
        job.phase,
        before_end=usage.memory if usage is not None else None,
        copies=job.copies,
    ) as time_func:
        began = pyperf.perf_counter()
        first_s = time_func.warm_up() if job.warmups else None
        time_func.usage = usage
        counters = HostCounters()
        mark_value_start(result.parent)
        seconds = time_func(job.loops) / job.loops
        if not seconds:
            raise WrongResult("seconds", expected="a finite number, above 0", found=seconds)
        if usage is not None and job.phase == "warm":
            usage.memory()
        metadata |= {**_momentary(began), "name": job.name, "loops": job.loops, "unit": "second"}
        facts = {
            **counters.since(),
            **_start_method(job, runner),
            **({} if time_func.first_s is None else {"first_s": time_func.first_s}),
            **(usage.facts if usage is not None else {}),
            **_call_times(time_func, first_s, again=usage is not None),
        }
        if counters.process_was_replaced():
            publish(JobResult(cause="crashed", message=REPLACED), result)
        whole = [(1, first_s / job.copies)] if first_s is not None and time_func.warms_up_with_all_tasks else None
        suite = _suite(pyperf.Run([seconds], warmups=whole, metadata=metadata, collect_metadata=False))
        publish(JobResult(suite=suite, observations=tuple(map(astuple, time_func.observations)), facts=facts), result)


def rehearse_sample() -> None:
    """Do what `take_sample` does around a workload and a runner, without any."""
    HostCounters().since()
    metadata = {**interpreter_metadata(), **_momentary(pyperf.perf_counter())}
    json.loads(json.dumps(_suite(pyperf.Run([1.0], metadata=metadata, collect_metadata=False))))


def interpreter_metadata() -> dict[str, ParameterValue]:
    """Return pyperf's metadata of this interpreter and its host; collected at the first call."""
    return dict(_collected())


@cache
def _collected() -> tuple[tuple[str, ParameterValue], ...]:
    found = pyperf.Run([1.0]).get_metadata()
    return tuple((name, each) for name, each in found.items() if name not in MOMENTARY)


def _momentary(began: float) -> dict[str, ParameterValue]:
    """Return what is to be read anew for each sample, under pyperf's names."""
    now = datetime.datetime.now()  # local time, as pyperf writes it
    found: dict[str, ParameterValue] = {"date": now.isoformat(" "), "duration": pyperf.perf_counter() - began}
    if hasattr(os, "getloadavg"):
        found["load_avg_1min"] = os.getloadavg()[0]
    if sys.platform == "linux":
        import resource

        found["mem_max_rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


def _suite(run: pyperf.Run) -> dict[str, Any]:
    """Return a run as pyperf's files hold it, without what pyperf adds for several of them."""
    warmups = {"warmups": run.warmups} if run.warmups else {}
    return {"benchmarks": [{"runs": [{"values": run.values, **warmups, "metadata": run.get_metadata()}]}]}


def _start_method(job: Job, runner: type[Runner]) -> dict[str, ParameterValue]:
    """Return how the runner starts processes; nothing where it has no such choice."""
    start = job.runner_parameters.get("start", getattr(runner, "start", None))
    return {"start_method": start} if isinstance(start, str) else {}


def _call_times(time_func: Timed, first_s: float | None, *, again: bool) -> dict[str, ParameterValue]:
    """Return the seconds of the first call of one task per worker, and if wanted of another call of the same tasks.

    What the first call takes longer belongs to starting the workers, or to what the tasks do only once.
    """
    if first_s is None:
        return {}
    if not again:
        return {"first_call_s": first_s}
    later_s = time_func.warm_up()
    start_s = time_func.entered_s + max(0.0, first_s - later_s)
    return {"first_call_s": first_s, "later_call_s": later_s, "start_s": start_s}
