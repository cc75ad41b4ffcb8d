"""The process that measures: one fresh one for every sample.

    python -P -m comparators.worker.main ASSIGNMENT RESULT

ASSIGNMENT is an `Assignment` as JSON; RESULT is the file that gets the `Answer` as JSON, whole or not at all.
Worker processes of process models import this module again, so it imports little.
"""

import faulthandler
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comparators.worker.job import Answer, Assignment

__all__ = ["main"]

REPLACED = "a worker process died while it was measured, and another took its place"


def main() -> None:
    """Do what the command line says and leave the answer."""
    faulthandler.enable()  # on SIGABRT, which the supervisor sends at the deadline: the stacks of all threads
    from comparators.worker.job import Assignment

    text, result = sys.argv[1:]
    assignment = Assignment(**json.loads(text))
    sys.path += [folder for folder in assignment.path if folder not in sys.path]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, assignment.cpus)
    errands = {
        "sample": _sample,
        "preflight": _preflight,
        "evidence": _evidence,
        "calibrate": _calibrate,
        "recipe": _recipe,
    }
    try:
        errands[assignment.errand](assignment, Path(result))
    except BaseException as error:  # noqa: BLE001  a task may raise anything; it is named, never lost
        _publish(_failure(error), Path(result))


def _failure(error: BaseException) -> "Answer":
    from comparators.errors import WrongResult
    from comparators.worker.job import Answer
    from comparators.worker.tracing import in_one_line, trace_of

    if isinstance(error, WrongResult):
        return Answer(cause="wrong-result", message=error.message)
    if isinstance(error, SystemExit) and isinstance(error.__context__, KeyboardInterrupt):
        error = error.__context__  # pyperf makes an exit of it
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return Answer(cause="error", message=in_one_line(error), details=trace_of(error))


def _publish(answer: "Answer", result: Path) -> None:
    """Write the answer aside, then give it its name: whoever sees the file sees all of it. First answer wins."""
    from dataclasses import asdict

    if result.exists():
        return
    aside = result.with_suffix(".new")
    with aside.open("w", encoding="utf-8") as stream:
        json.dump(asdict(answer), stream)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(result)


def _sample(assignment: "Assignment", result: Path) -> None:
    """Take one value with pyperf in its worker mode. The answer is out before the workers are stopped."""
    from dataclasses import astuple

    import pyperf

    from comparators.worker.host_counters import HostCounters
    from comparators.worker.job import Answer
    from comparators.worker.resource_usage import ResourceUsage
    from comparators.worker.timing import timed

    suite = result.with_name("suite.json")
    runner = pyperf.Runner()
    runner.parse_args(
        ["--worker", "--quiet", "--values", "1"]
        + ["--loops", str(assignment.loops), "--warmups", str(assignment.warmups)]
        + ["--output", str(suite)]
        + (["--affinity", ",".join(map(str, assignment.cpus))] if hasattr(os, "sched_setaffinity") else [])
    )
    workload, runner_class = _load(assignment)
    usage = ResourceUsage() if assignment.count_resources else None
    with timed(
        workload,
        runner_class,
        assignment.runner_parameters,
        assignment.workers,
        assignment.phase,
        before_end=usage.memory if usage is not None else None,
        copies=assignment.copies,
    ) as time_func:
        time_func.usage = usage
        conditions = HostCounters()
        runner.bench_time_func(assignment.name, time_func)
        if usage is not None and assignment.phase == "warm":
            usage.memory()
        answer = Answer(
            suite=json.loads(suite.read_text(encoding="utf-8")),
            observations=tuple(astuple(seen) for seen in time_func.observations),
            facts={
                **conditions.since(),
                **_start_method(assignment, runner_class),
                **({} if time_func.first_s is None else {"first_s": time_func.first_s}),
                **(usage.facts if usage is not None else {}),
            },
        )
        if conditions.process_was_replaced():
            answer = Answer(cause="crashed", message=REPLACED)
        _publish(answer, result)


def _start_method(assignment: "Assignment", runner_class: Any) -> dict[str, Any]:
    """Return how the runner starts processes, as metadata; nothing where it has no such choice."""
    start = assignment.runner_parameters.get("start", getattr(runner_class, "start", None))
    return {"start_method": start} if isinstance(start, str) else {}


def _preflight(assignment: "Assignment", result: Path) -> None:
    """Do all tasks once under the runner and check the answer; failing tasks are named exactly."""
    from comparators.worker.job import Answer
    from comparators.worker.timing import timed

    workload, runner_class = _load(assignment)
    with timed(
        workload,
        runner_class,
        assignment.runner_parameters,
        assignment.workers,
        "warm",
        instrument=_instrument,
    ) as time_func:
        spans = time_func.run(1).parts
        for span in spans:
            if span.error is not None:
                answer = Answer(cause="error", message=span.error.words, details=span.error.trace)
                break
        else:
            time_func.check([span.part for span in spans])
            answer = Answer()
        _publish(answer, result)


def _evidence(assignment: "Assignment", result: Path) -> None:
    """Do all tasks once, instrumented, after a loop of warming up when the cell is warm."""
    from comparators.worker.host_counters import switches
    from comparators.worker.job import Answer
    from comparators.worker.run_queue import settle
    from comparators.worker.timing import timed
    from comparators.worker.tracing import traces_of

    workload, runner_class = _load(assignment)
    info = runner_class.info
    before = switches()
    with timed(
        workload,
        runner_class,
        assignment.runner_parameters,
        assignment.workers,
        assignment.phase,
        instrument=_instrument,
        copies=assignment.copies,
    ) as time_func:
        for _ in range(assignment.warmups):
            time_func.run(1)
        settle()
        total_s, spans, _ = time_func.run(1)
        traces = traces_of(spans, share_a_thread=info.asynchronous)
        tasks = [*time_func.workload.tasks()] * assignment.copies
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
    _publish(Answer(facts=facts), result)


def _calibrate(assignment: "Assignment", result: Path) -> None:
    """Fill in the workload's parameters for this host."""
    from comparators.parameters import parameters_of
    from comparators.worker.job import Answer

    workload = _load(assignment)[0].calibrated()
    facts = {declared.name: getattr(workload, declared.name) for declared in parameters_of(type(workload))}
    _publish(Answer(facts=facts), result)


def _recipe(assignment: "Assignment", result: Path) -> None:
    """Write the code to copy for this cell."""
    from comparators.plan.model import RunnerSpec, WorkloadSpec
    from comparators.recipes import snippet
    from comparators.worker.job import Answer

    info = _load(assignment)[1].info
    workload = WorkloadSpec(assignment.name, assignment.workload, tuple(assignment.workload_parameters.items()))
    runner = RunnerSpec(info.name, assignment.runner, info.model, tuple(assignment.runner_parameters.items()))
    _publish(Answer(facts={"source": snippet(workload, runner, assignment.workers)}), result)


def _load(assignment: "Assignment") -> tuple[Any, Any]:
    from comparators.registry.catalogue import load_runner, load_workload

    cls, given = load_workload(assignment.workload), assignment.workload_parameters
    workload = cls.from_preset(assignment.preset, **given) if assignment.preset else cls(**given)
    return workload, load_runner(assignment.runner)


def _instrument(work: Any) -> Any:
    from comparators.worker.tracing import AsyncProbe, Probe
    from comparators.workload import is_coroutine_function

    return AsyncProbe(work) if is_coroutine_function(work) else Probe(work)


def _pickled_bytes(tasks: Any, spans: Any) -> int:
    import pickle

    return sum(len(pickle.dumps(task)) + len(pickle.dumps(span.part)) for task, span in zip(tasks, spans, strict=True))


if __name__ == "__main__":
    main()
