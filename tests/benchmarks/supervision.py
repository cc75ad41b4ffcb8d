"""What supervision adds to a sample, and what it does to the value measured.

    python -m tests.benchmarks.supervision [--rounds N] [--values N]

The same worker command runs directly, as a child of this process, and under a supervisor, in turn and in random order.
First with work that does nothing: budget for what the supervisor adds to a sample: 30 ms. Then with work that takes a
while: the value measured under the supervisor ÷ the value measured directly, whose interval must lie within 0.99 and
1.01. Medians over the rounds with their 95 % intervals, which assume no distribution.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.catalogue import find
from comparators.supervision.supervised import Supervised
from comparators.worker.job import Job
from tests.benchmarks.interleaved import print_table

DEADLINE_S = 60.0
ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"}

Way = Callable[[], tuple[float, float]]
"""Takes a sample; returns the seconds that it took and the value."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="for what it adds; default: 60")
    parser.add_argument("--values", type=int, default=200, help="rounds for the value; default: 200")
    asked = parser.parse_args()
    with Supervised() as supervised:
        samples = rounds(worker("noop", {"count": 1}, 1), supervised, asked.rounds)
        values = rounds(worker("integrate", {"steps": 500_000}, 1), supervised, asked.values)
    direct_s, supervised_s = ([taken for taken, _ in way] for way in samples)
    added = [1000 * (b - a) for a, b in zip(direct_s, supervised_s, strict=True)]
    ratios = [b / a for a, b in zip(direct_s, supervised_s, strict=True)]
    moved = [b / a for (_, a), (_, b) in zip(*values, strict=True)]
    rows = [
        ("a sample, directly, ms", f"{1000 * statistics.median(direct_s):.1f}", "", ""),
        ("added by the supervisor, ms", *_cells(added, 1), "at most 30"),
        ("a sample, supervised ÷ direct", *_cells(ratios, 3), ""),
        ("the value, supervised ÷ direct", *_cells(moved, 4), "interval in 0.99 to 1.01"),
    ]
    print(f"What supervision costs: {asked.rounds} samples and {asked.values} values in each way.\n")
    print_table(("", "median", "95 % interval", "budget"), rows)


def worker(workload: str, parameters: dict[str, int], loops: int) -> list[str]:
    """Return the command that takes a sample with the plain loop, but for its result file."""
    job = Job(
        kind="sample",
        workload=find("workload", workload).target,
        workload_parameters=parameters,
        runner=find("runner", "serial").target,
        runner_parameters={},
        workers=1,
        phase="warm",
        loops=loops,
        warmups=1,
        name=workload,
        cpus=usable_cpus(),
        path=(),
    )
    return [sys.executable, "-P", "-m", "comparators.worker.main", json.dumps(asdict(job))]


def rounds(command: list[str], supervised: Supervised, count: int) -> tuple[list[tuple[float, float]], ...]:
    """Take samples directly and under the supervisor in random order, after a round that does not count."""
    order = random.Random(1)
    ways: tuple[Way, Way] = (lambda: direct(command), lambda: under(command, supervised))
    taken: tuple[list[tuple[float, float]], ...] = ([], [])
    for number in range(count + 1):
        for way in order.sample((0, 1), 2):
            found = ways[way]()
            if number:
                taken[way].append(found)
    return taken


def direct(command: list[str]) -> tuple[float, float]:
    """Take a sample as a child of this process."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        began = time.perf_counter()
        subprocess.run(
            [*command, result],
            check=True,
            env={**ENVIRONMENT, "TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        text = result.read_bytes()
        return time.perf_counter() - began, _value(text)


def under(command: list[str], supervised: Supervised) -> tuple[float, float]:
    """Take a sample under the supervisor."""
    began = time.perf_counter()
    reply, result = supervised.run(command, ENVIRONMENT, DEADLINE_S)
    taken_s = time.perf_counter() - began
    assert result is not None, reply
    return taken_s, _value(result)


def _value(text: bytes) -> float:
    answer = json.loads(text)
    assert answer["cause"] is None, answer["message"]
    return float(answer["suite"]["benchmarks"][0]["runs"][0]["values"][0])


def _cells(values: Sequence[float], digits: int) -> tuple[str, str]:
    """Return the median and its interval, from the order of the values alone."""
    from scipy.stats import binom

    ordered = sorted(values)
    outside = int(binom.ppf(0.025, len(ordered), 0.5))
    low, high = ordered[max(0, outside - 1)], ordered[min(len(ordered) - 1, len(ordered) - outside)]
    return f"{statistics.median(ordered):.{digits}f}", f"{low:.{digits}f} to {high:.{digits}f}"


if __name__ == "__main__":
    main()
