"""What became of a worker process, as a record: a sample, or a failure with its cause."""

import re
import signal
from dataclasses import dataclass

from comparators.journal.records import Cause, Failure, Level, Sample, Stage
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell
from comparators.supervision.exchange import Reply
from comparators.worker.job import JobResult
from comparators.workload import Observation

__all__ = ["METADATA_PREFIX", "Occasion", "failure_of", "sample_of"]

METADATA_PREFIX = "comparators_"
"""Of the metadata that is ours, not pyperf's."""
STORM = 4
"""Replaced processes from which something is taken to replace dead ones for ever."""
LONGEST = 500
"""Characters of a failure's message; the details hold all of it."""


HANGS_BELOW = 0.05
"""CPU seconds per second below which a worker that gave no result in time is called hanging, not slow."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a sample was taken for.

    Attributes:
        cell: what was measured.
        stage: of the run.
        level: of the sequential test it belongs to; None for none.
        block: number of the block, from 0; -1 outside of blocks.
        position: place within the block, from 0.
        previous: key of the cell measured before; empty for the first.
    """

    cell: Cell
    stage: Stage
    level: Level | None = None
    block: int = -1
    position: int = 0
    previous: str = ""


def sample_of(occasion: Occasion, generation: int, reply: Reply, answer: JobResult) -> Sample:
    """Return the sample of a worker that answered with a value."""
    suite = answer.suite or {}
    (benchmark,) = suite["benchmarks"]
    (run,) = benchmark["runs"]
    metadata = {**suite.get("metadata", {}), **benchmark.get("metadata", {}), **run.get("metadata", {})}
    ours = {METADATA_PREFIX + key: value for key, value in (answer.facts or {}).items()}
    notes: dict[str, ParameterValue] = {}
    if reply.hung_exit:
        notes["hung_exit"] = "the process had to be killed after its result"
    if reply.disturbances:
        notes["disturbance"] = ", ".join(reply.disturbances)
    if reply.leftovers:
        notes["leftovers"] = reply.leftovers
    warmups = run.get("warmups", [])
    return Sample(
        cell=occasion.cell,
        stage=occasion.stage,
        level=occasion.level,
        generation=generation,
        seconds=float(run["values"][0]),
        warmup_s=float(warmups[0][1]) if warmups else None,
        loops=int(metadata.get("loops", 1)),
        block=occasion.block,
        position=occasion.position,
        previous=occasion.previous,
        elapsed_s=reply.elapsed_s,
        cpu_s=reply.cpu_s,
        observations=tuple(Observation(*seen) for seen in answer.observations),
        metadata={**metadata, **ours, **{METADATA_PREFIX + key: value for key, value in notes.items()}},
    )


def failure_of(
    occasion: Occasion, reply: Reply, answer: JobResult | None, *, deadline_s: float, limit_s: float | None = None
) -> Failure:
    """Return the failure of a worker that gave no value, with its cause in words.

    Args:
        occasion: what the worker was for.
        reply: how it ended.
        answer: what it said; None for nothing.
        deadline_s: seconds that it had.
        limit_s: seconds of one loop at which its value was to be stopped; None for no cap.
    """
    cause, message = _cause(reply, answer, limit_s, deadline_s)
    return Failure(
        cell=occasion.cell,
        stage=occasion.stage,
        level=occasion.level,
        cause=cause,
        message=_one_line(message),
        details="" if cause == "capped" else _details(reply, answer),  # to be slow is no fault
        block=occasion.block,
        elapsed_s=reply.elapsed_s,
        limit_s=limit_s if cause == "capped" else None,
    )


def _details(reply: Reply, answer: JobResult | None) -> str:
    """Return what the worker wrote, where a pool often says why it broke, and the traceback, if there is one."""
    trace = answer.details if answer else ""
    if trace and reply.output.strip():
        return f"{reply.output.rstrip()}\n\n{trace}"
    return trace or reply.output


def _cause(reply: Reply, answer: JobResult | None, limit_s: float | None, deadline_s: float) -> tuple[Cause, str]:
    if memory := _memory(reply, answer):
        return "memory", memory
    if answer is not None and answer.cause is not None:
        return answer.cause, answer.message
    if reply.capped and limit_s is not None:
        return "capped", f"stopped: slower than {limit_s:.3g} s"
    if reply.timed_out and reply.cpu_s < HANGS_BELOW * reply.elapsed_s:
        return "hangs", f"no result after {deadline_s:g} s and no CPU time used: it hangs{_why_so_long(reply)}"
    if reply.timed_out:
        return "timeout", f"no result after {deadline_s:g} s{_why_so_long(reply)}"
    return _end_without_result(reply)


def _memory(reply: Reply, answer: JobResult | None) -> str:
    """Say whether memory was the cause, and how; empty when it was not."""
    if reply.over_memory_bytes:
        return f"killed for memory: {_size(reply.over_memory_bytes)} in use, {_size(reply.memory_limit_bytes)} allowed"
    if not reply.oom_kills:
        return ""
    if answer is not None and answer.cause is not None and _lost_a_process(answer.message):
        return f"killed for memory, by the system: a process of the worker; {answer.message}"
    if reply.timed_out or (answer is None and reply.code == -signal.SIGKILL):
        return "killed for memory, by the system"
    return ""


def _why_so_long(reply: Reply) -> str:
    if reply.replaced >= STORM:
        return f"; its processes ended and others took their place, again and again: {reply.replaced} were seen to"
    return "".join(f"; {disturbance}" for disturbance in reply.disturbances)


def _lost_a_process(message: str) -> bool:
    """Say whether an error is a model's way to say that a process of its own is gone."""
    return bool(re.match(r"Broken|Terminated|EOFError|ConnectionReset|.*(died|exit code|terminated abruptly)", message))


def _size(count: int) -> str:
    """Write bytes as people do who write `--memory 2G`."""
    return f"{count / 2**30:.2f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"


def _end_without_result(reply: Reply) -> tuple[Cause, str]:
    match reply.code:
        case None:
            return "crashed", reply.lost or reply.output.strip().rpartition("\n")[2] or "no result"
        case 0:
            return "no-result", "exit code 0 without a result"
        case code if code < 0:
            return "crashed", f"killed by {_signal_name(-code)}"
        case code:
            return "crashed", f"exit code {code} without a result"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"


def _one_line(message: str) -> str:
    """Return the first line, shortened; an exception's text may be a page long."""
    first = next(iter(message.strip().splitlines()), "")
    return first if len(first) <= LONGEST else f"{first[:LONGEST]}…"
