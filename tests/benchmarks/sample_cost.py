"""What a sample costs beside the work it measures: forked by a warm interpreter, and in a fresh process.

    python -m tests.benchmarks.sample_cost [--rounds N]

Both go through `Supervised`, in turn and in random order, from the request to the reply. The work is one task per
worker that does nothing, so that all of the time is fixed cost: start, warm-up, checks, metadata, the end of all
processes. Budgets for the forked sample: 5 ms for `serial`, 6 for threads, 30 for pools of forked processes. Before
each sample the command pauses, as it does in a run, where it writes the journal. The value of a task that computes,
forked ÷ fresh, must be 1 within its interval.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from comparators.campaign.worker_client import BLAS_VARIABLES
from comparators.parameters import ParameterValue
from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.catalogue import find
from comparators.supervision.exchange import Generation, Reply
from comparators.supervision.supervised import Supervised
from comparators.worker.job import Job
from comparators.worker.preload import Preload
from tests.benchmarks.interleaved import print_table

ENVIRONMENT = {**os.environ, **dict.fromkeys(BLAS_VARIABLES, "1"), "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"}
DEADLINE_S = 60.0
PAUSE_S = 0.005
"""Seconds between samples; recording one takes about as long."""
FORK: Mapping[str, ParameterValue] = {"start": "fork"}


@dataclass(frozen=True)
class Case:
    """A runner and what its forked sample may cost; None for no budget."""

    runner: str
    workers: int
    budget_ms: float | None = None
    parameters: Mapping[str, ParameterValue] | None = None


CASES = (
    Case("serial", 1, 5),
    Case("threading", 2, 6),
    Case("futures-threads", 2, 6),
    Case("asyncio", 2),
    Case("mp-pool", 2, 30, FORK),
    Case("futures-processes", 2, 30, FORK),
    Case("futures-processes", 2),
)


@dataclass(frozen=True)
class Taken:
    """One sample: seconds from the request to the reply, and its value."""

    seconds: float
    value: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="default: 25")
    rounds: int = parser.parse_args().rounds
    preload = Preload(
        workloads=tuple(find("workload", name).target for name in ("noop", "integrate")),
        runners=tuple(find("runner", case.runner).target for case in CASES),
    )
    warm = Generation("1", [*PYTHON, "comparators.worker.warm", json.dumps(asdict(preload))], ENVIRONMENT, DEADLINE_S)
    with Supervised() as supervised:
        forked, _ = supervised.run_warm(warm, json.dumps(asdict(job(CASES[0]))), DEADLINE_S)
        assert not forked.fork_unsafe, forked.fork_unsafe
        costs = [interleaved(supervised, warm, job(case), rounds) for case in CASES]
        values = [interleaved(supervised, warm, computing(case), rounds) for case in CASES[:2]]
    print(f"Fixed cost of a sample in ms, medians of {rounds}; the warm interpreter took {forked.start_s:.2f} s.\n")
    print_table(("runner", "forked", "budget", "fresh"), [cost_row(*pair) for pair in zip(CASES, costs, strict=True)])
    print("The value of a task that computes, forked ÷ fresh, and the standard error.\n")
    print_table(("runner", "÷", "±"), [value_row(*pair) for pair in zip(CASES, values, strict=False)])


PYTHON = (sys.executable, "-P", "-m")


def job(case: Case) -> Job:
    """Return the sample of tasks that do nothing."""
    return Job(
        kind="sample",
        workload=find("workload", "noop").target,
        workload_parameters={"count": case.workers},
        runner=find("runner", case.runner).target,
        runner_parameters=case.parameters or {},
        workers=case.workers,
        phase="warm",
        loops=1,
        warmups=1,
        name=case.runner,
        cpus=usable_cpus(),
        path=(),
    )


def computing(case: Case) -> Job:
    """Return the sample of a task that takes some hundredths of a second."""
    return replace(job(case), workload=find("workload", "integrate").target, workload_parameters={"steps": 500_000})


def interleaved(
    supervised: Supervised, warm: Generation, one: Job, rounds: int
) -> tuple[Sequence[Taken], Sequence[Taken]]:
    """Take forked and fresh samples in turn, after a round that does not count."""
    order, text = random.Random(1), json.dumps(asdict(one))
    taken: tuple[list[Taken], list[Taken]] = ([], [])
    for number in range(rounds + 1):
        for kind in order.sample((0, 1), 2):
            time.sleep(PAUSE_S)
            began = time.perf_counter()
            if kind == 0:
                found = supervised.run_warm(warm, text, DEADLINE_S)
            else:
                found = supervised.run([*PYTHON, "comparators.worker.main", text], ENVIRONMENT, DEADLINE_S)
            seconds = time.perf_counter() - began
            if number:
                taken[kind].append(Taken(seconds, value_of(*found)))
    return taken


def value_of(reply: Reply, result: bytes | None) -> float:
    """Return the value of a sample, and make sure that it is one: a worker that fails early is fast."""
    assert result is not None, reply
    answer = json.loads(result)
    assert answer["cause"] is None, answer["message"]
    return float(answer["suite"]["benchmarks"][0]["runs"][0]["values"][0])


def cost_row(case: Case, taken: tuple[Sequence[Taken], Sequence[Taken]]) -> Sequence[str]:
    """Return the medians of what is not the value."""
    forked, fresh = (1000 * statistics.median(one.seconds - one.value for one in kind) for kind in taken)
    name = f"{case.runner} ({', '.join((case.parameters or {}).values()) or 'default'})"  # type: ignore[arg-type]
    return name, f"{forked:.1f}", "" if case.budget_ms is None else f"{case.budget_ms:g}", f"{fresh:.0f}"


def value_row(case: Case, taken: tuple[Sequence[Taken], Sequence[Taken]]) -> Sequence[str]:
    """Return the mean ratio of the values of a round, and its standard error."""
    ratios = [forked.value / fresh.value for forked, fresh in zip(*taken, strict=True)]
    error = statistics.stdev(ratios) / len(ratios) ** 0.5
    return case.runner, f"{statistics.mean(ratios):.3f}", f"{error:.3f}"


if __name__ == "__main__":
    main()
