"""The process that measures: a fresh one for a job, or one that a warm interpreter has forked.

    python -P -m comparators.worker.main JOB RESULT

JOB is an `Job` as JSON; RESULT is the file that gets the `JobResult` as JSON, whole or not at all. A forked
process finds the job in the file `job` of its folder, and does the same, see `comparators.worker.warm`.
Worker processes of process models import this module again, so it imports little.
"""

import faulthandler
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comparators.worker.job import Job

__all__ = ["main", "perform", "prepare", "rehearse"]


def main() -> None:
    """Do what the command line says and leave the answer."""
    faulthandler.enable()  # on SIGABRT, which the supervisor sends at the deadline: the stacks of all threads
    text, result = sys.argv[1:]
    _do(text, Path(result))


def prepare() -> None:
    """Import all that jobs need, and collect what is the same for all of them."""
    import comparators.worker.memory
    import comparators.worker.result
    import comparators.worker.run_queue
    import comparators.worker.sample

    comparators.worker.sample.interpreter_metadata()
    if "numpy" in sys.modules:
        import threadpoolctl  # noqa: F401


def rehearse() -> None:
    """Do what every sample does around its work, so that a forked process has the memory for it to itself."""
    from comparators.worker.sample import rehearse_sample

    rehearse_sample()


def perform(folder: Path) -> None:
    """Do the job that a folder holds, in a process that a warm interpreter has forked."""
    _do((folder / "job").read_text(encoding="utf-8"), folder / "result.json")


def _do(text: str, result: Path) -> None:
    from comparators.worker.job import Job

    job = Job(**json.loads(text))
    sys.path += [folder for folder in job.path if folder not in sys.path]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, job.cpus)
    jobs = {
        "sample": _sample,
        "profile": _profile,
        "evidence": _evidence,
        "calibrate": _calibrate,
        "recipe": _recipe,
    }
    try:
        jobs[job.kind](job, result)
    except BaseException as error:  # noqa: BLE001  a task may raise anything; it is named, never lost
        from comparators.worker.result import failure, publish

        publish(failure(error), result)


def _sample(job: "Job", result: Path) -> None:
    from comparators.worker.sample import take_sample

    take_sample(job, *_load(job), result)


def _profile(job: "Job", result: Path) -> None:
    """Look at a few tasks on their own; a task that raises is named."""
    from comparators.worker.job import JobResult
    from comparators.worker.profile import WorkFailed, profile_coroutines, profile_functions
    from comparators.worker.result import failure, publish
    from comparators.workload import is_coroutine_function

    workload, runner = _load(job)
    if not workload.independent:
        publish(JobResult(facts=_profile_together(job, workload, runner)), result)
        return
    work = workload.work_async if runner.info.asynchronous else workload.work
    with workload.setup() as ready:
        try:
            profile = profile_coroutines if is_coroutine_function(work) else profile_functions
            facts = profile(work, ready.tasks())
        except WorkFailed as failed:
            answer = failure(failed.error)
            publish(replace(answer, message=f"task {failed.number}: {answer.message}"), result)
            return
    publish(JobResult(facts=facts), result)


def _profile_together(job: "Job", workload: Any, runner: Any) -> "dict[str, Any]":
    """Profile tasks that share something or wait for each other: only all of them together come to an end."""
    from comparators.worker.timing import timed

    with timed(workload, runner, job.runner_parameters, job.workers, "warm") as time_func:
        cpu_s, seconds = time.process_time(), time_func(1)
        cpu_s = time.process_time() - cpu_s
        tasks = time_func.tasks
    share = min(1.0, cpu_s / seconds) if seconds > 0 else 1.0
    each = seconds / max(1, tasks)
    return {"tasks": tasks, "seen": 0, "task_s": each, "longest_s": each, "total_s": seconds, "cpu_share": share}


def _evidence(job: "Job", result: Path) -> None:
    """Do all tasks once, instrumented, after a loop of warming up when the cell is warm."""
    from comparators.worker.host_counters import switches
    from comparators.worker.job import JobResult
    from comparators.worker.result import publish
    from comparators.worker.run_queue import settle
    from comparators.worker.timing import timed
    from comparators.worker.tracing import traces_of

    workload, runner_class = _load(job)
    info = runner_class.info
    before = switches()
    with timed(
        workload,
        runner_class,
        job.runner_parameters,
        job.workers,
        job.phase,
        instrument=_instrument,
        copies=job.copies,
    ) as time_func:
        for _ in range(job.warmups):
            time_func.run(1)
        settle()
        total_s, spans, _ = time_func.run(1)
        traces = traces_of(spans, share_a_thread=info.asynchronous)
        tasks = [*time_func.workload.tasks()] * job.copies
        pickled = _pickled_bytes(tasks, spans) if info.pickles and info.model != "loop" else 0
    after = switches()  # children count once they have been waited for
    facts: dict[str, Any] = {
        "tasks": len(tasks),
        "total_s": total_s,
        **{name: getattr(traces, name) for name in traces.__slots__},
        "pickled_bytes": pickled,
        "switches_voluntary": after[0] - before[0],
        "switches_involuntary": after[1] - before[1],
    }
    publish(JobResult(facts=facts), result)


def _calibrate(job: "Job", result: Path) -> None:
    """Fill in the workload's parameters for this host."""
    from comparators.parameters import parameters_of
    from comparators.worker.job import JobResult
    from comparators.worker.result import publish

    workload = _load(job)[0].calibrate()
    facts = {declared.name: getattr(workload, declared.name) for declared in parameters_of(type(workload))}
    publish(JobResult(facts=facts), result)


def _recipe(job: "Job", result: Path) -> None:
    """Write the code to copy for this cell."""
    from comparators.plan.model import RunnerSpec, WorkloadSpec
    from comparators.recipes import recipe_file
    from comparators.worker.job import JobResult
    from comparators.worker.result import publish

    info = _load(job)[1].info
    workload = WorkloadSpec(job.name, job.workload, tuple(job.workload_parameters.items()))
    runner = RunnerSpec(info.name, job.runner, info.model, tuple(job.runner_parameters.items()))
    publish(JobResult(facts={"source": recipe_file(workload, runner, job.workers, job.phase)}), result)


def _load(job: "Job") -> tuple[Any, Any]:
    from comparators.registry.catalogue import load_runner, load_workload

    cls, given = load_workload(job.workload), job.workload_parameters
    workload = cls.from_preset(job.preset, **given) if job.preset else cls(**given)
    return workload, load_runner(job.runner)


def _instrument(work: Any) -> Any:
    from comparators.worker.tracing import AsyncProbe, Probe
    from comparators.workload import is_coroutine_function

    return AsyncProbe(work) if is_coroutine_function(work) else Probe(work)


def _pickled_bytes(tasks: Any, spans: Any) -> int:
    import pickle

    return sum(
        len(pickle.dumps(task)) + len(pickle.dumps(span.result)) for task, span in zip(tasks, spans, strict=True)
    )


if __name__ == "__main__":
    main()
