"""What a runner costs beside its own recipe, the same model written by hand.

    python -m tests.benchmarks.overhead [--runner NAME …] [--processes N]

Two figures per runner. Pairs are taken in random order, a few of them in each fresh process:

- cold: the whole `with` and one loop ÷ the recipe's `run(tasks)`, for 100 ms of work in tasks that sleep 2 ms: sleeping
  keeps the noise of a busy machine small. Budget: at most 1.01.
- added per task: with n tasks that do nothing, for both (seconds for n tasks - seconds for few tasks) / n; the runner's
  less the recipe's. Budget: at most 0.2 µs.

Each figure is the median over the pairs, with its 95 % interval from order statistics.
"""

import argparse
import contextlib
import importlib
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.recipes import recipe_file
from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS
from comparators.registry.catalogue import load_runner, load_workload
from comparators.runner import Runner
from tests.benchmarks.interleaved import print_table

SLEEP = WorkloadSpec("sleep", "comparators.workloads.sleep:Sleep", (("count", 50), ("seconds", 0.002)))
NOOP = WorkloadSpec("noop", "comparators.workloads.noop:Noop", (("count", 1_000),))
RECIPE = "recipe_code"
FEW, TRY, LONG_S, MOST = 8, 400, 0.25, 100_000
PAIRS = 5
TARGETS = {one.name: one.target for one in RUNNERS}

Once = Callable[[Any], float]
"""Does all tasks once, start and end of the workers included, and returns seconds."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", nargs="+", choices=TARGETS, default=list(TARGETS), help="default: all")
    parser.add_argument("--processes", type=int, default=10, help=f"for each figure; {PAIRS} pairs each (default: 10)")
    parser.add_argument("--figure", choices=("cold", "added", "both"), default="both", help="default: both")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, kind = options.child
        print(json.dumps(ERRANDS[kind](name)))
        return
    rows = [row_of(name, options.processes, options.figure) for name in options.runner]
    print(f"Runner against its own recipe, Python {sys.version.split()[0]}, {PAIRS * options.processes} pairs.\n")
    print_table(("runner", "cold, runner ÷ recipe", "95 % interval", "added per task in µs", "95 % interval"), rows)


def row_of(name: str, processes: int, figure: str) -> tuple[str, ...]:
    """Measure one runner."""
    reason = unavailable(load_runner(TARGETS[name]).info)
    if reason:
        return name, reason, "", "", ""
    cold = ("", "") if figure == "added" else shown(figures(name, "cold", SLEEP, processes), 3)
    added = ("", "") if figure == "cold" else shown(figures(name, "added", NOOP, processes), 2)
    print(name, *cold, *added, file=sys.stderr, flush=True)
    return name, *cold, *added


def shown(values: Sequence[float], digits: int) -> tuple[str, str]:
    """Return median and interval as text."""
    low, high = interval(values)
    return f"{statistics.median(values):.{digits}f}", f"{low:.{digits}f} to {high:.{digits}f}"


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the narrowest pair of order statistics that holds the median with at least 95 %, or the extremes."""
    ordered, count = sorted(values), len(values)
    outside = 0.0
    for rank in range(count // 2):
        outside += 2 * math.comb(count, rank) / 2**count
        if outside > 0.05:
            return ordered[max(rank - 1, 0)], ordered[min(count - rank, count - 1)]
    return ordered[0], ordered[-1]


def figures(name: str, kind: str, workload: WorkloadSpec, processes: int) -> list[float]:
    """Collect the pairs of so many fresh processes."""
    return [value for _ in range(processes) for value in child(name, kind, workload)]


def child(name: str, kind: str, workload: WorkloadSpec) -> list[float]:
    """Run an job in a fresh process that can import the recipe for the workload."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{RECIPE}.py").write_text(
            recipe_file(workload, spec_of(name), workers_of(name), "cold"), encoding="utf-8"
        )
        path = os.pathsep.join([folder, str(Path(__file__).resolve().parents[2])])
        command = [sys.executable, "-m", "tests.benchmarks.overhead", "--child", name, kind]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, check=True)
    values: list[float] = json.loads(done.stdout)
    return values


def spec_of(name: str) -> RunnerSpec:
    """Return the runner with its defaults."""
    return RunnerSpec(name, TARGETS[name], load_runner(TARGETS[name]).info.model)


def workers_of(name: str) -> int:
    """Return 2, or 1 where there can be no more."""
    return min(2, load_runner(TARGETS[name]).info.workers_maximum or 2)


def both_sides(name: str, workload: WorkloadSpec) -> tuple[Once, Once]:
    """Return functions that time the runner and the recipe; what they import is imported here."""
    cls = load_runner(TARGETS[name])
    made = load_workload(workload.target)(**dict(workload.parameters))
    work = made.work_async if cls.info.asynchronous else made.work
    assert work is not None
    for module in cls.info.imports:
        importlib.import_module(module)
    by_hand = importlib.import_module(RECIPE).main

    def runner(tasks: Any) -> float:
        one: Runner = cls(work=work, tasks=tasks, workers=workers_of(name))
        started = time.perf_counter()
        with one:
            one.run(1)
        return time.perf_counter() - started

    def recipe(tasks: Any) -> float:
        started = time.perf_counter()
        with contextlib.redirect_stdout(None):  # it prints its own time
            by_hand(tasks)
        return time.perf_counter() - started

    return runner, recipe


def cold(name: str) -> list[float]:
    """Return the runner's seconds over the recipe's, pair by pair."""
    sides = both_sides(name, SLEEP)
    tasks = [(number, 0.002) for number in range(50)]
    return [runner / recipe for runner, recipe in pairs_of(lambda side: sides[side](tasks))]


def added(name: str) -> list[float]:
    """Return the microseconds per task that the runner adds, pair by pair."""
    sides = both_sides(name, NOOP)
    for once in sides:
        once(range(FEW))
    per_task = max((sides[1](range(TRY)) - sides[1](range(FEW))) / TRY, 1e-8)
    many = min(max(int(LONG_S / per_task), TRY), MOST)
    pairs = pairs_of(lambda side: (sides[side](range(many)) - sides[side](range(FEW))) / many)
    return [(runner - recipe) * 1e6 for runner, recipe in pairs]


def pairs_of(measure: Callable[[int], float]) -> list[tuple[float, float]]:
    """Measure sides 0 and 1, in random order within each pair."""
    pairs = []
    for _ in range(PAIRS):
        by_side = {side: measure(side) for side in random.sample((0, 1), 2)}
        pairs.append((by_side[0], by_side[1]))
    return pairs


ERRANDS: dict[str, Callable[[str], list[float]]] = {"cold": cold, "added": added}

if __name__ == "__main__":
    main()
