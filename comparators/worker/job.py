"""What a worker process is asked to do and what it answers, as data. Light: worker children import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comparators.parameters import ParameterValue
    from comparators.workload import Phase

__all__ = ["Job", "JobKind", "JobResult"]

JobKind = Literal["sample", "profile", "evidence", "calibrate", "recipe"]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker process has to do.

    Attributes:
        kind: `sample`: one value by pyperf. `profile`: look at a few tasks on their own. `evidence`: one instrumented
            loop. `calibrate`: fill in the workload's parameters for this host. `recipe`: write the code to copy.
        workload, runner: targets, see `comparators.registry.catalogue`.
        preset: fills in the parameters of the workload that are not there; empty when all are.
        loops, warmups: for `sample`.
        name: the benchmark's name.
        cpus: CPUs to run on.
        path: folders to append to `sys.path`.
        copies: how often the tasks are done at once within a loop; seconds are for one of them.
        count_resources: for `sample`: whether to look at the memory of the process tree afterwards.
    """

    kind: JobKind
    workload: str
    workload_parameters: Mapping[str, ParameterValue]
    runner: str
    runner_parameters: Mapping[str, ParameterValue]
    workers: int
    phase: Phase
    loops: int
    warmups: int
    name: str
    cpus: tuple[int, ...]
    path: tuple[str, ...]
    preset: str = ""
    count_resources: bool = False
    copies: int = 1


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a worker process found out.

    Attributes:
        cause: None when all went well, otherwise "error", "wrong-result" or "crashed".
        message, details: of a failure.
        suite: for `sample`: the pyperf suite, as pyperf writes it.
        observations: the fields of what the workload reported, in their order.
        facts: for `sample` our own metadata; for `profile` fields of `Profile`; for `evidence` the fields of
            `Evidence`; for `calibrate` the parameters; for `recipe` its `source`.
    """

    cause: Literal["error", "wrong-result", "crashed"] | None = None
    message: str = ""
    details: str = ""
    suite: Mapping[str, Any] | None = None
    observations: tuple[tuple[Any, ...], ...] = ()
    facts: Mapping[str, ParameterValue] | None = None
