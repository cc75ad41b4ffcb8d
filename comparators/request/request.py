"""What a person asks for, from the command line or from Python, before it is checked against this host."""

from dataclasses import dataclass
from typing import Literal

from comparators.request.variants import Variant
from comparators.workload import Model, Phase

__all__ = ["Request", "Scaling"]

Scaling = Literal["", "strong", "weak"]
"""`strong`: the same total work for every worker count. `weak`: the same work per worker; seconds are for one share."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to compare and how. Everything has a default; an empty tuple means "all that there is".

    Attributes:
        workloads: names, targets or suites, with parameters, `guarded[guard=rlock]`; empty for the suite `models`.
        runners: names with parameters, `mp-pool[method=imap]`; `all` for all; empty for those that a suite names, or
            all.
        workers: worker counts; empty to search for the best.
        parameters: workload parameters as text, `("steps", "1000")` or `("integrate.steps", "1000")`.
        preset: `quick`, `default`, `rigorous` or `full`.
        phases: `warm`, `cold` or both; empty for those that a suite names, or both.
        pythons: executables; empty for the one that runs this.
        seed: of every random order; None for a fresh one, which is recorded.
        margin: differences below it count as none; 0.05 is 5 %; None for the preset's own.
        maximum_time_s: seconds for the whole run; None for the preset's own.
        timeout_s: deadline of one sample in seconds; None for the preset's own.
        memory_bytes: what all processes of a sample may use together; None for nine tenths of what is free.
        isolate: run workers in a process-id namespace.
        above_limits: allow worker counts that would strain the host.
        scaling: `strong` or `weak`: measure how speed grows with the workers; empty to compare.
        models: models whose runners take part, beside the baseline; empty for all.
        left_out: runners that do not take part where all do: plugins that cannot be used.
    """

    workloads: tuple[str | Variant, ...] = ()
    runners: tuple[str, ...] = ()
    workers: tuple[int, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    preset: str = "default"
    phases: tuple[Phase, ...] = ()
    pythons: tuple[str, ...] = ()
    seed: int | None = None
    margin: float | None = None
    maximum_time_s: float | None = None
    timeout_s: float | None = None
    memory_bytes: int | None = None
    isolate: bool = False
    above_limits: bool = False
    models: tuple[Model, ...] = ()
    left_out: tuple[str, ...] = ()
    scaling: Scaling = ""
